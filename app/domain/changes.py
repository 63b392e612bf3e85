"""Numbers every change that the public can see, so that the publication knows what it lacks."""

from sqlalchemy import select, update

from app.db import after_commit, db
from app.models import Incident, Organisation
from app.signals import published


def record(incident: Incident | None = None) -> None:
    """Number a change of this incident, or of what every page shows, in the transaction around.

    The organisation's row stays locked until the commit, so numbers are committed in their
    order: whoever has seen one has seen all that are smaller.
    """
    session = db.session
    if incident is not None:
        # Everybody locks the incident first: two people cannot wait for each other.
        session.execute(select(Incident.id).where(Incident.id == incident.id).with_for_update())
    number = session.scalar(
        update(Organisation)
        .where(Organisation.id == 1)
        .values(changes=Organisation.changes + 1)
        .returning(Organisation.changes)
    )
    if number is None:
        return  # there is no page before set-up
    if incident is not None:
        incident.change = number
    else:
        session.execute(update(Organisation).values(site_change=number))
    after_commit(_tell)


def _tell() -> None:
    published.send()
