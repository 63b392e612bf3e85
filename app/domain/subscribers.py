"""Signing up to be told, confirming it, choosing, pausing and leaving."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import (
    addresses,
    components,
    deliveries,
    flights,
    leaving,
    numbers,
    owners,
    questions,
    status,
    suppressions,
    tokens,
)
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Channel, Component, Subscriber
from app.words import N_, Impact

LEAST = (Impact.DEGRADED, Impact.PARTIAL, Impact.MAJOR)
"""How bad it may have to be; None means that everything is told, maintenance too."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be told of."""

    codes: tuple[str, ...] = ()
    """Components; none means everything."""
    least_impact: Impact | None = None
    incident: str = ""
    """The code of the one incident; empty means all that come."""


def sign_up(
    address: str,
    *,
    codes: Iterable[str] = (),
    channel: Channel = Channel.EMAIL,
    wish: Wish | None = None,
    consent: str = "",
    network: str = "",
    owner_address: str = "",
) -> None:
    """Ask an address whether it wants to be told, of everything or of what was wished.

    Raise Rejected for what is no address. Otherwise the caller learns nothing about it: whether
    it is new, asked before, subscribed or wants nothing from us, and whether a message goes out.
    """
    if channel not in addresses.offered():
        raise Rejected(form=N_("This way of being told is not offered here."))
    known = addresses.canonical(channel, address)
    wanted = wish or Wish(tuple(codes))
    asked_from = tokens.fingerprint(f"network:{network}") if network else ""
    owner = canonical(owner_address) if owner_address and channel is not Channel.EMAIL else ""
    for last in (False, True):
        try:
            _sign_up(known, channel, wanted, consent, asked_from, owner)
            return
        except IntegrityError:  # somebody signed the same address up at the same moment
            if last:
                raise


def _sign_up(
    address: str, channel: Channel, wish: Wish, consent: str, asked_from: str, owner: str
) -> None:
    with transaction() as session:
        if suppressions.holds(channel, address):
            return
        subscriber = _by_address(address, channel)
        if subscriber is None:
            subscriber = Subscriber(address=address, channel=channel)
            session.add(subscriber)
        if subscriber.confirmed_at is None:
            _choose(subscriber, wish)
            subscriber.consent, subscriber.signed_up_from = consent, asked_from
            if channel is Channel.WEBHOOK and not subscriber.secret:
                subscriber.secret = tokens.new_signing_secret()
        session.flush()
        if questions.ask(subscriber) and subscriber.confirmed_at is None:
            # The question names the owner: who answers it agrees to that one, and to no later.
            subscriber.owner_address = owner


def canonical(address: str) -> str:
    """The one spelling of a mailbox that we keep; raise Rejected when it is none."""
    return addresses.canonical(Channel.EMAIL, address)


def find(token: str, purpose: Purpose = Purpose.MANAGE) -> Subscriber | None:
    """The subscriber that a link belongs to; None for a wrong link or one who has left."""
    code = tokens.read(purpose, token)
    if code is None:
        return None
    return _by_code(code)


def confirm(token: str, *, consent: str, how: str = "") -> Subscriber | None:
    """Note that the owner of the address wants to be told; a second time changes nothing."""
    with transaction():
        subscriber = find(token, Purpose.CONFIRM)
        if subscriber is not None:
            _confirm(subscriber, consent, how or f"link in the message ({subscriber.channel})")
    return subscriber


def confirm_by_challenge(recipient: str) -> None:
    """Note that an endpoint answered our challenge, as only who runs it can have it do."""
    with transaction():
        subscriber = _by_code(recipient.removeprefix("subscriber:"))
        if subscriber is not None:
            _confirm(subscriber, subscriber.consent, "the endpoint answered our challenge")


def confirm_by_code(address: str, code: str, *, consent: str) -> Subscriber | None:
    """Note that the owner of a number typed the code we texted; None for any other code."""
    try:
        known = addresses.canonical(Channel.SMS, address)
    except Rejected:
        return None
    with transaction():
        subscriber = _by_address(known, Channel.SMS)
        if subscriber is None or not numbers.proves(subscriber, code):
            return None
        _confirm(subscriber, consent, "code in the text")
        subscriber.secret = ""
    return subscriber


def _confirm(subscriber: Subscriber, consent: str, how: str) -> None:
    if subscriber.confirmed_at is None or subscriber.quarantined_at is not None:
        subscriber.quarantined_at, subscriber.quarantine_reason = None, ""
        # Only who reads the address can confirm.
        suppressions.lift(subscriber.channel, subscriber.address)
        subscriber.confirmed_at = clock.now()
        subscriber.confirmed_how = how
        subscriber.consent = consent


def change(
    token: str, *, everything: bool, codes: Iterable[str], wish: Wish | None = None
) -> Subscriber | None:
    """Choose what to be told of; raise Rejected when nothing is left to be told of."""
    wanted = wish or Wish(tuple(codes))
    if not everything and not _chosen(wanted.codes):
        raise Rejected(components=N_("Choose at least one, or everything."))
    with transaction():
        subscriber = find(token)
        if subscriber is not None:
            _choose(subscriber, wanted, everything=everything)
    return subscriber


def leave(token: str, purpose: Purpose = Purpose.LEAVE) -> bool:
    """Delete the subscriber and cancel what is still owed to it; nothing is handed over after.

    True also when it has left before: only a wrong link is False.
    """
    code = tokens.read(purpose, token)
    if code is None:
        return False
    for departure in flights.departures():
        with transaction():
            subscriber = _by_code(code)
            if subscriber is not None:
                leaving.remove([subscriber.id], reason="left", departure=departure)
    return True


def leave_by_text(number: str) -> bool:
    """Delete the subscriber of a number that answered STOP; whether there was one.

    Strangers cannot have it texted again: START, or a colleague, lets it back.
    """
    try:
        known = addresses.canonical(Channel.SMS, number)
    except Rejected:
        return False
    was_there = False
    for departure in flights.departures():
        with transaction():
            subscriber = _by_address(known, Channel.SMS)
            suppressions.add(Channel.SMS, known, "stopped")
            if subscriber is not None:
                was_there = True
                leaving.remove([subscriber.id], reason="left", departure=departure)
    return was_there


def come_back_by_text(number: str) -> None:
    """Let a number that answered START be asked again."""
    with suppress(Rejected), transaction():
        suppressions.lift(Channel.SMS, addresses.canonical(Channel.SMS, number))


def of_address(address: str) -> list[Subscriber]:
    """Who has this address, by whichever channel."""
    known = Subscriber.address.in_([address.strip(), *addresses.spellings(address).values()])
    return list(db.session.scalars(select(Subscriber).where(known)))


def erase(address: str) -> bool:
    """Delete everything we keep of an address of any channel, its name in the ledger included.

    What stays is a keyed hash, so that no stranger can have us write to it again.
    """
    spellings = addresses.spellings(address)
    known = set(spellings.values())
    was_known = False
    for departure in flights.departures():
        with transaction() as session:
            found = of_address(address)
            known.update(subscriber.address for subscriber in found)
            was_known |= bool(found)
            owned = update(Subscriber).where(Subscriber.owner_address.in_(known))
            session.execute(owned.values(owner_address=""))
            owners.cancel_for(spellings.get(Channel.EMAIL, ""))
            for channel, spelling in spellings.items():
                suppressions.add(channel, spelling, "erased")
            ids = [subscriber.id for subscriber in found]
            if leaving.remove(ids, reason="erased", departure=departure, to=known):
                named = [deliveries.forget_name(spelling) for spelling in known]
                was_known |= any(named)
    return was_known


def offered() -> list[Component]:
    """The components that a subscriber may choose from."""
    return [component for component in components.every() if component.is_public]


def count() -> int:
    """How many addresses are subscribed."""
    confirmed = select(func.count()).where(Subscriber.confirmed_at.is_not(None))
    return db.session.scalar(confirmed) or 0


def _by_address(address: str, channel: Channel) -> Subscriber | None:
    return db.session.scalar(
        select(Subscriber).where(Subscriber.channel == channel, Subscriber.address == address)
    )


def _by_code(code: str) -> Subscriber | None:
    return db.session.scalar(select(Subscriber).where(Subscriber.code == code))


def _chosen(codes: Iterable[str]) -> list[Component]:
    wanted = set(codes)
    return [component for component in offered() if component.code in wanted]


def _choose(subscriber: Subscriber, wish: Wish, *, everything: bool = False) -> None:
    chosen = [] if everything else _chosen(wish.codes)
    incident = status.by_code(wish.incident) if wish.incident else None
    subscriber.everything = not chosen
    subscriber.components = chosen
    subscriber.least_impact = wish.least_impact
    subscriber.incident_id = incident.id if incident and incident.public_updates else None
