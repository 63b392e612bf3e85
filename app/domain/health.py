"""How delivery stands: what is late, and which processes work. Read by monitors and people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select

from app import clock
from app.db import db, transaction
from app.domain import calls, pulses
from app.domain.claims import IS_WAITING
from app.models import Announcement, AnnouncementKind, Channel, Delivery, Holding
from app.models.pulse import Kind

LATE = timedelta(minutes=2)
"""What has been due for so long, and is in nobody's hands, is late."""

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Health:
    """What delivery looked like at one moment."""

    owed: int
    """Messages that wait, for their turn or for a later try, counted up to ten thousand."""
    due: int
    """Those that could go out now, counted up to ten thousand."""
    later: int
    """Those among the owed whose next try is not due yet."""
    oldest_due: datetime | None
    """Since when the oldest message that could go out now waits."""
    workers: int
    worker_seen_at: datetime | None
    clock_seen_at: datetime | None
    at: datetime

    @property
    def oldest_seconds(self) -> int:
        """How long the oldest message that could go out has been waiting."""
        return int((self.at - self.oldest_due).total_seconds()) if self.oldest_due else 0

    @property
    def is_late(self) -> bool:
        """Whether people should be told that messages do not go out as they should."""
        return self.oldest_due is not None and self.at - self.oldest_due > LATE

    @property
    def is_clock_alive(self) -> bool:
        return self.clock_seen_at is not None and self.at - self.clock_seen_at < pulses.ALIVE


def look() -> Health:
    """A few short looks by index, however long the history is and however much is owed."""
    now = clock.now()
    free = or_(Delivery.lease_until.is_(None), Delivery.lease_until < now)
    waits = select(Delivery.due_at).where(IS_WAITING, Delivery.due_at <= now, free)
    some = waits.order_by(Delivery.rank, Delivery.due_at).limit(MOST_COUNTED).subquery()
    due, oldest = db.session.execute(select(func.count(), func.min(some.c.due_at))).one()
    each = select(Delivery.due_at).where(IS_WAITING).order_by(Delivery.rank, Delivery.due_at)
    first = each.limit(MOST_COUNTED).subquery()
    owed, later = db.session.execute(
        select(func.count(), func.count(case((first.c.due_at > now, 1)))).select_from(first)
    ).one()
    waiting = db.session.scalar(
        select(func.min(Announcement.created_at)).where(
            Announcement.expanded_at.is_(None), Announcement.cancelled_at.is_(None)
        )
    )
    # Pages of a worker that died: no other has put them into the queue yet.
    forgotten = db.session.scalar(
        select(func.min(Holding.lease_until)).where(Holding.lease_until < now)
    )
    return Health(
        owed=owed,
        due=due,
        later=later,
        oldest_due=min(filter(None, (oldest, waiting, forgotten)), default=None),
        workers=pulses.alive(Kind.WORKER),
        worker_seen_at=pulses.seen(Kind.WORKER),
        clock_seen_at=pulses.seen(Kind.CLOCK),
        at=now,
    )


def send_canary() -> int:
    """Owe an announcement to nobody, and return its id: a worker that works expands it."""
    canary = Announcement(kind=AnnouncementKind.CANARY, channel=Channel.EMAIL, rank=-1)
    with transaction() as session:
        session.add(canary)
        calls.workers("canary")
    return canary.id


def came_back(canary: int) -> bool:
    """Whether a worker has seen to the canary."""
    db.session.rollback()  # what others wrote meanwhile is to be seen
    expanded = select(Announcement.expanded_at).where(Announcement.id == canary)
    return db.session.scalar(expanded) is not None


def forget_canary(canary: int) -> None:
    with transaction() as session:
        session.execute(delete(Announcement).where(Announcement.id == canary))
