"""What we run. A component's state is not kept: it follows from open incidents."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.codes import new_code
from app.db import Base


class Group(Base):
    __tablename__ = "component_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    """Among the groups and ungrouped components, from 0."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    imported: Mapped[dict[str, Any] | None]
    """What the page that it was imported from said, and we keep nowhere else."""

    components: Mapped[list["Component"]] = relationship(
        back_populates="group", order_by="Component.position, Component.id"
    )


class Component(Base):
    __tablename__ = "component"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=new_code)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    spoken: Mapped[str] = mapped_column(default="")
    """Its name in a sentence ("Text messages to customers"); empty means its name."""
    words_slow: Mapped[str] = mapped_column(default="")
    """What the sentence says when it is degraded ("are delayed"); empty means "is slow"."""
    words_down: Mapped[str] = mapped_column(default="")
    """What the sentence says in an outage ("are not going out"); empty means "is down"."""
    group_id: Mapped[int | None] = mapped_column(ForeignKey("component_group.id"))
    position: Mapped[int] = mapped_column(default=0)
    """Inside its group, or among groups and ungrouped components, from 0."""
    hidden: Mapped[bool] = mapped_column(default=False)
    """Hidden from the public; responders still see it."""
    archived_at: Mapped[datetime | None]
    """No longer run: kept for the past's sake, offered nowhere."""
    start_date: Mapped[datetime | None]
    """Since when its uptime is counted; None counts from its creation."""
    shows_uptime: Mapped[bool] = mapped_column(default=True, server_default=true())
    only_when_hurt: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Shown on the page only while something is wrong with it."""
    imported: Mapped[dict[str, Any] | None]
    """What the page that it was imported from said, and we keep nowhere else."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    group: Mapped[Group | None] = relationship(back_populates="components")

    @property
    def is_public(self) -> bool:
        return not self.hidden and self.archived_at is None
