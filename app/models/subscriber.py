"""Addresses that asked to be told."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base
from app.models.component import Component
from app.models.outbox import Channel

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

    components: Mapped[list[Component]] = relationship(secondary=subscription)
