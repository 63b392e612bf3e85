"""Subscribers who go: what is owed to them is cancelled, and nothing is sent to them after."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, update

from app import clock
from app.db import db
from app.domain import deliveries, owners, recipients
from app.domain.flights import Departure
from app.models import Announcement, Delivery


def remove(
    ids: Collection[int],
    *,
    reason: str,
    departure: Departure | None = None,
    to: Collection[str] = (),
) -> bool:
    """Delete subscribers; the ledger keeps that something was sent, but no longer to whom.

    In the transaction around it. For a `departure` they are only paused, and what is owed to
    them is cancelled, while a call to them, or to one of these addresses, is away: then False.
    """
    session = db.session
    leaving = recipients.locked(ids)
    for subscriber in leaving:
        deliveries.cancel_for(subscriber.id, reason)
    if departure is not None and departure.must_wait(_of(ids, to)):
        for subscriber in leaving:
            subscriber.paused_at = clock.now()  # it is told nothing more, whatever ends us now
        return False
    owners.forget(ids)
    for subscriber in leaving:
        deliveries.forget(subscriber.id)
    session.execute(
        update(Announcement)
        .where(Announcement.subscriber_id.in_(ids))
        .values(subscriber_id=None)
        .execution_options(synchronize_session="fetch")
    )
    for subscriber in leaving:
        session.delete(subscriber)
    return True


def _of(ids: Collection[int], to: Collection[str]) -> ColumnElement[bool]:
    theirs = Delivery.subscriber_id.in_(ids)
    return or_(theirs, Delivery.address.in_(to)) if to else theirs
