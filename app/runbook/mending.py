"""Text as it was meant: wrongly decoded signs repaired, line by line, so that lines stay lines."""

import re
from functools import lru_cache

import ftfy

# What UTF-8 looks like when it was read as Windows-1252 or Latin-1: a lead byte's sign and then
# signs that stand for continuation bytes.
_WRONGLY_DECODED = re.compile(
    "[\u00c2-\u00df\u00e0-\u00ef\u00f0-\u00f4]"
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
# A real runbook has a few hundred such lines; the rest of a hostile one is left as it is.
_MOST_LINES = 1_000
_LONGEST = 4_000


def mend(text: str) -> str:
    """The same lines with line ends made one, marks of encoding gone and signs repaired."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    text = text.removeprefix("ï»¿").replace("\x00", "")
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    if not _WRONGLY_DECODED.search(text):
        return text
    lines = text.split("\n")
    mended = 0
    for index, line in enumerate(lines):
        if mended >= _MOST_LINES:
            break
        if len(line) <= _LONGEST and _WRONGLY_DECODED.search(line):
            lines[index] = _mended(line)
            mended += 1
    return "\n".join(lines)


@lru_cache(maxsize=4_096)
def _mended(line: str) -> str:
    fixed = ftfy.fix_encoding(line)
    return fixed if "\n" not in fixed and "\r" not in fixed else line
