"""The record of who did what."""

from app.db import db
from app.models import Account, Audit, Incident


def record(
    action: str, *, by: Account | None, incident: Incident | None = None, **details: object
) -> None:
    """Write one entry into the transaction around it. Details never hold secrets or addresses."""
    db.session.add(
        Audit(
            action=action,
            account_id=by.id if by else None,
            incident_id=incident.id if incident else None,
            details=details,
        )
    )
