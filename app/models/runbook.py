"""One version of the runbook: its text and what was read from it. Never changed."""

from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base
from app.runbook.model import Runbook

_READING = TypeAdapter(Runbook)


class RunbookVersion(Base):
    __tablename__ = "runbook"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    source: Mapped[str]
    """The name of the file it came from."""
    text: Mapped[str] = mapped_column(Text)
    reading: Mapped[dict[str, Any]]
    """What was read from the text then: an incident keeps to it when the reader learns more."""
    is_default: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @cached_property
    def read(self) -> Runbook:
        """What was read from the document, as values."""
        return _READING.validate_python(self.reading)


def dump_reading(runbook: Runbook) -> dict[str, Any]:
    """The reading as JSON-ready values, the inverse of `RunbookVersion.read`."""
    dumped: dict[str, Any] = _READING.dump_python(runbook, mode="json")
    return dumped
