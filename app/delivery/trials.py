"""Real tests of channels: sent at once by the channels themselves, past the outbox.

What is answered and how long it took is told to who looks after the instance. A test leaves no
row in the ledger: it is no delivery that anybody is owed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app import clock, delivery
from app.codes import new_code
from app.config import settings
from app.content import posts
from app.content.language import speaking
from app.db import db
from app.delivery.channel import Channel, DeliveryFailed, Post, name_of
from app.delivery.slack import OURS
from app.delivery.webhook import Endpoint
from app.domain import addresses, organisation, recipients, tokens
from app.errors import Rejected
from app.models import Announcement, AnnouncementKind, Subscriber
from app.models import Channel as Kind

NAMED = "trial"
"""The recipient that is a place somebody named: neither a subscriber nor a colleague."""


@dataclass(frozen=True)
class Place:
    """Where a test goes."""

    channel: Kind
    address: str = ""
    """Empty is the organisation's own place in Slack."""

    @property
    def shown(self) -> str:
        """The place as it may be printed."""
        if not self.address:
            return "the organisation's own"
        return addresses.shown(self.address)


@dataclass(frozen=True)
class Trial:
    """What came of one test."""

    place: Place
    way: str
    """As the ledger names it: `smtp`, `sendgrid`, `webhook`, …"""
    went_well: bool
    answer: str
    seconds: float


def known() -> list[Place]:
    """The places that the organisation's settings name: colleagues' addresses, and their Slack."""
    ours = organisation.current()
    if ours is None:
        return []
    found = [Place(Kind.EMAIL, address) for address in ours.internal_emails]
    return [*found, *([Place(Kind.SLACK)] if recipients.has_slack(ours) else [])]


def read(text: str) -> Sequence[Place]:
    """The places that `email:ops@example.org` or `slack` name; raise Rejected with what is wrong.

    A channel without an address means all of its places that are known.
    """
    name, _, address = text.partition(":")
    if name not in list(Kind):
        raise Rejected(form=f"There is no channel {name!r}: name one of {', '.join(Kind)}.")
    channel = Kind(name)
    if address:
        return [Place(channel, addresses.canonical(channel, address))]
    found = [place for place in known() if place.channel is channel]
    if not found:
        raise Rejected(form=f"No place is known for it. {how_to_name(channel)}")
    return found


def how_to_name(channel: Kind) -> str:
    example = {
        Kind.EMAIL: "ops@example.org",
        Kind.SMS: "+442079460000",
        Kind.SLACK: "https://hooks.slack.com/services/…",
        Kind.TEAMS: "https://….webhook.office.com/…",
        Kind.WEBHOOK: "https://example.org/hook",
    }[channel]
    return f"Name one: --send {channel}:{example}"


def send(place: Place) -> list[Trial]:
    """Send a test there, by each way that its channel has: mails may have a second one."""
    made = delivery.channels(settings(), endpoint=lambda *_whom: _endpoint(place))
    first = made.get(place.channel)
    if first is None:
        raise Rejected(form="Texts go out through Twilio: set ALLCLEAR_TWILIO_ACCOUNT first.")
    second = delivery.second(settings()) if place.channel is Kind.EMAIL else None
    return [_sent(place, way) for way in (first, second) if way is not None]


def _sent(place: Place, way: Channel) -> Trial:
    post = _post(place)
    db.session.remove()  # hands the connection back: the other side may be slow
    began = time.monotonic()
    try:
        answer, went_well = way.send(post), True
    except DeliveryFailed as failure:
        answer, went_well = failure.reason, False
    finally:
        way.close()
    return Trial(place, name_of(way), went_well, answer, time.monotonic() - began)


def _post(place: Place) -> Post:
    """A test as the channel composes it, of an announcement that nobody keeps."""
    announcement = Announcement(
        code=new_code(),
        kind=AnnouncementKind.TEST,
        channel=place.channel,
        internal=True,
        created_at=clock.now(),
    )
    ours = organisation.current()
    with speaking(ours.language if ours else ""), db.session.no_autoflush:
        composed = posts.compose(announcement)
        return composed.addressed(NAMED if place.address else OURS, place.address)


def _endpoint(place: Place) -> Endpoint:
    """The place, and what signs for it: its own secrets where it subscribed, else one of now."""
    found = db.session.execute(
        select(Subscriber.secret, Subscriber.earlier_secret).where(
            Subscriber.channel == Kind.WEBHOOK, Subscriber.address == place.address
        )
    ).one_or_none()
    db.session.remove()
    own = tuple(secret for secret in found or () if secret)
    return Endpoint(place.address, own or (tokens.new_signing_secret(),))
