"""Who is told nothing more: for a reason that is seen, with a way back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.db import db, transaction
from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.letters import Letters
from app.delivery.worker import Worker
from app.domain import (
    claims,
    ledger,
    outbox,
    own_page,
    purging,
    quarantine,
    subscribers,
    suppressions,
    tokens,
)
from app.domain.ledger import Sent, Tried
from app.domain.quarantine import Rates
from app.domain.tokens import Purpose
from app.models import (
    Account,
    Announcement,
    AnnouncementKind,
    Attempt,
    Channel,
    Delivery,
    Subscriber,
)
from tests.factories import make_incident, make_organisation, make_subscriber


def held():
    db.session.rollback()
    return {one.address: one.quarantine_reason for one in quarantine.held()}


class Refusing:
    def __init__(self, failure):
        self.failure = failure

    def send(self, _post):
        raise self.failure

    def close(self):
        pass


def work(app, kind, failure):
    worker = Worker(app, {kind: Refusing(failure)})
    while worker.work():
        pass
    worker.close()
    db.session.rollback()


def test_a_mailbox_that_does_not_exist_is_held_at_once(app):
    make_subscriber(address="nobody@example.org")
    make_incident()

    work(app, Channel.EMAIL, DeliveryFailed("550 5.1.1 no such mailbox", Failure.PERMANENT))

    assert held() == {"nobody@example.org": "bounced: 550 5.1.1 no such mailbox"}


@pytest.mark.parametrize(
    ("reason", "is_nobody"),
    [
        ("550 5.1.1 <ada@example.org>: unknown in relay recipient table", True),
        ("550 5.1.2 no such domain", True),
        ("550 5.1.10 recipient not found", True),
        ("550 no such user here", True),
        ("550 5.0.0 user unknown", True),
        ("550 5.1.8 <status@example.org>: Sender address rejected: Domain not found", False),
        ("550 5.1.7 <status@example.org>: no such user", False),
        ("550 5.7.1 Service unavailable; Client host [5.1.1.9] blocked", False),
        ("550 5.7.60 this user does not exist as a sender", False),
        ("550 sender domain does not exist", False),
        ("550 refused by 5.1.1.9", False),
    ],
)
def test_a_mailbox_is_held_for_what_is_said_of_it_and_not_of_the_sender(reason, is_nobody):
    assert quarantine.says_nobody(reason) is is_nobody


def test_a_mail_that_is_refused_for_what_it_says_holds_nobody(app):
    make_subscriber(address="ada@example.org")
    make_incident()

    work(app, Channel.EMAIL, DeliveryFailed("554 5.7.1 looks like spam", Failure.PERMANENT))

    assert held() == {}


def test_what_is_owed_to_who_is_held_is_not_sent(app):
    subscriber = make_subscriber()
    make_incident()
    outbox.expand()
    [claim] = claims.claim("w", 1, channel=Channel.EMAIL)

    quarantine.hold([subscriber.id], "a reason")

    assert not claims.is_wanted(claim)
    assert "a reason" in db.session.scalar(select(Delivery.reason))


def test_soft_bounces_of_five_days_hold_an_address_and_an_arrival_forgives(app, monkeypatch):
    subscriber = make_subscriber()
    began = clock.now()

    def bounce_on(*days):
        for day in days:
            monkeypatch.setattr(clock, "now", lambda day=day: began + timedelta(days=day))
            quarantine.bounced_softly(subscriber)

    bounce_on(0, 1, 2, 3)
    quarantine.arrived([subscriber.id])
    bounce_on(4, 5, 6, 7)
    before = held()
    bounce_on(8)

    assert before == {}
    assert held() == {subscriber.address: "bounced on 5 days"}


HOOK = "https://hook.example/a"


def make_hook(**changes):
    """A webhook that is owed something."""
    values = {"channel": Channel.WEBHOOK, "address": HOOK, "owner_address": "ops@example.org"}
    hook = make_subscriber(**(values | changes))
    make_incident()
    while outbox.expand():
        pass
    return hook


def fail(minutes, monkeypatch, began=None):
    """Have every try fail that is made after so many minutes."""
    began = began or clock.now()
    for after in minutes:
        now = began + timedelta(minutes=after)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        for claim in a_claim():
            ledger.postpone(claim, Tried("the webhook answered 500", transport="webhook"))
            quarantine.endpoint_failed(claim, "the webhook answered 500")
    return began


def a_claim():
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=Delivery.created_at, attempts=0))
    return claims.claim("w", 1, channel=Channel.WEBHOOK)


def test_an_endpoint_is_held_after_ten_failures_within_an_hour(app, monkeypatch):
    make_hook()

    began = fail(range(0, 54, 6), monkeypatch)
    before = held()
    fail([59], monkeypatch, began)

    assert before == {}
    assert held() == {HOOK: "failed 10 times within an hour: the webhook answered 500"}


def test_ten_failures_over_more_than_an_hour_hold_it_only_once_it_is_dead(app, monkeypatch):
    make_hook()

    began = fail(range(0, 230, 10), monkeypatch)
    before = held()
    fail([245], monkeypatch, began)

    assert before == {}
    assert "took nothing for hours" in held()[HOOK]


def test_what_an_endpoint_takes_begins_the_count_anew(app, monkeypatch):
    hook = make_hook()

    began = fail(range(9), monkeypatch)
    quarantine.arrived([hook.id])
    fail(range(9, 18), monkeypatch, began)

    assert held() == {}


def test_a_fault_of_ours_is_no_failure_of_an_endpoint(app, monkeypatch):
    make_hook()
    began = fail(range(9), monkeypatch)
    with transaction() as session:
        session.execute(update(Attempt).values(transport=""))

    fail([9], monkeypatch, began)

    assert held() == {}


def test_its_owner_is_mailed_once_with_the_reason_and_the_way_back(app):
    hook = make_hook(language="de")
    quarantine.hold([hook.id], "failed 10 times")
    quarantine.hold([hook.id], "failed again")

    while outbox.expand():
        pass
    [claim] = claims.claim("w", 9, channel=Channel.EMAIL)
    mail = Letters().addressed(claim)

    assert claim.address == mail.to == "ops@example.org"
    assert "an hook.example nichts gesendet: failed 10 times" in " ".join(mail.text.split())
    assert hook.address not in mail.text + mail.html
    assert f"/s/{tokens.make(Purpose.MANAGE, hook.code)}" in mail.text
    assert "neunzig Tagen" in mail.text
    assert db.session.scalar(select(Announcement.rank).where(IS_HELD)) == outbox.RANK_OF_QUESTIONS


IS_HELD = Announcement.kind == AnnouncementKind.HELD


def told_owners():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(IS_HELD))


def test_nobody_is_mailed_for_an_endpoint_without_an_owner_or_for_a_mailbox(app):
    quarantine.hold([make_hook(owner_address="").id], "a reason")
    quarantine.hold([make_subscriber(owner_address="ops@example.org").id], "a reason")

    assert told_owners() == 0


def make_held(address, **changes):
    values = {"channel": Channel.WEBHOOK, "owner_address": "ops@example.org"}
    endpoint = make_subscriber(address=address, **(values | changes))
    quarantine.hold([endpoint.id], "a reason")
    return endpoint


def mailed_owners():
    """Whom the mails to owners that are owed now go to; they go out."""
    while outbox.expand():
        pass
    mails = claims.claim("w", 9, channel=Channel.EMAIL)
    ledger.settle([Sent(mail, "250") for mail in mails])
    db.session.rollback()
    return [mail.address for mail in mails]


def test_who_leaves_and_comes_again_has_an_owner_mailed_no_oftener(app, monkeypatch):
    mailed = []
    for number in range(4):
        endpoint = make_held(f"{HOOK}{number}")
        mailed += mailed_owners()
        subscribers.leave(tokens.make(Purpose.LEAVE, endpoint.code))
    kept = set(db.session.scalars(select(Delivery.address)))
    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    make_held(HOOK)

    assert mailed == ["ops@example.org"]
    assert "ops@example.org" not in kept  # a keyed hash is enough to count
    assert mailed_owners() == ["ops@example.org"]


def test_another_owner_is_not_mailed_in_the_place_of_the_one_who_was_to_be(app):
    endpoint = make_held(HOOK, owner_address="eve@example.org")

    own_page.set_language(
        tokens.make(Purpose.MANAGE, endpoint.code),
        language="",
        time_zone="",
        owner_address="ops@example.org",
    )

    assert mailed_owners() == []


def test_an_owner_whose_mail_was_cancelled_is_mailed_of_the_next(app):
    endpoint = make_held(HOOK)
    while outbox.expand():
        pass
    subscribers.leave(tokens.make(Purpose.LEAVE, endpoint.code))
    make_held(f"{HOOK}2")

    assert mailed_owners() == ["ops@example.org"]


def test_an_owner_who_wants_no_mail_gets_none_and_nobody_gets_many(app):
    for number in range(5):
        address = f"{HOOK}{number}"
        hook = make_subscriber(
            channel=Channel.WEBHOOK, address=address, owner_address="ops@example.org"
        )
        quarantine.hold([hook.id], "a reason")
    many = told_owners()
    subscribers.erase("eve@example.org")
    hook = make_subscriber(channel=Channel.WEBHOOK, address=HOOK, owner_address="eve@example.org")
    quarantine.hold([hook.id], "a reason")

    assert (many, told_owners()) == (1, 1)


def test_a_person_may_release_and_the_owner_by_confirming_anew(app):
    make_organisation()
    one = make_subscriber(address="one@example.org")
    other = make_subscriber(address="other@example.org", asked_times=3)
    quarantine.hold([one.id, other.id], "a reason")
    quarantine.complained(one)

    quarantine.release(one, by=db.session.get(Account, 1))
    subscribers.sign_up("other@example.org")
    asked = db.session.scalar(select(Announcement.kind))
    subscribers.confirm(tokens.make(Purpose.CONFIRM, other.code), consent="yes")

    assert asked is AnnouncementKind.CONFIRM
    assert held() == {}
    assert not suppressions.holds(Channel.EMAIL, "one@example.org")


def test_after_ninety_days_they_are_deleted(app, monkeypatch):
    subscriber = make_subscriber()
    quarantine.hold([subscriber.id], "a reason")
    later = clock.now() + timedelta(days=91)
    monkeypatch.setattr(clock, "now", lambda: later)

    purging.purge()

    assert db.session.scalars(select(Subscriber)).all() == []


def test_rates_alarm_from_four_in_a_hundred_and_complaints_much_sooner():
    assert not Rates(sent=50, bounced=50, complained=50).is_alarming
    assert not Rates(sent=10_000, bounced=400, complained=8).is_alarming
    assert Rates(sent=10_000, bounced=401, complained=0).is_alarming
    assert Rates(sent=10_000, bounced=0, complained=9).is_alarming


def test_what_was_sent_is_counted_for_the_rates(app):
    make_subscriber()
    make_incident()
    outbox.expand()
    ledger.settle([Sent(claims.claim("w", 1, channel=Channel.EMAIL)[0], "250 OK")])

    assert quarantine.rates() == Rates(sent=1, bounced=0, complained=0)
