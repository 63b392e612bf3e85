"""Cuts a block of text into the messages it holds, and a message into subject and body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import audience_words
from app.runbook import template_words as words

Line = tuple[int, str]
"""A line of the document: its number and its text."""


@dataclass(frozen=True)
class Part:
    """One message of a block: its own title if it has one, and its lines."""

    title: str | None
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)


@dataclass(frozen=True)
class Letter:
    """A message with its subject taken off. `line` is where its body starts."""

    subject: str | None
    body: str
    line: int
    headers: str = ""


def number(text: str, first: int) -> tuple[Line, ...]:
    """The lines of a text with their numbers in the document."""
    return tuple((first + at, line.rstrip()) for at, line in enumerate(text.split("\n")))


def cut(lines: Sequence[Line], *, is_prose: bool = False) -> list[Part]:
    """The messages in a block: cut at rules, headings or subjects where several stand in it.

    In quotes and prose a bold first line that names a stage is a title, not words to send.
    """
    return (
        _cut_at_titles(lines)
        or _cut_at_rules(lines)
        or _cut_at_subjects(lines)
        or _cut_at_stages(lines)
        or (_below_title(lines) if is_prose else [])
        or [Part(None, tuple(lines))]
    )


def _below_title(lines: Sequence[Line]) -> list[Part]:
    first = next((at for at, (_, text) in enumerate(lines) if text.strip()), len(lines))
    found = first < len(lines) and (
        _BOLD_LINE.fullmatch(lines[first][1]) or _HEADING.fullmatch(lines[first][1])
    )
    if not found or not any(text.strip() for _, text in lines[first + 1 :]):
        return []
    title = clean_name(found["title"])
    if not (
        words.stage_named(title) or words.stage_of_name(title) or audience_words.audience_of(title)
    ):
        return []
    return [Part(title, tuple(lines[first + 1 :]))]


def quotes_within(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """The quotes that stand indented in a list, without their marks."""
    runs: list[list[Line]] = []
    for at, text in lines:
        found = _INDENTED_QUOTE.match(text)
        if found is None:
            continue
        if not runs or runs[-1][-1][0] != at - 1:
            runs.append([])
        runs[-1].append((at, text[found.end() :]))
    return [tuple(run) for run in runs]


def letter(lines: Sequence[Line]) -> Letter | None:
    """Subject and body of a message; None when nothing is left of it."""
    opens = next((at for at, (_, text) in enumerate(lines) if not _is_edge(text)), len(lines))
    lines = lines[opens:]
    subject, headers, at = _head(lines)
    rest = list(lines[at:])
    if subject:
        while rest and (not rest[0][1].strip() or BODY_MARK.fullmatch(rest[0][1])):
            rest.pop(0)
        if rest and (lead := _BODY_LEAD.fullmatch(rest[0][1])):
            rest[0] = (rest[0][0], lead["rest"])
    while rest and _is_edge(rest[0][1]):
        rest.pop(0)
    while rest and _is_edge(rest[-1][1]):
        rest.pop()
    if not rest:
        return None
    body = "\n".join(text for _, text in rest)
    return Letter(subject, body, rest[0][0], headers)


def _head(lines: Sequence[Line]) -> tuple[str | None, str, int]:
    """The subject, the other header lines before it, and where the rest begins."""
    headers: list[str] = []
    for index, (_, text) in enumerate(lines):
        if not text.strip():
            continue
        if found := words.SUBJECT.match(text):
            return clean_subject(found["subject"]), "\n".join(headers), index + 1
        if (title := _TITLE.match(text)) and _is_body_next(lines[index + 1 :]):
            return clean_subject(title["title"]), "\n".join(headers), index + 1
        if not _HEADER.match(text):
            break
        headers.append(text)
    return None, "\n".join(headers), 0


def is_quoted(text: str) -> bool:
    """Whether a line of some length stands in quotation marks."""
    bare = text.strip()
    return len(bare) > 20 and bare[0] in '"“„«' and bare[-1] in '"”“»'


def _is_body_next(lines: Sequence[Line]) -> bool:
    following = next((text for _, text in lines if text.strip()), "")
    return bool(BODY_MARK.fullmatch(following) or _BODY_LEAD.fullmatch(following))


def unquoted(text: str) -> str:
    """The words without the quotation marks around them."""
    bare = text.strip()
    pairs = ('""', "“”", "„“", "„”", "«»", "``", "''")
    if len(bare) > 2 and bare[0] + bare[-1] in pairs:
        return bare[1:-1].strip()
    return bare


def clean_subject(text: str) -> str:
    """A subject without the marks it was set in."""
    bare = text.strip().strip("`").strip("*").strip()
    return bare[1:-1] if len(bare) > 2 and bare[0] in "\"“'" and bare[-1] in "\"”'" else bare


@lru_cache(maxsize=1024)
def clean_name(text: str) -> str:
    """A heading without markup, numbering and the colon at its end."""
    bare = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    bare = re.sub(r"\s*\{#[\w-]+\}\s*$|:[a-z_]+:|<[^<>]{1,40}>", "", bare)
    bare = re.sub(r"[*`]|(?<!\w)_+|_+(?!\w)", "", bare).strip(" #>\t")
    bare = _NUMBERING.sub("", bare, count=1) or bare
    return " ".join(bare.split()).rstrip(":：").strip(" -–—").strip()


def _is_edge(text: str) -> bool:
    return not text.strip() or bool(_RULE.fullmatch(text)) or text.lstrip().startswith("```")


def _cut_at_titles(lines: Sequence[Line]) -> list[Part]:
    for kind in (_HEADING, _BOLD_LINE, _LABEL_LINE, _RULED_TITLE):
        marks = [
            (at, kind.fullmatch(text)) for at, (_, text) in enumerate(lines) if kind.fullmatch(text)
        ]
        titles = [(at, clean_name(found["title"])) for at, found in marks if found]
        named = [(at, title) for at, title in titles if _names_message(title, kind)]
        if len(named) >= 2 and (kind is not _HEADING or len(named) == len(titles)):
            parts = _between(lines, named)
            if len(parts) >= 2:
                return parts
    return []


def _names_message(title: str, kind: re.Pattern[str]) -> bool:
    if not title or len(title) > 80 or words.NO_TITLE.fullmatch(title):
        return False
    if words.stage_named(title):
        return True
    if kind is _LABEL_LINE or kind is _BOLD_LINE:
        return bool(words.MESSAGE_TITLE.search(title))
    return bool(words.stage_of_name(title) or audience_words.audience_of(title))


def _between(lines: Sequence[Line], titles: list[tuple[int, str]]) -> list[Part]:
    ends = [at for at, _ in titles[1:]] + [len(lines)]
    parts = [
        Part(title, tuple(lines[at + 1 : end]))
        for (at, title), end in zip(titles, ends, strict=True)
    ]
    return [part for part in parts if part.text.strip()]


def _cut_at_rules(lines: Sequence[Line]) -> list[Part]:
    pieces: list[list[Line]] = [[]]
    for line in lines:
        if _RULE.fullmatch(line[1]):
            pieces.append([])
        else:
            pieces[-1].append(line)
    parts = [Part(None, tuple(piece)) for piece in pieces if any(text.strip() for _, text in piece)]
    if len(parts) < 2 or not all(_opens_message(part) for part in parts):
        return []
    return parts


def _opens_message(part: Part) -> bool:
    shown = [text for _, text in part.lines if text.strip()]
    if len(" ".join(shown).split()) < 4:
        return False
    if any(words.SUBJECT.match(text) for text in shown[:3]):
        return True
    first = re.sub(r"\[[^\[\]]*[/|][^\[\]]*\]", "", shown[0])
    is_title = ":" not in first or len(shown) == 1
    return bool(words.stage_of_text(first)) or (is_title and bool(words.stage_of_name(first)))


def _cut_at_stages(lines: Sequence[Line]) -> list[Part]:
    """Paragraphs, or lines, that open with the name of a stage each: "Identified: we have ..."."""
    shown = [at for at, (_, text) in enumerate(lines) if text.strip()]
    opening = [at for at in shown if at == 0 or not lines[at - 1][1].strip()]
    for marks in (opening, shown):
        titles = [(at, _stage_opened(lines[at][1])) for at in marks]
        stages = {words.stage_of_name(title) for _, title in titles if title}
        if len(titles) > 1 and all(title for _, title in titles) and len(stages) > 1:
            ends = [at for at, _ in titles[1:]] + [len(lines)]
            return [
                Part(title, tuple(lines[at:end]))
                for (at, title), end in zip(titles, ends, strict=True)
            ]
    return []


def _stage_opened(text: str) -> str | None:
    """The word for a stage that a paragraph opens with."""
    found = words.OPENS_STAGE.match(text)
    if not found or len(text.split()) < 4:
        return None
    title = clean_name(found["title"])
    bare = re.sub(r"\s(?:P|SEV)$", "", title)
    loud = bare.isupper() and (words.stage_of_name(bare) or words.TAG.fullmatch(bare))
    return bare if words.stage_named(bare) or loud else None


def _cut_at_subjects(lines: Sequence[Line]) -> list[Part]:
    marks = [at for at, (_, text) in enumerate(lines) if words.SUBJECT.match(text)]
    if len(marks) < 2:
        return []
    marks[0] = 0
    ends = [*marks[1:], len(lines)]
    return [Part(None, tuple(lines[at:end])) for at, end in zip(marks, ends, strict=True)]


_INDENTED_QUOTE = re.compile(r"\s{1,12}> ?")
_HEADER = re.compile(
    r"[\s>*_-]{0,8}(?:to|from|cc|bcc|reply-to|audience|channel|recipients?|an|von|à|de|para|til|fra"
    r"|till|från|kanal|canal|post (?:to|in)|send to)[\s*_]{0,4}:.{0,200}",
    re.I,
)
BODY_MARK = re.compile(
    r"[\s>*_-]{0,8}(?:body|message|text|template|vorlage|modèle|plantilla|copy|content|nachricht|corps|cuerpo|corpo|tekst|brödtext)[\s*_]*:[\s*_]*",
    re.I,
)
_TITLE = re.compile(
    r"[\s>*_-]{0,8}(?:title|titel|titre|título|tittel)[\s*_]*:[\s*_]*(?P<title>\S.*)", re.I
)
_BODY_LEAD = re.compile(
    r"[\s>*_-]{0,8}(?:body|message|text|nachricht|corps|cuerpo|corpo|tekst)[\s*_]{0,3}:[\s*_]{0,4}"
    r"(?P<rest>\S.*)",
    re.I,
)
_RULE = re.compile(r"\s*(?:-{3,}|={3,}|\*{3,}|_{3,}|~{3,}|—{2,}|[-*_](?: [-*_]){2,})\s*")
_RULED_TITLE = re.compile(r"\s*[-=~*#]{2,}\s*(?P<title>[^\W\d_][^-=~#]{1,70}?)\s*[-=~*#]{2,}\s*")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?P<title>.{1,120})")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<title>[^*\n]{1,100})(?:\*\*|__)\s*:?\s*")
_LABEL_LINE = re.compile(r"\s*(?P<title>[^\W\d_][^:\[\]\n]{1,60}):\s*")
_NUMBERING = re.compile(
    r"\A(?:(?:template|vorlage|modèle|plantilla|modelo|step|appendix|section)\s+)?"
    r"(?:\d{1,3}(?:\.\d{1,3})*[.):]?|[A-Z][.)]|[A-Z]\.\d{1,2}[.)]?|[ivxIVX]{1,4}[.)]|§\s?\d+)"
    r"(?:\s*[-–—:]\s*|\s+)(?=\S)(?!min|hour|day|week|stunde|heure|hora|time|dage?r?\b)",
    re.I,
)
