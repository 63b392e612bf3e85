"""Messages we owe: written with what they announce, expanded into one delivery a recipient."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, insert, literal, select
from sqlalchemy.orm import aliased

from app import clock
from app.db import db, transaction
from app.domain import audit, calls, holdings, order, recipients
from app.domain.claims import IS_WAITING, LEASE, WRITTEN, Claim, comes_before, written
from app.errors import Rejected
from app.models import (
    Account,
    Announcement,
    AnnouncementKind,
    Channel,
    Delivery,
    DeliveryState,
    Message,
    Organisation,
    Subscriber,
    Update,
)
from app.words import Audience

PAGE = 2_000
"""Deliveries written in one transaction: few enough that others wait milliseconds."""
OTHERS = 4
"""Pages' worth of workers that are called to help with a long announcement."""
RANK_OF_QUESTIONS = 10
"""What strangers can cause waits behind what customers must be told."""


def announce(update: Update) -> None:
    """Owe an update's messages to whom they are for, in the transaction around it.

    One row for each kind of recipient, however many there are; the worker expands them.
    """
    organisation = db.session.get_one(Organisation, 1)
    customers = update.message(Audience.CUSTOMER)
    colleagues = update.message(Audience.INTERNAL)
    if customers:
        for channel in recipients.in_use():
            # A chat or a text has room for what the page says, not for a letter.
            is_letter = channel is Channel.EMAIL
            said = customers if is_letter else update.message(Audience.PUBLIC) or customers
            _owe(said, channel, internal=False)
    if colleagues and recipients.has_slack(organisation):
        _owe(colleagues, Channel.SLACK, internal=True)
    if colleagues and organisation.internal_emails:
        _owe(colleagues, Channel.EMAIL, internal=True)


def _owe(message: Message, channel: Channel, *, internal: bool) -> None:
    update = db.session.get_one(Update, message.update_id)
    earlier = (
        select(func.max(Announcement.id))
        .join(Message, Announcement.message_id == Message.id)
        .join(Update, Message.update_id == Update.id)
        .where(
            Update.incident_id == update.incident_id,
            Announcement.channel == channel,
            Announcement.internal == internal,
            Announcement.cancelled_at.is_(None),
        )
    )
    db.session.add(
        Announcement(
            kind=AnnouncementKind.UPDATE,
            channel=channel,
            message_id=message.id,
            incident_id=update.incident_id,
            internal=internal,
            follows_id=db.session.scalar(earlier),
        )
    )


def ask(subscriber: Subscriber, kind: AnnouncementKind) -> None:
    """Owe a question to one address, or its owner a mail, in the transaction around it."""
    db.session.add(
        Announcement(
            kind=kind,
            channel=Channel.EMAIL if kind is AnnouncementKind.HELD else subscriber.channel,
            subscriber_id=subscriber.id,
            rank=RANK_OF_QUESTIONS,
        )
    )
    calls.workers("question")


def try_channel(channel: Channel, *, by: Account | None = None) -> Announcement:
    """Owe colleagues a trial message; raise Rejected when there is nobody to send it to."""
    organisation = db.session.get_one(Organisation, 1)
    if channel is Channel.SLACK and not recipients.has_slack(organisation):
        raise Rejected(form="Set the Slack webhook of the organisation first.")
    if channel is Channel.EMAIL and not organisation.internal_emails:
        raise Rejected(form="Name the colleagues who get mail in the organisation first.")
    trial = Announcement(kind=AnnouncementKind.TEST, channel=channel, internal=True)
    with transaction() as session:
        session.add(trial)
        audit.record("channel tried", by=by, channel=channel.value)
        calls.workers("test")
    return trial


def expand(page: int = PAGE, *, only: Collection[Channel] = tuple(Channel)) -> bool:
    """Write the next page of deliveries; False when every announcement has all of its own."""
    return expand_for("", frozenset(), page=page, only=only) is not None


def expand_for(
    worker: str,
    channels: Collection[Channel],
    *,
    page: int = PAGE,
    known: "Known | None" = None,
    only: Collection[Channel] = tuple(Channel),
) -> list[Claim] | None:
    """Write the next page of deliveries, and claim them at once where they can be sent at once.

    None when every announcement has all of its own. One transaction writes a page and moves
    `expanded_to`, so a page is written once, and whoever comes next goes on from there. Two
    workers at once take two announcements, or two pages. A page is claimed when its channel is
    among those named, and nobody is still owed the update before.
    Announcements of other channels than `only` are left to others.
    """
    is_any, next_free, next_one = _looks(tuple(only))
    if db.session.scalar(is_any) is None:
        return None
    with transaction() as session:
        found = session.scalar(next_free)
        # Where others write pages of all that there is: wait for one of them, and go on from there.
        found = found or session.scalar(next_one)
        if found is None or order.was_without(found):
            return []
        if found.kind is not AnnouncementKind.UPDATE or found.internal:
            _expand_whole(found)
            return []
        known = known or Known()
        known.about(found)
        directly = found.channel in channels and known.is_free
        return _expand_page(found, page, worker if directly else "", known.whom)


class Known:
    """What need not be asked again for each page of an announcement."""

    def __init__(self) -> None:
        self._id = 0
        self.is_free = False
        """Whether nobody is still owed an announcement before it."""
        self.whom: tuple[ColumnElement[bool], ...] = ()
        """Who is told of it."""

    def about(self, announcement: Announcement) -> None:
        if announcement.id != self._id:
            self.is_free = _is_free(announcement)
            self.whom = recipients.of(announcement)
            self._id = announcement.id


def _is_free(announcement: Announcement) -> bool:
    if announcement.incident_id is None:
        return True
    told = select(Announcement.id).where(*comes_before(Announcement, announcement))
    before = db.session.scalars(told).all()
    if not before:
        return True
    waits = select(Delivery.id).where(Delivery.announcement_id.in_(before), IS_WAITING).limit(1)
    return not holdings.are_held(before) and db.session.scalar(waits) is None


@lru_cache
def _looks(
    only: tuple[Channel, ...],
) -> tuple[Select[int], Select[Announcement], Select[Announcement]]:
    """Whether there is an announcement to expand; the next that is free; the next in any case.

    Made once, as they are asked for each page.
    """
    next_one = _unexpanded(only)
    held = next_one.with_for_update(of=Announcement)
    free = next_one.with_for_update(of=Announcement, skip_locked=True)
    return next_one.with_only_columns(Announcement.id), free, held


def _unexpanded(only: tuple[Channel, ...]) -> Select[Announcement]:
    """The announcement whose deliveries are written next: never before an earlier one's."""
    earlier = aliased(Announcement)
    waits = exists().where(*comes_before(earlier, Announcement), earlier.expanded_at.is_(None))
    return (
        select(Announcement)
        .where(
            Announcement.expanded_at.is_(None),
            Announcement.cancelled_at.is_(None),
            Announcement.channel.in_(only),
            ~waits,
        )
        .order_by(Announcement.rank, Announcement.id)
        .limit(1)
    )


def _expand_page(
    announcement: Announcement, page: int, worker: str, whom: Sequence[ColumnElement[bool]]
) -> list[Claim]:
    """Write a page of deliveries; those for a worker are returned as claims of its own."""
    session = db.session
    now = clock.now()
    lease_until = now + LEASE if worker else None
    columns: dict[str, Any] = {
        "announcement_id": literal(announcement.id),
        "recipient": literal("subscriber:") + Subscriber.code,
        "address": recipients.shown_address(),
        "subscriber_id": Subscriber.id,
        "state": literal(DeliveryState.OWED, Delivery.state.type),
        "queued": literal(not worker),
        "rank": literal(announcement.rank),
        "due_at": literal(announcement.created_at, Delivery.due_at.type),
        "claimed_by": literal(worker),
        "lease_until": literal(lease_until, Delivery.lease_until.type),
        "attempts": literal(0),
        "reason": literal(""),
        "provider_id": literal(""),
        "created_at": literal(now, Delivery.created_at.type),
    }
    in_page = (
        select(*columns.values())
        .where(Subscriber.id > announcement.expanded_to, *whom)
        .order_by(Subscriber.id)
        .limit(page)
        # Who leaves at this moment waits for the page, and then takes itself out of it.
        .with_for_update(read=True, key_share=True, of=Subscriber)
    )
    returned = WRITTEN if worker else (Delivery.subscriber_id,)
    # Past the session, which takes longer for a row than the database to write it.
    write = insert(Delivery).from_select([*columns], in_page).returning(*returned)
    rows = session.connection().execute(write).all()
    if rows:
        last = max(row[-1] for row in rows)
        first = announcement.expanded_to
        if not worker:
            calls.workers("page", deliveries=len(rows))
            order.overtake(announcement, Delivery.subscriber_id.between(first, last))
        elif first == 0 and len(rows) == page:
            calls.workers("page", deliveries=page * OTHERS)  # there is more, for others to write
        announcement.expanded_to = last
    if len(rows) < page:
        announcement.expanded_at = now
    if lease_until is None:
        return []
    claims = written(rows, announcement.id, worker, lease_until)
    holdings.take(claims)
    return claims


def _expand_whole(announcement: Announcement) -> None:
    """Write all deliveries of an announcement that has few recipients."""
    for recipient, address, subscriber_id in _few_recipients(announcement):
        db.session.add(
            Delivery(
                announcement_id=announcement.id,
                recipient=recipient,
                address=address,
                subscriber_id=subscriber_id,
                rank=announcement.rank,
            )
        )
    announcement.expanded_at = clock.now()
    db.session.flush()
    order.overtake(announcement)


def _few_recipients(announcement: Announcement) -> list[tuple[str, str, int | None]]:
    if not announcement.internal:
        held: Any = {"read": True, "key_share": True}  # as when a page is written
        asked = db.session.get(Subscriber, announcement.subscriber_id or 0, with_for_update=held)
        if asked is None:
            return []
        if announcement.kind is AnnouncementKind.HELD:
            owner = asked.owner_address
            return [(f"subscriber:{asked.code}", owner, asked.id)] if owner else []
        address = "" if asked.channel in recipients.SECRET else asked.address
        return [(f"subscriber:{asked.code}", address, asked.id)]
    if announcement.channel is Channel.SLACK:
        return [("slack", "", None)]
    colleagues = db.session.get_one(Organisation, 1).internal_emails
    return [(f"internal:{address}", address, None) for address in colleagues]
