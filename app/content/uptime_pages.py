"""A month of everything we run: days, figures and outages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.content import component_pages, pages, parts, times, troubles, uptime
from app.content.component_pages import Formula
from app.content.pages import Month, Page
from app.content.times import Zone
from app.content.troubles import Trouble
from app.content.uptime import Record, Records
from app.domain import components, outages
from app.domain.uptime import Span
from app.models import Component, Organisation


@dataclass(frozen=True)
class Line:
    """A component or a group in this month."""

    name: str
    path: str
    """Empty for a group."""
    record: Record


@dataclass(frozen=True)
class LineGroup:
    """Lines that stand together; without a name, a component that stands alone."""

    whole: Line | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class OutageDay:
    day: str
    outages: tuple[Trouble, ...]


@dataclass(frozen=True)
class UptimePage(Page):
    month: str
    groups: tuple[LineGroup, ...]
    days: tuple[OutageDay, ...]
    """Those on which an outage began, or went on from the month before; newest first."""
    older: Month | None
    newer: Month | None
    formula: Formula


def month(organisation: Organisation, first: date | None, now: datetime) -> UptimePage | None:
    """How a month went, the present one by default; None before the start, and for what is ahead.

    A component is in it from the month on in which its counting began.
    """
    zone = times.zone(organisation.time_zone, now)
    this_month = zone.day_of(now).replace(day=1)
    first = first or this_month
    window = uptime.month(zone, first)
    groups = components.groups()  # read first: the order of components asks for each one's group
    counted = [one for one in components.every() if one.is_public and one.shows_uptime]
    since = earliest(counted, zone) or this_month
    if first > this_month or first < since:
        return None
    records = uptime.records(window, partial_percent=organisation.partial_percent)
    ours = [one for one in counted if outages.counted_since(one) < window.end]
    found = parts.together(ours, groups)
    before = (first - timedelta(days=1)).replace(day=1)
    return UptimePage(
        site=pages.site(organisation, now),
        changed_at=min(window.end, now.replace(second=0, microsecond=0)),
        month=times.month(first),
        groups=tuple(_group(name, members, records) for name, members in found),
        days=_days(ours, records, zone),
        older=_month(before, this_month) if before >= since else None,
        newer=_month(_after(first), this_month) if first < this_month else None,
        formula=component_pages.formula(organisation, zone),
    )


def earliest(counted: list[Component], zone: Zone) -> date | None:
    """The first month in which anything is counted."""
    since = min((outages.counted_since(one) for one in counted), default=None)
    return zone.day_of(since).replace(day=1) if since else None


def _after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _month(first: date, this_month: date) -> Month:
    path = "/uptime" if first == this_month else f"/uptime/{first:%Y-%m}"
    return Month(times.month(first), path)


def _group(name: str, members: list[Component], records: Records) -> LineGroup:
    whole = records.together(members) if name else None
    lines = [
        Line(parts.name(one), parts.path(one), record)
        for one in members
        if (record := records.of(one))
    ]
    return LineGroup(Line(name, "", whole) if whole else None, tuple(lines))


def _days(ours: list[Component], records: Records, zone: Zone) -> tuple[OutageDay, ...]:
    by_day: dict[date, list[tuple[Span, Component]]] = {}
    for one in ours:
        for span in records.timeline(one):
            if span.is_outage:
                by_day.setdefault(zone.day_of(span.start), []).append((span, one))
    return tuple(
        OutageDay(
            times.day(day),
            tuple(
                troubles.show(one, span, records, zone, on=day)
                for span, one in sorted(by_day[day], key=lambda pair: pair[0].start, reverse=True)
            ),
        )
        for day in sorted(by_day, reverse=True)
    )
