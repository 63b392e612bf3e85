"""What the public was told of each component's troubles, as intervals of time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from app.db import db
from app.domain import uptime
from app.domain.uptime import Said, Span
from app.models import Component, ImpactOnComponent, Incident, Message, Update
from app.words import Audience


@dataclass(frozen=True)
class Troubles:
    """The spans of each component, by its id, and the titles of the incidents they come from."""

    spans: dict[int, list[Span]]
    titles: dict[str, str]
    """By the incident's code."""

    def of(self, component_id: int) -> list[Span]:
        return self.spans.get(component_id, [])


class _Incident(NamedTuple):
    code: str
    title: str
    occurred_at: datetime
    resolved_at: datetime | None


def between(
    start: datetime, end: datetime, now: datetime, *, component_id: int | None = None
) -> Troubles:
    """What the public was told of [start, end), by one query that does not grow with the past.

    It reads what was not over before `start`: an index of when incidents ended leads there.
    """
    # Asked for on their own: otherwise SQLite walks through all messages there ever were.
    around = select(Incident.id).where(
        or_(Incident.resolved_at.is_(None), Incident.resolved_at >= start),
        Incident.occurred_at < end,
    )
    asked = _told().where(Incident.id.in_(around))
    if component_id is not None:
        asked = asked.where(_touches(component_id))
    spans: dict[int, list[Span]] = defaultdict(list)
    titles: dict[str, str] = {}
    for incident, told in _incidents(db.session.execute(asked)):
        titles[incident.code] = incident.title
        found = uptime.spans(
            told,
            began_at=incident.occurred_at,
            ended_at=incident.resolved_at,
            now=now,
            code=incident.code,
        )
        for id_, span in found:
            if span.end > start and span.start < end:
                spans[id_].append(span)
    return Troubles(dict(spans), titles)


def counted_since(component: Component) -> datetime:
    """Since when a component's uptime is counted."""
    return component.start_date or component.created_at


def _told() -> Select[*tuple[Any, ...]]:
    """A row for each impact of each update that the public was told, in no order.

    Sorting it here would have the database walk through all incidents there ever were.
    """
    return (
        select(
            Incident.code,
            Incident.title,
            Incident.occurred_at,
            Incident.resolved_at,
            Update.number,
            Update.stage,
            Update.published_at,
            ImpactOnComponent.component_id,
            ImpactOnComponent.impact,
        )
        .join(Update, Update.incident_id == Incident.id)
        .join(Message, and_(Message.update_id == Update.id, Message.audience == Audience.PUBLIC))
        .outerjoin(ImpactOnComponent, ImpactOnComponent.update_id == Update.id)
        .where(Update.retracted_at.is_(None))
    )


def _touches(component_id: int) -> ColumnElement[bool]:
    """Of incidents that ever named a component all updates: one without it ends its trouble."""
    return Incident.id.in_(
        select(Update.incident_id)
        .join(ImpactOnComponent, ImpactOnComponent.update_id == Update.id)
        .where(ImpactOnComponent.component_id == component_id)
    )


def _incidents(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[tuple[_Incident, list[Said]]]:
    """Each incident with what it told the public, oldest first."""
    told: dict[_Incident, dict[int, Said]] = {}
    for code, title, occurred_at, resolved_at, number, stage, at, component_id, impact in rows:
        incident = _Incident(code, title, occurred_at, resolved_at)
        said = told.setdefault(incident, {}).setdefault(number, Said(at, stage, {}))
        if component_id is not None:
            said.impacts[component_id] = impact
    for incident, updates in told.items():
        yield incident, [updates[number] for number in sorted(updates)]
