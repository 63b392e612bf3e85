"""What we told people, and when. Append-only: a correction is a revision that shows."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base
from app.models.account import Account
from app.models.component import Component
from app.words import Audience, Impact, Stage

if TYPE_CHECKING:
    from app.models.incident import Incident


class Update(Base):
    __tablename__ = "update"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    number: Mapped[int]
    """Its place in the incident, from 1."""
    stage: Mapped[Stage]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    """Never changes."""
    facts: Mapped[dict[str, str]] = mapped_column(default=dict)
    promise_at: Mapped[datetime | None]
    """When it promised the next update; None when that was waived."""
    form_key: Mapped[str] = mapped_column(unique=True)
    """The one-time key of the form: the same form sent twice posts once."""
    retracted_at: Mapped[datetime | None]
    """When it was taken back: what was still owed of it is cancelled, and the page says so."""
    retracted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    imported: Mapped[dict[str, Any] | None]
    """What the page that it was imported from said, and we keep nowhere else."""

    incident: Mapped["Incident"] = relationship(back_populates="updates")
    author: Mapped[Account | None] = relationship(foreign_keys=author_id)
    messages: Mapped[list["Message"]] = relationship(back_populates="update")
    impacts: Mapped[list["ImpactOnComponent"]] = relationship(back_populates="update")

    @property
    def is_public(self) -> bool:
        return self.message(Audience.PUBLIC) is not None

    def message(self, audience: Audience) -> "Message | None":
        """What it said to one audience; None when that audience was not told."""
        return next((said for said in self.messages if said.audience is audience), None)


class Message(Base):
    """What one update said to one audience, in its final words."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("update_id", "audience"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("update.id"))
    audience: Mapped[Audience]
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(Text)
    """Markdown for the page and mails, Slack's own marks for colleagues."""
    template: Mapped[str] = mapped_column(default="")
    """The name of the template it began as."""
    origin: Mapped[str] = mapped_column(default="")
    """`runbook`, `default`, or `hand` when a person changed the words."""

    update: Mapped[Update] = relationship(back_populates="messages")
    revisions: Mapped[list["Revision"]] = relationship(order_by="Revision.at.desc()")
    """Corrections, newest first."""


class Revision(Base):
    """A correction: the words before it, who made it, when and why."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    earlier_subject: Mapped[str] = mapped_column(default="")
    earlier_body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    author: Mapped[Account] = relationship()


class ImpactOnComponent(Base):
    """What one update says of one component. Each update names every component it affects."""

    __tablename__ = "impact"
    __table_args__ = (UniqueConstraint("update_id", "component_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("update.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), index=True)
    impact: Mapped[Impact]

    update: Mapped[Update] = relationship(back_populates="impacts")
    component: Mapped[Component] = relationship()
