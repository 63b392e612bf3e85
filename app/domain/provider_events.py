"""What a provider tells us of mails later: that they arrived, came back, or were unwanted."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import quarantine, recipients, remarks, suppressions
from app.models import (
    Announcement,
    Channel,
    Delivery,
    DeliveryState,
    ProviderEvent,
    Subscriber,
)

Event = Mapping[str, Any]

KEPT_FOR = timedelta(days=30)
NAMES = ("sg_message_id", "event", "timestamp", "email", "type", "reason", "reference")
LONGEST = 2_000
MOMENTS = (0.0, 4_102_444_800.0)
"""1970 to 2100."""
_HARD_DROPS = ("invalid", "bounced address", "unsubscribed address", "spam reporting address")


def note(events: Sequence[Event]) -> int:
    """Note events of SendGrid; how many were new. Told again, or in any order, changes nothing."""
    readable = [_readable(event) for event in events]
    try:
        return _note(readable)
    except IntegrityError:  # the same batch came twice at the same moment
        return _note(readable)


def _readable(event: Event) -> Event:
    """What we read of an event. Its reason is what a stranger's mail server answered: one that
    no database holds would have the whole batch refused, and told again until it is lost."""
    given = {name: event[name] for name in NAMES if event.get(name) is not None}
    return {name: remarks.legal(str(value)[:LONGEST]) for name, value in given.items()}


def forget_old() -> None:
    """Delete what nobody tells us again: providers stop after a day."""
    old = ProviderEvent.at < clock.now() - KEPT_FOR
    if db.session.scalar(select(ProviderEvent.key).where(old).limit(1)) is not None:
        with transaction() as session:
            session.execute(delete(ProviderEvent).where(old))


def _note(events: Sequence[Event]) -> int:
    with transaction() as session:
        by_key = {_key(event): event for event in events}
        seen = select(ProviderEvent.key).where(ProviderEvent.key.in_(by_key))
        known = set(session.scalars(seen))
        fresh = {key: event for key, event in by_key.items() if key not in known}
        if fresh:
            now = clock.now()
            session.execute(insert(ProviderEvent), [{"key": key, "at": now} for key in fresh])
        named = {_address(event) for event in fresh.values()}
        theirs = select(Subscriber.id).where(
            Subscriber.channel == Channel.EMAIL, Subscriber.address.in_(named)
        )
        # All at once, in their order: else two who lock several might wait for one another.
        recipients.locked(session.scalars(theirs).all())
        for event in sorted(fresh.values(), key=_moment):
            _take(event)
    return len(fresh)


def _key(event: Event) -> str:
    parts = (event.get(name) for name in ("sg_message_id", "event", "timestamp", "email"))
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def _moment(event: Event) -> float:
    try:
        said = float(event.get("timestamp") or 0)
    except ValueError:
        return 0.0
    return said if MOMENTS[0] <= said <= MOMENTS[1] else 0.0


def _address(event: Event) -> str:
    return str(event.get("email") or "").lower()


def _take(event: Event) -> None:
    address = _address(event)
    subscriber = db.session.scalar(
        select(Subscriber).where(Subscriber.channel == Channel.EMAIL, Subscriber.address == address)
    )
    kind, reason = str(event.get("event")), str(event.get("reason") or event.get("type") or "")
    if kind == "delivered":
        at = datetime.fromtimestamp(_moment(event), UTC)
        _of_delivery(event, address, delivered_at=at)
        if subscriber is not None:
            quarantine.arrived([subscriber.id])
        return
    is_hard = kind == "bounce" and str(event.get("type", "bounce")) == "bounce"
    is_hard = is_hard or (kind == "dropped" and reason.lower().startswith(_HARD_DROPS))
    if kind in ("bounce", "dropped"):
        said = remarks.kept(f"The provider said later: {kind}, {reason}")
        _of_delivery(event, address, state=DeliveryState.FAILED, reason=said)
    if subscriber is None:
        if kind == "spamreport" and address:
            suppressions.add(Channel.EMAIL, address, quarantine.COMPLAINED)
        return
    if is_hard:
        quarantine.hold([subscriber.id], f"{quarantine.BOUNCED}: {reason}")
    elif kind == "bounce":
        quarantine.bounced_softly(subscriber)
    elif kind == "spamreport":
        quarantine.complained(subscriber)
    elif kind in ("unsubscribe", "group_unsubscribe"):
        quarantine.hold([subscriber.id], quarantine.LEFT)


def _of_delivery(event: Event, address: str, **values: object) -> None:
    """Note it at the delivery that the event's reference names."""
    code = str(event.get("reference") or "").partition(".")[0]
    announcement = db.session.scalar(select(Announcement.id).where(Announcement.code == code))
    if announcement is None:
        return
    db.session.execute(
        change(Delivery)
        .where(
            Delivery.announcement_id == announcement,
            Delivery.address == address,
            Delivery.state == DeliveryState.SENT,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
