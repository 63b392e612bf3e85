"""Which severities a document has: every place that introduces one, on one common scale."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from app.runbook import levels, place_words, words
from app.runbook.levels import Level
from app.runbook.outline import Outline, Statement
from app.runbook.severity_tables import Record


def defined(outline: Outline, tabled: Sequence[Record]) -> dict[int | str, tuple[Level, int]]:
    """Each severity's first definition; numbered ones outweigh those with a name alone."""
    found = [(record.level, record.line) for record in tabled]
    for statement, next_one in zip_longest(outline.statements, outline.statements[1:]):
        level = levels.leading(statement.text)
        heads = next_one is not None and next_one.label == statement.text.rstrip(": ")
        if level and _defines(statement, level, heads=heads):
            found.append((level, statement.line))
            found.extend((other, statement.line) for other in _beside(statement))
    numbered = _one_family([(level, line) for level, line in found if level.is_numbered])
    if numbered:
        ordered = sorted(numbered, key=lambda each: (each[0].rank, each[1]))
    else:
        named = [*found, *_named(outline)] if not numbered else []
        ordered = sorted(named, key=lambda each: each[1])
    defined: dict[int | str, tuple[Level, int]] = {}
    for level, line in ordered:
        known = defined.setdefault(level.rank, (level, line))[0]
        if known.name is None and level.name:
            named_level = Level(known.key, known.family, known.rank, level.name, known.rest)
            defined[level.rank] = (named_level, defined[level.rank][1])
    return defined


def _beside(statement: Statement) -> Iterator[Level]:
    """The other severities of "P1: 5 minutes; P2: 15 minutes; P3: a day"."""
    for part in re.split(r"[;|]\s+", statement.text)[1:]:
        level = levels.leading(part)
        if level and level.stands_alone and level.rest:
            yield level


def _one_family(found: list[tuple[Level, int]]) -> list[tuple[Level, int]]:
    """P1 and SEV-1 of one document are the same level unless one scale starts elsewhere."""
    ranks: dict[str, set[int | str]] = {}
    for level, _ in found:
        ranks.setdefault(level.family, set()).add(level.rank)
    if not ranks:
        return []
    main = max(ranks, key=lambda family: len(ranks[family]))
    aligned = {family for family, of in ranks.items() if of <= ranks[main]}
    chosen = [each for each in found if each[0].family == main]
    return chosen + [each for each in found if each[0].family in aligned - {main}]


def _defines(statement: Statement, level: Level, *, heads: bool) -> bool:
    """Whether a statement introduces a severity and does not only mention it."""
    if not level.stands_alone or words.in_any(place_words.MESSAGES, statement.above):
        return False
    near = [*statement.above[-2:], statement.text]
    if level.family == "level" and any(_OTHER_LADDER.search(text) for text in near):
        return False
    if statement.kind in ("heading", "label"):
        return True
    return heads or bool(statement.lead or level.rest)


_OTHER_LADDER = re.compile(
    rf"{place_words.ESCALATION.pattern}|{place_words.CONTACT.pattern}|"
    r"(?<!\w)(?:support|tier|first[- ]line)(?!\w)",
    re.IGNORECASE,
)


def _named(outline: Outline) -> Iterator[tuple[Level, int]]:
    for statement in outline.statements:
        if not statement.text or statement.kind == "sentence":
            continue
        near = statement.above[-2:]
        telling = words.in_any(words.SEVERITY, near)
        telling = telling or bool(re.match(r"\W*\w+ severity\b", statement.text, re.IGNORECASE))
        if telling and not words.in_any(place_words.MESSAGES, statement.above):
            level = levels.named(statement.text)
            if level and (level.rest or statement.lead or statement.kind != "item"):
                yield level, statement.line
