"""The processes that run, as each says of itself."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base


class Kind(StrEnum):
    WEB = "web"
    WORKER = "worker"
    CLOCK = "clock"


class Pulse(Base):
    """One part of one process: when it last did a round of its work to the end."""

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(primary_key=True)
    """The machine, the process and its kind."""
    kind: Mapped[Kind]
    version: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
