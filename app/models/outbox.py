"""What we owe and to whom: the queue and the ledger in one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base
from app.models.update import Message


class Channel(StrEnum):
    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"
    TEAMS = "teams"
    SMS = "sms"


class AnnouncementKind(StrEnum):
    UPDATE = "update"
    """A message of an incident's update."""
    CONFIRM = "confirm"
    """Asks an address whether it wants to be subscribed."""
    ALREADY = "already"
    """Tells an address that signed up again that it is subscribed."""
    HELD = "held"
    """Tells who runs an endpoint that nothing is sent to it any more; always by mail."""
    TEST = "test"
    """A trial of a channel, asked for in the console."""
    CANARY = "canary"
    """Told to nobody: that a worker expands it shows that workers work."""


class DeliveryState(StrEnum):
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """No longer wanted: the recipient left, or the update was taken back."""
    SUPERSEDED = "superseded"
    """A later update went out in its place, or with it."""


class Announcement(Base):
    """One thing to tell one kind of recipient; one row however many they are."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    kind: Mapped[AnnouncementKind]
    channel: Mapped[Channel]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE")
    )
    """The one recipient of a question to an address; None for a fan-out."""
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    """What it tells of: nobody gets this one while an earlier one of the same incident, to the
    same kind of recipient, is still owed to them."""
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"))
    """The one before it. Only workers of an earlier version go by it, while both run."""
    internal: Mapped[bool] = mapped_column(default=False)
    """For colleagues: Slack, or the internal list of addresses."""
    rank: Mapped[int] = mapped_column(default=0)
    """Lower goes first: updates before anything that strangers can cause."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expanded_to: Mapped[int] = mapped_column(default=0)
    """The id of the last subscriber that a delivery was written for."""
    expanded_at: Mapped[datetime | None]
    """When every recipient had a delivery."""
    cancelled_at: Mapped[datetime | None]

    message: Mapped[Message | None] = relationship()


class Delivery(Base):
    """An announcement owed to one recipient, and what became of it.

    It names its announcement and its subscriber without a foreign key: checking two for each row
    of a fan-out cost the database more than writing the row. Who writes deliveries holds the
    subscribers' rows meanwhile (`outbox`), and who deletes a subscriber takes it out of here.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("announcement_id", "recipient"),
        Index(
            "ix_delivery_queued",
            "rank",
            "due_at",
            "id",
            sqlite_where=text("queued = 1"),
            postgresql_where=text("queued"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int]
    recipient: Mapped[str]
    """`subscriber:<code>`, `internal:<address>` or `slack`."""
    address: Mapped[str] = mapped_column(default="")
    subscriber_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.OWED)
    queued: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether any worker may claim it when it is due: not while who wrote it holds it, nor once
    it is settled."""
    rank: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_by: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    """Until when the worker that claimed it may send it; afterwards any other may."""
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    """Why the last attempt failed, or why it is no longer wanted."""
    provider_id: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    transport: Mapped[str] = mapped_column(default="", server_default="")
    """What handed it over: `smtp`, `sendgrid`, `folder`, …"""
    delivered_at: Mapped[datetime | None]
    """When the provider said that it had arrived."""
    since_id: Mapped[int | None]
    """The earliest announcement that this one tells of as well, because it came in between."""

    announcement: Mapped[Announcement] = relationship(
        primaryjoin=lambda: foreign(Delivery.announcement_id) == Announcement.id
    )


class Holding(Base):
    """A page of deliveries that one worker wrote and holds, until it has dealt with them all."""

    __tablename__ = "holding"

    id: Mapped[int] = mapped_column(primary_key=True)
    worker: Mapped[str]
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    first_id: Mapped[int]
    last_id: Mapped[int]
    """Its deliveries lie between these."""
    lease_until: Mapped[datetime]


class Attempt(Base):
    """A try that failed; the one that succeeded stands in its delivery. Append-only."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=clock.now)
    transport: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str]
    """`temporary`, `permanent`, `unreachable`, `ours` or `ambiguous`."""
    answer: Mapped[str] = mapped_column(default="")


class Transport(Base):
    """How a way out is doing, for every worker to see: `smtp`, `sendgrid`, `slack`, …"""

    __tablename__ = "transport"

    name: Mapped[str] = mapped_column(primary_key=True)
    paused_until: Mapped[datetime | None]
    paused_since: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    is_our_fault: Mapped[bool] = mapped_column(default=False)
    """A wrong key or an exhausted quota: somebody has to mend it."""
    switched_at: Mapped[datetime | None]
    """When mail was last led to it, or away from it."""
    is_down: Mapped[bool] = mapped_column(default=False)


class Thread(Base):
    """Where an incident's messages stand together in a chat: Slack's `ts` of the first."""

    __tablename__ = "thread"
    __table_args__ = (UniqueConstraint("incident_id", "recipient"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    recipient: Mapped[str]
    place: Mapped[str]
    """Slack's id of the channel."""
    ts: Mapped[str]


class ProviderEvent(Base):
    """An event that a provider told us, kept so that telling it again changes nothing."""

    __tablename__ = "provider_event"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
