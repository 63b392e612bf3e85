"""Deliveries as people see them: what is owed, sent, failed and why; cancelling, trying again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, Update, and_, case, func, or_, select
from sqlalchemy import update as change
from sqlalchemy.orm import aliased, selectinload

from app import clock
from app.db import db, transaction
from app.domain import addresses, audit, calls, recipients, tokens
from app.domain.claims import IS_OWED, comes_before
from app.errors import Rejected
from app.models import Account, Announcement, Attempt, Delivery, DeliveryState, Message, Subscriber
from app.models import Update as IncidentUpdate

INTERNAL = "internal:"
ADDRESS_KEPT_FOR = timedelta(days=30)
"""How long the ledger names whom something was sent to."""
IN_QUARANTINE = "In quarantine: "
"""How the reason begins for which a held recipient is not told."""


def attempts_of(shown: Sequence[Delivery]) -> dict[int, list[Attempt]]:
    """The failed attempts of these deliveries, oldest first, by the delivery's id."""
    found: dict[int, list[Attempt]] = {}
    rows = db.session.scalars(
        select(Attempt)
        .where(Attempt.delivery_id.in_([one.id for one in shown]))
        .order_by(Attempt.id)
    )
    for row in rows:
        found.setdefault(row.delivery_id, []).append(row)
    return found


def hosts_of(shown: Sequence[Delivery]) -> dict[int, str]:
    """Where those of these deliveries go whose address is a key, by their ids: its host alone."""
    keyed = {
        one.id: one.subscriber_id
        for one in shown
        if one.subscriber_id and not one.address and one.announcement.channel in recipients.SECRET
    }
    if not keyed:
        return {}
    named = select(Subscriber.id, Subscriber.address).where(Subscriber.id.in_(keyed.values()))
    known = {row.id: addresses.shown(row.address) for row in db.session.execute(named)}
    return {one: known[whose] for one, whose in keyed.items() if whose in known}


def page_after(announcement_id: int, last: int, limit: int = 1_000) -> Sequence[Delivery]:
    """The deliveries of an announcement that follow the one with this id, in their order."""
    return db.session.scalars(
        select(Delivery)
        .options(selectinload(Delivery.announcement))
        .where(Delivery.announcement_id == announcement_id, Delivery.id > last)
        .order_by(Delivery.id)
        .limit(limit)
    ).all()


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
    theirs = (
        change(Delivery)
        .where(Delivery.subscriber_id == subscriber_id, IS_OWED)
        .values(state=DeliveryState.CANCELLED, queued=False, settled_at=clock.now(), reason=reason)
    )
    # Where the first waited for somebody who takes an update back, the second sees what is owed
    # again because of that.
    return _run(theirs) + _run(theirs)


def forget(subscriber_id: int) -> None:
    """Take a subscriber out of the ledger, in the transaction around it."""
    theirs = change(Delivery).where(Delivery.subscriber_id == subscriber_id)
    _run(theirs.values(address="", subscriber_id=None))


def forget_name(address: str) -> bool:
    """Take an address out of the ledger wherever it stands, in the transaction around it.

    What a colleague is still owed is left: their list names them.
    """
    colleague = f"{INTERNAL}{address}"
    gone = change(Delivery).where(
        or_(Delivery.address == address, Delivery.recipient == colleague), ~IS_OWED
    )
    return bool(
        _run(
            gone.values(
                address="",
                recipient=case(
                    (Delivery.recipient == colleague, f"{INTERNAL}{tokens.fingerprint(colleague)}"),
                    else_=Delivery.recipient,
                ),
            )
        )
    )


def try_again(delivery: Delivery, *, by: Account) -> None:
    """Owe a failed delivery once more; raise Rejected when that makes no sense any more."""
    with transaction() as session:
        if why := recipients.why_untold(delivery):
            raise Rejected(form=why)
        if session.scalar(_overtaking(delivery)) is not None:
            raise Rejected(
                form="A later update of the incident has gone to this recipient, or will."
            )
        again = (
            change(Delivery)
            .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.FAILED)
            .values(
                state=DeliveryState.OWED,
                queued=True,
                attempts=0,
                transport="",
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


def forget_old_addresses() -> int:
    """Take the address out of deliveries that were settled a month ago; a page of them.

    A colleague's stands in the recipient as well, and becomes a fingerprint there.
    """
    old = db.session.execute(
        select(Delivery.id, Delivery.recipient)
        .where(
            Delivery.settled_at < clock.now() - ADDRESS_KEPT_FOR,
            Delivery.address != "",
        )
        .limit(5_000)
    ).all()
    if not old:
        return 0
    named = {row.recipient for row in old if row.recipient.startswith(INTERNAL)}
    unnamed = {name: f"{INTERNAL}{tokens.fingerprint(name)}" for name in named}
    gone: dict[str, Any] = {"address": ""}
    if unnamed:
        gone["recipient"] = case(unnamed, value=Delivery.recipient, else_=Delivery.recipient)
    with transaction():
        return _run(change(Delivery).where(Delivery.id.in_([row.id for row in old])).values(**gone))


def _overtaking(delivery: Delivery) -> Select[int]:
    """What the same recipient was sent, or is owed, of a later update, however many lie between."""
    mine = aliased(Announcement)
    later = select(Announcement.id).join(mine, and_(*comes_before(mine, Announcement)))
    return select(Delivery.id).where(
        Delivery.announcement_id.in_(later.where(mine.id == delivery.announcement_id)),
        Delivery.recipient == delivery.recipient,
        Delivery.state.in_([DeliveryState.SENT, DeliveryState.OWED]),
    )


def _run(statement: Update) -> int:
    """Execute it and say how many rows it changed."""
    result = db.session.execute(
        statement.returning(Delivery.id).execution_options(synchronize_session="fetch")
    )
    return len(result.all())
