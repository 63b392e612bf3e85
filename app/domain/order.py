"""Nobody gets an update before the one it follows; who is late gets both at once, or the newer."""

from collections.abc import Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app import clock
from app.db import db
from app.domain.claims import IS_OWED, Claim, chunks
from app.models import Announcement, Channel, Delivery, DeliveryState, Organisation

COMBINE = "combine"
"""The setting by which a late recipient gets the earlier words with the newer ones."""


def overtake(announcement: Announcement, *which: ColumnElement[bool]) -> None:
    """Let an announcement take the place of the one before it, where that is still owed.

    In the transaction around it, for the earlier deliveries that `which` chooses. What a worker
    holds at this moment is left to it. Only mails can say two things at once.
    """
    if announcement.follows_id is None:
        return
    earlier, later = Delivery, aliased(Delivery)
    now = clock.now()
    taken_over = (
        change(earlier)
        .where(
            earlier.announcement_id == announcement.follows_id,
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
            claimed_by="",
            lease_until=None,
            reason="A later update came before this one was sent.",
        )
        .returning(earlier.id)
        .execution_options(synchronize_session=False)
    )
    found = db.session.scalars(taken_over).all()
    if found and announcement.channel is Channel.EMAIL and _combines():
        for ids in chunks(found):
            _tell_both(announcement, ids)


def _tell_both(announcement: Announcement, earlier_ids: Sequence[int]) -> None:
    """Note from which announcement on the later deliveries tell."""
    earlier = aliased(Delivery)
    same = (earlier.recipient == Delivery.recipient, earlier.id.in_(earlier_ids))
    since = select(earlier.since_id).where(*same).scalar_subquery()
    db.session.execute(
        change(Delivery)
        .where(
            Delivery.announcement_id == announcement.id,
            Delivery.recipient.in_(select(earlier.recipient).where(earlier.id.in_(earlier_ids))),
        )
        .values(since_id=func.coalesce(since, announcement.follows_id))
        .execution_options(synchronize_session=False)
    )


def overtaken(claims: Sequence[Claim]) -> None:
    """Give up what has just been postponed where a later update is owed to the same recipient.

    In the transaction around it.
    """
    following = select(Announcement).where(
        Announcement.follows_id.in_({claim.announcement_id for claim in claims}),
        Announcement.expanded_at.is_not(None),
        Announcement.cancelled_at.is_(None),
    )
    for later in db.session.scalars(following).all():
        for ids in chunks([claim.id for claim in claims]):
            overtake(later, Delivery.id.in_(ids))


def _combines() -> bool:
    return db.session.get_one(Organisation, 1).late_updates == COMBINE
