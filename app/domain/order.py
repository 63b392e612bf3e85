"""Nobody gets an update before the one it follows; who is late gets both at once, or the newer."""

from collections.abc import Mapping, Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app import clock
from app.db import db
from app.domain.claims import IS_OWED, Claim, chunks, comes_before
from app.models import Announcement, Channel, Delivery, DeliveryState, Organisation

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
            claimed_by="",
            lease_until=None,
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


def overtaken(claims: Sequence[Claim]) -> None:
    """Give up what has just been postponed where a later update is owed to the same recipient.

    In the transaction around it.
    """
    told = aliased(Announcement)
    mine = exists().where(
        told.id.in_({claim.announcement_id for claim in claims}),
        *comes_before(told, Announcement),
    )
    following = (
        select(Announcement)
        .where(mine, Announcement.expanded_at.is_not(None), Announcement.cancelled_at.is_(None))
        .order_by(Announcement.id.desc())
    )
    for later in db.session.scalars(following).all():
        for ids in chunks([claim.id for claim in claims]):
            overtake(later, Delivery.id.in_(ids))


def _combines() -> bool:
    return db.session.get_one(Organisation, 1).late_updates == COMBINE
