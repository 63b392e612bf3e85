"""When to escalate, how people are alerted at each level, and who may do drastic things."""

import re
from collections.abc import Iterator

from app.runbook import levels, place_words, severity_tables, words
from app.runbook.levels import Levels
from app.runbook.model import AlertChannels, Criterion, EmergencyAction
from app.runbook.outline import Outline, without_number


def criteria(outline: Outline) -> tuple[Criterion, ...]:
    """Reasons to escalate, each with the label it stands below."""
    found = []
    for statement in outline.statements:
        near = statement.above[-2:]
        if (
            statement.kind != "item"
            or not near
            or not place_words.ESCALATION.search(" ".join(near))
        ):
            continue
        if not words.in_any(place_words.CRITERIA, near):
            continue
        if words.in_any(place_words.CONTACT, near):
            continue
        found.append(Criterion(without_number(near[-1]), statement.text, statement.line))
    return tuple(found)


def alert_channels(outline: Outline, known: Levels) -> tuple[AlertChannels, ...]:
    return (*_listed_channels(outline, known), *_tabled_channels(outline, known))


_BETWEEN_CHANNELS = re.compile(r"\s?[+,;&]\s?|\s(?:and|und|et|y|e|og|och|plus)\s")


def _listed_channels(outline: Outline, known: Levels) -> Iterator[AlertChannels]:
    for statement in outline.statements:
        if statement.kind != "item" or not words.has(place_words.ALERT_CHANNELS, statement.label):
            continue
        level = levels.leading(statement.text) or levels.named(statement.text)
        head, colon, value = statement.text.partition(":")
        if level is None or not colon or len(head) > 40:
            continue
        yield AlertChannels(head.strip(), known.key_of(level), _channels(value))


def _tabled_channels(outline: Outline, known: Levels) -> Iterator[AlertChannels]:
    for table in outline.tables:
        for record in severity_tables.records(table):
            for cell in record.cells:
                if words.has(place_words.ALERT_CHANNELS, cell.label) and len(cell.label) < 40:
                    key = known.key_of(record.level)
                    yield AlertChannels(record.level.key, key, _channels(cell.value))


def _channels(text: str) -> tuple[str, ...]:
    return tuple(part.strip(" .") for part in _BETWEEN_CHANNELS.split(text) if part.strip(" ."))


def actions(outline: Outline) -> tuple[EmergencyAction, ...]:
    """Drastic actions with the authority they need."""
    found = []
    for table in outline.tables:
        authority = _column(table.head, place_words.AUTHORITY)
        action = _column(table.head, place_words.ACTION)
        if authority is None or action is None or authority == action:
            continue
        contact = _column(table.head, place_words.REACH)
        for row in table.rows:
            if len(row) > max(authority, action) and row[action]:
                found.append(
                    EmergencyAction(
                        row[action],
                        row[authority],
                        row[contact] if contact is not None and contact < len(row) else None,
                    )
                )
    return tuple(found)


def _column(head: tuple[str, ...], named: words.Vocabulary) -> int | None:
    return next((index for index, cell in enumerate(head) if named.search(cell)), None)
