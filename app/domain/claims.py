"""Claims: deliveries as a worker holds them for a while, so that nobody else sends them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy import update as change
from sqlalchemy.orm import aliased

from app import clock
from app.db import db, transaction
from app.models import Announcement, Channel, Delivery, DeliveryState

T = TypeVar("T")

LEASE = timedelta(seconds=120)
"""How long a claim lasts. A worker begins no send that could outlast it."""
CHUNK = 1_000
"""Rows named in one statement."""
LAST_RANK = 1_000
"""Later than that of anything owed."""

TAKEN_BACK = "The update was taken back."
BACK = "The update that had taken its place was taken back."
"""Why a delivery is cancelled, and why an earlier one is owed again then."""

IS_OWED = Delivery.state == literal_column("'owed'")
# Written out, because SQLite uses a partial index only for a condition it can read.
IS_QUEUED = Delivery.queued == true()
IS_WAITING = IS_QUEUED & IS_OWED


class Claim(NamedTuple):
    """A delivery as a worker holds it: it may send it until the lease runs out."""

    id: int
    announcement_id: int
    recipient: str
    address: str
    attempts: int
    transport: str
    """Where it may have got out already, though nobody knows: it stays with that one."""
    since_id: int | None
    """The earliest announcement that this one tells of as well; None for itself alone."""
    reader: str
    """In which language and time zone: `de Europe/Berlin`; what is empty is the organisation's."""
    worker: str
    lease_until: datetime


# Written out, because a RETURNING names its columns without their table.
_reader: Any = literal_column(
    "(SELECT rtrim(s.language || ' ' || s.time_zone) FROM subscriber AS s"
    " WHERE s.id = delivery.subscriber_id)",
    String(),
)
HELD = (
    Delivery.id,
    Delivery.announcement_id,
    Delivery.recipient,
    Delivery.address,
    Delivery.attempts,
    Delivery.transport,
    Delivery.since_id,
    _reader.label("reader"),
)
"""What a claim is made of, for a RETURNING."""


WRITTEN = (Delivery.id, Delivery.recipient, Delivery.address, HELD[-1], Delivery.subscriber_id)
"""What differs between claims of one announcement that have just been written."""


def written(
    rows: Iterable[Any], announcement_id: int, worker: str, lease_until: datetime
) -> list[Claim]:
    """Rows of `WRITTEN` as claims."""
    return [
        Claim(one, announcement_id, to, address, 0, "", None, reader or "", worker, lease_until)
        for one, to, address, reader, _ in rows
    ]


def held(rows: Iterable[Any], worker: str, lease_until: datetime) -> list[Claim]:
    """Rows of `HELD` as claims."""
    return [Claim._make((*row[:7], row[7] or "", worker, lease_until)) for row in rows]


def claim(
    worker: str,
    limit: int,
    *,
    channel: Channel,
    transport: str | None = None,
    below: int = LAST_RANK,
    lease: timedelta = LEASE,
) -> list[Claim]:
    """Lease up to `limit` due deliveries to this worker, the most urgent first.

    One conditional UPDATE decides who gets a row. A lease runs out by itself, so a worker that
    dies in the middle loses nothing. Nobody gets an update while an earlier one of the same
    incident is still owed to them. With a `transport`, what may have got out by another one is
    left to that one. What has the rank `below`, or a later one, is left for later.
    """
    now = clock.now()
    values = {
        "worker": worker,
        "until": now + lease,
        "now": now,
        "channel": channel,
        "most": limit,
        "by": transport,
        "below": below,
    }
    with transaction() as session:
        rows = session.connection().execute(_lease_due(transport is not None), values).all()
    rows = sorted(rows, key=lambda row: (row.rank, row.due_at, row.id))
    return held(rows, worker, now + lease)


@lru_cache
def _lease_due(by_transport: bool) -> Any:
    """The statement, made once: to put it together took longer than to look and find nothing."""
    now = bindparam("now", type_=Delivery.due_at.type)
    due = (
        select(Delivery.id)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .where(
            IS_WAITING,
            Delivery.rank < bindparam("below", type_=Integer),
            Delivery.due_at <= now,
            or_(Delivery.lease_until.is_(None), Delivery.lease_until < now),
            Announcement.channel == bindparam("channel", type_=Announcement.channel.type),
            Announcement.cancelled_at.is_(None),
            ~_earlier_is_owed(),
            ~and_(Delivery.reason == BACK, is_told_since(now)),
        )
        .order_by(Delivery.rank, Delivery.due_at, Delivery.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=Delivery, skip_locked=True)
    )
    if by_transport:
        due = due.where(Delivery.transport.in_(["", bindparam("by")]))
    chosen = due.cte("due")
    return (
        change(Delivery)
        .where(Delivery.id.in_(select(chosen.c.id)))
        .values(claimed_by=bindparam("worker"), lease_until=bindparam("until"))
        .returning(*HELD, Delivery.rank, Delivery.due_at)
    )


def _earlier_is_owed() -> Any:
    """Whether the same recipient is still owed an update before, however many lie between."""
    earlier, told = aliased(Delivery), aliased(Announcement)
    return exists().where(
        *comes_before(told, Announcement),
        earlier.announcement_id == told.id,
        earlier.recipient == Delivery.recipient,
        earlier.state == DeliveryState.OWED,
    )


def is_told_since(now: Any) -> ColumnElement[bool]:
    """Whether the same recipient was told of a later update, or is at this moment.

    So it is where they gave up what a later one told (by a pause, say), too. What is owed later
    and in nobody's hand counts for nothing: that can tell both.
    """
    later, told = aliased(Delivery), aliased(Announcement)
    is_held = later.lease_until > now
    stands = or_(
        later.state.in_([DeliveryState.SENT, DeliveryState.FAILED]),
        and_(later.state == DeliveryState.OWED, is_held),
        and_(later.state == DeliveryState.SUPERSEDED, told.cancelled_at.is_(None)),
        and_(later.state == DeliveryState.CANCELLED, later.reason != TAKEN_BACK),
    )
    return exists().where(
        *comes_before(Announcement, told),
        later.announcement_id == told.id,
        later.recipient == Delivery.recipient,
        stands,
    )


def comes_before(earlier: Any, later: Any) -> tuple[ColumnElement[bool], ...]:
    """Whether an announcement tells the same kind of recipient of the same incident earlier.

    Not when it was taken back. Each may be a table or one announcement of an incident.
    """
    return (
        earlier.incident_id == later.incident_id,
        earlier.channel == later.channel,
        earlier.internal == later.internal,
        earlier.id < later.id,
        earlier.cancelled_at.is_(None),
    )


Check = Callable[[Sequence[Claim]], list[Claim]]


def wanted(claims: Sequence[Claim]) -> list[Claim]:
    """Those that are still this worker's to send: recipients may have left meanwhile.

    Asked right before the call, while the worker shows by its `Flights` that one is away: who
    leaves after that waits for it. Whatever else is cancelled then was handed over before.
    """
    with checking() as still_wanted:
        return still_wanted(claims)


@contextmanager
def checking() -> Iterator[Check]:
    """`wanted`, many times over one connection: what it takes to get one costs more than to ask."""
    # Past the session, which takes five times as long for one row. On PostgreSQL without a
    # transaction around it: one way there and back instead of three.
    is_postgresql = db.engine.dialect.name == "postgresql"
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if is_postgresql else {}
    with db.engine.connect().execution_options(**options) as connection:

        def still_wanted(claims: Sequence[Claim]) -> list[Claim]:
            with connection.begin():  # what others committed until now is seen each time
                return _standing_of(connection, claims)

        yield still_wanted


def _standing_of(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    ids = [claim.id for claim in claims]
    values = {"worker": claims[0].worker}
    if (ends := ends_of(ids)) is not None:
        # Nearly always all are: then one number says so, and no row is read.
        if connection.scalar(_HOW_MANY_STAND, values | ends) == len(ids):
            return list(claims)
    rows: set[int] = set()
    for chunk in chunks(ids):
        rows.update(connection.scalars(_STANDING, {"ids": chunk, **values}))
    return [claim for claim in claims if claim.id in rows]


_standing = (
    select(Delivery.id)
    .join(Announcement, Delivery.announcement_id == Announcement.id)
    .where(
        Delivery.claimed_by == bindparam("worker"),
        Delivery.state == DeliveryState.OWED,
        Announcement.cancelled_at.is_(None),
    )
)
BY_IDS = Delivery.id.in_(bindparam("ids", expanding=True, literal_execute=True))
BY_ENDS = Delivery.id.between(bindparam("first"), bindparam("last"))
_STANDING = _standing.where(BY_IDS)
_HOW_MANY_STAND = _standing.where(BY_ENDS).with_only_columns(func.count())


def ends_of(ids: Sequence[int]) -> dict[str, int] | None:
    """The first and last of ids that follow one another without a gap, as those of a page do.

    Between those ends stands nothing else, and naming two is cheaper than naming a thousand.
    """
    first, last = min(ids), max(ids)
    if last - first + 1 == len(ids) == len(set(ids)):
        return {"first": first, "last": last}
    return None


def is_wanted(claim: Claim) -> bool:
    """Whether it is still this worker's to send."""
    return bool(wanted([claim]))


def chunks(names: Sequence[T]) -> list[Sequence[T]]:
    """Ids or names in as many as one statement names."""
    return [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
