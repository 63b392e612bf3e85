"""Brings incidents and maintenances of another page in, with what was said of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db
from app.domain import impacts
from app.domain.source import POSTMORTEM, Source, SourceIncident, SourceUpdate, iso
from app.models import (
    Component,
    ImpactOnComponent,
    Incident,
    Message,
    Organisation,
    Update,
)
from app.words import Audience, Impact, Stage

States = dict[str, Impact]
SEVERITY = {"critical": 0, "major": 1}
"""Which of the runbook's severities stands for an impact; others stand for the mildest."""


def bring_in(
    said: SourceIncident, source: Source, ours: Organisation, parts: Mapping[str, Component]
) -> str:
    """Make or complete one in the transaction around: `new`, `more`, or empty for no change."""
    told = said.told
    if not told:
        return ""  # nobody was told anything
    known = db.session.scalar(select(Incident).where(Incident.code == said.id))
    if known is None:
        _make(said, source, ours, parts)
        return "new"
    return "more" if _complete(known, said, source, parts) else ""


def _make(
    said: SourceIncident, source: Source, ours: Organisation, parts: Mapping[str, Component]
) -> None:
    now, started = clock.now(), said.started_at or said.told[0].display_at
    incident = Incident(
        code=said.id,
        title=said.name,
        severity_key=_severity(said, ours),
        runbook_id=ours.runbook_id,
        occurred_at=started,
        aware_at=started,
        opened_at=said.created_at,
    )
    if said.scheduled_for:
        incident.scheduled_for = said.scheduled_for
        incident.scheduled_until = said.scheduled_until or said.scheduled_for
        incident.time_zone = ours.time_zone
        # A window of the past does not begin now: nobody is to be told of it.
        incident.starts_itself = said.scheduled_for > now
        incident.ends_itself = incident.scheduled_until > now
    _fill(incident, said)
    db.session.add(incident)
    db.session.flush()
    _write(incident, said, said.told, source, parts)


def _complete(
    incident: Incident, said: SourceIncident, source: Source, parts: Mapping[str, Component]
) -> bool:
    """Add what was said there since; not where somebody went on with it here."""
    if incident.imported is None or any(one.imported is None for one in incident.updates):
        return False
    known = {one.code for one in incident.updates}
    news = [one for one in said.told if one.id not in known]
    if not news:
        return False
    _fill(incident, said)
    _write(incident, said, news, source, parts)
    db.session.expire(incident, ["updates"])
    return True


def _fill(incident: Incident, said: SourceIncident) -> None:
    newest = said.told[-1]
    incident.title = said.name
    incident.stage = newest.stage
    incident.updated_at = said.updated_at
    is_over = not newest.stage.is_open
    incident.resolved_at = (said.resolved_at or newest.display_at) if is_over else None
    incident.newest = len(said.told)
    calculated = impacts.calculated(_ever(said), is_maintenance=bool(said.scheduled_for))
    incident.impact_override = "" if said.impact == calculated else said.impact
    incident.imported = {
        "shortlink": said.shortlink,
        "started_at": iso(said.started_at or said.told[0].display_at),
        "updated_at": iso(said.updated_at),
        "components": [part.id for part in said.components],
    }


def _ever(said: SourceIncident) -> list[Impact]:
    """What any component was said to be while it was open."""
    return [
        change.new_status
        for told in said.incident_updates
        for change in told.affected_components or []
        if change.new_status and change.code and told.stage.is_open
    ]


def _severity(said: SourceIncident, ours: Organisation) -> str:
    keys = [severity.key for severity in ours.runbook.read.severities]
    if said.scheduled_for or not keys:
        return ""
    return keys[min(SEVERITY.get(said.impact, len(keys)), len(keys) - 1)]


def _write(
    incident: Incident,
    said: SourceIncident,
    news: Sequence[SourceUpdate],
    source: Source,
    parts: Mapping[str, Component],
) -> None:
    """Write these updates, oldest first, with what each says of components."""
    before: States = {}
    every = said.told
    for number, told in enumerate(every, start=1):
        states = _states(told, before)
        if told is every[-1]:
            states |= _at_last(said, told, source)
        if told in news:
            _update(incident, told, number, states, parts)
        before = states


def _states(told: SourceUpdate, before: States) -> States:
    """What it says of each component: who names none leaves those of before as they were."""
    named = {
        change.code: change.new_status or Impact.OPERATIONAL
        for change in told.affected_components or []
        if change.code
    }
    kept = {code: state for code, state in before.items() if state is not Impact.OPERATIONAL}
    states = {**named, **{code: state for code, state in kept.items() if code not in named}}
    return states if told.stage.is_open else dict.fromkeys(states, Impact.OPERATIONAL)


def _at_last(said: SourceIncident, told: SourceUpdate, source: Source) -> States:
    """How its components are now, by the page itself; before maintenance, what it will be."""
    listed = {part.id: source.parts.get(part.id, part).status for part in said.components}
    if told.stage is Stage.SCHEDULED:
        return dict.fromkeys(listed, Impact.UNDER_MAINTENANCE)
    return listed if told.stage.is_open else dict.fromkeys(listed, Impact.OPERATIONAL)


def _update(
    incident: Incident,
    told: SourceUpdate,
    number: int,
    states: States,
    parts: Mapping[str, Component],
) -> None:
    update = Update(
        code=told.id,
        incident_id=incident.id,
        number=number,
        stage=told.stage,
        published_at=told.display_at,
        form_key=f"imported-{told.id}",
        imported=_kept(told),
    )
    update.messages = [Message(audience=Audience.PUBLIC, body=told.body)]
    update.impacts = [
        ImpactOnComponent(component_id=parts[code].id, impact=state)
        for code, state in states.items()
        if code in parts
    ]
    db.session.add(update)


def _kept(told: SourceUpdate) -> dict[str, Any]:
    """What we keep in no column."""
    changes = told.affected_components
    kept: dict[str, Any] = {
        "created_at": iso(told.created_at),
        "updated_at": iso(told.updated_at),
        "affected_components": changes
        and [one.model_dump(mode="json", exclude_unset=True) for one in changes],
        "deliver_notifications": told.deliver_notifications,
        "custom_tweet": told.custom_tweet,
        "tweet_id": told.tweet_id,
    }
    return kept | ({"status": POSTMORTEM} if told.status == POSTMORTEM else {})
