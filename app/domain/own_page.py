"""What a subscriber does on its own page, beside choosing: pause, languages, secrets, its data."""

from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.domain import (
    addresses,
    deliveries,
    flights,
    owners,
    questions,
    recipients,
    subscribers,
    tokens,
)
from app.errors import Rejected
from app.models import Channel, Delivery, Subscriber
from app.words import LANGUAGES, N_


def pause(token: str, *, paused: bool) -> Subscriber | None:
    """Stop telling it for a while, or go on. What is owed to it when it pauses is cancelled.

    When this returns, nothing more is on its way to it.
    """
    subscriber = None
    for departure in flights.departures():
        with transaction():
            found = subscribers.find(token)
            locked = recipients.locked([found.id]) if found else ()
            subscriber = locked[0] if locked else None
            if subscriber is not None and paused:
                subscriber.paused_at = subscriber.paused_at or clock.now()
                deliveries.cancel_for(subscriber.id, "paused")
                departure.must_wait(Delivery.subscriber_id == subscriber.id)
            elif subscriber is not None:
                subscriber.paused_at = None
    return subscriber


def set_language(
    token: str, *, language: str, time_zone: str, owner_address: str = ""
) -> Subscriber | None:
    """Choose a language and a zone, and whom to mail about trouble; "" is the organisation's."""
    if language and language not in LANGUAGES:
        raise Rejected(language=N_("We do not write in this language."))
    if time_zone and time_zone not in available_timezones():
        raise Rejected(time_zone=N_("There is no such time zone."))
    try:
        owner = addresses.email(owner_address.strip()) if owner_address.strip() else ""
    except Rejected as rejected:
        raise Rejected(owner_address=rejected.errors["address"]) from rejected
    with transaction():
        subscriber = subscribers.find(token)
        if subscriber is not None:
            subscriber.language, subscriber.time_zone = language, time_zone
            if subscriber.channel is not Channel.EMAIL:
                owners.change(subscriber, owner)
    return subscriber


def renew_secret(token: str) -> Subscriber | None:
    """Sign with a new secret; the one before it signs as well until it is dropped."""
    with transaction():
        subscriber = subscribers.find(token)
        if subscriber is not None and subscriber.channel is Channel.WEBHOOK:
            subscriber.earlier_secret = subscriber.secret
            subscriber.secret = tokens.new_signing_secret()
    return subscriber


def drop_earlier_secret(token: str) -> Subscriber | None:
    """Sign with the newest secret alone."""
    with transaction():
        subscriber = subscribers.find(token)
        if subscriber is not None:
            subscriber.earlier_secret = ""
    return subscriber


def try_out(token: str) -> Subscriber | None:
    """Send it a trial; raise Rejected when it had one just now, or by text that day."""
    with transaction():
        subscriber = subscribers.find(token)
        if subscriber is not None and subscriber.confirmed_at is not None:
            if not questions.try_out(subscriber):
                if subscriber.channel is Channel.SMS:
                    raise Rejected(form=N_("A number gets one test in a day. Try it tomorrow."))
                raise Rejected(form=N_("Something was sent just now. Ask for a test in a minute."))
    return subscriber


def come_back(token: str) -> Subscriber | None:
    """Ask who is in quarantine to confirm anew; raise Rejected when it was asked too often."""
    with transaction():
        subscriber = subscribers.find(token)
        if subscriber is not None and subscriber.quarantined_at is not None:
            if not questions.ask_back(subscriber):
                raise Rejected(
                    form=N_("We cannot ask again yet. Look there first, or ask us; else try later.")
                )
    return subscriber


def data(subscriber: Subscriber) -> dict[str, Any]:
    """Everything that we keep of a subscriber, in plain values."""
    sent = db.session.scalars(
        select(Delivery).where(Delivery.subscriber_id == subscriber.id).order_by(Delivery.id)
    )
    return {
        "channel": subscriber.channel.value,
        "address": subscriber.address,
        "everything": subscriber.everything,
        "components": [component.name for component in subscriber.components],
        "least_impact": subscriber.least_impact.value if subscriber.least_impact else None,
        "one_incident": subscriber.incident_id is not None,
        "language": subscriber.language or None,
        "time_zone": subscriber.time_zone or None,
        "owner_address": subscriber.owner_address or None,
        "signed_up_at": _time(subscriber.created_at),
        "signed_up_from": subscriber.signed_up_from or None,
        "confirmed_at": _time(subscriber.confirmed_at),
        "confirmed_how": subscriber.confirmed_how or None,
        "agreed_to": subscriber.consent or None,
        "asked_at": _time(subscriber.asked_at),
        "paused_at": _time(subscriber.paused_at),
        "not_sent_to_since": _time(subscriber.quarantined_at),
        "not_sent_to_because": subscriber.quarantine_reason or None,
        "messages": [
            {
                "state": one.state.value,
                "address": one.address,
                "owed_at": _time(one.created_at),
                "settled_at": _time(one.settled_at),
                "answer": one.provider_id or None,
            }
            for one in sent
        ],
    }


def _time(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
