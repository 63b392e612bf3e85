"""The only place that reads the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

OFF = timedelta(seconds=1)
"""What two clocks may differ by before one of them is taken to be wrong."""
_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


_correction = timedelta(0)


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _pretended.get() or machine() + _correction


def machine() -> datetime:
    """What this machine's own clock shows."""
    return datetime.now(UTC)


def follow(moment: datetime) -> timedelta:
    """Go by a clock that shows this moment now; return how far our own is off.

    Machines that share a database share its clock: leases and due times are compared there.
    """
    global _correction
    difference = moment - machine()
    _correction = difference if abs(difference) > OFF else timedelta(0)
    return _correction


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Let it be that moment inside the block, for this thread: for rehearsals and examples."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
