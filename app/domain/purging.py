"""Subscribers whose time is over: deleted by the clock."""

from datetime import timedelta

from sqlalchemy import func, or_, select, update

from app import clock
from app.db import db, transaction
from app.domain import leaving
from app.models import Incident, Subscriber

UNCONFIRMED_FOR = timedelta(days=7)
QUARANTINED_FOR = timedelta(days=90)
NETWORK_FOR = timedelta(days=30)
"""How long we keep from which network somebody signed up, as a keyed hash."""
INCIDENT_FOR = timedelta(days=30)
"""How long after its end somebody is told of the one incident that they asked about."""


def purge() -> int:
    """Delete who is not to be told any more; how many.

    Sign-ups that nobody confirmed, who was in quarantine too long, and who asked of one incident
    that is long over.
    """
    long_ago = clock.now() - UNCONFIRMED_FOR
    held_since = clock.now() - QUARANTINED_FOR
    asked = func.coalesce(Subscriber.asked_at, Subscriber.created_at)
    unconfirmed = Subscriber.confirmed_at.is_(None) & (asked < long_ago)
    over = select(Incident.id).where(Incident.resolved_at < clock.now() - INCIDENT_FOR)
    stale = select(Subscriber.id).where(
        or_(
            unconfirmed,
            Subscriber.quarantined_at < held_since,
            Subscriber.incident_id.in_(over.scalar_subquery()),
        )
    )
    _forget_networks()
    if db.session.scalar(stale.limit(1)) is None:
        return 0
    with transaction() as session:
        # Who confirms at this very moment is kept.
        ids = list(session.scalars(stale.limit(1000).with_for_update(skip_locked=True)))
        leaving.remove(ids, reason="not confirmed, in quarantine for long, or long over")
    return len(ids)


def _forget_networks() -> None:
    known = Subscriber.signed_up_from != ""
    long_ago = Subscriber.created_at < clock.now() - NETWORK_FOR
    if db.session.scalar(select(Subscriber.id).where(known, long_ago).limit(1)) is not None:
        with transaction() as session:
            session.execute(update(Subscriber).where(known, long_ago).values(signed_up_from=""))
