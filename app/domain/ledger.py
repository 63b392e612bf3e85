"""Deliveries: claimed by a worker for a while, then settled, postponed or given up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import SystemRandom

from sqlalchemy import bindparam, case, exists, literal_column, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased

from app import clock
from app.db import db, transaction
from app.models import Announcement, Channel, Delivery, DeliveryState

LEASE = timedelta(seconds=120)
"""How long a claim lasts. A worker begins no send that could outlast it."""
PAUSES = tuple(
    timedelta(seconds=pause)
    for pause in (30, 60, 120, 300, 600, 1200, 1800, 3600, 3600, 3600, 3600)
)
"""Between one attempt and the next: more than five hours in all, four even with the jitter."""
JITTER = 0.2
LONGEST_REASON = 300

# Written out, because SQLite uses a partial index only for a condition it can read.
IS_OWED = Delivery.state == literal_column("'owed'")

_random = SystemRandom()


@dataclass(frozen=True)
class Claim:
    """A delivery as a worker holds it: it may send it until the lease runs out."""

    id: int
    announcement_id: int
    recipient: str
    address: str
    attempts: int
    worker: str
    lease_until: datetime


def claim(worker: str, limit: int, *, channel: Channel, lease: timedelta = LEASE) -> list[Claim]:
    """Lease up to `limit` due deliveries to this worker, the most urgent first.

    One conditional UPDATE decides who gets a row. A lease runs out by itself, so a worker that
    dies in the middle loses nothing. Nobody gets an update while an earlier one of the same
    incident is still owed to them.
    """
    now = clock.now()
    earlier = aliased(Delivery)
    comes_later = exists().where(
        earlier.announcement_id == Announcement.follows_id,
        earlier.recipient == Delivery.recipient,
        earlier.state == DeliveryState.OWED,
    )
    due = (
        select(Delivery.id)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .where(
            IS_OWED,
            Delivery.due_at <= now,
            or_(Delivery.lease_until.is_(None), Delivery.lease_until < now),
            Announcement.channel == channel,
            ~comes_later,
        )
        .order_by(Delivery.rank, Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
        .cte("due")
    )
    lease_it = (
        change(Delivery)
        .where(Delivery.id.in_(select(due.c.id)))
        .values(claimed_by=worker, lease_until=now + lease)
        .returning(
            Delivery.id,
            Delivery.announcement_id,
            Delivery.recipient,
            Delivery.address,
            Delivery.attempts,
            Delivery.rank,
            Delivery.due_at,
        )
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        rows = session.execute(lease_it).all()
    rows = sorted(rows, key=lambda row: (row.rank, row.due_at, row.id))
    return [Claim(*row[:5], worker, now + lease) for row in rows]


def is_wanted(claim: Claim) -> bool:
    """Whether it is still this worker's to send: the recipient may have left meanwhile."""
    # Asked before every mail, so past the session, which takes five times as long.
    with db.engine.connect() as connection:
        row = connection.execute(_STANDING, {"claim_id": claim.id}).one_or_none()
    return row is not None and tuple(row) == (DeliveryState.OWED, claim.worker)


_STANDING = select(Delivery.state, Delivery.claimed_by).where(Delivery.id == bindparam("claim_id"))


def settle(sent: Sequence[tuple[Claim, str]]) -> None:
    """Note what was handed over, each with the provider's answer or id, in one transaction.

    A delivery that another worker took over meanwhile is left to that one. What was cancelled
    while it was on its way is noted as sent, because it was.
    """
    if not sent:
        return
    now = clock.now()
    noted = (
        change(Delivery)
        .where(Delivery.id == bindparam("claim_id"), Delivery.claimed_by == bindparam("worker"))
        .where(Delivery.attempts == bindparam("seen"))
        .values(
            state=DeliveryState.SENT,
            settled_at=now,
            provider_id=bindparam("answer"),
            attempts=bindparam("tried"),
            claimed_by="",
            lease_until=None,
            reason="",
        )
    )
    values = [
        {
            "claim_id": claim.id,
            "worker": claim.worker,
            "seen": claim.attempts,
            "tried": claim.attempts + 1,
            "answer": answer[:LONGEST_REASON],
        }
        for claim, answer in sent
    ]
    with transaction() as session:
        session.connection().execute(noted, values)


def postpone(claim: Claim, reason: str, *, pause: timedelta | None = None) -> None:
    """Try again later, or give up when the tries are used up.

    `pause` is how long the provider asked us to wait at least.
    """
    if claim.attempts >= len(PAUSES):
        fail(claim, reason)
        return
    wait = PAUSES[claim.attempts] * (1 + _random.uniform(-JITTER, JITTER))
    _finish(
        claim,
        due_at=clock.now() + max(wait, pause or wait),
        attempts=claim.attempts + 1,
        reason=reason[:LONGEST_REASON],
    )


def fail(claim: Claim, reason: str) -> None:
    """Stop trying; a person may ask to try again."""
    _finish(
        claim,
        state=DeliveryState.FAILED,
        settled_at=clock.now(),
        attempts=claim.attempts + 1,
        reason=reason[:LONGEST_REASON],
    )


def hand_back(
    claims: Collection[Claim], *, reason: str = "", pause: timedelta = timedelta(0)
) -> None:
    """Give up a claim without having tried: no attempt is counted."""
    due_at = clock.now() + pause
    with transaction():
        for claim in claims:
            _finish(claim, due_at=due_at, reason=reason[:LONGEST_REASON])


def _finish(claim: Claim, **values: object) -> None:
    """Write the outcome, unless another worker took the delivery over."""
    with transaction() as session:
        session.execute(
            change(Delivery)
            .where(
                Delivery.id == claim.id,
                IS_OWED,
                Delivery.claimed_by == claim.worker,
                Delivery.attempts == claim.attempts,
            )
            .values(claimed_by="", lease_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def recover(worker: str, *, sent: Mapping[int, str], begun: Collection[int]) -> None:
    """Finish for a worker that died: note what it had sent, free what it held.

    Only the deliveries it had begun count an attempt, so that one which kills each worker
    that touches it moves out of the others' way.
    """
    now = clock.now()
    held = (Delivery.claimed_by == worker, IS_OWED)
    with transaction() as session:
        for chunk in _chunks(sorted(sent)):
            done = (
                change(Delivery)
                .where(Delivery.id.in_(chunk), *held)
                .values(
                    state=DeliveryState.SENT,
                    settled_at=now,
                    attempts=Delivery.attempts + 1,
                    provider_id=case(sent, value=Delivery.id, else_=""),
                    reason="",
                    claimed_by="",
                    lease_until=None,
                )
            )
            session.execute(done.execution_options(synchronize_session=False))
        for stopped in set(begun) - set(sent):
            seen = session.scalar(select(Delivery.attempts).where(Delivery.id == stopped, *held))
            if seen is not None:
                mine = Claim(stopped, 0, "", "", seen, worker, now)
                _after_crash(mine, now)
        free = change(Delivery).where(*held).values(claimed_by="", lease_until=None)
        session.execute(free.execution_options(synchronize_session=False))


def _after_crash(claim: Claim, now: datetime) -> None:
    if claim.attempts >= len(PAUSES):
        fail(claim, "The worker stopped each time while sending this.")
        return
    _finish(
        claim,
        due_at=now + timedelta(seconds=claim.attempts**2),
        attempts=claim.attempts + 1,
        reason="The worker stopped while sending this.",
    )


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + 200] for start in range(0, len(ids), 200)]
