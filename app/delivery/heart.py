"""Says that this process delivers: after rounds that came to their end, every few seconds."""

import threading
import time

import structlog
from sqlalchemy.exc import DBAPIError

from app.domain import pulses
from app.models.pulse import Kind

log = structlog.get_logger("app.delivery")


class Heart:
    """Shared by the workers of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0
        self._is_away = False

    def misses(self, error: DBAPIError) -> None:
        """Note that the database does not answer: one line, however often we look for it."""
        with self._lock:
            was_away, self._is_away = self._is_away, True
        if not was_away:
            reason = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
            log.warning("the database is away: deliveries wait", why=reason[0])

    def beat(self) -> None:
        """Say so, unless one of us has just done it."""
        if self._is_away:
            with self._lock:
                was_away, self._is_away = self._is_away, False
            if was_away:
                log.warning("the database is back: deliveries go on")
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + pulses.EVERY.total_seconds()
        pulses.beat(Kind.WORKER)
