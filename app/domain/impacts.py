"""How bad an incident was, in Statuspage's words."""

from collections.abc import Iterable

from app.words import Impact

_WORDS = {Impact.DEGRADED: "minor", Impact.PARTIAL: "major", Impact.MAJOR: "critical"}


def calculated(states: Iterable[Impact], *, is_maintenance: bool) -> str:
    """By the worst that any component was ever said to be; none where none was named."""
    if is_maintenance:
        return "maintenance"
    worst = max(states, key=lambda state: state.rank, default=Impact.OPERATIONAL)
    return _WORDS.get(worst, "none")
