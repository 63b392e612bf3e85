"""Taking an update back: what is still owed of it is cancelled, and the page says so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased

from app import clock
from app.db import db, transaction
from app.domain import audit, calls, changes, order
from app.domain.claims import (
    BACK,
    IS_OWED,
    IS_WAITING,
    TAKEN_BACK,
    chunks,
    comes_before,
    is_told_since,
)
from app.errors import Rejected
from app.models import Account, Announcement, Delivery, DeliveryState, Incident, Message, Update

PAGE = 5_000
"""Deliveries cancelled in one transaction; what is left after it is cancelled by the workers."""


def retract(update: Update, *, by: Account) -> int:
    """Take an update back; how many recipients had it already.

    Nothing of it is handed over once this has committed, beside what is on its way at that
    moment. Who was to get it in the place of an earlier one is owed that one again. The
    incident stands again where the update before it had put it.
    """
    with transaction() as session:
        now = clock.now()
        # Who posts at this moment has posted before this, or posts after it.
        incident = session.get_one(
            Incident, update.incident_id, with_for_update=True, populate_existing=True
        )
        taken = session.scalar(
            change(Update)
            .where(Update.id == update.id, Update.retracted_at.is_(None))
            .values(retracted_at=now, retracted_by_id=by.id)
            .returning(Update.id)
        )
        if taken is None:
            raise Rejected(form="This update was taken back already.")
        session.refresh(update)
        session.expire(incident, ["updates"])
        for announcement in session.scalars(_of(update)).all():
            announcement.cancelled_at = now
        session.flush()
        cancel_page(Message.update_id == update.id, IS_OWED)
        _stand(incident)
        gone = gone_of(update)
        audit.record("update taken back", by=by, incident=incident, update=update.number, gone=gone)
        changes.record(incident)
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
                state=DeliveryState.CANCELLED,
                queued=False,
                settled_at=clock.now(),
                reason=TAKEN_BACK,
            )
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        ).all()
        for ids in chunks(cancelled):
            _owe_again(ids)
        return len(cancelled)


def _owe_again(cancelled: Sequence[int]) -> None:
    """Owe again the newest of what each of these deliveries had taken the place of.

    In the transaction around it. A worker that has one of them in hand at this moment may send
    it all the same: that is waited for. Where a later update is owed, that tells both.
    """
    later, told = aliased(Delivery), aliased(Announcement)
    theirs = (later.id.in_(cancelled), later.recipient == Delivery.recipient)
    replaced = (
        select(Delivery.id)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .join(told, and_(*comes_before(Announcement, told)))
        .join(later, later.announcement_id == told.id)
        .where(*theirs, Delivery.state == DeliveryState.SUPERSEDED, ~is_told_since(clock.now()))
    )
    held = select(func.max(later.lease_until)).where(*theirs, later.lease_until > clock.now())
    back = db.session.execute(
        change(Delivery)
        .where(Delivery.id.in_(replaced))
        .values(
            state=DeliveryState.OWED,
            queued=True,
            settled_at=None,
            claimed_by="",
            due_at=func.coalesce(held.scalar_subquery(), clock.now()),
            reason=BACK,
        )
        .returning(Delivery.id, Delivery.announcement_id)
        .execution_options(synchronize_session=False)
    ).all()
    if back:
        order.overtaken([row[0] for row in back], {row[1] for row in back})
        calls.workers("again", deliveries=len(back))


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
    _drop_told()


def _drop_told() -> None:
    """Owe no more what was owed again, where the later one had been handed over after all."""
    owed: Select[Any] = (
        select(Delivery.id)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .where(IS_WAITING, Delivery.reason == BACK, is_told_since(clock.now()))
    )
    ids = db.session.scalars(owed).all()
    if not ids:
        return
    with transaction() as session:
        session.execute(
            change(Delivery)
            .where(Delivery.id.in_(ids), IS_WAITING)
            .values(state=DeliveryState.SUPERSEDED, queued=False, settled_at=clock.now())
            .execution_options(synchronize_session=False)
        )


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
    elif incident.resolved_at is None:
        incident.resolved_at = standing.published_at  # what had reopened it was taken back
    incident.updated_at = clock.now()
