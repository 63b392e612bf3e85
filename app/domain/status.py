"""How things stand: open incidents, and the state of each component that follows from them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.db import db
from app.models import Component, ImpactOnComponent, Incident, Message, Update
from app.words import Audience, Impact

_TOLD_PUBLIC = Update.messages.any(Message.audience == Audience.PUBLIC)
_IS_PUBLIC = Incident.updates.any(_TOLD_PUBLIC)


def open_incidents() -> list[Incident]:
    """Incidents that are not resolved, with all their updates, newest first."""
    return list(
        db.session.scalars(
            _with_updates().where(Incident.resolved_at.is_(None)).order_by(Incident.id.desc())
        )
    )


def incidents_between(start: datetime, end: datetime) -> list[Incident]:
    """Incidents opened in [start, end), with all their updates, newest first."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.opened_at >= start, Incident.opened_at < end)
            .order_by(Incident.opened_at.desc(), Incident.id.desc())
        )
    )


def by_code(code: str) -> Incident | None:
    return db.session.scalar(_with_updates().where(Incident.code == code))


def newest_public_before(moment: datetime) -> datetime | None:
    """When the newest incident before a moment was opened, of those the public knows."""
    return db.session.scalar(
        select(Incident.opened_at)
        .where(Incident.opened_at < moment, _IS_PUBLIC)
        .order_by(Incident.opened_at.desc())
        .limit(1)
    )


def oldest_public_since(moment: datetime) -> datetime | None:
    """When the oldest incident since a moment was opened, of those the public knows."""
    return db.session.scalar(
        select(Incident.opened_at)
        .where(Incident.opened_at >= moment, _IS_PUBLIC)
        .order_by(Incident.opened_at)
        .limit(1)
    )


def changed_since(number: int) -> list[Incident]:
    """Incidents with a change that the public can see after the one of this number."""
    return list(db.session.scalars(select(Incident).where(Incident.change > number)))


def public_codes() -> list[str]:
    """The codes of all incidents that the public was told of, newest first."""
    return list(
        db.session.scalars(
            select(Incident.code).where(_IS_PUBLIC).order_by(Incident.opened_at.desc())
        )
    )


def newest_public_updates(limit: int) -> list[Update]:
    """The newest updates that the status page was told, of all incidents, newest first."""
    return list(
        db.session.scalars(
            select(Update)
            .options(
                selectinload(Update.messages).selectinload(Message.revisions),
                selectinload(Update.incident),
                selectinload(Update.impacts).selectinload(ImpactOnComponent.component),
            )
            .where(_TOLD_PUBLIC)
            .order_by(Update.published_at.desc(), Update.id.desc())
            .limit(limit)
        )
    )


def impacts_now(incident: Incident, *, public: bool = True) -> dict[int, Impact]:
    """What the newest update says of each component, by the component's id.

    With `public`, the newest update that the status page was told.
    """
    updates = incident.public_updates if public else incident.updates
    return {said.component_id: said.impact for said in updates[0].impacts} if updates else {}


def states(incidents: Iterable[Incident], *, public: bool = True) -> dict[int, Impact]:
    """The worst that any of these open incidents says of each component, by its id.

    A component that is not named is operational.
    """
    worst: dict[int, Impact] = {}
    for incident in incidents:
        for component_id, impact in impacts_now(incident, public=public).items():
            if impact.rank > worst.get(component_id, Impact.OPERATIONAL).rank:
                worst[component_id] = impact
    return worst


def affected(incident: Incident) -> list[Component]:
    """Every component that any update of the incident named, in the order first named."""
    seen: dict[int, Component] = {}
    for update in reversed(incident.updates):
        for said in update.impacts:
            seen.setdefault(said.component_id, said.component)
    return list(seen.values())


def _with_updates() -> Select[Incident]:
    return select(Incident).options(
        selectinload(Incident.updates).options(
            selectinload(Update.messages).selectinload(Message.revisions),
            selectinload(Update.impacts).selectinload(ImpactOnComponent.component),
            selectinload(Update.author),
        ),
    )
