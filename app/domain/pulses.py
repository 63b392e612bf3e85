"""Which processes run: each says so while it works, so that others can tell who died."""

import os
import socket
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy import delete, func, insert, select
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.models import Announcement, Update
from app.models.pulse import Kind, Pulse

EVERY = timedelta(seconds=5)
"""How often a process says that it works."""
ALIVE = timedelta(seconds=30)
"""Who has said nothing for so long is taken for dead."""
FORGOTTEN = timedelta(days=1)


def beat(kind: Kind, *, now: datetime | None = None) -> None:
    """Note that this process has just done a round of that work to the end."""
    follow_database()
    name, now = name_of(kind), now or clock.now()
    seen = change(Pulse).where(Pulse.name == name).values(seen_at=now)
    with transaction() as session:
        if session.execute(seen.returning(Pulse.name)).scalar() is not None:
            return
    try:
        with transaction() as session:
            session.execute(
                insert(Pulse).values(
                    name=name, kind=kind, version=version("allclear"), started_at=now, seen_at=now
                )
            )
    except IntegrityError:
        return  # another thread of this process was faster


def follow_database() -> timedelta:
    """Go by the clock of a database that several machines share; how far our own is off."""
    if db.engine.dialect.name != "postgresql":
        return timedelta(0)  # the one machine's own
    with db.engine.connect() as connection:
        return clock.follow(connection.scalar(select(func.clock_timestamp())) or clock.machine())


def latest() -> datetime | None:
    """The latest moment that a process said it worked, or that something was posted."""
    noted = (Pulse.seen_at, Update.published_at, Announcement.created_at)
    moments = (db.session.scalar(select(func.max(moment))) for moment in noted)
    return max((moment for moment in moments if moment is not None), default=None)


def leave(kind: Kind) -> None:
    """Note that this process ends as it was asked to, and was not lost."""
    with transaction() as session:
        session.execute(delete(Pulse).where(Pulse.name == name_of(kind)))


def name_of(kind: Kind) -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{kind.value}"


def seen(kind: Kind) -> datetime | None:
    """When any process of that kind last did its work."""
    return db.session.scalar(select(func.max(Pulse.seen_at)).where(Pulse.kind == kind))


def alive(kind: Kind) -> int:
    """How many processes of that kind work."""
    recent = Pulse.seen_at > clock.now() - ALIVE
    return db.session.scalar(select(func.count()).where(Pulse.kind == kind, recent)) or 0


def forget() -> None:
    """Delete what processes of the past said."""
    with transaction() as session:
        session.execute(delete(Pulse).where(Pulse.seen_at < clock.now() - FORGOTTEN))
