"""Signing up to be told, confirming it, choosing, and leaving."""

import re
from collections.abc import Collection, Iterable
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import components, deliveries, outbox, tokens
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Announcement, AnnouncementKind, Channel, Component, Subscriber
from app.words import N_

BETWEEN_QUESTIONS = timedelta(hours=24)
MOST_QUESTIONS = 3
"""Mails that ask an address to confirm, until it does."""
UNCONFIRMED_FOR = timedelta(days=7)
LONGEST_ADDRESS = 254
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def sign_up(address: str, *, codes: Iterable[str] = ()) -> None:
    """Ask an address whether it wants to be told, of everything or of some components.

    Raise Rejected for what is no address. Otherwise the caller learns nothing about it: whether
    it is new, asked before or subscribed, and whether a mail goes out.
    """
    known = canonical(address)
    chosen = _chosen(codes)
    try:
        _sign_up(known, chosen)
    except IntegrityError:  # somebody signed the same address up at the same moment
        _sign_up(known, chosen)


def _sign_up(address: str, chosen: list[Component]) -> None:
    with transaction() as session:
        subscriber = _by_address(address)
        if subscriber is None:
            subscriber = Subscriber(address=address)
            session.add(subscriber)
        is_confirmed = subscriber.confirmed_at is not None
        if not is_confirmed:
            _choose(subscriber, chosen)
        session.flush()
        if _may_ask(subscriber, counted=not is_confirmed):
            kind = AnnouncementKind.ALREADY if is_confirmed else AnnouncementKind.CONFIRM
            outbox.ask(subscriber, kind)


def _may_ask(subscriber: Subscriber, *, counted: bool) -> bool:
    """Take the right to mail a question to this address, where it has one left."""
    now = clock.now()
    limit = [Subscriber.asked_times < MOST_QUESTIONS] if counted else []
    taken = (
        update(Subscriber)
        .where(
            Subscriber.id == subscriber.id,
            or_(Subscriber.asked_at.is_(None), Subscriber.asked_at <= now - BETWEEN_QUESTIONS),
            *limit,
        )
        .values(asked_at=now, asked_times=Subscriber.asked_times + int(counted))
        .returning(Subscriber.id)
    )
    return db.session.scalar(taken) is not None


def canonical(address: str) -> str:
    """The one spelling of an address that we keep; raise Rejected when it is none.

    In lower case throughout: no mail service of today tells `Ada@` from `ada@`, and somebody who
    wants to flood a mailbox would count on us to.
    """
    text = INVISIBLE.sub("", address).strip()
    if not text:
        raise Rejected(address=N_("Which address should we write to?"))
    try:
        checked = validate_email(
            text[: LONGEST_ADDRESS + 100],
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError as error:
        raise Rejected(address=N_("This is no email address that we can write to.")) from error
    return str(checked.ascii_email).lower()


def find(token: str, purpose: Purpose = Purpose.MANAGE) -> Subscriber | None:
    """The subscriber that a link belongs to; None for a wrong link or one who has left."""
    code = tokens.read(purpose, token)
    if code is None:
        return None
    return db.session.scalar(select(Subscriber).where(Subscriber.code == code))


def confirm(token: str, *, consent: str, how: str = "link in the mail") -> Subscriber | None:
    """Note that the owner of the address wants to be told; a second time changes nothing."""
    with transaction():
        subscriber = find(token, Purpose.CONFIRM)
        if subscriber is not None and subscriber.confirmed_at is None:
            subscriber.confirmed_at = clock.now()
            subscriber.confirmed_how = how
            subscriber.consent = consent
    return subscriber


def change(token: str, *, everything: bool, codes: Iterable[str]) -> Subscriber | None:
    """Choose what to be told of; raise Rejected when nothing is left to be told of."""
    chosen = [] if everything else _chosen(codes)
    if not everything and not chosen:
        raise Rejected(components=N_("Choose at least one, or everything."))
    with transaction():
        subscriber = find(token)
        if subscriber is not None:
            _choose(subscriber, chosen)
    return subscriber


def leave(token: str, purpose: Purpose = Purpose.LEAVE) -> bool:
    """Delete the subscriber and cancel what is still owed to it, in one transaction.

    True also when it has left before: only a wrong link is False.
    """
    code = tokens.read(purpose, token)
    if code is None:
        return False
    with transaction():
        subscriber = db.session.scalar(select(Subscriber).where(Subscriber.code == code))
        if subscriber is not None:
            _remove([subscriber.id], reason="left")
    return True


def erase(address: str) -> bool:
    """Delete everything we keep of an address, its name in the ledger included."""
    with transaction():
        subscriber = _by_address(canonical(address))
        if subscriber is not None:
            _remove([subscriber.id], reason="erased")
    return subscriber is not None


def purge() -> int:
    """Delete sign-ups that nobody confirmed within a week; how many there were."""
    long_ago = clock.now() - UNCONFIRMED_FOR
    asked = func.coalesce(Subscriber.asked_at, Subscriber.created_at)
    stale = select(Subscriber.id).where(Subscriber.confirmed_at.is_(None), asked < long_ago)
    if db.session.scalar(stale.limit(1)) is None:
        return 0
    with transaction() as session:
        # Who confirms at this very moment is kept.
        ids = list(session.scalars(stale.limit(1000).with_for_update(skip_locked=True)))
        _remove(ids, reason="not confirmed")
    return len(ids)


def offered() -> list[Component]:
    """The components that a subscriber may choose from."""
    return [component for component in components.every() if component.is_public]


def count() -> int:
    """How many addresses are subscribed."""
    confirmed = select(func.count()).where(Subscriber.confirmed_at.is_not(None))
    return db.session.scalar(confirmed) or 0


def _by_address(address: str) -> Subscriber | None:
    return db.session.scalar(
        select(Subscriber).where(Subscriber.channel == Channel.EMAIL, Subscriber.address == address)
    )


def _chosen(codes: Iterable[str]) -> list[Component]:
    wanted = set(codes)
    return [component for component in offered() if component.code in wanted]


def _choose(subscriber: Subscriber, chosen: list[Component]) -> None:
    subscriber.everything = not chosen
    subscriber.components = chosen


def _remove(ids: Collection[int], *, reason: str) -> None:
    """Delete subscribers; the ledger keeps that something was sent, but no longer to whom."""
    session = db.session
    # A worker that is writing deliveries for them at this moment is waited for: what it writes is
    # cancelled too. (SQLite has one writer at a time anyway.)
    session.execute(select(Subscriber.id).where(Subscriber.id.in_(ids)).with_for_update())
    for subscriber_id in ids:
        deliveries.cancel_for(subscriber_id, reason)
        deliveries.forget_address(subscriber_id)
    session.execute(
        update(Announcement)
        .where(Announcement.subscriber_id.in_(ids))
        .values(subscriber_id=None)
        .execution_options(synchronize_session="fetch")
    )
    for subscriber in session.scalars(select(Subscriber).where(Subscriber.id.in_(ids))):
        session.delete(subscriber)
