"""The past by days, with silence condensed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.content import public_incidents, times
from app.content.public_incidents import PublicIncident
from app.content.times import Zone
from app.domain import status


@dataclass(frozen=True)
class Row:
    """A day on which something began, or a run of days on which nothing did."""

    days: str
    incidents: tuple[PublicIncident, ...]


def happened(
    start: datetime, end: datetime, zone: Zone, *, lasting: bool = False
) -> list[tuple[date, PublicIncident]]:
    """What began in [start, end), newest first, each with its day: incidents, and maintenance
    that took place."""
    both = [*status.incidents_between(start, end), *status.maintenances_between(start, end)]
    both.sort(key=public_incidents.began_at, reverse=True)
    pairs = ((one, public_incidents.show(one, zone, lasting=lasting)) for one in both)
    return [(zone.day_of(public_incidents.began_at(one)), shown) for one, shown in pairs if shown]


def rows(
    incidents: Sequence[tuple[date, PublicIncident]], *, first: date, last: date
) -> tuple[Row, ...]:
    """The days from the last back to the first; quiet ones that follow one another are one row."""
    by_day: dict[date, list[PublicIncident]] = {}
    for began, incident in incidents:
        by_day.setdefault(began, []).append(incident)
    found: list[Row] = []
    quiet_until: date | None = None
    day = last
    while day >= first:
        began_here = by_day.get(day)
        if began_here and quiet_until:
            found.append(Row(times.days(day + timedelta(days=1), quiet_until), ()))
            quiet_until = None
        if began_here:
            found.append(Row(times.day(day), tuple(began_here)))
        else:
            quiet_until = quiet_until or day
        day -= timedelta(days=1)
    if quiet_until:
        found.append(Row(times.days(first, quiet_until), ()))
    return tuple(found)


def eventful(incidents: Sequence[tuple[date, PublicIncident]]) -> tuple[Row, ...]:
    """Only the days on which something began, in the order given."""
    by_day: dict[date, list[PublicIncident]] = {}
    for began, incident in incidents:
        by_day.setdefault(began, []).append(incident)
    return tuple(Row(times.day(day), tuple(those)) for day, those in by_day.items())
