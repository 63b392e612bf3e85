"""Nobody gets an update before the one it follows; who is late gets both at once, or the newer."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app import clock
from app.db import db
from app.domain.claims import IS_OWED, chunks, comes_before
from app.models import (
    Announcement,
    Channel,
    Delivery,
    DeliveryState,
    Message,
    Organisation,
    Update,
)

COMBINE = "combine"
"""The setting by which a late recipient gets the earlier words with the newer ones."""


def overtake(announcement: Announcement, *which: ColumnElement[bool]) -> None:
    """Let an announcement take the place of those before it, where they are still owed.

    In the transaction around it, for the earlier deliveries that `which` chooses. What a worker
    holds at this moment is left to it. Only mails can say two things at once.
    """
    if announcement.incident_id is None:
        return
    earlier, later = Delivery, aliased(Delivery)
    before = select(Announcement.id).where(*comes_before(Announcement, announcement))
    now = clock.now()
    taken_over = (
        change(earlier)
        .where(
            earlier.announcement_id.in_(before),
            IS_OWED,
            or_(earlier.lease_until.is_(None), earlier.lease_until < now),
            exists().where(
                later.announcement_id == announcement.id,
                later.recipient == earlier.recipient,
                later.state == DeliveryState.OWED,
            ),
            *which,
        )
        .values(
            state=DeliveryState.SUPERSEDED,
            queued=False,
            settled_at=now,
            lease_until=None,  # who had it, and has sent it after all, may still say so
            reason="A later update came before this one was sent.",
        )
        .returning(earlier.recipient, func.coalesce(earlier.since_id, earlier.announcement_id))
        .execution_options(synchronize_session=False)
    )
    since: dict[str, int] = {}
    for recipient, first in db.session.execute(taken_over).all():
        since[recipient] = min(first, since.get(recipient, first))
    if since and announcement.channel is Channel.EMAIL and _combines():
        _tell_all(announcement, since)


def _tell_all(announcement: Announcement, since: Mapping[str, int]) -> None:
    """Note from which announcement on the later deliveries tell, by their recipients."""
    for first in set(since.values()):
        for some in chunks([one for one in since if since[one] == first]):
            db.session.execute(
                change(Delivery)
                .where(
                    Delivery.announcement_id == announcement.id,
                    Delivery.recipient.in_(some),
                    or_(Delivery.since_id.is_(None), Delivery.since_id > first),
                )
                .values(since_id=first)
                .execution_options(synchronize_session=False)
            )


def overtaken(waiting: Sequence[int], announcements: Collection[int]) -> None:
    """Give up deliveries that wait anew where a later update is owed to the same recipient.

    In the transaction around it; `announcements` are those that the deliveries are of.
    """
    told = aliased(Announcement)
    mine = exists().where(told.id.in_(announcements), *comes_before(told, Announcement))
    following = (
        select(Announcement)
        .where(mine, Announcement.expanded_at.is_not(None), Announcement.cancelled_at.is_(None))
        .order_by(Announcement.id.desc())
    )
    for later in db.session.scalars(following).all():
        for ids in chunks(waiting):
            overtake(later, Delivery.id.in_(ids))


def _combines() -> bool:
    return db.session.get_one(Organisation, 1).late_updates == COMBINE


def was_without(announcement: Announcement) -> bool:
    """Whether it named no incident, as what processes of an earlier version post: now it does."""
    if announcement.message_id is None or announcement.incident_id is not None:
        return False
    of_update = select(Update.incident_id).join(Message, Message.update_id == Update.id)
    announcement.incident_id = db.session.scalar(
        of_update.where(Message.id == announcement.message_id)
    )
    return announcement.incident_id is not None
