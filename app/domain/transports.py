"""How the ways out are doing: paused and why, or down and led around. Shared by all workers."""

from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import audit, calls, remarks
from app.models import Account, Transport

SHORTEST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(seconds=60)
BETWEEN_SWITCHES = timedelta(minutes=5)
"""Mail is led another way at most once in this time, however the first way flickers."""
BETWEEN_PROBES = timedelta(seconds=60)


def every() -> dict[str, Transport]:
    """Each way out that has ever been in trouble, by its name."""
    return {row.name: row for row in db.session.scalars(select(Transport))}


def troubled() -> list[Transport]:
    """The ways out that people should know of: ours to mend, led around, or gone for a while."""
    now = clock.now()
    return [
        row
        for row in every().values()
        if row.is_down
        or (row.paused_since and (row.is_our_fault or now - row.paused_since >= LONGEST_PAUSE))
    ]


def is_paused(row: Transport | None) -> bool:
    """Whether nothing is sent this way at the moment."""
    return row is not None and row.paused_until is not None and row.paused_until > clock.now()


def pause(
    name: str, reason: str, *, ours: bool = False, asked: timedelta | None = None
) -> datetime:
    """Send nothing this way for a while: as long as was asked, or longer each time.

    Returns until when. The pause grows with the time since the trouble began.
    """
    _know(name)
    now = clock.now()
    with transaction() as session:
        row = session.get_one(Transport, name, with_for_update=True, populate_existing=True)
        since = row.paused_since or now
        wait = min(max((now - since) / 2, SHORTEST_PAUSE), LONGEST_PAUSE)
        until = now + (asked or (LONGEST_PAUSE if ours else wait))
        row.paused_since = since
        row.paused_until = max(row.paused_until or until, until)
        row.reason = remarks.kept(reason)
        row.is_our_fault = ours
        return row.paused_until


def works(name: str) -> None:
    """Note that something went out this way: the trouble is over."""
    with transaction() as session:
        session.execute(
            update(Transport)
            .where(Transport.name == name, Transport.paused_since.is_not(None))
            .values(paused_until=None, paused_since=None, reason="", is_our_fault=False)
        )


def try_now(name: str, *, by: Account) -> None:
    """End a pause at once; when the trouble lasts, it begins again."""
    with transaction() as session:
        session.execute(
            update(Transport).where(Transport.name == name).values(paused_until=clock.now())
        )
        audit.record("channel tried again", by=by, channel=name)
        calls.workers("again")


def lead_away(name: str) -> bool:
    """Lead mail around a way that fails; False when it was switched too short a time ago."""
    _know(name)
    probe_at = clock.now() + BETWEEN_PROBES
    return _switch(name, is_down=True, paused_until=probe_at)


def lead_back(name: str) -> bool:
    """Lead mail the first way again; False when it was switched too short a time ago."""
    values = {"paused_until": None, "paused_since": None, "reason": "", "is_our_fault": False}
    return _switch(name, is_down=False, **values)


def _switch(name: str, *, is_down: bool, **values: object) -> bool:
    now = clock.now()
    with transaction() as session:
        switched = session.scalar(
            update(Transport)
            .where(
                Transport.name == name,
                Transport.is_down != is_down,
                or_(
                    Transport.switched_at.is_(None), Transport.switched_at <= now - BETWEEN_SWITCHES
                ),
            )
            .values(is_down=is_down, switched_at=now, **values)
            .returning(Transport.name)
        )
    return switched is not None


def may_probe(name: str) -> bool:
    """Take the turn to try a way that is down with one message: one worker in a minute has it."""
    now = clock.now()
    with transaction() as session:
        taken = session.scalar(
            update(Transport)
            .where(
                Transport.name == name,
                Transport.is_down,
                or_(Transport.paused_until.is_(None), Transport.paused_until <= now),
            )
            .values(paused_until=now + BETWEEN_PROBES)
            .returning(Transport.name)
        )
    return taken is not None


def _know(name: str) -> None:
    """Have a row of this name, whoever writes it."""
    if db.session.get(Transport, name) is not None:
        return
    try:
        with transaction() as session:
            session.execute(
                insert(Transport).values(name=name, reason="", is_our_fault=False, is_down=False)
            )
    except IntegrityError:
        return  # another worker was faster
