"""Planned work on the overview: what is under way, what comes next, what was called off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.content import public_incidents, values
from app.content.public_incidents import PublicIncident
from app.content.times import Zone
from app.domain import status
from app.models import Incident

AHEAD = timedelta(days=14)
"""So early the overview tells of it; the calendar and its own page do at once."""


@dataclass(frozen=True)
class Work:
    """Planned work that the public knows of, each kind in the order of its windows."""

    active: tuple[PublicIncident, ...] = ()
    ahead: tuple[PublicIncident, ...] = ()
    """What begins soon, and what was called off until its time is over."""

    @property
    def shown(self) -> tuple[PublicIncident, ...]:
        return (*self.active, *self.ahead)


def of(now: datetime) -> tuple[list[Incident], list[Incident]]:
    """The maintenance that the public knows to be under way, and what comes or was called off."""
    known = [one for one in status.planned_work(now) if one.public_updates]
    under_way = [one for one in known if one.is_open and _is_told_to_have_begun(one)]
    ahead = [
        one
        for one in known
        if one not in under_way and public_incidents.began_at(one) < now + AHEAD
    ]
    return sorted(under_way, key=_end), ahead


def _is_told_to_have_begun(one: Incident) -> bool:
    return one.public_updates[0].stage.is_under_way


def _end(one: Incident) -> datetime:
    return one.scheduled_until or one.opened_at


def work(under_way: Sequence[Incident], ahead: Sequence[Incident], zone: Zone) -> Work:
    return Work(tuple(_shown(under_way, zone)), tuple(_shown(ahead, zone)))


def until(under_way: Iterable[Incident], zone: Zone) -> dict[int, str]:
    """Until when a component is worked on, in words, by its id; not where that has passed."""
    ends: dict[int, str] = {}
    late = set[int]()
    # The one that ends last is told of last, and stands.
    for one in under_way:
        for component_id in public_incidents.impacts(one):
            end = one.scheduled_until
            if end is None or end <= zone.now:
                late.add(component_id)
            else:
                ends[component_id] = values.clock_time(end, zone.now, zone.info)
    return {component_id: words for component_id, words in ends.items() if component_id not in late}


def _shown(these: Iterable[Incident], zone: Zone) -> Iterable[PublicIncident]:
    for one in these:
        if shown := public_incidents.show(one, zone):
            yield shown
