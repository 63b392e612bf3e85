"""A component's days as a bar: what is drawn, as few paths as there are kinds of days."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.content import sentence
from app.content.sentence import Tone
from app.domain.uptime import NOTHING, Day
from app.words import Impact

STEP, WIDTH, HEIGHT = 5, 3.5, 20
"""A day's place, what is drawn of it, and the highest there is."""
TOPS = {
    Impact.UNDER_MAINTENANCE: 10,
    Impact.DEGRADED: 7,
    Impact.PARTIAL: 3.5,
    Impact.MAJOR: 0,
}
"""The worse a day was, the higher it stands: its height says it to who sees no colours."""


@dataclass(frozen=True)
class Mark:
    """All days of one kind, as one path."""

    tone: Tone
    path: str


@dataclass(frozen=True)
class Bar:
    width: int
    known: tuple[int, int]
    """From where to where there are days of which something is known."""
    marks: tuple[Mark, ...]


def draw(days: Sequence[Day]) -> Bar:
    """Days that went well are one line, whose dashes are days; only the others are drawn."""
    known = [at for at, day in enumerate(days) if day.known > NOTHING]
    first, after = (known[0], known[-1] + 1) if known else (len(days), len(days))
    paths: dict[Impact, list[str]] = {}
    for at, day in enumerate(days):
        if day.worst is not Impact.OPERATIONAL:
            paths.setdefault(day.worst, []).append(_day(at, day.worst))
    marks = tuple(
        Mark(sentence.TONES[impact], "".join(paths[impact])) for impact in TOPS if impact in paths
    )
    return Bar(len(days) * STEP, (first * STEP, after * STEP), marks)


def mark(at: int, day: Day) -> Mark:
    """One hurt day by itself."""
    return Mark(sentence.TONES[day.worst], _day(at, day.worst))


def _day(at: int, worst: Impact) -> str:
    top = TOPS[worst]
    # Maintenance is a mark on top of a day that went well; everything else fills its day.
    down = "v3" if worst is Impact.UNDER_MAINTENANCE else f"V{HEIGHT}"
    return f"M{at * STEP} {top}h{WIDTH}{down}h-{WIDTH}z"
