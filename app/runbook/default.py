"""The runbook we ship: what a team's own runbook lacks comes from there."""

from functools import cache
from pathlib import Path

from app.runbook import reader
from app.runbook.model import Runbook

PATH = Path(__file__).parents[2] / "runbooks" / "default.md"


@cache
def default() -> Runbook:
    """The default runbook, read once."""
    return reader.read(text())


@cache
def text() -> str:
    """The document itself, to be shown and to be used as a team's first runbook."""
    return PATH.read_text(encoding="utf-8")
