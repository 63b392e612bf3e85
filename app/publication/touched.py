"""Which documents a change touches, which the hour does, and which there are at all."""

from datetime import UTC, datetime, timedelta

from app.content import public_incidents, times
from app.content.times import Zone
from app.domain import components, status
from app.models import Organisation
from app.publication import documents


def by_changes(ours: Organisation, now: datetime, *, after: int) -> list[str]:
    """The paths that the database's changes after this number touch, beside the lasting ones."""
    zone = times.zone(ours.time_zone, now)
    changed = status.changed_since(after)
    months: dict[str, None] = {}
    for incident in changed:
        if not incident.is_maintenance:
            months |= dict.fromkeys(_months_around(incident.opened_at, zone))
        elif incident.resolved_at and not incident.cancelled_at:  # before, no month tells of it
            months |= dict.fromkeys(_months_around(public_incidents.began_at(incident), zone))
    codes = [incident.code for incident in changed]
    parts = status.public_components_of(changed)
    return [
        *documents.about("incident", codes),
        *documents.about("month", months),
        *documents.about("component", parts),
    ]


def by_time(ours: Organisation, *, before: datetime | None, now: datetime) -> list[str]:
    """The paths that change by time alone since a moment, beside the lasting ones."""
    zone = times.zone(ours.time_zone, now)
    months: list[str] = []
    if before is not None and _month(before, zone) != _month(now, zone):
        # The last month gets its own address: whoever led to the present one leads there now.
        start, _ = zone.month_around(before)
        months = [_month(now, zone), *_months_around(start, zone, alone=True)]
    return [*open_now(), *documents.about("month", months)]


def open_now() -> list[str]:
    """The paths of the incidents that go on; they say as of when they are true."""
    going_on = [
        *status.open_incidents(),
        *status.active_maintenances(),
        *status.upcoming_maintenances(),
    ]
    codes = [one.code for one in going_on if public_incidents.is_open(one)]
    return documents.about("incident", codes)


def next_promise(now: datetime) -> datetime | None:
    """When the next promise that the public reads will be late."""
    going_on = [one for one in status.open_incidents() if public_incidents.is_open(one)]
    promised = [one.public_updates[0].promise_at for one in going_on]
    return min((at for at in promised if at is not None and at >= now), default=None)


def everything(ours: Organisation, now: datetime) -> list[str]:
    """The path of every document there is, the newest first."""
    zone = times.zone(ours.time_zone, now)
    first = status.oldest_public_since(datetime.min.replace(tzinfo=UTC)) or ours.set_up_at
    months = []
    start, _ = zone.month_around(now)
    earliest, _ = zone.month_around(min(first, ours.set_up_at))
    while start >= earliest:
        months.append(_month(start, zone))
        start, _ = zone.month_around(start - timedelta(days=1))
    return [
        *documents.lasting(),
        *documents.about("component", [one.code for one in components.every() if one.is_public]),
        *documents.about("month", months),
        *documents.about("incident", status.public_codes()),
    ]


def _months_around(moment: datetime, zone: Zone, *, alone: bool = False) -> list[str]:
    """The month of a moment; while one incident alone makes it eventful, those beside it too.

    They lead to the nearest month in which something happened.
    """
    start, end = zone.month_around(moment)
    around = [moment]
    if alone or status.oldest_public_since(start) == status.newest_public_before(end):
        beside = (status.newest_public_before(start), status.oldest_public_since(end))
        around += [one for one in beside if one is not None]
    return [_month(one, zone) for one in around]


def _month(moment: datetime, zone: Zone) -> str:
    return f"{zone.day_of(moment):%Y-%m}"
