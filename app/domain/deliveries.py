"""Deliveries as people see them: what is owed, sent, failed and why; cancelling, trying again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, Update, func, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased, selectinload

from app import clock
from app.db import db, transaction
from app.domain import audit, calls
from app.domain.claims import IS_OWED
from app.errors import Rejected
from app.models import Account, Announcement, Delivery, DeliveryState, Message
from app.models import Update as IncidentUpdate


@dataclass(frozen=True)
class Progress:
    """How far an announcement has come."""

    owed: int
    sent: int
    failed: int
    cancelled: int
    superseded: int
    is_expanded: bool
    """Whether every recipient is counted already."""

    @property
    def wanted(self) -> int:
        return self.owed + self.sent + self.failed


def progress(announcement: Announcement) -> Progress:
    return progress_of([announcement])[announcement.id]


def progress_of(announcements: Sequence[Announcement]) -> dict[int, Progress]:
    """The counts of each announcement, by its id."""
    counted = db.session.execute(
        select(Delivery.announcement_id, Delivery.state, func.count())
        .where(Delivery.announcement_id.in_([row.id for row in announcements]))
        .group_by(Delivery.announcement_id, Delivery.state)
    ).all()
    by_id: dict[int, dict[str, int]] = {row.id: {} for row in announcements}
    for announcement_id, state, count in counted:
        by_id[announcement_id][state.value] = count
    return {
        row.id: Progress(
            **{state.value: by_id[row.id].get(state.value, 0) for state in DeliveryState},
            is_expanded=row.expanded_at is not None,
        )
        for row in announcements
    }


def newest_announcements(limit: int) -> list[Announcement]:
    """What was announced lately, with the incident's update that it tells of."""
    return list(
        db.session.scalars(
            select(Announcement)
            .options(
                selectinload(Announcement.message)
                .selectinload(Message.update)
                .selectinload(IncidentUpdate.incident)
            )
            .order_by(Announcement.id.desc())
            .limit(limit)
        )
    )


def newest(
    *,
    state: DeliveryState | None = None,
    announcement: Announcement | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """Deliveries, newest first; `before` is the id that the page before ended with."""
    found = select(Delivery).options(selectinload(Delivery.announcement))
    if state is not None:
        found = found.where(Delivery.state == state)
    if announcement is not None:
        found = found.where(Delivery.announcement_id == announcement.id)
    if before is not None:
        found = found.where(Delivery.id < before)
    return list(db.session.scalars(found.order_by(Delivery.id.desc()).limit(limit)))


def announcement(code: str) -> Announcement | None:
    return db.session.scalar(select(Announcement).where(Announcement.code == code))


def counts() -> dict[DeliveryState, int]:
    """How many deliveries are in each state."""
    rows = db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return dict.fromkeys(DeliveryState, 0) | {row[0]: row[1] for row in rows}


def cancel_for(subscriber_id: int, reason: str) -> int:
    """Cancel what is still owed to a subscriber, in the transaction around it."""
    return _run(
        change(Delivery)
        .where(Delivery.subscriber_id == subscriber_id, IS_OWED)
        .values(state=DeliveryState.CANCELLED, settled_at=clock.now(), reason=reason)
    )


def forget_address(subscriber_id: int) -> None:
    """Take a subscriber's address out of the ledger, in the transaction around it."""
    _run(change(Delivery).where(Delivery.subscriber_id == subscriber_id).values(address=""))


def try_again(delivery: Delivery, *, by: Account) -> None:
    """Owe a failed delivery once more; raise Rejected when that makes no sense any more."""
    with transaction() as session:
        if delivery.recipient.startswith("subscriber:") and delivery.subscriber_id is None:
            raise Rejected(form="This recipient has left and is told nothing more.")
        if session.scalar(_overtaking(delivery)) is not None:
            raise Rejected(form="This recipient has got a later update of the incident already.")
        again = (
            change(Delivery)
            .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.FAILED)
            .values(
                state=DeliveryState.OWED,
                attempts=0,
                due_at=clock.now(),
                settled_at=None,
                claimed_by="",
                lease_until=None,
            )
        )
        if not _run(again):
            raise Rejected(form="Only what has failed can be tried again.")
        audit.record("delivery tried again", by=by, delivery=delivery.id)
        calls.workers("again")


def _overtaking(delivery: Delivery) -> Select[int]:
    """What the same recipient was sent of a later update, however many lie between."""
    following = aliased(Announcement)
    later = (
        select(Announcement.id)
        .where(Announcement.follows_id == delivery.announcement_id)
        .cte("later", recursive=True)
    )
    later = later.union_all(select(following.id).where(following.follows_id == later.c.id))
    return select(Delivery.id).where(
        Delivery.announcement_id.in_(select(later.c.id)),
        Delivery.recipient == delivery.recipient,
        Delivery.state == DeliveryState.SENT,
    )


def _run(statement: Update) -> int:
    """Execute it and say how many rows it changed."""
    result = db.session.execute(
        statement.returning(Delivery.id).execution_options(synchronize_session="fetch")
    )
    return len(result.all())
