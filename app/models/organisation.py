"""Whose page this is. One row; its absence means that set-up is still to be done."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base
from app.models.runbook import RunbookVersion


class Organisation(Base):
    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str]
    website: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    """Where customers reach the organisation: an address, a number or a link."""
    time_zone: Mapped[str] = mapped_column(default="UTC")
    """An IANA name; times in messages are written in it."""
    slack_webhook: Mapped[str] = mapped_column(default="")
    """A Slack incoming webhook for internal messages; it is a secret."""
    internal_emails: Mapped[list[str]] = mapped_column(default=list)
    incident_channel: Mapped[str] = mapped_column(default="")
    """The chat channel for incidents, without its mark: `incidents`."""
    is_example: Mapped[bool] = mapped_column(default=False)
    runbook_id: Mapped[int] = mapped_column(ForeignKey("runbook.id"))
    set_up_at: Mapped[datetime] = mapped_column(default=clock.now)
    changes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many changes the public could see so far; the newest has this number."""
    site_change: Mapped[int] = mapped_column(default=0, server_default="0")
    """The number of the newest change to what every page shows: the organisation, components."""

    runbook: Mapped[RunbookVersion] = relationship()
