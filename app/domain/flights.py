"""Calls that are away, for all to see: who leaves waits until none can bring them anything more.

A worker holds a lock from before it asks who is still to be told until its call has ended. Who
leaves commits that nothing is owed to them, looks until each call that had begun by then has
ended, and leaves only then. No worker waits for people who leave: they only look.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import SQLAlchemyError

from app import clock, locks
from app.db import db
from app.models import Announcement, Channel, Delivery

PATIENCE = 35.0
"""Seconds that who leaves waits at most: a little longer than the slowest call may take."""
MOST_WAITING = 4
"""How many may wait in one process: a third of the threads that answer requests."""
SLICE = 0.25
"""Seconds of mails, handed over one after another, that share a lock."""

_seats = threading.BoundedSemaphore(MOST_WAITING)


class Flights:
    """What one worker has away. Several threads may use it, each for deliveries of its own."""

    def __init__(self, worker: str) -> None:
        self._keys = _keys_of_mails(worker)
        self._mails: int | None = None
        self._since = 0.0
        self._held: set[int] = set()
        self._locks: locks.Locks | None = None
        self._one_by_one = threading.Lock()

    @contextmanager
    def carrying(self, delivery_id: int) -> Iterator[None]:
        """Around the last check of one delivery and its call, where several are away at once."""
        key = _key_of(delivery_id)
        self._take(key)
        try:
            yield
        finally:
            self._free(key)

    def take_off(self, *, every: float = 0.0) -> None:
        """Before the last check of the next mails; those before have landed.

        Two locks take turns: who looks finds each of them free once, though calls follow at once.
        With `every`, mails within so many seconds share a turn.
        """
        before, now = self._mails, time.monotonic()
        if before is not None and now - self._since < every:
            return
        after = self._keys[1] if before == self._keys[0] else self._keys[0]
        self._take(after)
        self._mails, self._since = after, now
        if before is not None:
            self._free(before)

    def land(self) -> None:
        """No mail is away any more."""
        if self._mails is not None:
            self._free(self._mails)
            self._mails = None

    def _take(self, key: int) -> None:
        with self._one_by_one:
            self._locks = self._locks or locks.new()
            self._held.add(key)
            try:
                self._locks.take(key)
            except SQLAlchemyError:
                self._let_go()
                raise

    def _free(self, key: int) -> None:
        """Never raises: what was handed over is to be noted, whatever becomes of the lock."""
        with self._one_by_one:
            if self._locks is None or key not in self._held:
                return  # the connection broke meanwhile
            try:
                if len(self._held) > 1:
                    self._locks.free(key)
                    self._held.remove(key)
                else:
                    self._let_go()  # one kept open for nothing would be missed elsewhere
            except (SQLAlchemyError, OSError):
                self._let_go()

    def _let_go(self) -> None:
        if self._locks is not None:
            self._locks.close()
        self._locks = None
        self._held.clear()


class Departure:
    """Somebody who leaves, and which calls they have waited for."""

    def __init__(self) -> None:
        self._until = time.monotonic() + PATIENCE
        self._away: dict[int, tuple[int, ...]] = {}
        self._landed: set[int] = set()

    @property
    def is_waiting(self) -> bool:
        return bool(self._away)

    def must_wait(self, whose: ColumnElement[bool]) -> bool:
        """Whether a call may be away with one of these deliveries.

        Asked in the transaction that cancels what is owed of them, and after that. What is
        cancelled keeps the name of its worker, so two who leave at once wait for the same.
        """
        self._away = {}
        held = (
            select(Delivery.id, Delivery.claimed_by, Announcement.channel)
            .join(Announcement, Delivery.announcement_id == Announcement.id)
            .where(whose, Delivery.lease_until > clock.now())
        )
        if time.monotonic() < self._until:
            for one, worker, channel in db.session.execute(held):
                if one not in self._landed:
                    of_mails = channel is Channel.EMAIL
                    self._away[one] = _keys_of_mails(worker) if of_mails else (_key_of(one),)
        return bool(self._away)

    def wait(self) -> None:
        """Wait until each of these calls has ended, though not for ever."""
        away, self._away = self._away, {}
        if not _seats.acquire(blocking=False):
            self._until = 0.0  # the threads are there for others too
            return
        try:
            awaited = locks.taken({key for keys in away.values() for key in keys})
            pause = 0.005
            while awaited and time.monotonic() < self._until:
                time.sleep(pause)
                pause = min(pause * 1.5, SLICE / 4)
                awaited = locks.taken(awaited)
        finally:
            _seats.release()
        self._landed.update(away)


def departures() -> Iterator[Departure]:
    """Try to leave, and again after each wait: the last time, no call is away.

    Each time in a transaction of its own, which cancels first.
    """
    if db.session().info.get("joined"):
        raise RuntimeError("who leaves may wait for a call, and no transaction may wait for that")
    departure = Departure()
    yield departure
    while departure.is_waiting:
        departure.wait()
        yield departure


def _keys_of_mails(worker: str) -> tuple[int, int]:
    """Of the mails of a worker, which are away in one call, or one at a time."""
    return locks.key(f"mails {worker} 0"), locks.key(f"mails {worker} 1")


def _key_of(delivery_id: int) -> int:
    return locks.key(f"delivery {delivery_id}")
