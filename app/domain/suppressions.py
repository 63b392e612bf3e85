"""Addresses that strangers cannot have us write to, known by a keyed hash alone.

One is written down when a mail was marked as spam and when an address was erased, and outlives
the subscriber. Only who reads the address brings it back: by confirming, or by asking a colleague.
"""

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import audit, tokens
from app.domain.addresses import canonical
from app.models import Account, Channel, Suppression


def add(channel: Channel, address: str, reason: str) -> None:
    """Remember an address that wants nothing from us, in the transaction around it."""
    if holds(channel, address):
        return
    values = {"channel": channel, "fingerprint": _fingerprint(channel, address)}
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Suppression).values(**values, reason=reason, at=clock.now()))
    except IntegrityError:
        return  # somebody was faster


def holds(channel: Channel, address: str) -> bool:
    """Whether a stranger's sign-up must not make us write to this address."""
    found = select(Suppression.id).where(_is(channel, address))
    return db.session.scalar(found) is not None


def lift(channel: Channel, address: str) -> bool:
    """Forget it, in the transaction around it, because who reads the address wants so."""
    lifted = delete(Suppression).where(_is(channel, address)).returning(Suppression.id)
    return db.session.scalar(lifted) is not None


def let_back(typed: str, *, by: Account) -> bool:
    """Let a mail address sign up again; whether it was kept from that. Raise Rejected."""
    address = canonical(Channel.EMAIL, typed)
    with transaction():
        lifted = lift(Channel.EMAIL, address)
        if lifted:
            fingerprint = _fingerprint(Channel.EMAIL, address)
            audit.record("address may sign up again", by=by, fingerprint=fingerprint)
    return lifted


def _is(channel: Channel, address: str) -> ColumnElement[bool]:
    return and_(
        Suppression.channel == channel, Suppression.fingerprint == _fingerprint(channel, address)
    )


def _fingerprint(channel: Channel, address: str) -> str:
    return tokens.fingerprint(f"{channel}:{address}")
