"""A component's own page: its state, and its last ninety days, day by day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.content import bars, characters, pages, parts, public_incidents, times, troubles, uptime
from app.content.bars import Mark
from app.content.pages import Page
from app.content.parts import Part
from app.content.times import Moment, Zone
from app.content.troubles import Link, Trouble
from app.content.uptime import Records
from app.domain import components, status
from app.domain.uptime import NOTHING, Day
from app.models import Component, Incident, Organisation
from app.words import Impact

SPANS = (7, 30, 90)
"""Days over which a figure is told."""


@dataclass(frozen=True)
class DayRow:
    """A day with its troubles, or several on which there were none."""

    anchor: str
    days: str
    troubles: tuple[Trouble, ...]
    is_known: bool


@dataclass(frozen=True)
class HurtDay:
    """A day of the bar that says what it was."""

    mark: Mark
    words: str


@dataclass(frozen=True)
class Figure:
    length: str
    percent: str


@dataclass(frozen=True)
class Formula:
    """What the figures stand for."""

    partial_percent: int
    zone: str


@dataclass(frozen=True)
class ComponentPage(Page):
    part: Part
    group: str
    as_of: Moment
    incidents: tuple[Link, ...]
    """What goes on with it now."""
    figures: tuple[Figure, ...]
    hurt_days: tuple[HurtDay, ...]
    rows: tuple[DayRow, ...]
    formula: Formula


def component(organisation: Organisation, code: str, now: datetime) -> ComponentPage | None:
    """None where there is none that the public may see."""
    found = components.public(code)
    if found is None:
        return None
    zone = times.zone(organisation.time_zone, now)
    going_on = [*status.open_incidents(), *status.active_maintenances()]
    hurting = [one for one in going_on if found.id in public_incidents.impacts(one)]
    records = uptime.records(
        uptime.last_days(zone), partial_percent=organisation.partial_percent, component=found
    )
    record = records.of(found)
    as_of = now.replace(second=0, microsecond=0)
    rows = tuple(_rows(record.days, found, records, zone)) if record else ()
    return ComponentPage(
        site=pages.site(organisation, now),
        changed_at=as_of,
        part=parts.show(found, worst(found, hurting), record),
        group=characters.one_line(found.group.name) if found.group else "",
        as_of=zone.clock(as_of, on=as_of - timedelta(days=1)),
        incidents=tuple(
            Link(public_incidents.title(one), f"/incidents/{one.code}") for one in hurting
        ),
        figures=_figures(found, records, zone),
        hurt_days=tuple(_hurt_days(record.days)) if record else (),
        rows=rows,
        formula=formula(organisation, zone),
    )


def worst(component: Component, incidents: Iterable[Incident]) -> Impact:
    said = [public_incidents.impacts(one)[component.id] for one in incidents]
    return max(said, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)


def formula(organisation: Organisation, zone: Zone) -> Formula:
    return Formula(organisation.partial_percent, zone.info.key)


def _figures(component: Component, records: Records, zone: Zone) -> tuple[Figure, ...]:
    """Over each of these lengths, unless the component is younger than the one before it."""
    found: dict[str, Figure] = {}
    for count in SPANS:
        record = records.over(uptime.last_days(zone, count)).of(component)
        if record and record.percent:
            found.setdefault(record.length, Figure(record.length, record.percent))
    return tuple(found.values())


def _hurt_days(days: Sequence[Day]) -> Iterator[HurtDay]:
    for at, day in enumerate(days):
        if day.worst is not Impact.OPERATIONAL:
            length = times.length(day.times[day.worst])
            words = f"{times.day(day.day)}: {parts.word(day.worst)}, {length}"
            yield HurtDay(bars.mark(at, day), words)


def _rows(
    days: Sequence[Day], component: Component, records: Records, zone: Zone
) -> Iterator[DayRow]:
    """The days from today back; alike ones that follow one another are one row."""
    timeline = records.timeline(component)
    midnights = dict(records.window.midnights)
    waiting: list[Day] = []
    for day in reversed(days):
        if waiting and (day.times or (day.known > NOTHING) != (waiting[0].known > NOTHING)):
            yield _quiet(waiting)
            waiting = []
        if not day.times:
            waiting.append(day)
            continue
        begin, end = midnights[day.day], midnights[day.day + timedelta(days=1)]
        spans = [one for one in reversed(timeline) if one.start < end and one.end > begin]
        shown = tuple(troubles.show(component, span, records, zone, on=day.day) for span in spans)
        yield DayRow(f"day-{day.day}", times.day(day.day), shown, is_known=True)
    if waiting:
        yield _quiet(waiting)


def _quiet(days: Sequence[Day]) -> DayRow:
    newest, oldest = days[0], days[-1]
    words = times.days(oldest.day, newest.day)
    return DayRow(f"day-{newest.day}", words, (), is_known=newest.known > NOTHING)
