"""Signing up, confirming, choosing, leaving; and what strangers cannot do with it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import db
from app.domain import (
    claims,
    ledger,
    organisation,
    outbox,
    own_page,
    purging,
    quarantine,
    subscribers,
    suppressions,
    tokens,
)
from app.domain.ledger import Sent
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Account, Announcement, AnnouncementKind, Audit, Channel, Subscriber
from tests.factories import first_component, make_incident, make_organisation, make_subscriber


def questions(kind=AnnouncementKind.CONFIRM):
    return db.session.scalar(
        select(func.count()).select_from(Announcement).where(Announcement.kind == kind)
    )


def only():
    return db.session.scalars(select(Subscriber)).one()


def sign_up_and_token(address="ada@example.org", **chosen):
    subscribers.sign_up(address, **chosen)
    return tokens.make(Purpose.CONFIRM, only().code)


def later(monkeypatch, **span):
    moment = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_signing_up_asks_and_confirming_subscribes(app):
    token = sign_up_and_token()
    before = only().confirmed_at

    subscribers.confirm(token, consent="Mail me.")

    assert before is None
    assert only().confirmed_at is not None
    assert only().consent == "Mail me."
    assert questions() == 1


def test_a_thousand_sign_ups_of_one_address_ask_once(app):
    for number in range(1000):
        subscribers.sign_up("Ada@Example.org" if number % 2 else " ada@example.org\u200b")

    assert questions() == 1
    assert only().address == "ada@example.org"


def test_an_address_is_asked_three_times_at_most(app, monkeypatch):
    for _ in range(6):
        subscribers.sign_up("ada@example.org")
        later(monkeypatch, hours=25)

    assert questions() == 3


def test_who_is_subscribed_is_told_so_at_most_once_a_day(app, monkeypatch):
    make_subscriber(address="ada@example.org")

    subscribers.sign_up("ada@example.org")
    subscribers.sign_up("ada@example.org")
    later(monkeypatch, hours=25)
    subscribers.sign_up("ada@example.org")

    assert questions() == 0
    assert questions(AnnouncementKind.ALREADY) == 2


def test_a_stranger_cannot_change_what_a_subscriber_chose(app):
    make_organisation()
    make_subscriber(address="ada@example.org")

    subscribers.sign_up("ada@example.org", codes=[first_component().code])

    assert only().everything


def test_chosen_components_are_kept_and_can_be_changed(app):
    make_organisation()
    component = first_component()
    sign_up_and_token(codes=[component.code])
    manage = tokens.make(Purpose.MANAGE, only().code)
    before = [chosen.id for chosen in only().components]

    subscribers.change(manage, everything=True, codes=[])

    assert before == [component.id]
    assert only().everything
    assert only().components == []
    with pytest.raises(Rejected, match="at least one"):
        subscribers.change(manage, everything=False, codes=["unknown"])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a@b.org\r\nBcc: v@example.org",
        "a b@example.org",
        "ä@example.org",
        "x" * 65 + "@example.org",
        "a@" + "b" * 300 + ".org",
        "a@[127.0.0.1]",
        "\ud800@example.org",
    ],
)
def test_what_is_no_address_is_refused_beside_the_field(app, address):
    with pytest.raises(Rejected) as rejected:
        subscribers.sign_up(address)

    assert list(rejected.value.errors) == ["address"]
    assert db.session.scalars(select(Subscriber)).all() == []


def test_an_international_domain_has_one_spelling(app):
    subscribers.sign_up("ada@bücher.example.org")
    subscribers.sign_up("ada@BÜCHER.example.org")
    subscribers.sign_up("ada@xn--bcher-kva.example.org")

    assert only().address == "ada@xn--bcher-kva.example.org"


@pytest.mark.parametrize(
    "token", ["", ".", "x", "x.y", "é.é", "a" * 5000, "code.\ud800", "../../etc", "a.b.c", "\x00.x"]
)
def test_a_malformed_token_finds_nobody(app, token):
    assert subscribers.find(token) is None
    assert subscribers.confirm(token, consent="") is None
    assert subscribers.change(token, everything=True, codes=[]) is None
    assert subscribers.leave(token) is False


def test_a_token_is_good_for_its_own_purpose_only(app):
    subscriber = make_subscriber()
    for purpose in Purpose:
        token = tokens.make(purpose, subscriber.code)
        good_for = [other for other in Purpose if subscribers.find(token, other)]
        assert good_for == [purpose]


def test_a_token_of_another_key_is_worth_nothing(app):
    token = tokens.make(Purpose.MANAGE, make_subscriber().code, key="another")

    assert subscribers.find(token) is None


def test_leaving_twice_is_as_good_as_once(app):
    token = tokens.make(Purpose.LEAVE, make_subscriber().code)

    assert subscribers.leave(token)
    assert subscribers.leave(token)
    assert db.session.scalars(select(Subscriber)).all() == []


def all_that_is_kept():
    """Every value of every table, as text."""
    db.session.rollback()
    tables = db.metadata.sorted_tables
    return " ".join(str(row) for table in tables for row in db.session.execute(table.select()))


@pytest.mark.parametrize(
    ("channel", "address", "typed"),
    [
        (Channel.EMAIL, "grace@example.org", "GRACE@example.org"),
        (Channel.SMS, "+447400123456", "+44 7400 123456"),
        (Channel.WEBHOOK, "https://hooks.example.org/secret", "https://hooks.example.org/secret"),
        (Channel.SLACK, "https://hooks.slack.com/services/T/B/x", None),
        (Channel.TEAMS, "https://x.webhook.office.com/webhookb2/y", None),
    ],
)
def test_erasing_leaves_no_address_behind(app, channel, address, typed):
    make_subscriber(address=address, channel=channel, owner_address="eve@example.org")
    make_incident()
    while outbox.expand():
        pass
    for held in claims.claim("w", 9, channel=channel):
        mailbox = address if channel is Channel.EMAIL else ""
        ledger.postpone(held, f"550 5.1.1 <{mailbox}>: {mailbox} is unknown")

    assert address in all_that_is_kept()
    assert subscribers.erase(typed or address)

    assert address not in all_that_is_kept()
    assert not subscribers.erase(address)
    subscribers.erase("eve@example.org")
    assert "eve@example.org" not in all_that_is_kept()


def test_erasing_a_colleague_takes_the_name_out_of_what_was_sent(app):
    make_organisation()
    organisation.current().internal_emails = ["grace@example.org", "ben@example.org"]
    db.session.commit()
    outbox.try_channel(Channel.EMAIL)
    while outbox.expand():
        pass
    for held in claims.claim("w", 9, channel=Channel.EMAIL):
        ledger.settle([Sent(held, f"250 taken for <{held.address}>")])
    organisation.current().internal_emails = []
    db.session.commit()

    assert subscribers.erase("grace@example.org")

    assert "grace@example.org" not in all_that_is_kept()
    assert "ben@example.org" in all_that_is_kept()


def test_an_address_that_wants_nothing_is_asked_nothing_by_strangers(app):
    subscriber = make_subscriber(address="ada@example.org")
    quarantine.complained(subscriber)
    subscribers.sign_up("Ada@example.org")
    while_held = questions()

    subscribers.leave(tokens.make(Purpose.LEAVE, subscriber.code))
    subscribers.sign_up("ada@example.org")

    assert (while_held, questions()) == (0, 0)
    assert db.session.scalars(select(Subscriber)).all() == []


def test_who_was_erased_is_asked_nothing_until_a_colleague_lets_it_back(app):
    ada = db.session.get_one(Account, make_organisation().id)
    subscribers.erase("ada@example.org")
    subscribers.sign_up("ada@example.org")
    before = questions()

    assert suppressions.let_back("Ada@Example.org", by=ada)
    assert not suppressions.let_back("ada@example.org", by=ada)
    subscribers.sign_up("ada@example.org")

    assert (before, questions()) == (0, 1)
    assert "example.org" not in str(db.session.scalars(select(Audit.details)).all())


def test_the_way_back_leads_over_its_own_page_and_a_fresh_confirmation(app):
    subscriber = make_subscriber(address="ada@example.org")
    quarantine.complained(subscriber)

    own_page.come_back(tokens.make(Purpose.MANAGE, subscriber.code))
    with pytest.raises(Rejected):
        own_page.come_back(tokens.make(Purpose.MANAGE, subscriber.code))
    asked, still_held = questions(), subscriber.quarantined_at
    subscribers.confirm(tokens.make(Purpose.CONFIRM, subscriber.code), consent="yes")

    assert asked == 1
    assert still_held is not None
    assert only().quarantined_at is None
    assert not suppressions.holds(Channel.EMAIL, "ada@example.org")


def test_sign_ups_that_nobody_confirms_are_deleted_after_a_week(app, monkeypatch):
    make_subscriber(address="kept@example.org")
    subscribers.sign_up("stranger@example.org")

    later(monkeypatch, days=6)
    early = purging.purge()
    later(monkeypatch, days=2)
    late = purging.purge()

    assert (early, late) == (0, 1)
    assert only().address == "kept@example.org"
