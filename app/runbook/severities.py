"""A runbook's severities with their clocks, gathered from wherever the document speaks of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.runbook import clocks, levels, place_words, severity_keys, severity_tables, timings, words
from app.runbook.levels import Levels
from app.runbook.model import NotUnderstood, Severity
from app.runbook.outline import Outline, Statement
from app.runbook.severity_tables import Cell, Record
from app.runbook.timings import Kind, Timing


@dataclass
class _Draft:
    """One severity while its facts are gathered; the first definite word on each counts."""

    key: str
    name: str | None
    line: int
    definition: str | None = None
    hint: str | None = None
    examples: list[str] = field(default_factory=list)
    clocks: dict[Kind, tuple[tuple[bool, int], int]] = field(default_factory=dict)

    def put(self, timing: Timing) -> None:
        if timing.minutes is None or timing.kind is Kind.OTHER:
            return
        # The promise is made to customers: their cadence counts before that of colleagues.
        weight = (timing.outward and timing.kind is Kind.UPDATE, timing.weight)
        if timing.kind not in self.clocks or self.clocks[timing.kind][0] < weight:
            self.clocks[timing.kind] = (weight, timing.minutes)

    def minutes(self, kind: Kind) -> int | None:
        return self.clocks[kind][1] if kind in self.clocks else None

    def done(self) -> Severity:
        return Severity(
            key=self.key,
            name=self.name,
            definition=self.definition or self.hint,
            examples=tuple(dict.fromkeys(self.examples)),
            response_minutes=self.minutes(Kind.RESPONSE),
            resolution_minutes=self.minutes(Kind.RESOLUTION),
            update_every_minutes=self.minutes(Kind.UPDATE),
            line=self.line,
        )


@dataclass(frozen=True)
class SeveritiesRead:
    severities: tuple[Severity, ...]
    levels: Levels
    not_understood: tuple[NotUnderstood, ...]


def read(outline: Outline) -> SeveritiesRead:
    tabled = [record for table in outline.tables for record in severity_tables.records(table)]
    defined = severity_keys.defined(outline, tabled)
    drafts = {rank: _Draft(level.key, level.name, line) for rank, (level, line) in defined.items()}
    known = _levels(drafts)
    unread: list[NotUnderstood] = []
    for record in tabled:
        if key := known.key_of(record.level):
            unread.extend(_put_record(_draft(drafts, key), record))
    for statement in outline.statements:
        unread.extend(_put_statement(drafts, known, statement))
    _put_common_cadence(drafts, known, outline.statements)
    severities = tuple(draft.done() for draft in drafts.values())
    return SeveritiesRead(severities, _levels(drafts), tuple(unread))


def _levels(drafts: dict[int | str, _Draft]) -> Levels:
    names = {draft.name.lower(): rank for rank, draft in drafts.items() if draft.name}
    for rank, draft in list(drafts.items()):
        for words_of_rank in words.LEVEL_NAMES.values():
            if draft.name and re.fullmatch(words_of_rank, draft.name, re.IGNORECASE):
                for other in words_of_rank.split("|"):
                    if other.isalpha():
                        names.setdefault(other, rank)
    return Levels({rank: draft.key for rank, draft in drafts.items()}, names)


def _draft(drafts: dict[int | str, _Draft], key: str) -> _Draft:
    return next(draft for draft in drafts.values() if draft.key == key)


_SAYS_NOTHING = re.compile(
    r"^(?:\W*|n\.?/?a\.?|none|no sla|not applicable|keine|aucun\w*|ninguno|nenhum|ingen|see .*)$",
    re.IGNORECASE,
)


def _put_record(draft: _Draft, record: Record) -> Iterator[NotUnderstood]:
    for cell in record.cells:
        found = timings.read(cell.value, cell.label)
        for timing in found:
            draft.put(timing)
        kinds = timings.label_kind(cell.label)
        if kinds and not any(t.minutes is not None for t in found):
            if words.NOT_READABLE.search(cell.value) or _is_bare(cell):
                yield _no_minutes(cell.value, cell.label, cell.line)
        elif not found and not kinds:
            _put_words(draft, cell)
    if record.level.rest and draft.hint is None:
        draft.hint = record.level.rest.strip("()[]:–—- ") or None


def _is_bare(cell: Cell) -> bool:
    """A short cell that should have been a time and is none; "Response" alone may be a deed."""
    return (
        " " in cell.label.strip() and len(cell.value) <= 40 and not _SAYS_NOTHING.match(cell.value)
    )


def _no_minutes(text: str, label: str, line: int) -> NotUnderstood:
    return NotUnderstood(line, text, f"This is no number of minutes, so “{label}” stays open.")


def _put_words(draft: _Draft, cell: Cell) -> None:
    short = len(cell.value) <= 40
    if (words.NAME.search(cell.label) or words.has(words.SEVERITY, cell.label)) and short:
        draft.name = draft.name or cell.value
    elif words.has(words.EXAMPLES, cell.label):
        draft.examples.extend(
            part.strip() for part in re.split(r"[;•]", cell.value) if part.strip()
        )
    elif words.has(words.DEFINITION, cell.label):
        _define(draft, cell.value)


def _define(draft: _Draft, value: str) -> None:
    """A definition, and the name before it: "Critical - Nothing works"."""
    opens = _NAME_AND_MORE.match(value)
    if opens and draft.name is None:
        draft.name, value = opens["name"], opens["rest"] or value
    draft.definition = draft.definition or value


_NAME_AND_MORE = re.compile(
    rf"(?P<name>{words.LEVEL_NAME.pattern})(?:\s?(?:[:–—]|\s-)\s+(?P<rest>\S.*)|\s?$)",
    re.IGNORECASE,
)


def _put_statement(
    drafts: dict[int | str, _Draft], known: Levels, statement: Statement
) -> Iterator[NotUnderstood]:
    if words.in_any(place_words.MESSAGES, statement.above):
        return
    if words.has(place_words.REVIEW, statement.text):
        return
    for key, text, label in spoken_of(statement, known):
        draft = _draft(drafts, key)
        found = timings.read(text, label)
        for timing in found:
            draft.put(timing)
        head, colon, value = text.partition(":")
        if (
            not found
            and colon
            and timings.label_kind(head)
            and words.has(words.NOT_READABLE, value)
        ):
            yield _no_minutes(value.strip(), head.strip(), statement.line)
        if not found:
            _describe(draft, statement, known)
        elif levels.leading(statement.text) and draft.hint is None:
            draft.hint = _first_clause(statement.text)


def spoken_of(statement: Statement, known: Levels) -> Iterator[tuple[str, str, str]]:
    """Each severity that a statement speaks of, with its part of the words and their label."""
    label = statement.label
    if known.leading(label) or words.DEFINITION.fullmatch(label):
        label = ""
    own = known.leading(statement.text)
    pairs = split(statement.text, known)
    if len(pairs) > 1:
        for key, text in pairs:
            yield key, text, label
        return
    if own and (statement.kind != "sentence" or levels.leading(statement.text)):
        for key in known.spoken(statement.text):
            yield key, statement.text, label
        return
    for key in known.scope(statement.above) or known.mentioned(statement.text):
        yield key, statement.text, label


_ONE = re.compile(r"(?<![\w.-])(?:severity|sev|prio(?:rity)?|level|p|s)[\s_-]?[0-5](?![\w%])", re.I)


def split(text: str, known: Levels) -> list[tuple[str, str]]:
    """ "P1: 5 min, P2: 15 min" as one text for each, with the words before the first in front."""
    found = clocks.find(text)
    marks = list(_ONE.finditer(text)) if len(found) > 1 else []
    if len(marks) < 2:
        return []
    if found[0].start < marks[0].start():
        cuts = [0] + [mark.end() for mark in marks[:-1]] + [len(text)]
        front = text[: found[0].start]
    else:
        cuts = [mark.start() for mark in marks] + [len(text)]
        front = text[: cuts[0]]
    pairs = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        part = text[start:end]
        for key in known.mentioned(part):
            if clocks.find(part):
                pairs.append((key, front + part))
    return pairs


def _describe(draft: _Draft, statement: Statement, known: Levels) -> None:
    """Definition and examples, from a label's words or from below one."""
    head, colon, value = statement.text.partition(":")
    if colon and len(head) < 40 and value.strip():
        if words.EXAMPLES.fullmatch(head):
            draft.examples.extend(part.strip() for part in value.split(";") if part.strip())
            return
        if words.DEFINITION.fullmatch(head) and head.lower() not in _IMPACTS:
            draft.definition = draft.definition or value.strip()
            return
    if statement.kind in ("heading", "label"):
        return
    if words.has(words.EXAMPLES, statement.label) and not levels.leading(statement.label):
        draft.examples.append(statement.text)
    elif words.DEFINITION.fullmatch(statement.label):
        draft.hint = draft.hint or statement.text
    elif levels.leading(statement.text) or levels.named(statement.text):
        draft.hint = draft.hint or _first_clause(statement.text)
    elif known.leading(statement.label) and not colon:
        draft.hint = draft.hint or statement.text


_IMPACTS = ("impact", "impacts", "scope")


def _first_clause(text: str) -> str | None:
    """What an item says a severity is, before it comes to its clocks."""
    level = levels.leading(text) or levels.named(text)
    rest = level.rest if level else text
    for clause in re.split(
        r"[;.|]\s|\s[-–—]\s|,\s(?=\w+ (?:in|within|every))", rest.lstrip(":–—- )")
    ):
        clause = clause.strip(" .:–—-()")
        if len(clause) > 3 and not clocks.find(clause) and not words.LEVEL_NAME.fullmatch(clause):
            return clause
    return None


def _put_common_cadence(
    drafts: dict[int | str, _Draft], known: Levels, statements: Sequence[Statement]
) -> None:
    """A cadence without a severity is for all, where no severity has one of its own."""
    if any(Kind.UPDATE in draft.clocks for draft in drafts.values()):
        return
    for statement in statements:
        if statement.kind not in ("item", "sentence") or known.scope(statement.above):
            continue
        if words.in_any(place_words.MESSAGES, statement.above):
            continue
        for timing in timings.read(statement.text):
            if timing.kind is Kind.UPDATE and not known.mentioned(statement.text):
                for draft in drafts.values():
                    draft.put(timing)
                return
