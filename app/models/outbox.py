"""What we owe and to whom: the queue and the ledger in one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base
from app.models.update import Message


class Channel(StrEnum):
    EMAIL = "email"
    SLACK = "slack"


class AnnouncementKind(StrEnum):
    UPDATE = "update"
    """A message of an incident's update."""
    CONFIRM = "confirm"
    """Asks an address whether it wants to be subscribed."""
    ALREADY = "already"
    """Tells an address that signed up again that it is subscribed."""
    TEST = "test"
    """A trial of a channel, asked for in the console."""


class DeliveryState(StrEnum):
    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """No longer wanted: the recipient left, or the update was taken back."""


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
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("announcement.id"))
    """The incident's earlier announcement to the same kind of recipient: nobody gets this one
    while that one is still owed to them."""
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
    """An announcement owed to one recipient, and what became of it."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("announcement_id", "recipient"),
        Index(
            "ix_delivery_owed",
            "rank",
            "due_at",
            "id",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    recipient: Mapped[str]
    """`subscriber:<code>`, `internal:<address>` or `slack`."""
    address: Mapped[str] = mapped_column(default="")
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.OWED)
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

    announcement: Mapped[Announcement] = relationship()
