"""Task boxes of a document, each once: in lists, quotes, fences, tables and bare lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.runbook.document import Document
from app.runbook.outline import plain


@dataclass(frozen=True)
class Box:
    text: str
    line: int
    done: bool
    note: str | None = None
    """The line above it that introduces it, within the same fence: "IF severity = P1:"."""


_FENCE = re.compile(r"^(?:\s|>|[-*+] |[0-9]{1,3}[.)] ){0,24}(`{3,}|~{3,})\s*([^`\s]*)")
_CODE = re.compile(
    r"^(?:ba|z|c|k|fi)?sh$|^(?:shell|console|terminal|powershell|ps1?|bat|cmd|sql|psql|mysql|"
    r"python|py|js|javascript|ts|typescript|json|ya?ml|toml|ini|conf|java|go|ruby|rb|perl|php|c|"
    r"cpp|c\+\+|rust|hcl|terraform|dockerfile|makefile|nginx|xml|html|css|diff|promql|kql|lua)$",
    re.IGNORECASE,
)
_MARK = r"\\?\[(?P<tick>[ xX\u2713\u2714]?)\\?\](?!\(|:|\[)"
_BOX = re.compile(
    rf"^[\s>]{{0,40}}(?P<bullet>(?:[-*+•–]|[0-9]{{1,3}}[.)]|[a-z][.)])\s{{1,8}})?"
    rf"(?:{_MARK}|(?P<sign>[☐☑☒□])(?=\s))(?:\s+|$)(?P<text>.*)$"
)
_CELL = re.compile(rf"^(?:{_MARK}|(?P<sign>[☐☑☒□]))\s*(?P<text>.*)$")
_INTRODUCES = re.compile(r"^\s*(?P<text>[^\W\d_][^|]{0,120}):\s*$")


def find(document: Document) -> Iterator[Box]:
    fence: str | None = None
    code = False
    note: str | None = None
    for number, line in enumerate(document.lines, 1):
        mark = _FENCE.match(line)
        if mark and (fence is None or (line.strip(" >").startswith(fence) and not mark[2])):
            code = fence is None and bool(_CODE.match(mark[2].strip("{.}")))
            fence = mark[1] if fence is None else None
            note = None
        elif fence is not None and code:
            continue
        elif "|" in line and fence is None and line.lstrip(" >").startswith("|"):
            yield from _in_row(line, number)
        elif box := _in_line(line, number, note, fenced=fence is not None):
            yield box
        elif fence is not None and (introduction := _INTRODUCES.match(line)):
            note = introduction["text"].strip()


def _in_line(line: str, number: int, note: str | None, *, fenced: bool) -> Box | None:
    if not ("]" in line or any(sign in line for sign in "☐☑☒□")):
        return None
    match = _BOX.match(line[:2000])
    if match is None:
        return None
    bullet, tick = match["bullet"], match["tick"]
    if tick is not None and tick != " " and not bullet and (fenced or not tick):
        # "[x] minutes" in a message is a blank; a bare "[]" is code.
        return None
    if not match["text"].strip():
        return None
    return Box(plain(match["text"]), number, _is_done(tick, match["sign"]), note)


def _in_row(line: str, number: int) -> Iterator[Box]:
    cells = [cell.strip() for cell in line.strip(" >").strip("|").split("|")]
    for index, cell in enumerate(cells[:20]):
        match = _CELL.match(cell[:500])
        if match is None or match["tick"] == "":
            continue
        text = match["text"] or " – ".join(
            other for other in (*cells[index + 1 :], *cells[:index]) if other
        )
        if text:
            yield Box(plain(text), number, _is_done(match["tick"], match["sign"]))


def _is_done(tick: str | None, sign: str | None) -> bool:
    return bool((tick or "").strip()) or sign in ("☑", "☒")
