"""How long what was down: arithmetic of intervals alone, without a database or a clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from app.words import Impact, Stage

NOTHING = timedelta()
OUTAGES = frozenset((Impact.PARTIAL, Impact.MAJOR))
"""What counts as an outage; that something is slow, or worked on, counts nothing."""
MAINTENANCE_RUNS = frozenset((Stage.IN_PROGRESS, Stage.VERIFYING))


@dataclass(frozen=True)
class Said:
    """What one update told the public, and from when on it held."""

    at: datetime
    stage: Stage
    impacts: dict[int, Impact] = field(default_factory=dict)
    """By the component's id."""


@dataclass(frozen=True)
class Span:
    """From when to when a component was hurt, and how; `sources` are the incidents' codes."""

    start: datetime
    end: datetime
    impact: Impact
    sources: tuple[str, ...] = ()

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def is_outage(self) -> bool:
        return self.impact in OUTAGES


@dataclass(frozen=True)
class Day:
    """One day of a component, from midnight to midnight or as much of it as there was."""

    day: date
    known: timedelta
    """How much of it is known: less today, less on the first day, nothing before it."""
    times: Mapping[Impact, timedelta]
    """How long it was hurt in which way; only what is longer than nothing."""

    @property
    def worst(self) -> Impact:
        return max(self.times, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)

    @property
    def outage(self) -> timedelta:
        """How long it was down, partly or wholly."""
        return sum((self.times.get(impact, NOTHING) for impact in OUTAGES), NOTHING)


def spans(
    told: Sequence[Said], *, began_at: datetime, ended_at: datetime | None, now: datetime, code: str
) -> Iterator[tuple[int, Span]]:
    """What one incident did to which component, from what the public was told, oldest first.

    An update holds until the next one, the newest until the end of the incident or now. The
    first one holds from the incident's beginning, which may have been long before anybody knew.
    """
    end_of_all = min(ended_at, now) if ended_at else now
    for at, said in enumerate(told):
        start = min(began_at, said.at) if at == 0 and not said.stage.is_of_maintenance else said.at
        end = told[at + 1].at if at + 1 < len(told) else end_of_all
        if end <= start:
            continue
        for component_id, impact in said.impacts.items():
            held = _as_counted(said.stage, impact)
            if held is not Impact.OPERATIONAL:
                yield component_id, Span(start, min(end, now), held, (code,))


def _as_counted(stage: Stage, impact: Impact) -> Impact:
    """Maintenance that runs is maintenance, whatever it does; what is over or ahead is nothing."""
    if impact is Impact.OPERATIONAL or not stage.is_open:
        return Impact.OPERATIONAL
    if stage.is_of_maintenance:
        runs = stage in MAINTENANCE_RUNS
        return Impact.UNDER_MAINTENANCE if runs else Impact.OPERATIONAL
    return impact


def worst_of(overlapping: Iterable[Span], *, start: datetime, end: datetime) -> list[Span]:
    """The same time told once, in order and without overlaps: each moment at its worst.

    Only what lies in [start, end). Neighbours that say the same are one; the sources of each
    are the incidents that said the worst then.
    """
    cut = [
        Span(max(one.start, start), min(one.end, end), one.impact, one.sources)
        for one in overlapping
        if one.impact is not Impact.OPERATIONAL
    ]
    cut = sorted((one for one in cut if one.start < one.end), key=lambda one: one.start)
    edges = sorted({edge for one in cut for edge in (one.start, one.end)})
    timeline: list[Span] = []
    active: list[Span] = []
    coming = 0
    for begin, stop in pairwise(edges):
        active = [one for one in active if one.end > begin]
        while coming < len(cut) and cut[coming].start <= begin:
            active.append(cut[coming])
            coming += 1
        if active:
            _add(timeline, begin, stop, active)
    return timeline


def _add(timeline: list[Span], begin: datetime, stop: datetime, active: Sequence[Span]) -> None:
    impact = max((one.impact for one in active), key=lambda impact: impact.rank)
    sources = tuple(
        dict.fromkeys(code for one in active if one.impact is impact for code in one.sources)
    )
    last = timeline[-1] if timeline else None
    if last and last.end == begin and last.impact is impact:
        together = tuple(dict.fromkeys((*last.sources, *sources)))
        timeline[-1] = Span(last.start, stop, impact, together)
    else:
        timeline.append(Span(begin, stop, impact, sources))


def outages(timeline: Sequence[Span]) -> list[Span]:
    """Each time it was down, partly or wholly, without a pause: one, at the worst it was."""
    found: list[Span] = []
    for one in timeline:
        last = found[-1] if found else None
        if not one.is_outage:
            continue
        if last and last.end == one.start:
            worse = max(last.impact, one.impact, key=lambda impact: impact.rank)
            sources = tuple(dict.fromkeys((*last.sources, *one.sources)))
            found[-1] = Span(last.start, one.end, worse, sources)
        else:
            found.append(one)
    return found


def days(
    timeline: Sequence[Span],
    midnights: Sequence[tuple[date, datetime]],
    *,
    since: datetime,
    now: datetime,
) -> list[Day]:
    """Each day, between these midnights, with how long what was hurt on it.

    `midnights` holds one more than there are days: that after the last. A day may have 23 or
    25 hours. `timeline` is in order and without overlaps.
    """
    made: list[Day] = []
    at = 0
    for (day, begin), (_, end) in pairwise(midnights):
        start, stop = max(begin, since), min(end, now)
        times: dict[Impact, timedelta] = {}
        while at < len(timeline) and timeline[at].end <= begin:
            at += 1
        place = at
        while place < len(timeline) and timeline[place].start < stop:
            one = timeline[place]
            length = min(one.end, stop) - max(one.start, start)
            if length > NOTHING:
                times[one.impact] = times.get(one.impact, NOTHING) + length
            place += 1
        made.append(Day(day, max(stop - start, NOTHING), times))
    return made


def lost(timeline: Iterable[Span], *, partial_percent: int) -> timedelta:
    """How much time counts as down: a major outage in full, a partial one in part."""
    counts = {Impact.MAJOR: 100, Impact.PARTIAL: partial_percent}
    return sum((one.length * counts.get(one.impact, 0) for one in timeline), NOTHING) / 100


def percent(share: float) -> str:
    """ "99.98": never rounded up, so that 100 means that nothing was down."""
    if share >= 1:
        return "100"
    hundredths = int(round(share * 10_000, 6))
    return f"{max(0, min(hundredths, 9_999)) / 100:.2f}"
