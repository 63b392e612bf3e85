"""A template cut into lines, and each line into fixed words and slots for facts."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import blanks, facts
from app.runbook.blanks import Blank
from app.runbook.model import Template
from app.runbook.template_meaning import PROMISE


@dataclass(frozen=True)
class Slot:
    """A place for a fact. `literal` is what stands there while it has no value.

    `own` words, if any, stay when the fact agrees with them ("15 minutes").
    """

    fact: str
    literal: str
    choices: tuple[str, ...] = ()


Piece = str | Slot


@dataclass(frozen=True)
class Row:
    """A line of a template. `is_sentence` when it makes no sense with its slots empty."""

    pieces: tuple[Piece, ...]
    is_sentence: bool = False

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot))

    @property
    def fixed(self) -> str:
        """The words that stand whatever the facts are."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))


@lru_cache(maxsize=512)
def subject_row(template: Template) -> Row | None:
    if template.subject is None:
        return None
    return Row(_cut(template.subject, template, in_subject=True)[0], is_sentence=True)


@lru_cache(maxsize=512)
def body_rows(template: Template) -> tuple[Row, ...]:
    """The lines of the body, each with its slots bound to facts."""
    rows: list[Row] = []
    for pieces in _cut(template.body, template, in_subject=False):
        row = Row(pieces)
        before = rows[-1].fixed if rows and not rows[-1].slots else ""
        runs_on = bool(rows) and _runs_on(rows[-1])
        rows.append(Row(pieces, bool(row.slots) and _is_sentence(row, runs_on, before)))
    return tuple(rows)


def facts_of(template: Template) -> dict[str, bool]:
    """The facts a template asks for, in order, and whether a sentence needs them."""
    needed: dict[str, bool] = {}
    subject = subject_row(template)
    for row in ((subject,) if subject else ()) + body_rows(template):
        for slot in row.slots:
            needed[slot.fact] = needed.get(slot.fact, False) or row.is_sentence
    return needed


def sentence_of(template: Template, fact: str) -> str:
    """The sentence that needs a fact, with "…" in its place, or nothing where none does."""
    subject = subject_row(template)
    for row in body_rows(template) + ((subject,) if subject else ()):
        if not row.is_sentence or fact not in {slot.fact for slot in row.slots}:
            continue
        told = "".join(
            piece if isinstance(piece, str) else "…" if piece.fact == fact else piece.literal
            for piece in row.pieces
        )
        sentence = next((each for each in _SENTENCE_END.split(told) if "…" in each), told)
        return sentence.strip().replace("….", "…")[:160]
    return ""


def _cut(text: str, template: Template, *, in_subject: bool) -> list[tuple[Piece, ...]]:
    lines: list[list[Piece]] = [[]]
    for piece, blank in blanks.iter_text(text, _with_promise(text, template)):
        if blank is not None:
            lines[-1].append(_slot(text, blank, template, in_subject=in_subject))
            continue
        first, *rest = piece.split("\n")
        lines[-1].append(first)
        lines.extend([line] for line in rest)
    return [tuple(piece for piece in line if piece != "") for line in lines]


def _with_promise(text: str, template: Template) -> tuple[Blank, ...]:
    """The blanks, and the span of time that the fixed words promise, which may be another now."""
    found = blanks.find(text)
    if template.blanks:
        # The whole message tells better than a subject alone what is a blank and what is not.
        found = tuple(blank for blank in found if blank.text in template.blanks)
    promised = PROMISE.search(text) if template.promise_minutes else None
    if promised is None:
        return found
    start, end = promised.start("amount"), promised.end("unit")
    if any(blank.start < end and start < blank.end for blank in found):
        return found
    span = Blank(_SPAN, start, end)
    return tuple(sorted((*found, span), key=lambda blank: blank.start))


def _slot(text: str, blank: Blank, template: Template, *, in_subject: bool) -> Slot:
    literal = text[blank.start : blank.end]
    if blank.text == _SPAN:
        return Slot("next_update_span", literal)
    start = text.rfind("\n", 0, blank.start) + 1
    end = text.find("\n", blank.end)
    end = len(text) if end < 0 else end
    fact = facts.bind(
        blank,
        stage=template.stage,
        audience=template.audience,
        line_text=text[start:end],
        in_subject=in_subject,
        after=text[blank.end : end],
    )
    return Slot(fact, literal, blank.choices)


def _is_sentence(row: Row, runs_on: bool, above: str) -> bool:
    """Whether what is left without the slots is more than a label, a bullet or punctuation."""
    rest = _LEAD.sub("", row.fixed)
    label, colon, after = rest.partition(":")
    if colon and len(label.split()) <= 7:
        return len(_WORD.findall(after)) > 2
    words = len(_WORD.findall(rest))
    if words == 0:
        return runs_on and not above.rstrip(" *_").endswith(":")
    return words >= 3 or (words == 2 and rest.rstrip().endswith((".", "!")))


def _runs_on(row: Row) -> bool:
    """Whether a line ends in the middle of a sentence."""
    end = row.pieces[-1] if row.pieces else ""
    if isinstance(end, Slot):
        return row.is_sentence
    bare = end.rstrip(" *_")
    return bool(bare) and bare[-1] not in ".:!?…)" and len(_WORD.findall(row.fixed)) >= 4


# Cannot be written in a template: a blank's text holds no line break.
_SPAN = "\n"
_LEAD = re.compile(r"^\s*(?:[-*+•>]|\d{1,3}[.)])?\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
