"""How things stand: open incidents, and the state of each component that follows from them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from app.db import db
from app.models import Component, ImpactOnComponent, Incident, Message, Update
from app.words import Audience, Impact, Stage

_TOLD_PUBLIC = Update.messages.any(Message.audience == Audience.PUBLIC)
_IS_PUBLIC = Incident.updates.any(_TOLD_PUBLIC)
# Nearly every row has no window: an index of those leads SQLite through all of them. Said so, none
# is used, and the one of another condition, or of the order, is.
_IS_INCIDENT = func.coalesce(Incident.scheduled_for, Incident.scheduled_for).is_(None)
_TOOK_PLACE = and_(Incident.resolved_at.is_not(None), Incident.cancelled_at.is_(None))
MOST_EVENTS = 500
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


def open_incidents() -> list[Incident]:
    """Incidents that are not resolved, with all their updates, newest first; no maintenance."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.resolved_at.is_(None), _IS_INCIDENT)
            .order_by(Incident.id.desc())
        )
    )


def upcoming_maintenances() -> list[Incident]:
    """Maintenance that is planned and has not begun, the next first."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.resolved_at.is_(None), Incident.stage == Stage.SCHEDULED)
            .order_by(Incident.scheduled_for, Incident.id)
        )
    )


def active_maintenances() -> list[Incident]:
    """Maintenance that is under way, the one that is to end first before the others."""
    under_way = (Stage.IN_PROGRESS, Stage.VERIFYING)
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.resolved_at.is_(None), Incident.stage.in_(under_way))
            .order_by(Incident.scheduled_until, Incident.id)
        )
    )


def maintenances_between(start: datetime, end: datetime) -> list[Incident]:
    """Maintenance that took place and whose window began in [start, end), newest first."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.scheduled_for >= start, Incident.scheduled_for < end, _TOOK_PLACE)
            .order_by(Incident.scheduled_for.desc(), Incident.id.desc())
        )
    )


def planned_work(now: datetime) -> list[Incident]:
    """Maintenance that is not over, and what was cancelled until its window is; by its start."""
    is_called_off = and_(Incident.cancelled_at.is_not(None), Incident.scheduled_until > now)
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.scheduled_for.is_not(None))
            .where(or_(Incident.resolved_at.is_(None), is_called_off))
            .order_by(Incident.scheduled_for, Incident.id)
        )
    )


def calendar_since(moment: datetime) -> list[Incident]:
    """All maintenance whose window begins after a moment, cancelled too, the newest first."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.scheduled_for >= moment)
            .order_by(Incident.scheduled_for.desc(), Incident.id.desc())
            .limit(MOST_EVENTS)
        )
    )


def past_maintenances(page: int, size: int) -> list[Incident]:
    """Maintenance that is over or was cancelled, newest first; one more than a page of them."""
    return list(
        db.session.scalars(
            select(Incident)
            .where(Incident.scheduled_for.is_not(None), Incident.resolved_at.is_not(None))
            .order_by(Incident.scheduled_for.desc(), Incident.id.desc())
            .offset((page - 1) * size)
            .limit(size + 1)
        )
    )


def incidents_between(start: datetime, end: datetime) -> list[Incident]:
    """Incidents opened in [start, end), with all their updates, newest first; no maintenance."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(Incident.opened_at >= start, Incident.opened_at < end, _IS_INCIDENT)
            .order_by(Incident.opened_at.desc(), Incident.id.desc())
        )
    )


def by_code(code: str) -> Incident | None:
    return db.session.scalar(_with_updates().where(Incident.code == code))


def newest_public_before(moment: datetime) -> datetime | None:
    """When the newest that the history shows before a moment began: of what the public knows,
    an incident when it was opened, maintenance that took place at its window's start."""
    opened = (
        select(Incident.opened_at)
        .where(Incident.opened_at < moment, _IS_INCIDENT, _IS_PUBLIC)
        .order_by(Incident.opened_at.desc())
        .limit(1)
    )
    planned = (
        select(Incident.scheduled_for)
        .where(Incident.scheduled_for < moment, _TOOK_PLACE, _IS_PUBLIC)
        .order_by(Incident.scheduled_for.desc())
        .limit(1)
    )
    found = (db.session.scalar(opened), db.session.scalar(planned))
    return max((one for one in found if one is not None), default=None)


def oldest_public_since(moment: datetime) -> datetime | None:
    """The same of the oldest since a moment."""
    opened = (
        select(Incident.opened_at)
        .where(Incident.opened_at >= moment, _IS_INCIDENT, _IS_PUBLIC)
        .order_by(Incident.opened_at)
        .limit(1)
    )
    planned = (
        select(Incident.scheduled_for)
        .where(Incident.scheduled_for >= moment, _TOOK_PLACE, _IS_PUBLIC)
        .order_by(Incident.scheduled_for)
        .limit(1)
    )
    found = (db.session.scalar(opened), db.session.scalar(planned))
    return min((one for one in found if one is not None), default=None)


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


def newest_public(limit: int) -> list[Incident]:
    """The newest incidents that the public was told of, without maintenance, newest first."""
    return list(
        db.session.scalars(
            _with_updates()
            .where(_IS_INCIDENT, _IS_PUBLIC)
            .order_by(Incident.opened_at.desc(), Incident.id.desc())
            .limit(limit)
        )
    )


def newest_maintenances(limit: int) -> list[Incident]:
    """The maintenances that begin last, of those that the public was told of."""
    return list(
        db.session.scalars(
            _with_updates()
            # Not "is not null": the index leads past the incidents, however many there are.
            .where(Incident.scheduled_for > _LONG_AGO, _IS_PUBLIC)
            .order_by(Incident.scheduled_for.desc(), Incident.id.desc())
            .limit(limit)
        )
    )


def public_changes(limit: int) -> list[tuple[str, datetime]]:
    """The codes of incidents that the public was told of and when each changed, newest first."""
    asked = select(Incident.code, Incident.updated_at).where(_IS_PUBLIC)
    rows = db.session.execute(asked.order_by(Incident.opened_at.desc()).limit(limit))
    return [(code, changed_at) for code, changed_at in rows]


def newest_public_updates(limit: int) -> list[Update]:
    """The newest updates that the status page was told, of all incidents, newest first."""
    return list(db.session.scalars(_newest_updates(limit)))


def newest_public_updates_on(component: Component, limit: int) -> list[Update]:
    """The same, of the incidents in which a public update named the component."""
    # An update or more names it in each: so many newest ones lead to enough incidents.
    named = (
        select(Update.incident_id)
        .join(ImpactOnComponent.update)
        .where(ImpactOnComponent.component_id == component.id, _TOLD_PUBLIC)
        .order_by(ImpactOnComponent.id.desc())
        .limit(limit)
    )
    ids = set(db.session.scalars(named))
    return list(db.session.scalars(_newest_updates(limit).where(Update.incident_id.in_(ids))))


def public_components_of(incidents: Iterable[Incident]) -> list[str]:
    """The codes of the public components that public updates of these incidents named."""
    asked = (
        select(Component.code)
        .join(ImpactOnComponent, ImpactOnComponent.component_id == Component.id)
        .join(ImpactOnComponent.update)
        .where(
            Update.incident_id.in_([incident.id for incident in incidents]),
            _TOLD_PUBLIC,
            Component.hidden.is_(False),
            Component.archived_at.is_(None),
        )
    )
    return list(db.session.scalars(asked.distinct().order_by(Component.code)))


def impacts_now(incident: Incident, *, public: bool = True) -> dict[int, Impact]:
    """What the newest update says of each component, by the component's id.

    With `public`, the newest update that the status page was told.
    """
    told = incident.public_updates if public else incident.updates
    updates = [update for update in told if update.retracted_at is None]
    if updates and updates[0].stage is Stage.SCHEDULED:
        return {}  # what is planned is not so yet
    return {said.component_id: said.impact for said in updates[0].impacts} if updates else {}


def states(incidents: Iterable[Incident], *, public: bool = True) -> dict[int, Impact]:
    """The worst that any of these open incidents and maintenance says of each component, by id.

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


def _newest_updates(limit: int) -> Select[Update]:
    return (
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


def _with_updates() -> Select[Incident]:
    return select(Incident).options(
        selectinload(Incident.updates).options(
            selectinload(Update.messages).selectinload(Message.revisions),
            selectinload(Update.impacts).selectinload(ImpactOnComponent.component),
            selectinload(Update.author),
        ),
    )
