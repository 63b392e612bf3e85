"""Whose page this is. One row; its absence means that set-up is still to be done."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
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

    code: Mapped[str] = mapped_column(default=new_code, server_default="")
    """Names the page to programs, as Statuspage's `page.id` does."""
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    """What the public side and mails are written in, beside people's own words."""
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_type: Mapped[str] = mapped_column(default="", server_default="")
    accent: Mapped[str] = mapped_column(default="", server_default="")
    """A colour as `#rrggbb`, checked for contrast; empty means ours."""
    links: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """More links of the page's foot, each as "words | address"."""
    footer: Mapped[str] = mapped_column(default="", server_default="")
    security_contact: Mapped[str] = mapped_column(default="", server_default="")
    """Where to report a hole: an address or a link, for security.txt (RFC 9116)."""
    partial_percent: Mapped[int] = mapped_column(default=30, server_default="30")
    """How much of its time a partial outage counts as down."""
    late_updates: Mapped[str] = mapped_column(default="combine", server_default="combine")
    """`combine` or `supersede`: what becomes of an update still owed when the next one comes."""

    runbook: Mapped[RunbookVersion] = relationship()
