"""Which characters may stand in what we publish."""

import re

# What XML 1.0 cannot hold: one of these in a title and no reader can open the feed.
_ILLEGAL = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x84\x86-\x9f]"
)


def legal(text: str) -> str:
    """The text without control characters and halves of characters."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text for a title: legal, on one line, without spaces around it."""
    return " ".join(legal(text).split())
