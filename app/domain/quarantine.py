"""Recipients that nothing is sent to any more, for a reason that is seen, and the way back."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update

from app import clock
from app.db import db, transaction
from app.domain import audit, deliveries, owners, recipients, remarks, suppressions
from app.domain.claims import Claim
from app.models import (
    Account,
    Announcement,
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    Subscriber,
)

SOFT_DAYS = 5
"""Distinct days with a soft bounce, and nothing that arrived in between."""
MOST_FAILURES = 10
"""Failures of an endpoint in a row: within the time below, or for as long as is dead."""
WITHIN = timedelta(hours=1)
DEAD_AFTER = timedelta(hours=4)
"""One message alone is tried less often in an hour; an endpoint that is away is held by this."""
BOUNCED, COMPLAINED, LEFT = "bounced", "marked as spam", "stopped at the provider"
DAY = timedelta(hours=24)
MOST_BOUNCES = 0.04
MOST_COMPLAINTS = 0.0008
LEAST_SENT = 100
"""Mails in a day below which a share says nothing."""

_NOBODY = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""Statuses (RFC 3463) that speak of the recipient's address; 5.1.7 and 5.1.8 speak of ours."""
_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_NO_SUCH_MAILBOX = re.compile(
    r"no such (user|mailbox)|user unknown|unknown user|does not exist", re.I
)


@dataclass(frozen=True)
class Rates:
    """What became of the mails of one day."""

    sent: int
    bounced: int
    complained: int

    @property
    def is_alarming(self) -> bool:
        """Whether providers may soon refuse what we send."""
        if self.sent < LEAST_SENT:
            return False
        too_many = self.bounced / self.sent > MOST_BOUNCES
        return too_many or self.complained / self.sent > MOST_COMPLAINTS


def hold(which: Collection[int], reason: str) -> None:
    """Send nothing more to these subscribers, in the transaction around it or one of its own."""
    said = remarks.kept(reason)
    with transaction() as session:
        recipients.locked(which)
        held = session.scalars(
            update(Subscriber)
            .where(Subscriber.id.in_(which), Subscriber.quarantined_at.is_(None))
            # Its owner may come back by confirming anew, as often as anybody may be asked.
            .values(
                quarantined_at=clock.now(), quarantine_reason=said, asked_times=0,
                failures=0, failing_since=None,
            )
            .returning(Subscriber.id)
            .execution_options(synchronize_session="fetch")
        ).all()  # fmt: skip
        for subscriber_id in held:
            deliveries.cancel_for(subscriber_id, f"{deliveries.IN_QUARANTINE}{said}"[:300])
            owners.tell(subscriber_id)


def release(subscriber: Subscriber, *, by: Account) -> None:
    """Let a recipient be told again."""
    with transaction() as session:
        session.execute(
            update(Subscriber)
            .where(Subscriber.id == subscriber.id)
            .values(quarantined_at=None, quarantine_reason="", failures=0, failing_since=None)
        )
        suppressions.lift(subscriber.channel, subscriber.address)
        audit.record("recipient released", by=by, subscriber=subscriber.code)


def held(limit: int = 200) -> list[Subscriber]:
    """Who is in quarantine, the newest first."""
    return list(
        db.session.scalars(
            select(Subscriber)
            .where(Subscriber.quarantined_at.is_not(None))
            .order_by(Subscriber.quarantined_at.desc())
            .limit(limit)
        )
    )


def complained(subscriber: Subscriber) -> None:
    """Hold who marked a mail as spam; a keyed hash remembers the address after an erasure."""
    with transaction():
        hold([subscriber.id], COMPLAINED)
        suppressions.add(subscriber.channel, subscriber.address, COMPLAINED)


def bounced_softly(subscriber: Subscriber) -> None:
    """Count a day on which a mail could not be delivered; hold the address after so many."""
    now = clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction() as session:
        days = session.scalar(
            update(Subscriber)
            .where(
                Subscriber.id == subscriber.id,
                or_(Subscriber.failed_at.is_(None), Subscriber.failed_at < today),
            )
            .values(
                failures=Subscriber.failures + 1,
                failed_at=now,
                failing_since=func.coalesce(Subscriber.failing_since, now),
            )
            .returning(Subscriber.failures)
        )
        if days is not None and days >= SOFT_DAYS:
            hold([subscriber.id], f"{BOUNCED} on {days} days")


def arrived(which: Collection[int]) -> None:
    """Forget the failures of those that something arrived at."""
    with transaction() as session:
        session.execute(
            update(Subscriber)
            .where(Subscriber.id.in_(which), Subscriber.failures > 0)
            .values(failures=0, failing_since=None)
            .execution_options(synchronize_session=False)
        )


def says_nobody(reason: str) -> bool:
    """Whether a server says that a mailbox does not exist: by its status, or else in words."""
    status = _STATUS.search(reason)
    if status and status[0] != "5.0.0":  # which says nothing
        return status[0] in _NOBODY
    return "sender" not in reason.lower() and bool(_NO_SUCH_MAILBOX.search(reason))


def refused(claims: Collection[Claim], reason: str) -> None:
    """Hold the mailboxes that their server says do not exist."""
    if says_nobody(reason):
        with transaction() as session:
            ids = list(session.scalars(select(Subscriber.id).where(_are(claims))))
            hold(ids, f"{BOUNCED}: {reason}")


def endpoint_failed(claim: Claim, reason: str) -> None:
    """Count a failure of an endpoint that the ledger has noted; hold it after ten in an hour.

    What arrives in between begins the count anew.
    """
    now = clock.now()
    with transaction() as session:
        noted = select(func.max(Attempt.at)).where(Attempt.delivery_id == claim.id)
        row = session.execute(
            update(Subscriber)
            .where(_are([claim]))
            .values(
                failures=Subscriber.failures + 1,
                failed_at=now,
                failing_since=func.coalesce(Subscriber.failing_since, session.scalar(noted) or now),
            )
            .returning(Subscriber.id, Subscriber.failures, Subscriber.failing_since)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if row is None or row.failures < MOST_FAILURES:
            return
        if (tries := _tries_since(row.id, max(row.failing_since, now - WITHIN))) >= MOST_FAILURES:
            hold([row.id], f"failed {tries} times within an hour: {reason}")
        elif now - row.failing_since >= DEAD_AFTER:
            hold([row.id], f"failed {row.failures} times, and took nothing for hours: {reason}")


def _tries_since(subscriber_id: int, since: datetime) -> int:
    """How often something was tried at an endpoint and failed there, not here."""
    tries = (
        select(func.count())
        .select_from(Attempt)
        .join(Delivery, Attempt.delivery_id == Delivery.id)
        .where(
            Delivery.subscriber_id == subscriber_id, Attempt.at >= since, Attempt.transport != ""
        )
    )
    return db.session.scalar(tries) or 0


def endpoint_worked(claims: Collection[Claim]) -> None:
    """Forget the failures of endpoints that took something."""
    failing = select(Subscriber.id).where(_are(claims), Subscriber.failures > 0)
    if ids := list(db.session.scalars(failing)):
        arrived(ids)


def rates() -> Rates:
    """How many mails of the last day bounced or were marked as spam."""
    since = clock.now() - DAY
    sent = (
        select(func.count())
        .select_from(Delivery)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .where(
            Announcement.created_at >= since,
            Announcement.channel == Channel.EMAIL,
            Delivery.settled_at >= since,
            Delivery.state.in_([DeliveryState.SENT, DeliveryState.FAILED]),
        )
    )
    return Rates(
        db.session.scalar(sent) or 0, _held_for(BOUNCED, since), _held_for(COMPLAINED, since)
    )


def _held_for(reason: str, since: datetime) -> int:
    found = select(func.count()).where(
        Subscriber.quarantined_at >= since, Subscriber.quarantine_reason.startswith(reason)
    )
    return db.session.scalar(found) or 0


def _are(claims: Collection[Claim]) -> ColumnElement[bool]:
    codes = [claim.recipient.removeprefix("subscriber:") for claim in claims]
    return Subscriber.code.in_(codes)
