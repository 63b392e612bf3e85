"""Addresses that asked to be told."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base
from app.models.component import Component
from app.models.outbox import Channel
from app.words import Impact

subscription = Table(
    "subscription",
    Base.metadata,
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("component_id", ForeignKey("component.id", ondelete="CASCADE"), primary_key=True),
)
"""Which components a subscriber chose; without a row it is told of everything."""


class Subscriber(Base):
    """An address that asked to be told, of everything or of some components.

    Its links carry tokens that are derived from the secret key and `code`; no token is kept.
    """

    __tablename__ = "subscriber"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    channel: Mapped[Channel] = mapped_column(default=Channel.EMAIL)
    address: Mapped[str]
    """Canonical: normalised, its domain in lower case."""
    everything: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    asked_at: Mapped[datetime | None]
    """When we last mailed it a question (confirm, or "you are subscribed already")."""
    asked_times: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_how: Mapped[str] = mapped_column(default="")
    consent: Mapped[str] = mapped_column(default="")
    """The words beside the button that was pressed."""
    signed_up_from: Mapped[str] = mapped_column(default="", server_default="")
    """A keyed hash of the network that the sign-up came from; kept thirty days."""
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    """The one incident it asked about; None means all that concern it."""
    least_impact: Mapped[Impact | None]
    """It is told only of incidents that were at least so bad; None means of all."""
    language: Mapped[str] = mapped_column(default="", server_default="")
    """Empty means the organisation's."""
    time_zone: Mapped[str] = mapped_column(default="", server_default="")
    """That the frame of its mails tells times in. Empty means the organisation's."""
    paused_at: Mapped[datetime | None]
    secret: Mapped[str] = mapped_column(default="", server_default="")
    """Signs what is sent to a webhook."""
    earlier_secret: Mapped[str] = mapped_column(default="", server_default="")
    """The secret before it, while receivers change over."""
    owner_address: Mapped[str] = mapped_column(default="", server_default="")
    """Whom to mail about a webhook or a channel that is in quarantine."""
    quarantined_at: Mapped[datetime | None] = mapped_column(index=True)
    """Nothing is sent to it any more, for the reason given."""
    quarantine_reason: Mapped[str] = mapped_column(default="", server_default="")
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """In a row; the day of the last soft bounce counts once."""
    failed_at: Mapped[datetime | None]

    components: Mapped[list[Component]] = relationship(secondary=subscription)


class Suppression(Base):
    """An address that must not be written to, known by a keyed hash alone."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("channel", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[Channel]
    fingerprint: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
