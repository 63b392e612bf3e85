"""Which characters may stand in what we publish."""

import re

# What XML 1.0 cannot hold: one of these in a title and no reader can open the feed. With them
# what no character will ever be (U+FDD0 to U+FDEF, the last two of each plane): HTML forbids it.
_NEVER = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_ILLEGAL = re.compile(
    f"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\ufdd0-\ufdef]|[{_NEVER}]"
)
_LINE_END = re.compile("\r\n|[\r\x85]")


def legal(text: str) -> str:
    """The text without control characters and halves of characters, and with one kind of line."""
    return _ILLEGAL.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """The text for a title: legal, on one line, without spaces around it."""
    return " ".join(legal(text).split())
