"""Fills the blanks of a template in one pass: a value that looks like a blank stays as typed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.content import slots, values
from app.content.slots import Piece, Row, Slot
from app.runbook import facts
from app.runbook.model import Template

Segment = tuple[str, str | None]
"""A piece of a message and the fact it states, if any."""


@dataclass(frozen=True)
class Question:
    """What a person is to tell: the fact's name, and the question as it is put."""

    name: str
    text: str
    value: str = ""
    multiline: bool = False
    required: bool = False
    hint: str = ""
    used_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A template with its facts. `missing` are the questions whose sentences are still empty."""

    subject: str | None
    body: str
    missing: tuple[Question, ...]
    segments: tuple[Segment, ...]
    subject_segments: tuple[Segment, ...] = ()


@dataclass
class _Output:
    lines: list[list[Segment]] = field(default_factory=list)
    missing: dict[str, Question] = field(default_factory=dict)


def question(name: str, *, required: bool = False) -> Question:
    """The question by which a fact is asked for."""
    fact = facts.fact(name)
    return Question(
        name, fact.question, multiline=fact.multiline, required=required, hint=fact.hint
    )


def fill(
    template: Template, given: Mapping[str, str], *, droppable: frozenset[str] = frozenset()
) -> Filled:
    """The message. Sentences about `droppable` facts are left out when these have no value."""
    stated = {name: value.strip() for name, value in given.items() if value and value.strip()}
    output = _Output()
    _body(slots.body_rows(template), stated, droppable, output)
    body = _tidy(output.lines)
    subject = _subject(template, stated, output)
    return Filled(
        "".join(text for text, _ in subject) if template.subject is not None else None,
        "".join(text for text, _ in body),
        tuple(output.missing.values()),
        tuple(body),
        tuple(subject),
    )


def _subject(template: Template, stated: Mapping[str, str], output: _Output) -> list[Segment]:
    row = slots.subject_row(template)
    if row is None:
        return []
    return [(" ".join(text.split("\n")), fact) for text, fact in _line(row, stated, output)]


def _body(
    rows: Sequence[Row], stated: Mapping[str, str], droppable: frozenset[str], output: _Output
) -> None:
    at = 0
    while at < len(rows):
        row = rows[at]
        if (fact := _list_fact(row)) is not None:
            run = at
            while run < len(rows) and _list_fact(rows[run]) == fact:
                run += 1
            _deal(rows[at:run], stated.get(fact, ""), fact, output)
            at = run
            continue
        _row(row, stated, droppable, output)
        at += 1


def _row(row: Row, stated: Mapping[str, str], droppable: frozenset[str], output: _Output) -> None:
    empty = [slot for slot in row.slots if not stated.get(slot.fact)]
    if any(slot.fact in droppable for slot in empty):
        row = _without_sentence(row, droppable, stated)
        empty = [slot for slot in empty if slot in row.slots]
        if not row.pieces:
            _drop_label(output)
            return
    greets = any(slot.fact == "recipient" for slot in row.slots)
    if row.slots and not row.is_sentence and not greets and len(empty) == len(row.slots):
        _drop_label(output)
        return
    output.lines.append(_line(row, stated, output))


def _drop_label(output: _Output) -> None:
    """Take back the label that stood alone above a line that is left out."""
    at = len(output.lines) - 1
    if at >= 0 and _is_label([text for text, _ in output.lines[at]]):
        output.lines[at] = [("", None)]


def _is_label(texts: Iterable[str]) -> bool:
    line = "".join(texts).strip().strip("*_ ")
    return line.endswith(":") and len(line.split()) <= 7


def _line(row: Row, stated: Mapping[str, str], output: _Output) -> list[Segment]:
    told: list[Segment] = []
    passed = 0
    for at, piece in enumerate(row.pieces):
        if isinstance(piece, str):
            told.append((piece[passed:], None))
            passed = 0
            continue
        before = "".join(text for text, _ in told)
        follower = row.pieces[at + 1] if at + 1 < len(row.pieces) else ""
        after = follower if isinstance(follower, str) else ""
        value = _value(piece, before, after, stated, alone=len(row.pieces) == 1)
        if value or not row.is_sentence:
            value, cut = _joined(piece.fact, value, before)
            if cut:
                told[-1] = (told[-1][0][: len(told[-1][0]) - cut], told[-1][1])
            value, passed = values.counted(piece.fact, value, before, after)
            told.append((value, piece.fact))
        else:
            output.missing.setdefault(piece.fact, question(piece.fact, required=True))
            told.append((piece.literal, piece.fact))
    return told if row.is_sentence else _without_gaps(told)


def _joined(fact: str, value: str, before: str) -> tuple[str, int]:
    """The value, and how many letters before it give way to it."""
    if fact == "channel" and value:
        return values.channel(value, before)
    return values.moment(value, before)


def _without_gaps(told: list[Segment]) -> list[Segment]:
    """A line without the brackets, dashes and colons around facts that are not known."""
    kept: list[Segment] = []
    gap = False
    for text, fact in told:
        if not text:
            gap = True
            continue
        if gap and fact is None and kept and kept[-1][1] is None:
            before, after = _without_label(kept[-1][0]), text
            if not before.strip():
                after = after.lstrip(" ,;|·/–—-")
            if after.lstrip()[:1] in _CLOSING and before.rstrip()[-1:] in _OPENING:
                before, after = before.rstrip()[:-1].rstrip(), after.lstrip()[1:]
            elif after[:1] in ".,;" or not after.strip():
                before = before.rstrip(" -–—,/|·:")
            kept[-1], text = (before, None), after
        kept.append((text, fact))
        gap = False
    if gap and kept and kept[-1][1] is None:
        kept[-1] = (_without_label(kept[-1][0]).rstrip(" -–—,/|(·"), None)
    return [segment for segment in kept if segment[0]]


def _without_label(before: str) -> str:
    """The words before an empty place without the label that led to it alone."""
    if before.rstrip()[-1:] not in (":", "@", "#"):
        return before
    return _LAST_LABEL.sub("", before) if ":" in before else before.rstrip("@# ")


def _value(
    slot: Slot, before: str, after: str, stated: Mapping[str, str], *, alone: bool = False
) -> str:
    if slot.fact == "next_update_span":
        return stated.get(slot.fact, "")
    value = stated.get(slot.fact, "")
    if not value and slot.fact == "recipient":
        return values.addressed(before)
    if not value:
        return ""
    return values.fit(slot.fact, value, slot.choices, before=before, after=after, alone=alone)


def _list_fact(row: Row) -> str | None:
    """The fact that a bullet consists of, when it is one that is told line by line."""
    if len(row.slots) != 1 or not _BULLET.fullmatch(row.fixed):
        return None
    slot = row.slots[0]
    return slot.fact if facts.fact(slot.fact).multiline else None


def _deal(rows: Sequence[Row], value: str, fact: str, output: _Output) -> None:
    """One line of the value for each bullet, more bullets for more lines, none for none."""
    told = [_BULLET.sub("", line, count=1).strip() for line in value.split("\n")]
    told = [line for line in told if line]
    if not told:
        _drop_label(output)
        return
    for at, line in enumerate(told):
        bullet = rows[min(at, len(rows) - 1)].fixed
        if number := re.match(r"\s*(\d+)", bullet):
            bullet = bullet.replace(number.group(1), str(at + 1), 1)
        output.lines.append([(bullet.rstrip() + " ", None), (values.capital(line), fact)])


def _without_sentence(row: Row, droppable: frozenset[str], stated: Mapping[str, str]) -> Row:
    """The line without the sentences whose droppable facts are not known."""
    sentences: list[list[Piece]] = [[]]
    for piece in row.pieces:
        if isinstance(piece, Slot):
            sentences[-1].append(piece)
            continue
        first, *rest = _SENTENCE_END.split(piece)
        sentences[-1].append(first)
        sentences.extend([sentence] for sentence in rest)
    kept = [
        sentence
        for sentence in sentences
        if not any(
            isinstance(piece, Slot) and piece.fact in droppable and not stated.get(piece.fact)
            for piece in sentence
        )
    ]
    pieces: list[Piece] = []
    for sentence in kept:
        pieces.extend([" ", *sentence] if pieces else sentence)
    told = tuple(piece for piece in pieces if piece != "")
    if not any(isinstance(piece, Slot) or re.search(r"\w", piece) for piece in told):
        return Row(())
    return Row(told, row.is_sentence)


def _tidy(lines: list[list[Segment]]) -> list[Segment]:
    """The lines as one text, without doubled blank lines or blank ends."""
    told: list[Segment] = []
    gap = False
    for line in lines:
        if not any(text.strip() for text, _ in line):
            gap = bool(told)
            continue
        if told:
            told.append(("\n\n" if gap else "\n", None))
        told.extend((text, fact) for text, fact in line if text)
        gap = False
    return told


_OPENING, _CLOSING = ("(", "["), (")", "]")
_LAST_LABEL = re.compile(r"(?:\s*[,;|·]\s*|\s+[-–—/]\s+|^)[^,;|·:]{0,40}:[*_]{0,2}\s*[@#]?\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)](?!\s+[^\W\d]+(?:, \d\d:| \d{4})))\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_])")
