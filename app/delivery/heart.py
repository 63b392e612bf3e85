"""Says that this process delivers: after rounds that came to their end, every few seconds."""

import threading
import time

import structlog

from app.domain import pulses
from app.models.pulse import Kind

log = structlog.get_logger("app.delivery")


class Heart:
    """Shared by the workers of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0

    def beat(self) -> None:
        """Say so, unless one of us has just done it."""
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + pulses.EVERY.total_seconds()
        pulses.beat(Kind.WORKER)
