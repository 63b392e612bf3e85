"""Tables that speak of severities: one row each, one column each, or a matrix of signs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.runbook import clocks, levels, place_words, timings, words
from app.runbook.levels import Level
from app.runbook.outline import Table


@dataclass(frozen=True)
class Cell:
    label: str
    value: str
    line: int


@dataclass(frozen=True)
class Record:
    """What one table says of one severity."""

    level: Level
    cells: tuple[Cell, ...]
    line: int


def records(table: Table) -> list[Record]:
    """The severities that a table describes; none when it is a matrix or speaks of other things."""
    if not table.rows or is_matrix(table) or grid_levels(table):
        return []
    column = _level_column(table)
    if column is not None:
        return _by_row(table, column)
    return _by_column(table)


def _by_row(table: Table, column: int) -> list[Record]:
    read = _reader(table, column)
    found = []
    for index, row in enumerate(table.rows):
        level = read(row[column]) if column < len(row) else None
        if level is None:
            continue
        line = table.line_of(index)
        cells = tuple(
            Cell(label, value, line)
            for position, (label, value) in enumerate(zip(table.head, row, strict=False))
            if position != column and value
        )
        found.append(Record(level, cells, line))
    return found


def _by_column(table: Table) -> list[Record]:
    """A table on its side: the severities are the heads of its columns."""
    heads = [levels.leading(head, loose=True) for head in table.head]
    if sum(level is not None for level in heads) < 2 and _speaks_of_severity(table, 0):
        heads = [levels.named(head) for head in table.head]
    if sum(level is not None for level in heads) < 2 or heads[0] is not None:
        return []
    found = []
    for column, level in enumerate(heads):
        if level is not None:
            cells = tuple(
                Cell(row[0], row[column], table.line_of(index))
                for index, row in enumerate(table.rows)
                if column < len(row) and row[column]
            )
            found.append(Record(level, cells, table.line))
    return found


def _level_column(table: Table) -> int | None:
    """The column that names the severities, each once."""
    for column in range(min(len(table.head), 12)):
        read = _reader(table, column)
        found = [level for level in map(read, _column(table, column)) if level]
        if not found or len({level.rank for level in found}) != len(found):
            continue
        if len(found) * 2 < len(table.rows):
            continue
        if column == 0 or has_clocks(table):
            return column
    return None


def _reader(table: Table, column: int) -> Callable[[str], Level | None]:
    """How to read the cells of a column: bare numbers and names only below a telling head."""
    telling = words.has(words.SEVERITY, table.head[column]) if table.head else False
    telling = telling and len(table.head[column]) < 40
    named = telling or (column == 0 and has_clocks(table) and _speaks_of_severity(table, column))
    cells = _column(table, column)
    numbered = any(levels.leading(cell, loose=telling) for cell in cells)

    def read(cell: str) -> Level | None:
        found = levels.leading(cell, loose=telling)
        if found and not found.stands_alone:
            return None
        if found is None and named and not numbered:
            return levels.named(cell) or (_own_name(cell) if telling and column == 0 else None)
        return found

    return read if not (telling and _is_escalation(table)) else levels.leading


def _own_name(cell: str) -> Level | None:
    """A level called by a name of the runbook's own: "Red", "Code black"."""
    bare = cell.strip(" *")
    if 0 < len(bare) <= 20 and bare[0].isalpha() and bare.count(" ") < 2:
        return Level(bare, "name", bare.lower(), None, "")
    return None


def _is_escalation(table: Table) -> bool:
    """Whether its levels are the steps of an escalation and not severities."""
    return words.in_any(place_words.ESCALATION, table.above[-1:]) and not any(
        words.has(words.SEVERITY, text) and "level" not in text.lower() for text in table.head
    )


def _speaks_of_severity(table: Table, column: int) -> bool:
    near = [*table.above[-2:], *table.head[column : column + 1]]
    return words.in_any(words.SEVERITY, near)


def has_clocks(table: Table) -> bool:
    """Whether a column is about a response, a resolution or updates, or holds durations."""
    if any(timings.label_kind(head) for head in table.head):
        return True
    cells = [cell for row in table.rows[:6] for cell in row[1:]]
    return sum(clocks.minutes(cell) is not None for cell in cells) >= 2


def _column(table: Table, column: int) -> list[str]:
    return [row[column] for row in table.rows if column < len(row)]


def is_matrix(table: Table) -> bool:
    """Whether rows of signs lead to a severity: impact, users affected, ... and then P1."""
    column = matrix_column(table)
    if column is None:
        return False
    signs = [head for index, head in enumerate(table.head) if index != column]
    telling = sum(words.has(place_words.SIGN, head) for head in signs)
    found = [level for level in map(_any_level, _column(table, column)) if level]
    repeated = len({level.rank for level in found}) < len(found)
    return bool(telling) and (repeated or (column > 0 and not _response_heads(table)))


def matrix_column(table: Table) -> int | None:
    """The last column whose cells are severities below a head that says so."""
    for column in reversed(range(min(len(table.head), 12))):
        cells = _column(table, column)
        if words.has(words.SEVERITY, table.head[column]) and cells:
            found = [_any_level(cell) for cell in cells]
            if sum(level is not None for level in found) * 2 >= len(found):
                return column
    return None


def _response_heads(table: Table) -> bool:
    return any(timings.label_kind(head) for head in table.head)


def _any_level(cell: str) -> Level | None:
    return levels.leading(cell, loose=True) or levels.named(cell)


def grid_levels(table: Table) -> list[list[Level | None]]:
    """The severities of a grid of impact by urgency, empty when the table is none."""
    if len(table.head) < 3 or len(table.rows) < 2:
        return []
    grid = [[levels.leading(cell, loose=False) for cell in row[1:]] for row in table.rows]
    cells: Sequence[Level | None] = [level for row in grid for level in row]
    named = sum(_any_level(row[0]) is not None for row in table.rows if row)
    readable = sum(level is not None for level in cells)
    if readable * 10 >= len(cells) * 8 and named * 2 >= len(table.rows):
        return grid
    return []
