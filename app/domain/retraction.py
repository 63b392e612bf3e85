"""Taking an update back: what is still owed of it is cancelled, and the page says so."""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy import update as change

from app import clock
from app.db import db, transaction
from app.domain import audit, changes
from app.domain.claims import IS_OWED, IS_WAITING
from app.errors import Rejected
from app.models import Account, Announcement, Delivery, DeliveryState, Incident, Message, Update

PAGE = 5_000
"""Deliveries cancelled in one transaction; what is left after it is cancelled by the workers."""
REASON = "The update was taken back."


def retract(update: Update, *, by: Account) -> int:
    """Take an update back; how many recipients had it already.

    Nothing of it is handed over once this has committed, beside what is on its way at that
    moment. The incident stands again where the update before it had put it.
    """
    with transaction() as session:
        now = clock.now()
        taken = session.scalar(
            change(Update)
            .where(Update.id == update.id, Update.retracted_at.is_(None))
            .values(retracted_at=now, retracted_by_id=by.id)
            .returning(Update.id)
        )
        if taken is None:
            raise Rejected(form="This update was taken back already.")
        session.refresh(update)
        for announcement in session.scalars(_of(update)).all():
            announcement.cancelled_at = now
            # Who follows it waits for the one before it now.
            session.execute(
                change(Announcement)
                .where(Announcement.follows_id == announcement.id)
                .values(follows_id=announcement.follows_id)
            )
        session.flush()
        cancel_page(Message.update_id == update.id, IS_OWED)
        _stand(update.incident)
        gone = gone_of(update)
        audit.record(
            "update taken back", by=by, incident=update.incident, update=update.number, gone=gone
        )
        changes.record(update.incident)
    return gone


def cancel_page(*which: ColumnElement[bool]) -> int:
    """Cancel a page of what is still owed of announcements that were taken back."""
    owed = (
        select(Delivery.id)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .join(Message, Announcement.message_id == Message.id)
        .where(*which, Announcement.cancelled_at.is_not(None))
        .limit(PAGE)
    )
    with transaction() as session:
        cancelled = session.scalars(
            change(Delivery)
            .where(Delivery.id.in_(owed), IS_OWED)
            .values(
                state=DeliveryState.CANCELLED, queued=False, settled_at=clock.now(), reason=REASON
            )
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
        return len(cancelled.all())


def sweep() -> None:
    """Cancel all that is still owed of what was taken back."""
    waiting = (
        select(Announcement.id)
        .join(Delivery, Delivery.announcement_id == Announcement.id)
        .where(IS_WAITING, Announcement.cancelled_at.is_not(None))
        .limit(1)
    )
    while db.session.scalar(waiting) is not None and cancel_page(IS_WAITING):
        pass


def gone_of(update: Update) -> int:
    """How many recipients an update was handed over to."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Delivery)
            .join(Announcement, Delivery.announcement_id == Announcement.id)
            .join(Message, Announcement.message_id == Message.id)
            .where(Message.update_id == update.id, Delivery.state == DeliveryState.SENT)
        )
        or 0
    )


def _of(update: Update) -> Select[Announcement]:
    return (
        select(Announcement)
        .join(Message, Announcement.message_id == Message.id)
        .where(Message.update_id == update.id, Announcement.cancelled_at.is_(None))
    )


def _stand(incident: Incident) -> None:
    """Put the incident where its newest update that stands has put it."""
    standing = next((one for one in incident.updates if one.retracted_at is None), None)
    if standing is None:
        return
    incident.stage = standing.stage
    incident.facts = dict(standing.facts)
    if standing.stage.is_open:
        incident.resolved_at = None
    incident.updated_at = clock.now()
