"""Which documents a change touches, which the hour does, and which there are at all."""

from datetime import UTC, datetime, timedelta

from app.content import public_incidents, times, uptime
from app.content.times import Zone
from app.domain import components, outages, status
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
        until = incident.resolved_at or now
        months |= dict.fromkeys(_months_between(min(incident.occurred_at, until), until, zone))
    codes = [incident.code for incident in changed]
    parts = status.public_components_of(changed)
    return [
        *documents.about("incident", codes),
        *documents.about("month", months),
        *documents.about("component", parts),
        *(["/uptime"] if changed else []),
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


def by_hour(ours: Organisation, *, before: datetime | None, now: datetime) -> list[str]:
    """The paths that may wait for the hour to turn, and with it the day, in the local time.

    What happened before the last months is not looked at again.
    """
    zone = times.zone(ours.time_zone, now)
    if before is not None and _hour(before, zone) == _hour(now, zone):
        return []
    months = _months_between(now - timedelta(days=uptime.DAYS), now, zone)
    return [
        *documents.slow(),
        *(f"/components/{code}" for code in _public_components()),
        *documents.about("month", months),
    ]


def open_now() -> list[str]:
    """The paths of incidents that go on and of what they hurt; these say as of when it is so."""
    going_on = [*status.open_incidents(), *status.active_maintenances()]
    coming = status.upcoming_maintenances()
    codes = [one.code for one in [*going_on, *coming] if public_incidents.is_open(one)]
    hurt = {id_ for one in going_on for id_ in public_incidents.impacts(one)}
    parts = [one.code for one in components.every() if one.id in hurt]
    return [*documents.about("incident", codes), *(f"/components/{code}" for code in parts)]


def next_promise(now: datetime) -> datetime | None:
    """When the next promise that the public reads will be late."""
    going_on = [one for one in status.open_incidents() if public_incidents.is_open(one)]
    promised = [one.public_updates[0].promise_at for one in going_on]
    return min((at for at in promised if at is not None and at >= now), default=None)


def everything(ours: Organisation, now: datetime) -> list[str]:
    """The path of every document there is, the newest first."""
    return [
        *documents.lasting(),
        *documents.slow(),
        *documents.about("component", _public_components()),
        *documents.about("month", months(ours, now)),
        *documents.about("incident", status.public_codes()),
    ]


def months(ours: Organisation, now: datetime) -> list[str]:
    """Each month of which there may be something to tell, the newest first."""
    zone = times.zone(ours.time_zone, now)
    first = status.oldest_public_since(datetime.min.replace(tzinfo=UTC)) or ours.set_up_at
    counted = [outages.counted_since(one) for one in components.every()]
    return _months_between(min([first, ours.set_up_at, *counted]), now, zone)


def _public_components() -> list[str]:
    return [one.code for one in components.every() if one.is_public]


def _months_between(first: datetime, last: datetime, zone: Zone) -> list[str]:
    """The months of both moments and those between, the newest first."""
    found = []
    start, _ = zone.month_around(last)
    earliest, _ = zone.month_around(min(first, last))
    while start >= earliest:
        found.append(_month(start, zone))
        start, _ = zone.month_around(start - timedelta(days=1))
    return found


def _hour(moment: datetime, zone: Zone) -> datetime:
    return moment.astimezone(zone.info).replace(minute=0, second=0, microsecond=0)


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
