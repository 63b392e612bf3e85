"""Who runs an endpoint of a subscriber: mailed once when nothing is sent to it any more."""

from datetime import timedelta

from sqlalchemy import func, select, update

from app import clock
from app.db import db
from app.domain import outbox, suppressions
from app.domain.claims import IS_OWED
from app.models import (
    Announcement,
    AnnouncementKind,
    Channel,
    Delivery,
    DeliveryState,
    Subscriber,
)

MOST_A_DAY = 3
"""Mails to one owner: nobody confirmed this address, and a stranger may have typed it."""


def tell(subscriber_id: int) -> None:
    """Owe the owner of an endpoint that is held now one mail, in the transaction around it."""
    endpoint = db.session.get_one(Subscriber, subscriber_id)
    owner = endpoint.owner_address
    if endpoint.channel is Channel.EMAIL or not owner:
        return
    if suppressions.holds(Channel.EMAIL, owner) or _told_today(owner) >= MOST_A_DAY:
        return
    outbox.ask(endpoint, AnnouncementKind.HELD)


def cancel_for(address: str) -> None:
    """Cancel the mails that are still owed to an owner, in the transaction around it."""
    told = select(Announcement.id).where(Announcement.kind == AnnouncementKind.HELD)
    theirs = (Delivery.announcement_id.in_(told), Delivery.address == address, IS_OWED)
    cancel = (
        update(Delivery)
        .where(*theirs)
        .values(
            state=DeliveryState.CANCELLED, queued=False, settled_at=clock.now(), reason="erased"
        )
    )
    db.session.execute(cancel.execution_options(synchronize_session=False))


def _told_today(owner: str) -> int:
    told = (
        select(func.count())
        .select_from(Announcement)
        .join(Subscriber, Announcement.subscriber_id == Subscriber.id)
        .where(
            Subscriber.owner_address == owner,
            Announcement.kind == AnnouncementKind.HELD,
            Announcement.created_at > clock.now() - timedelta(days=1),
        )
    )
    return db.session.scalar(told) or 0
