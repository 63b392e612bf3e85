"""A document as single statements, each with the headings, labels and items it stands under."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.runbook.document import Block, Document, Heading, Item

LONGEST_STATEMENT = 1000


@dataclass(frozen=True)
class Statement:
    """A heading, a label ("**Examples:**"), a list item, or a sentence; in plain words."""

    kind: str
    text: str
    line: int
    above: tuple[str, ...] = ()
    """Headings, then labels, then outer list items, as plain words; outermost first."""
    level: int = 0
    lead: str | None = None
    """The words in bold that it opens with: "Primary" in "**Primary**: Ada"."""

    @property
    def label(self) -> str:
        return self.above[-1] if self.above else ""


@dataclass(frozen=True)
class Table:
    """A table in plain words with what it stands under."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int
    above: tuple[str, ...] = ()

    def line_of(self, row: int) -> int:
        return self.line + 2 + row


@dataclass(frozen=True)
class Outline:
    statements: tuple[Statement, ...]
    tables: tuple[Table, ...]


@dataclass
class _Labels:
    """The labels in force. A label of another style than the last one stands below it."""

    path: tuple[Heading, ...] = ()
    stack: list[tuple[tuple[bool, ...], str]] = field(default_factory=list)

    def enter(self, path: tuple[Heading, ...]) -> None:
        if path != self.path:
            self.path = path
            self.stack = []

    def put(self, text: str, *, bold: bool) -> None:
        style = (bold, text.endswith(":"), bool(_KEYLIKE.match(text)))
        styles = [known for known, _ in self.stack]
        if style in styles:
            del self.stack[styles.index(style) :]
        elif bold and not style[2] and not (self.stack and styles[0][2] and _is_part(text)):
            self.stack = []
        self.stack.append((style, text.rstrip(": ")))

    @property
    def above(self) -> tuple[str, ...]:
        headings = tuple(plain(heading.text) for heading in self.path)
        return headings + tuple(text for _, text in self.stack)


def read(document: Document) -> Outline:
    labels = _Labels()
    statements: list[Statement] = []
    tables: list[Table] = []
    headings = iter([*document.headings, None])
    coming = next(headings)
    for block in document.blocks:
        while coming is not None and coming.line < block.line:
            statements.append(_heading(coming))
            coming = next(headings)
        labels.enter(block.path)
        if block.kind == "table":
            tables.append(_table(block, labels.above))
            statements.extend(_of_timeline(tables[-1]))
        elif block.kind == "list":
            statements.extend(_items(block.items, labels.above))
        elif block.kind == "fence":
            statements.extend(_aligned(block, labels.above))
        elif block.kind == "paragraph" or _is_aside(block):
            statements.extend(_paragraph(block, labels))
    while coming is not None:
        statements.append(_heading(coming))
        coming = next(headings)
    return Outline(tuple(_with_paths(statements)), tuple(tables))


def plain(text: str) -> str:
    """Markdown's marks taken away: what a reader sees of one line."""
    text = text[:LONGEST_STATEMENT]
    if not _MARKED.search(text):
        return text.strip()
    text = _LINK.sub(r"\1", text)
    text = _BREAK.sub(" ", text)
    text = text.replace("**", "").replace("__", "").replace("`", "").replace("~~", "")
    text = _EMPHASIS.sub(r"\2", text)
    text = _ESCAPED.sub(r"\1", text)
    return _SPACE.sub(" ", text.replace("\u00a0", " ")).strip()


def without_number(text: str) -> str:
    """A heading without "2.1 " or "Phase 2: " in front."""
    return _NUMBERING.sub("", text).strip()


def cells(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(cell) for cell in row)


_MARKED = re.compile(r"[*_`~\\<\[\u00a0\t\n]|  ")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,300}\)")
_BREAK = re.compile(r"<\s?/?\s?(?:br|b|i|strong|em|u|p|span|sub|sup)\s?/?>", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]{1,200})(?<=\S)\1(?![\w*])")
_ESCAPED = re.compile(r"\\([^\w\s])")
_SPACE = re.compile(r"\s+")
_NUMBERING = re.compile(r"^(?:(?:[0-9]{1,3}\.)+[0-9]{0,3}\)?|[0-9]{1,3}[).:]|[A-Z][.)]|§)\s+")
_BOX = re.compile(r"^\\?\[[ xX]?\\?\](?!\()\s+")
_BOLD_LABEL = re.compile(
    r"^(?:\*\*|__)([^*\n]{1,150}?)(?:\*\*|__)(\s?\([^()\n]{1,40}\))?\s{0,3}(:?)$"
)
_BOLD_LEAD = re.compile(r"^(?:\*\*|__)([^*\n]{1,150}?)(?:\*\*|__)")
_PLAIN_LABEL = re.compile(r"^[^\W\d_][^:.!?\n]{0,80}:$")
_FIELD = re.compile(r"^(?:\*\*|__)?[^\W\d_][^:.!?\n]{0,60}?:")
_KEYLIKE = re.compile(
    r"^\W{0,4}(?:(?:severity|sev|priority|prio|level|schweregrad|stufe|priorität|gravité|priorité|"
    r"niveau|severidad|gravedad|prioridad|nivel|severidade|prioridade|nível|alvorlighed\w*|"
    r"allvarlighet\w*|prioritet|nivå|p|s)[\s_-]{0,2}[0-5]\b)",
    re.IGNORECASE,
)
_PART = re.compile(
    r"^(?:definition|description|examples?|impact|response|requirements?|actions?|communicat\w+|"
    r"updates?|notif\w+|escalation|criteria|symptoms|who|targets?|beispiele?|auswirkung\w*|"
    r"exemples?|ejemplos?|exemplos?|eksempl\w+|exempel|maßnahmen|anforderungen)(?:\s\w+)?\s?:?$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\Wa-z\d_])")


def _is_part(label: str) -> bool:
    return bool(_PART.match(label))


def _heading(heading: Heading) -> Statement:
    return Statement("heading", plain(heading.text), heading.line, level=heading.level)


def _with_paths(statements: list[Statement]) -> Iterator[Statement]:
    """Headings learn what they stand under; the rest knows already."""
    path: list[Statement] = []
    for statement in statements:
        if statement.kind == "heading":
            path = [above for above in path if above.level < statement.level]
            statement = replace(statement, above=tuple(above.text for above in path))
            path.append(statement)
        yield statement


def _table(block: Block, above: tuple[str, ...]) -> Table:
    head, *rows = block.rows or [[]]
    return Table(cells(head), tuple(cells(row) for row in rows), block.line, above)


def _of_timeline(table: Table) -> Iterator[Statement]:
    """The rows of a table that tells what is done when, each as one item."""
    if len(table.head) < 2 or not _WHEN.match(table.head[0]):
        return
    for index, row in enumerate(table.rows):
        if len(row) > 1 and _AT.match(row[0]) and row[1]:
            yield Statement("item", f"{row[0]}: {row[1]}", table.line_of(index), table.above)


_WHEN = re.compile(r"(?:time|when|elapsed|timing|zeit|temps|quand|hora|cuándo|quando|tid)\b", re.I)
_AT = re.compile(r"(?:T\s?\+|\+|every|within|alle|toutes|cada|a cada|hver|var)\s?[0-9]", re.I)


def _aligned(block: Block, above: tuple[str, ...]) -> Iterator[Statement]:
    """The lines of a fence that is a table of severities, set with spaces, each as one item."""
    told = [(at, line.strip()) for at, line in enumerate(block.text.split("\n")[:40])]
    keyed = [(at, line) for at, line in told if _KEYLIKE.match(line) and _COLUMNS.search(line)]
    if len(keyed) > 1 and len(keyed) >= sum(bool(line) for _, line in told) - 3:
        for at, line in keyed:
            yield _statement("item", _COLUMNS.sub(", ", line), block.line + at, above)


_COLUMNS = re.compile(r"\s{2,}\|?\s*|\s\|\s|\t+")


def _is_aside(block: Block) -> bool:
    """A quote that tells the reader of the runbook a rule, and nobody else a message."""
    return block.kind == "quote" and bool(_ASIDE.match(block.text)) and "[" not in block.text


_ASIDE = re.compile(
    r"\W{0,6}(?:(?:\w+ )?(?:principle|rule|policy|goal)s?|note|important|remember|always)\b", re.I
)


def _items(items: Sequence[Item], above: tuple[str, ...], depth: int = 0) -> Iterator[Statement]:
    for item in items:
        first, *rest = item.text.split("\n")[:200]
        statement = _statement("item", _joined(first, rest), item.line, above)
        yield statement
        parents = (*above, statement.text.rstrip(": ")) if statement.text else above
        yield from _items(item.children, parents if depth < 8 else above, depth + 1)


def _joined(first: str, rest: Sequence[str]) -> str:
    return " ".join([first, *(line.strip() for line in rest)])


def _statement(kind: str, source: str, line: int, above: tuple[str, ...]) -> Statement:
    source = _BOX.sub("", source.strip()[: LONGEST_STATEMENT * 2])
    lead = _BOLD_LEAD.match(source)
    return Statement(
        kind, plain(source), line, above, lead=plain(lead[1]).rstrip(": ") if lead else None
    )


def _paragraph(block: Block, labels: _Labels) -> Iterator[Statement]:
    lines = block.text.split("\n")
    by_line = sum(bool(_FIELD.match(line.strip()) or _BOX.match(line.strip())) for line in lines)
    if len(lines) == 1 or by_line > 1 or _is_label(lines[-1]) or _is_label(lines[0]):
        for offset, line in enumerate(lines):
            yield from _line(line.strip(), block.line + offset, labels)
        return
    yield from _sentences(block.text, block.line, labels)


def _sentences(text: str, line: int, labels: _Labels) -> Iterator[Statement]:
    """One statement each; what follows a severity's key stands below it."""
    above = labels.above
    for index, sentence in enumerate(_SENTENCE.split(text)):
        statement = _statement("sentence", sentence.replace("\n", " "), line, above)
        yield statement
        line += sentence.count("\n")
        if index == 0 and _KEYLIKE.match(statement.text):
            above = (*above, statement.text)


def _is_label(line: str) -> bool:
    return bool(_BOLD_LABEL.match(line.strip()) or _PLAIN_LABEL.match(line.strip()))


def _line(line: str, number: int, labels: _Labels) -> Iterator[Statement]:
    bold = _BOLD_LABEL.match(line)
    keyed = len(line) < 80 and _KEYLIKE.match(line) and not line.endswith(".")
    if bold or keyed or _PLAIN_LABEL.match(line):
        text = plain(bold[1] + (bold[2] or "") + bold[3] if bold else line)
        labels.put(text, bold=bool(bold or keyed))
        yield Statement("label", text.rstrip(": "), number, labels.above[:-1], lead=text)
        return
    yield from _sentences(line, number, labels)
