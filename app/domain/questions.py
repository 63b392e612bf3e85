"""How often strangers may make us write to an address, and to all addresses together."""

from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import func, or_, select, update

from app import clock
from app.config import settings
from app.db import db
from app.domain import numbers, outbox
from app.models import Announcement, AnnouncementKind, Channel, Subscriber

log = structlog.get_logger("app.questions")

BETWEEN = timedelta(hours=24)
BETWEEN_CODES = timedelta(seconds=numbers.GOOD_FOR)
"""A code that was texted runs out: a new one may be asked for then."""
BETWEEN_TRIALS = timedelta(minutes=1)
MOST = 3
"""Messages that ask an address to confirm, until it does; by its own page, so many in a day."""
MOST_OF_HOST = 5
"""Endpoints of one host that are asked in an hour."""


def ask(subscriber: Subscriber) -> bool:
    """Owe an address the question that fits it, where it may be asked one now.

    In the transaction around it. Whether it is asked must not be told to a stranger.
    """
    # Who is in quarantine comes back by confirming anew.
    is_confirmed = subscriber.confirmed_at is not None and subscriber.quarantined_at is None
    if not _is_within_limits(subscriber) or not _take(subscriber, counted=not is_confirmed):
        return False
    if subscriber.channel is Channel.SMS and not is_confirmed:
        subscriber.secret = numbers.new_code()
    if is_confirmed and subscriber.channel is Channel.WEBHOOK:
        return False  # a program has nothing to be told twice
    kind = AnnouncementKind.ALREADY if is_confirmed else AnnouncementKind.CONFIRM
    outbox.ask(subscriber, kind)
    return True


def ask_back(subscriber: Subscriber) -> bool:
    """Owe who is in quarantine the question by which it comes back; whether it is asked now.

    Only who was told there has the page that asks for this: it waits for no day to pass, and no
    other endpoint of its host is counted. A code that was texted runs out first all the same.
    """
    is_text = subscriber.channel is Channel.SMS
    pause = BETWEEN_CODES if is_text else BETWEEN_TRIALS
    if not _is_within_limits(subscriber, is_trial=True) or _asked_back(subscriber) >= MOST:
        return False
    if not _take(subscriber, counted=False, pause=pause):
        return False
    if is_text:
        subscriber.secret = numbers.new_code()
    outbox.ask(subscriber, AnnouncementKind.CONFIRM)
    return True


def try_out(subscriber: Subscriber) -> bool:
    """Owe a subscriber a trial, at most one a minute; whether it may have one now.

    A text costs: of those a number gets one in a day, and all together as many as of codes.
    """
    pause = BETWEEN if subscriber.channel is Channel.SMS else BETWEEN_TRIALS
    within = _is_within_limits(subscriber, is_trial=True)
    taken = within and _take(subscriber, counted=False, pause=pause)
    if taken:
        outbox.ask(subscriber, AnnouncementKind.TEST)
    return taken


def _take(subscriber: Subscriber, *, counted: bool, pause: timedelta | None = None) -> bool:
    """Take the right to send this address a question, where it has one left."""
    now = clock.now()
    if pause is None:
        codes = subscriber.channel is Channel.SMS and counted
        pause = BETWEEN_CODES if codes else BETWEEN
    limit = [Subscriber.asked_times < MOST] if counted else []
    taken = (
        update(Subscriber)
        .where(
            Subscriber.id == subscriber.id,
            or_(Subscriber.asked_at.is_(None), Subscriber.asked_at <= now - pause),
            *limit,
        )
        .values(asked_at=now, asked_times=Subscriber.asked_times + int(counted))
        .returning(Subscriber.id)
    )
    return db.session.scalar(taken) is not None


def _is_within_limits(subscriber: Subscriber, *, is_trial: bool = False) -> bool:
    """Whether all strangers together have not asked for too much by now."""
    reached = ""
    if _asked_lately() >= settings().questions_per_hour:
        reached = "questions in an hour"
    elif subscriber.channel is Channel.SMS and (is_trial or subscriber.confirmed_at is None):
        if _texted_lately() >= settings().sms_questions:
            reached = "codes texted in a day"
    elif subscriber.channel is Channel.WEBHOOK and not is_trial:
        if _called_lately(subscriber.address) >= MOST_OF_HOST:
            reached = "challenges to one host"
    if reached:
        log.warning("a limit on sign-ups is reached", limit=reached)
    return not reached


def _asked_lately() -> int:
    """How many of the newest announcements are questions of the last hour."""
    newest = (
        select(Announcement.rank, Announcement.created_at)
        .order_by(Announcement.id.desc())
        .limit(settings().questions_per_hour)
        .subquery()
    )
    lately = select(func.count()).where(
        newest.c.rank >= outbox.RANK_OF_QUESTIONS,
        newest.c.created_at > clock.now() - timedelta(hours=1),
    )
    return db.session.scalar(lately) or 0


def _texted_lately() -> int:
    """How many codes and trials were texted within a day, also to who has left since."""
    newest = (
        select(Announcement.channel, Announcement.kind, Announcement.created_at)
        .order_by(Announcement.id.desc())
        .limit(settings().questions_per_hour * 24)
        .subquery()
    )
    texts = select(func.count()).where(
        newest.c.channel == Channel.SMS,
        newest.c.kind.in_([AnnouncementKind.CONFIRM, AnnouncementKind.TEST]),
        newest.c.created_at > clock.now() - timedelta(days=1),
    )
    return db.session.scalar(texts) or 0


def _asked_back(subscriber: Subscriber) -> int:
    """How often it was asked to confirm since it is in quarantine, within the last day."""
    asked = select(func.count()).where(
        Announcement.subscriber_id == subscriber.id,
        Announcement.kind == AnnouncementKind.CONFIRM,
        Announcement.created_at > clock.now() - timedelta(days=1),
        Announcement.created_at >= subscriber.quarantined_at,
    )
    return db.session.scalar(asked) or 0


def _called_lately(address: str) -> int:
    parts = urlsplit(address)
    endpoints = select(func.count()).where(
        Subscriber.channel == Channel.WEBHOOK,
        Subscriber.address.startswith(f"{parts.scheme}://{parts.netloc}/", autoescape=True),
        Subscriber.asked_at > clock.now() - timedelta(hours=1),
    )
    return db.session.scalar(endpoints) or 0
