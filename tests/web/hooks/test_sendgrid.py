"""SendGrid's signed events: believed by their signature alone, and noted once."""

import base64
import json
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from app import clock
from app.db import db, transaction
from app.domain import (
    claims,
    deliveries,
    ledger,
    organisation,
    outbox,
    provider_events,
    suppressions,
)
from app.domain.incidents import Words
from app.domain.ledger import Sent
from app.models import Channel, Delivery, DeliveryState, ProviderEvent, Subscriber, Suppression
from app.web.hooks.sendgrid import LARGEST, SIGNATURE, TIMESTAMP
from app.words import Audience
from tests.factories import make_incident, make_organisation, make_subscriber

PRIVATE = ec.generate_private_key(ec.SECP256R1())
DER = PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"sendgrid_event_key": base64.b64encode(DER).decode()})


@pytest.fixture
def mailed(app):
    """A mail that SendGrid took, by the reference that it bears."""
    make_subscriber(address="ada@example.org")
    make_incident()
    outbox.expand()
    [held] = claims.claim("w", 1, channel=Channel.EMAIL)
    ledger.settle([Sent(held, "abc123", "sendgrid")])
    db.session.rollback()
    code = db.session.scalar(select(Delivery)).announcement.code
    return f"{code}.0123456789abcdef"


def tell(client, *events, body=None, moment="1700000000", **headers):
    body = json.dumps(events).encode() if body is None else body
    signature = PRIVATE.sign(moment.encode() + body, ec.ECDSA(SHA256()))
    signed = {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: moment} | headers
    status = client.post("/hooks/sendgrid", data=body, headers=signed).status_code
    db.session.rollback()
    return status


def an_event(kind, reference="", **more):
    values = {
        "event": kind, "email": "ada@example.org", "timestamp": int(time.time()),
        "sg_message_id": "abc123.filter", "reference": reference,
    }  # fmt: skip
    return values | more


def ada():
    return db.session.scalar(select(Subscriber))


def test_what_arrived_is_noted_at_its_delivery(client, mailed):
    status = tell(client, an_event("delivered", mailed))

    assert status == 204
    assert db.session.scalar(select(Delivery)).delivered_at is not None


def test_a_hard_bounce_ends_what_is_sent_to_the_address_and_says_why(client, mailed):
    tell(client, an_event("bounce", mailed, type="bounce", reason="550 5.1.1 nobody"))
    make_incident()
    outbox.expand()

    assert ada().quarantine_reason == "bounced: 550 5.1.1 nobody"
    assert db.session.scalars(select(Delivery.state)).all() == [DeliveryState.FAILED]


def test_a_complaint_is_remembered_by_a_keyed_hash(client, mailed):
    tell(client, an_event("spamreport"))

    assert ada().quarantine_reason == "marked as spam"
    assert "ada" not in db.session.scalar(select(Suppression)).fingerprint


def test_a_complaint_of_who_subscribed_nothing_is_remembered_too(client, mailed):
    tell(client, an_event("spamreport") | {"email": "Owner@example.org"})

    assert suppressions.holds(Channel.EMAIL, "owner@example.org")
    assert ada().quarantined_at is None


def test_soft_bounces_count_by_the_day(client, mailed, monkeypatch):
    for number in range(8):
        tell(client, an_event("bounce", type="blocked", timestamp=number))

    assert ada().failures == 1
    assert ada().quarantined_at is None


def test_told_again_or_in_any_order_it_changes_nothing(client, mailed):
    late = an_event("delivered", mailed, timestamp=1)
    bounce = an_event("bounce", type="blocked", timestamp=2)

    tell(client, bounce, late, bounce)
    tell(client, late, bounce)

    assert db.session.scalar(select(func.count()).select_from(ProviderEvent)) == 2
    assert ada().failures == 1


@pytest.mark.parametrize(
    "headers",
    [
        {SIGNATURE: ""},
        {SIGNATURE: "not base64 ÿ".encode().decode("latin-1")},
        {SIGNATURE: base64.b64encode(b"short").decode()},
        {TIMESTAMP: "1700000001"},
        {TIMESTAMP: ""},
    ],
)
def test_what_is_not_signed_is_refused(client, mailed, headers):
    assert tell(client, an_event("spamreport"), **headers) == 401
    assert ada().quarantined_at is None


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"[1, null]", b"[" * 10_000, b'[{"event": 3}]'])
def test_what_is_signed_and_makes_no_sense_breaks_nothing(client, mailed, body):
    assert tell(client, body=body) in (204, 400)


def test_what_is_too_large_is_not_read(client, mailed):
    assert tell(client, body=b" " * (LARGEST + 1)) == 413


def test_without_a_key_there_is_no_such_address(app, client, monkeypatch):
    without = app.config["ALLCLEAR"].model_copy(update={"sendgrid_event_key": ""})
    monkeypatch.setitem(app.config, "ALLCLEAR", without)

    assert tell(client, an_event("delivered")) == 404


def test_events_are_forgotten_after_a_month(client, mailed, monkeypatch):
    tell(client, an_event("delivered", mailed))
    later = clock.now() + provider_events.KEPT_FOR + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    provider_events.forget_old()

    assert db.session.scalars(select(ProviderEvent)).all() == []


def test_the_ledger_forgets_whom_it_told_a_month_later(mailed, monkeypatch):
    before = deliveries.forget_old_addresses()
    later = clock.now() + deliveries.ADDRESS_KEPT_FOR + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    after = deliveries.forget_old_addresses()

    assert (before, after) == (0, 1)
    assert db.session.scalar(select(Delivery.address)) == ""


def test_the_ledger_forgets_colleagues_a_month_later_and_keeps_them_apart(app, monkeypatch):
    make_organisation()
    with transaction():
        organisation.current().internal_emails = ["ops@example.org", "it@example.org"]
    make_incident(words={Audience.INTERNAL: Words("", "For us")})
    outbox.expand()
    held = claims.claim("w", 5, channel=Channel.EMAIL)
    ledger.settle([Sent(one, "abc123", "smtp") for one in held])
    later = clock.now() + deliveries.ADDRESS_KEPT_FOR + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    forgotten = deliveries.forget_old_addresses()

    db.session.rollback()
    rows = db.session.execute(select(Delivery.recipient, Delivery.address)).all()
    assert forgotten == 2
    assert not any("@" in f"{recipient}{address}" for recipient, address in rows)
    assert len({recipient for recipient, _ in rows if recipient.startswith("internal:")}) == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"reason": "550 no\0body \ud800 here"},
        {"timestamp": float("inf")},
        {"timestamp": 1e300},
        {"timestamp": -1e300},
        {"timestamp": {"a": 1}},
        {"timestamp": None},
        {"reference": "\0"},
        {"sg_message_id": ["\ud800"]},
    ],
)
def test_no_words_of_a_strange_mail_server_have_a_batch_refused(client, mailed, odd):
    strange = an_event("bounce", mailed) | odd
    other = an_event("delivered", mailed, email="\0@example.org") | odd

    assert tell(client, strange, other) == 204
    assert ada().quarantined_at is not None


def test_what_a_mail_server_answered_names_nobody_in_the_ledger(client, mailed):
    reason = "550 5.1.1 <ada@example.org>: Recipient ada@example.org rejected"

    tell(client, an_event("bounce", mailed, reason=reason))

    told = db.session.scalar(select(Delivery)).reason
    assert "550 5.1.1" in told
    assert "ada@example.org" not in told + ada().quarantine_reason
