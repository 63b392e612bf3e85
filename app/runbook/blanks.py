"""The places in a template to be filled in, and what is none although it looks like one."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import template_words as words


@dataclass(frozen=True)
class Blank:
    """`text` is what stands inside the marks; of `____` it is the underscores themselves.

    `start` and `end` enclose what is replaced, marks included. `label` are the words before it
    on its line, or the label line above it when it stands alone.
    """

    text: str
    start: int
    end: int
    label: str = ""
    choices: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def find(text: str, references: frozenset[str] = frozenset()) -> tuple[Blank, ...]:
    """Every blank in order. `references` are the names of reference links, in lower case."""
    starts = _line_starts(text)
    found: list[Blank] = []
    kinds: list[str] = []
    closing = frozenset(_CLOSING_TAG.findall(text.lower()))
    for match in _MARKS.finditer(text):
        kind = match.lastgroup or ""
        inside = " ".join(match[kind].split())
        row = bisect_right(starts, match.start()) - 1
        before = text[max(starts[row], match.start() - _LABEL_MAX) : match.start()]
        if not _is_blank(kind, inside, match, before, references, closing):
            continue
        after_last = max(found[-1].end if found else 0, starts[row])
        label = _label(text[max(after_last, match.start() - _LABEL_MAX) : match.start()])
        if not label and after_last == starts[row]:
            label = _label_above(text, starts, row)
        found.append(Blank(inside, match.start(), match.end(), label, choices(inside)))
        kinds.append(kind)
    return tuple(_without_prefix(text, found, kinds))


def _without_prefix(text: str, found: list[Blank], kinds: list[str]) -> list[Blank]:
    """Leave out a lone "[Acme]" before a title where all blanks are marked in another way."""
    if kinds.count("square") != 1 or len(kinds) < 2:
        return found
    blank = found[kinds.index("square")]
    line = text.rfind("\n", 0, blank.start) + 1
    opens = _TITLE_START.fullmatch(text[line : blank.start]) and text[blank.end : blank.end + 1]
    if opens == " " and text[line : blank.start].count("[") == 0 and len(blank.text.split()) < 3:
        found.remove(blank)
    return found


def references(text: str) -> frozenset[str]:
    """The names of the document's reference links."""
    return frozenset(name.lower() for name in _REFERENCE.findall(text))


def distinct(text: str, references: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The texts of the blanks, each once, in order."""
    return tuple(dict.fromkeys(blank.text for blank in find(text, references)))


def choices(inside: str) -> tuple[str, ...]:
    """The options of a blank that is to be chosen from ("Investigating/Identified"), or none."""
    parts = tuple(part.strip() for part in re.split(r"[/|]", inside))
    if len(parts) < 2 or not all(parts) or any(len(part.split()) > 4 for part in parts):
        return ()
    if any(_NO_CHOICE.fullmatch(part) for part in parts):
        return ()
    closed = all(_CLOSED_CHOICE.fullmatch(part) or words.stage_named(part) for part in parts)
    return parts if len(parts) > 2 or closed else ()


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _is_blank(
    kind: str,
    inside: str,
    match: re.Match[str],
    before: str,
    references: frozenset[str],
    closing: Collection[str],
) -> bool:
    if kind in ("comment", "link"):
        return False
    if kind == "square":
        return _is_square_blank(inside, match, before, references)
    if kind == "angle":
        return _is_angle_blank(inside, closing)
    if kind == "line":
        return bool(before.strip()) or _follows_label(match.string, match.start())
    if kind == "brace":
        return not _CODE_IN_BRACES.search(inside)
    return True


def _is_square_blank(
    inside: str, match: re.Match[str], before: str, references: frozenset[str]
) -> bool:
    if (
        not inside
        or inside[0] in "^!"
        or (inside[0] == "#" and not inside[1:2].isalpha())
        or inside.isdigit()
        or inside == "REDACTED"
    ):
        return False
    after = match.string[match.end() : match.end() + 1]
    if len(inside) == 1 and inside in "xX":
        bullet = _BULLET_ONLY.fullmatch(before)
        if after in (" ", "\t", "") and (bullet or (inside == "x" and not before.strip())):
            return False
    if inside.lower() in references and (after == ":" or before.endswith("]") or after != "["):
        return False
    more = bool(match.string[match.end() : match.end() + 2].strip())
    return not _is_tag(inside, before, more=more)


def _is_tag(inside: str, before: str, *, more: bool) -> bool:
    """Whether it is fixed text that opens a title, such as [RESOLVED] or [SEV-1]."""
    if _SEVERITY_TAG.fullmatch(inside):
        return True
    fixed = words.TAG.fullmatch(inside) or words.NAMED_TAG.fullmatch(inside)
    if not fixed and not (more and words.SERVICE_TAG.fullmatch(inside)):
        return False
    return bool(_TITLE_START.fullmatch(before))


def _is_angle_blank(inside: str, closing: Collection[str]) -> bool:
    if "://" in inside or inside.lower().startswith(("mailto:", "tel:", "www.")):
        return False
    if "@" in inside and " " not in inside:
        return False
    name = re.split(r"[\s/]", inside, maxsplit=1)[0].lower()
    is_tag = name in closing or (name in _HTML and name == inside.rstrip(" /").lower())
    if is_tag or _ATTRIBUTE.search(inside):
        return False
    return inside[0].isalpha() or bool(choices(inside))


def _follows_label(text: str, start: int) -> bool:
    return text[max(0, start - _LABEL_MAX) : start].rstrip("_ \n\t").endswith(":")


def _label(before: str) -> str:
    """The words before a blank without bullets, markup and the colon."""
    bare = _BULLET.sub("", before.strip(), count=1)
    return bare.replace("*", "").replace("`", "").strip(' \t>@([{<:-–—_=|"“„').lstrip("# ")


def _label_above(text: str, starts: list[int], row: int) -> str:
    """The label line that a blank standing alone on its line belongs to."""
    for above in range(row - 1, max(row - 9, -1), -1):
        end = starts[above + 1] - 1
        line = text[max(starts[above], end - _LABEL_MAX) : end].strip()
        bare = line.strip("*_ ")
        if bare.endswith(":") or line.startswith("#") or (bare != line and "[" not in line):
            return _label(bare)
        if line and not _BULLET.match(line):
            return ""
    return ""


def iter_text(text: str, found: tuple[Blank, ...]) -> Iterator[tuple[str, Blank | None]]:
    """The text between blanks and the blanks, in order."""
    at = 0
    for blank in found:
        if blank.start > at:
            yield text[at : blank.start], None
        yield text[blank.start : blank.end], blank
        at = blank.end
    if at < len(text):
        yield text[at:], None


_LABEL_MAX = 160
# Every repetition is bounded or possessive, so the whole takes time in line with the text.
_INSIDE = r"(?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]{0,80}+\])"
_MARKS = re.compile(
    r"(?P<comment><!--(?:[^<>-]|-(?!->)){0,400}+-->)"
    r"|(?P<link>!?\[[^\[\]\n]{0,200}+\]\([^()\n]{0,400}+(?:\([^()\n]{0,100}+\)[^()\n]{0,100}+)?\))"
    r"|\[\[(?P<wiki>[^\[\]\n]{1,160}+)\]\]"
    r"|\\\[(?P<escaped>[^\[\]\\\n]{1,160}+)\\\]"
    # In "[SEV-{{level}}]" the blank is the inner one.
    r"|\[(?![\w -]{0,16}\{\{|[A-Z][A-Za-z-]{0,5}<)"
    rf"(?P<square>{_INSIDE}{{1,200}}+)\]"
    r"|\$?\{{2,3}(?P<braces>[^{}\n]{1,120}+)\}{2,3}"
    r"|\$?\{(?P<brace>[^\W\d_][^{}\n]{0,120}+|\d(?:[|/]\d){1,5})\}"
    r"|<<(?P<angles>[^\W_][^<>\n]{0,120}+)>>"
    r"|<(?P<angle>[^\W_][^<>\n]{0,120}+)>"
    r"|\(\((?P<round>[^()\n]{1,120}+)\)\)"
    r"|(?<![^\W_])(?P<line>_{3,}+)(?!\w)"
)
_REFERENCE = re.compile(r"^ {0,3}\[([^\[\]\n]{1,80})\]:\s*\S", re.M)
_CLOSING_TAG = re.compile(r"</([a-z][a-z0-9]{0,11})>")
_HTML = frozenset(
    "br b i p div span a img ul ol li table td tr th thead tbody strong em h1 h2 h3 h4 h5 h6 hr u"
    " sub sup pre kbd blockquote center font details input".split()
)
_ATTRIBUTE = re.compile(r"""\w=["'\w]""")
_CODE_IN_BRACES = re.compile(r"""["';=]|^\d(?![|/])""")
_NO_CHOICE = re.compile(
    r"(?:start |end )?(?:dates?|times?|time ?zone|url|link|n/?a|hours?|minutes?|mins?)", re.I
)
_CLOSED_CHOICE = re.compile(r"(?:p|s|sev|severity|level|l)?[ -]?\d|yes|no|ja|nein|oui|non", re.I)
_BULLET = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_BULLET_ONLY = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_SEVERITY_TAG = re.compile(r"(?:P|S|SEV|Sev)[ -]?\d")
_TITLE_START = re.compile(
    r"[^\w\[\]]*(?:(?:subject|title|betreff|objet|asunto|assunto|[aä]mne|emne)\**\s*:\**\s*)?"
    r"(?:\[[^\[\]]*\]\s*)*[^\w\[\]]*",
    re.I,
)
