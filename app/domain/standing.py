"""What else was going on at a moment."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.db import db
from app.models import ImpactOnComponent, Incident, Update


def open_beside(incident: Incident, moment: datetime) -> list[Incident]:
    """The other incidents and maintenances that were open then, with their updates."""
    updates = selectinload(Incident.updates)
    return list(
        db.session.scalars(
            select(Incident)
            .options(
                updates.selectinload(Update.messages),
                updates.selectinload(Update.impacts).selectinload(ImpactOnComponent.component),
            )
            .where(
                Incident.id != incident.id,
                Incident.opened_at <= moment,
                or_(Incident.resolved_at.is_(None), Incident.resolved_at > moment),
            )
        )
    )
