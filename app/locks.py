"""Locks that others see, of calls that are away; they end with the process that took them.

Nothing is written for them. On PostgreSQL they stand in the memory of the server, beside SQLite
on places of an empty file.
"""

import fcntl
import os
import struct
from collections.abc import Collection
from hashlib import blake2b
from typing import Protocol

import structlog
from sqlalchemy import BigInteger, bindparam, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.db import db

log = structlog.get_logger("app.locks")


class Locks(Protocol):
    """Locks of one holder."""

    def take(self, key: int) -> None:
        """Take it, without waiting."""

    def free(self, key: int) -> None: ...

    def close(self) -> None:
        """Free all of them; never raises, for a connection that broke holds nothing any more."""


def new() -> Locks:
    """For one holder, who holds none yet."""
    return _Advisory() if db.engine.dialect.name == "postgresql" else _Places()


def taken(keys: Collection[int]) -> set[int]:
    """Which of these are held by somebody at this moment. To look takes none of them."""
    if not keys:
        return set()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            return set(keys) & set(connection.scalars(_HELD))
    places = _Places()
    try:
        return {key for key in keys if places.is_taken(key)}
    finally:
        places.close()


def key(name: str) -> int:
    """A number for a name: 63 bits, which fit a lock of PostgreSQL and a place in a file."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 1


_key = bindparam("key", type_=BigInteger)
_TAKE = select(func.pg_try_advisory_lock(_key))
_FREE = select(func.pg_advisory_unlock(_key))
_FREE_ALL = select(func.pg_advisory_unlock_all())
_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class _Advisory:
    """Advisory locks of a connection that is kept meanwhile."""

    def __init__(self) -> None:
        connection = db.engine.connect()
        self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")

    def take(self, key: int) -> None:
        # Held by others only where we lost sight of one of our own: then that one is seen too.
        self._connection.execute(_TAKE, {"key": key})

    def free(self, key: int) -> None:
        self._connection.execute(_FREE, {"key": key})

    def close(self) -> None:
        try:
            self._connection.execute(_FREE_ALL)
        except SQLAlchemyError:
            self._connection.invalidate()
        self._connection.close()


class _Places:
    """A place for each lock, held by the open file: even threads of one process see it."""

    def __init__(self) -> None:
        self._file = os.open(f"{db.engine.url.database}-flights", os.O_RDWR | os.O_CREAT, 0o666)

    def take(self, key: int) -> None:
        try:
            self._set(fcntl.F_WRLCK, key)
        except OSError:
            log.warning("a call that is away cannot be seen by others")  # the news goes out

    def free(self, key: int) -> None:
        self._set(fcntl.F_UNLCK, key)

    def is_taken(self, key: int) -> bool:
        if not _ARE_THERE:
            return False
        said = fcntl.fcntl(self._file, fcntl.F_OFD_GETLK, _place(fcntl.F_WRLCK, key))
        return bool(struct.unpack(_FLOCK, said)[0] != fcntl.F_UNLCK)

    def close(self) -> None:
        os.close(self._file)

    def _set(self, kind: int, key: int) -> None:
        if not _ARE_THERE:
            raise OSError("this system has no locks of open files")
        fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, _place(kind, key))


_ARE_THERE = hasattr(fcntl, "F_OFD_SETLK")  # they are Linux's
_FLOCK = "hhqqixxxx"
"""C's struct flock: kind, from where, place, length, process."""


def _place(kind: int, key: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, key, 1, 0)
