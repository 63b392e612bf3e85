"""Real runbooks that lie beside the project; tests that need them are skipped without them."""

from pathlib import Path

import pytest

RUNBOOKS = Path(__file__).parents[3] / "shared" / "runbooks"


def text(name: str) -> str:
    """The text of a real runbook, or a skipped test where it is not there."""
    path = RUNBOOKS / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return path.read_text(encoding="utf-8")
