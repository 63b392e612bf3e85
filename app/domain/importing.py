"""Brings another page in: its components, groups, incidents and maintenances, in one transaction.

Codes stay, so that old links lead on. Nobody is told of what was brought in: it was told there.
Whatever is here already stays as it is, so that a second time changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

from sqlalchemy import select

from app import codes
from app.db import db, transaction
from app.domain import audit, changes, impacts, imported_incidents, imported_parts, status
from app.domain.source import Source, SourceComponent, SourceIncident, SourceUpdate
from app.models import Account, Component, Incident, Organisation
from app.words import Impact

TITLE = "Not everything works as usual"
LEAD = "The page that this one continues said, when it was brought over:"
WORDS = {
    Impact.UNDER_MAINTENANCE: "under maintenance",
    Impact.DEGRADED: "degraded performance",
    Impact.PARTIAL: "partial outage",
    Impact.MAJOR: "major outage",
}


@dataclass
class Brought:
    """What an import made."""

    parts: int = 0
    """Components and groups."""
    incidents: int = 0
    maintenances: int = 0
    continued: int = 0
    """Of those that were here already, how many got new updates."""
    stands_in: bool = False
    """Whether an incident was opened for components that were not well without one."""
    page: bool = False
    """Whether we took over the page's id and time zone."""

    @property
    def anything(self) -> bool:
        return self != Brought()


class _OnlyTried(Exception):
    """Takes everything back."""


def bring_in(
    source: Source,
    *,
    by: Account | None = None,
    only_try: bool = False,
    step: Callable[[], object] = lambda: None,
) -> Brought:
    """Bring everything in, or nothing; with `only_try` nothing, and say what would be.

    `step` is called after each incident.
    """
    brought = Brought()
    try:
        with transaction() as session:
            ours = session.get_one(Organisation, 1)
            _take_page_over(ours, source, brought)
            brought.parts = imported_parts.bring_in(source, ours.time_zone)
            parts = {part.code: part for part in session.scalars(select(Component))}
            for said in source.incidents.values():
                _count(brought, said, imported_incidents.bring_in(said, source, ours, parts))
                step()
            session.flush()
            _stand_in(source, ours, parts, brought)
            if brought.anything:
                audit.record("page imported", by=by, page=source.page.id)
                changes.record()
            if only_try:
                raise _OnlyTried
    except _OnlyTried:
        pass
    return brought


def _take_page_over(ours: Organisation, source: Source, brought: Brought) -> None:
    """Continue the page under its id and in its time zone, unless we continue one already."""
    page, session = source.page, db.session
    continues_one = session.scalar(
        select(Component.id).where(Component.imported.is_not(None)).limit(1)
    ) or session.scalar(select(Incident.id).where(Incident.imported.is_not(None)).limit(1))
    if ours.code == page.id or continues_one:
        return
    ours.code = page.id
    if page.time_zone in available_timezones():
        ours.time_zone = page.time_zone
    brought.page = True
    session.flush()


def _count(brought: Brought, said: SourceIncident, how: str) -> None:
    if how == "more":
        brought.continued += 1
    elif how and said.scheduled_for:
        brought.maintenances += 1
    elif how:
        brought.incidents += 1


def _stand_in(
    source: Source, ours: Organisation, parts: dict[str, Component], brought: Brought
) -> None:
    """Open an incident for what is not well there, and no incident says why.

    With us a component's state follows from incidents; without one it would be called well.
    """
    db.session.expire_all()
    said_by_us = status.states([*status.open_incidents(), *status.active_maintenances()])
    told_there = {
        part.id
        for said in source.incidents.values()
        if said.told and said.told[-1].stage.is_open
        for part in said.components
    }
    hurt = [
        said
        for said in source.parts.values()
        if not said.group and said.status is not Impact.OPERATIONAL
        if parts[said.id].id not in said_by_us and said.id not in told_there
    ]
    code = _code(hurt)
    if not hurt or db.session.scalar(select(Incident.id).where(Incident.code == code)):
        return
    incident = _incident(code, hurt)
    imported_incidents.bring_in(incident, source, ours, parts)
    db.session.flush()
    brought.stands_in = True


def _incident(code: str, hurt: list[SourceComponent]) -> SourceIncident:
    at = max(said.updated_at for said in hurt)
    lines = [f"- {said.name}: {WORDS[said.status]}" for said in hurt]
    changes = [
        {
            "code": said.id,
            "name": said.name,
            "old_status": Impact.OPERATIONAL,
            "new_status": said.status,
        }
        for said in hurt
    ]
    update = SourceUpdate.model_validate(
        {
            "id": _code(hurt, "update"),
            "status": "investigating",
            "body": "\n".join([LEAD, "", *lines]),
            "affected_components": changes,
            "deliver_notifications": False,
            **dict.fromkeys(("created_at", "updated_at", "display_at"), at),
        }
    )
    return SourceIncident(
        id=code,
        name=TITLE,
        status="investigating",
        created_at=at,
        updated_at=at,
        started_at=at,
        impact=impacts.calculated([said.status for said in hurt], is_maintenance=False),
        incident_updates=[update],
        components=hurt,
    )


def _code(hurt: list[SourceComponent], kind: str = "incident") -> str:
    """The same for the same components in the same state since the same moment."""
    return codes.code_of(
        repr((kind, [(said.id, said.status.value, said.updated_at) for said in hurt]))
    )
