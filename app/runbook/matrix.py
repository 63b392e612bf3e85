"""The matrix by which responders find an incident's severity."""

from collections.abc import Iterator

from app.runbook import severity_tables
from app.runbook.levels import Levels, leading, named
from app.runbook.model import MatrixRow
from app.runbook.outline import Outline, Table


def read(outline: Outline, levels: Levels) -> tuple[MatrixRow, ...]:
    return tuple(
        row for table in outline.tables for row in (*_rows(table, levels), *_grid(table, levels))
    )


def _rows(table: Table, levels: Levels) -> Iterator[MatrixRow]:
    column = severity_tables.matrix_column(table)
    if column is None or not severity_tables.is_matrix(table):
        return
    for row in table.rows:
        if column >= len(row):
            continue
        key = levels.key_of(leading(row[column], loose=True) or named(row[column]))
        signs = tuple(
            (head, cell)
            for index, (head, cell) in enumerate(zip(table.head, row, strict=False))
            if index != column
        )
        if key:
            yield MatrixRow(key, signs)


def _grid(table: Table, levels: Levels) -> Iterator[MatrixRow]:
    """Impact by urgency: the corner names the rows, or both ("Impact \\ Urgency")."""
    grid = severity_tables.grid_levels(table)
    down, across = _axes(table.head[0] if grid else "")
    for row, found in zip(table.rows, grid, strict=False):
        for head, level in zip(table.head[1:], found, strict=False):
            if key := levels.key_of(level):
                yield MatrixRow(key, ((down, row[0]), (across, head)))


def _axes(corner: str) -> tuple[str, str]:
    for mark in ("\\", "/", "↓", "→", "|", " vs "):
        down, found, across = corner.partition(mark)
        if found and down.strip():
            return down.strip(), across.strip(" →↓\\/") or "Column"
    return corner.strip() or "Row", "Column"
