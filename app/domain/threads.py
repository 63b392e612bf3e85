"""Where an incident's messages stand together in a chat."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db import db, transaction
from app.models import Thread


def of(incident_id: int, recipient: str, place: str) -> str:
    """What the first message of an incident is known by there; empty when there is none."""
    found = db.session.scalar(
        select(Thread.ts).where(
            Thread.incident_id == incident_id,
            Thread.recipient == recipient,
            Thread.place == place,
        )
    )
    return found or ""


def keep(incident_id: int, recipient: str, place: str, ts: str) -> None:
    """Note the first message in a place, which takes the place of one elsewhere.

    A later first one there, of a worker beside us, changes nothing.
    """
    try:
        with transaction() as session:
            session.add(Thread(incident_id=incident_id, recipient=recipient, place=place, ts=ts))
    except IntegrityError:
        with transaction() as session:
            session.execute(
                update(Thread)
                .where(
                    Thread.incident_id == incident_id,
                    Thread.recipient == recipient,
                    Thread.place != place,
                )
                .values(place=place, ts=ts)
            )
