"""People, teams and vendors to reach: contact cards, tables and lines."""

import re
from collections.abc import Iterator

from app.runbook import place_words, words
from app.runbook.model import Contact
from app.runbook.outline import Outline, Statement, Table, without_number


def read(outline: Outline, skip: frozenset[int]) -> tuple[Contact, ...]:
    found = [contact for table in outline.tables for contact in _tabled(table)]
    found.extend(_cards([s for s in outline.statements if s.line not in skip]))
    return tuple(sorted(found, key=lambda contact: contact.line))


def _cards(statements: list[Statement]) -> Iterator[Contact]:
    """A label or heading with "Phone: ..." and its like below it, or one line with an address."""
    ways: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    lines: dict[tuple[str, ...], int] = {}
    for statement in statements:
        if not _is_contact_place(statement.above):
            continue
        head, colon, value = statement.text.partition(":")
        if colon and value.strip() and len(head) < 30 and words.has(place_words.WAY, head):
            ways.setdefault(statement.above, []).append((head.strip(), value.strip()))
            lines.setdefault(statement.above, statement.line)
        elif contact := _in_one_line(statement):
            yield contact
    for above, pairs in ways.items():
        if any(words.has(place_words.REACH, head) for head, _ in pairs):
            name, kind = without_number(above[-1]), _kind(above[:-1])
            yield Contact(name, kind, tuple(pairs), lines[above] - 1)


def _is_contact_place(above: tuple[str, ...]) -> bool:
    if words.in_any(place_words.MESSAGES, above[1:]):
        return False
    return words.in_any(place_words.CONTACT, above)


def _kind(above: tuple[str, ...]) -> str | None:
    return without_number(above[-1]) if above else None


_ADDRESS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}|(?<!\w)\+?[0-9][0-9 ()./-]{6,20}[0-9](?!\w)|"
    r"(?<![\w/])@[A-Za-z][\w.-]{1,40}|(?<![\w/&])#[a-z][\w-]{2,60}|https?://\S{3,200}"
)


def _in_one_line(statement: Statement) -> Contact | None:
    """ "PagerDuty support: +1 555 0100"."""
    if statement.kind != "item" or len(statement.text) > 300:
        return None
    match = re.match(r"^([^:]{2,60}?)(?::\s|\s[–—-]\s)(.{3,})$", statement.text)
    if match is None or not _ADDRESS.search(match[2]):
        return None
    return Contact(
        match[1].strip(), _kind(statement.above), (("Contact", match[2].strip()),), statement.line
    )


def _tabled(table: Table) -> Iterator[Contact]:
    reach = [i for i, head in enumerate(table.head) if words.has(place_words.REACH, head)]
    place = words.in_any(place_words.CONTACT, table.above)
    if not reach or (not place and not _looks_reachable(table, reach)):
        return
    if words.in_any(place_words.AUTHORITY, table.head):
        return
    for index, row in enumerate(table.rows):
        names = [cell for i, cell in enumerate(row[:3]) if i not in reach and cell]
        name = next((cell for cell in names if not cell.startswith(("[", "<", "{", "_"))), None)
        ways = tuple((table.head[i], row[i]) for i in reach if i < len(row) and row[i])
        if name and ways:
            yield Contact(name, _kind(table.above), ways, table.line_of(index))


def _looks_reachable(table: Table, reach: list[int]) -> bool:
    cells = [row[i] for row in table.rows for i in reach if i < len(row)]
    return bool(cells) and sum(bool(_ADDRESS.search(cell)) for cell in cells) * 2 > len(cells)
