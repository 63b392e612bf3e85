"""What time brings about by itself. Any number of clocks may do it: each step is done once."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from app.db import db
from app.domain import calls, pulses, purging

log = structlog.get_logger("app.domain")

CHORES: list[tuple[float, Callable[[], object]]] = [
    (30, purging.purge),
    (60, calls.forget_dead),
    (3600, pulses.forget),
]
"""Each with the seconds between two turns of it."""


class Clock:
    """Remembers when each chore is due next; one for each process."""

    def __init__(self, *more: tuple[float, Callable[[], object]]) -> None:
        """`more` are the chores of the layers above."""
        self._chores = [*more, *CHORES]
        self._next = dict.fromkeys(range(len(self._chores)), 0.0)

    def turn(self) -> None:
        """Do what is due. One chore that fails keeps none of the others."""
        for number, (pause, chore) in enumerate(self._chores):
            if time.monotonic() < self._next[number]:
                continue
            try:
                chore()
            except (OperationalError, InterfaceError):
                raise  # the database is away: nothing else could be done either
            except Exception:
                log.exception("a chore failed", chore=getattr(chore, "__name__", ""))
                db.session.rollback()
            self._next[number] = time.monotonic() + pause
