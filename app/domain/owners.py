"""Who runs an endpoint of a subscriber: mailed once when nothing is sent to it any more."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select, update

from app import clock
from app.db import db
from app.domain import outbox, suppressions, tokens
from app.domain.claims import IS_OWED
from app.models import (
    Announcement,
    AnnouncementKind,
    Channel,
    Delivery,
    DeliveryState,
    Subscriber,
)

MOST_A_DAY = 1
"""Mails to one owner: nobody confirmed this address, and a stranger may have typed it."""
_TOLD = select(Announcement.id).where(Announcement.kind == AnnouncementKind.HELD)


def tell(subscriber_id: int) -> None:
    """Owe the owner of an endpoint that is held now one mail, in the transaction around it."""
    endpoint = db.session.get_one(Subscriber, subscriber_id)
    owner = endpoint.owner_address
    if endpoint.channel is Channel.EMAIL or not owner:
        return
    if suppressions.holds(Channel.EMAIL, owner) or _told_today(owner) >= MOST_A_DAY:
        return
    outbox.ask(endpoint, AnnouncementKind.HELD)


def change(endpoint: Subscriber, owner: str) -> None:
    """Name another owner, in the transaction around it; a mail that waits is for neither."""
    if owner == endpoint.owner_address:
        return
    endpoint.owner_address = owner
    db.session.execute(
        update(Announcement)
        .where(
            Announcement.kind == AnnouncementKind.HELD,
            Announcement.subscriber_id == endpoint.id,
            Announcement.expanded_at.is_(None),
            Announcement.cancelled_at.is_(None),
        )
        .values(cancelled_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )


def cancel_for(address: str) -> None:
    """Cancel the mails that are still owed to an owner, in the transaction around it."""
    theirs = (Delivery.announcement_id.in_(_TOLD), Delivery.address == address, IS_OWED)
    cancel = (
        update(Delivery)
        .where(*theirs)
        .values(
            state=DeliveryState.CANCELLED, queued=False, settled_at=clock.now(), reason="erased"
        )
    )
    db.session.execute(cancel.execution_options(synchronize_session=False))


def forget(subscriber_ids: Collection[int]) -> None:
    """Keep of the mails to owners of those who go a keyed hash, in the transaction around it.

    Else whoever signs up, is held and leaves could have us mail an owner as often as they like.
    """
    theirs = (
        Delivery.announcement_id.in_(_TOLD.where(Announcement.subscriber_id.in_(subscriber_ids))),
        Delivery.address != "",
    )
    for owner in db.session.scalars(select(Delivery.address).where(*theirs).distinct()).all():
        db.session.execute(
            update(Delivery)
            .where(*theirs, Delivery.address == owner)
            .values(address=_fingerprint(owner), subscriber_id=None)
            .execution_options(synchronize_session="fetch")
        )


def _told_today(owner: str) -> int:
    """How many mails this owner got or will get, whatever became of the endpoints since."""
    today = Announcement.created_at > clock.now() - timedelta(days=1)
    mailed = (
        select(func.count())
        .select_from(Delivery)
        .where(
            Delivery.announcement_id.in_(_TOLD.where(today)),
            Delivery.address.in_([owner, _fingerprint(owner)]),
            Delivery.state != DeliveryState.CANCELLED,
        )
    )
    waiting = (
        select(func.count())
        .select_from(Announcement)
        .join(Subscriber, Announcement.subscriber_id == Subscriber.id)
        .where(
            Announcement.kind == AnnouncementKind.HELD,
            Announcement.expanded_at.is_(None),
            Announcement.cancelled_at.is_(None),
            Subscriber.owner_address == owner,
        )
    )
    return (db.session.scalar(mailed) or 0) + (db.session.scalar(waiting) or 0)


def _fingerprint(owner: str) -> str:
    return tokens.fingerprint(f"owner:{owner}")
