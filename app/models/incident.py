"""Incidents, and what belongs to the inside of one: notes, obligations, ticks."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base
from app.models.account import Account
from app.models.runbook import RunbookVersion
from app.models.update import Update
from app.runbook.model import Severity
from app.words import Stage


class Incident(Base):
    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("series_id", "series_at"),
        # Of maintenance alone: "is no maintenance" must not lead to this index, and so to all.
        Index(
            "ix_incident_scheduled_for",
            "scheduled_for",
            sqlite_where=text("scheduled_for IS NOT NULL"),
            postgresql_where=text("scheduled_for IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    title: Mapped[str]
    severity_key: Mapped[str]
    """A key of the pinned runbook's severities."""
    stage: Mapped[Stage] = mapped_column(default=Stage.INVESTIGATING)
    """The stage of the newest update."""
    runbook_id: Mapped[int] = mapped_column(ForeignKey("runbook.id"))
    """The version that was in use when the incident was opened; it stays."""
    roles: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Who plays which role, by the runbook's name of the role."""
    facts: Mapped[dict[str, str]] = mapped_column(default=dict)
    """What people last typed, by the fact's name; the composer starts from it."""
    channel: Mapped[str] = mapped_column(default="")
    """The chat channel of this incident, without its mark."""
    sentence: Mapped[str] = mapped_column(default="")
    """The page's sentence in a person's words; empty means it is composed."""
    occurred_at: Mapped[datetime]
    """When it began for customers, as far as known."""
    aware_at: Mapped[datetime]
    """When somebody here knew; the runbook's clocks run from it."""
    review_at: Mapped[datetime | None]
    opened_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    resolved_at: Mapped[datetime | None] = mapped_column(index=True)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    newest: Mapped[int] = mapped_column(default=0)
    """The number of the newest update; moves by a conditional UPDATE only."""
    change: Mapped[int] = mapped_column(default=0, server_default="0", index=True)
    """The number of the newest change that the public can see, among those of all incidents."""

    # What follows is said of a maintenance: an incident with a window.
    scheduled_for: Mapped[datetime | None]
    """When a maintenance begins; None for an incident."""
    scheduled_until: Mapped[datetime | None]
    """When it is planned to end."""
    time_zone: Mapped[str] = mapped_column(default="", server_default="")
    """The IANA name of the zone in which its window was given."""
    starts_itself: Mapped[bool] = mapped_column(default=True, server_default=true())
    ends_itself: Mapped[bool] = mapped_column(default=True, server_default=true())
    remind_minutes: Mapped[int | None]
    """How long before it begins subscribers are reminded; None for never."""
    reminded_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often calendars were told another window (RFC 5545, SEQUENCE)."""
    cancelled_at: Mapped[datetime | None]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series_at: Mapped[datetime | None]
    """When the series has this one begin; it stays when this one is moved."""
    impact_override: Mapped[str] = mapped_column(default="", server_default="")
    """Statuspage's word for how bad it was, where a page that was imported had set one."""
    imported: Mapped[dict[str, Any] | None]
    """What the page that it was imported from said, and we keep nowhere else."""

    runbook: Mapped[RunbookVersion] = relationship()
    updates: Mapped[list[Update]] = relationship(
        back_populates="incident", order_by=Update.number.desc()
    )
    """Newest first."""
    notes: Mapped[list["Note"]] = relationship(order_by="Note.at.desc()")
    obligations: Mapped[list["Obligation"]] = relationship(order_by="Obligation.due_at")
    ticks: Mapped[list["Tick"]] = relationship()
    series: Mapped["Series | None"] = relationship()

    @property
    def is_maintenance(self) -> bool:
        return self.scheduled_for is not None

    @property
    def is_open(self) -> bool:
        return self.stage.is_open

    @property
    def severity(self) -> Severity:
        """The severity as the pinned runbook defines it."""
        return self.runbook.read.severity(self.severity_key) or Severity(self.severity_key)

    @property
    def public_updates(self) -> list[Update]:
        """The updates that the status page was told and that stand, newest first.

        Where all were taken back, those: the page still says that there was something.
        """
        told = self.told_updates
        return [update for update in told if update.retracted_at is None] or told

    @property
    def told_updates(self) -> list[Update]:
        """The updates that the status page was told, also those that were taken back."""
        return [update for update in self.updates if update.is_public]

    @property
    def promise_at(self) -> datetime | None:
        """When the next update is promised; None when waived or resolved.

        A promise to the public is kept only by telling the public.
        """
        telling = self.public_updates or self.updates
        return telling[0].promise_at if self.is_open and telling else None


class Note(Base):
    """Something for colleagues only; it never leaves."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    text: Mapped[str] = mapped_column(Text)

    author: Mapped[Account] = relationship()


class Obligation(Base):
    """Something the runbook wants done in this incident, by when, done when and by whom."""

    __tablename__ = "obligation"
    __table_args__ = (UniqueConstraint("incident_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    text: Mapped[str]
    within_minutes: Mapped[int]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    dropped: Mapped[bool] = mapped_column(default=False)
    """The severity changed and the runbook no longer asks for it."""

    done_by: Mapped[Account | None] = relationship()


class Tick(Base):
    """A box of the runbook's checklists that somebody ticked, by its line in the document."""

    __tablename__ = "tick"
    __table_args__ = (UniqueConstraint("incident_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    line: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    by: Mapped[Account] = relationship()


class Series(Base):
    """Maintenance that comes again: a rule, and what each occurrence starts with."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    title: Mapped[str]
    rule: Mapped[str]
    """An RRULE without its name (RFC 5545, section 3.3.10): `FREQ=MONTHLY;BYDAY=1SU`."""
    first_at: Mapped[str]
    """The first start as a local time of `time_zone`: `2026-12-06T02:00`."""
    time_zone: Mapped[str]
    minutes: Mapped[int]
    """How long each occurrence is planned to last."""
    plan: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What an occurrence starts with: its words, components and switches."""
    planned_until: Mapped[datetime | None]
    """Up to when occurrences were made."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
