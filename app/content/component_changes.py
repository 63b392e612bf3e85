"""How an update changed the states in which the page shows components."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from app.content import statuspage
from app.domain import standing
from app.models import Component, Incident, Update
from app.words import Impact, Stage


class Change(NamedTuple):
    """A public component, and its state before an update and after it."""

    part: Component
    old: Impact
    new: Impact


def of(said: Update) -> list[Change]:
    """What an update changed of public components, as things stood when it was posted.

    The worst that anything open says is a component's state: what another incident says as
    badly changes nothing. The same whenever it is asked, so that a repeat says the same.
    """
    told = statuspage.public_updates(said.incident)
    if said not in told:
        return []
    earlier = [one for one in told if one.number < said.number]
    now, before = _states(said), _states(earlier[0]) if earlier else {}
    parts = {one.component_id: one.component for update in told for one in update.impacts}
    named = [parts[key] for key in {**now, **before} if now.get(key) != before.get(key)]
    others = _others(said) if named else {}
    found = (
        Change(part, _worst(part, before, others), _worst(part, now, others)) for part in named
    )
    changed = [change for change in found if change.old is not change.new]
    return sorted(changed, key=lambda change: (change.part.position, change.part.id))


def _others(said: Update) -> dict[int, Impact]:
    at = said.published_at
    newest = (_told_by(one, at) for one in standing.open_beside(said.incident, at))
    return _all_of(_states(update) for update in newest if update is not None)


def _told_by(incident: Incident, at: datetime) -> Update | None:
    told = statuspage.public_updates(incident)
    return next((update for update in told if update.published_at <= at), None)


def _all_of(said: Iterable[Mapping[int, Impact]]) -> dict[int, Impact]:
    worst: dict[int, Impact] = {}
    for states in said:
        for key, state in states.items():
            worst[key] = max(worst.get(key, state), state, key=lambda impact: impact.rank)
    return worst


def _worst(part: Component, *said: Mapping[int, Impact]) -> Impact:
    return _all_of(said).get(part.id, Impact.OPERATIONAL)


def _states(update: Update) -> dict[int, Impact]:
    """What an update says of public components; what is planned is not so yet."""
    if not update.stage.is_open or update.stage is Stage.SCHEDULED:
        return {}
    return {
        one.component_id: one.impact
        for one in update.impacts
        if one.component.is_public and one.impact is not Impact.OPERATIONAL
    }
