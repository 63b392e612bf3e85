"""Who is told nothing more: for a reason that is seen, with a way back."""

from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.worker import Worker
from app.domain import claims, ledger, outbox, quarantine, subscribers, suppressions, tokens
from app.domain.ledger import Sent
from app.domain.quarantine import Rates
from app.domain.tokens import Purpose
from app.models import Account, Announcement, AnnouncementKind, Channel, Delivery, Subscriber
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


def test_an_endpoint_is_held_after_ten_failures_in_a_row(app):
    make_organisation()
    make_subscriber(channel=Channel.WEBHOOK, address="https://hook.example/a")
    failure = DeliveryFailed("the endpoint answered 500", Failure.TEMPORARY)
    for number in range(10):
        assert held() == {}
        make_incident() if number == 0 else None
        with transaction() as session:
            for row in session.scalars(select(Delivery)):
                row.due_at = row.created_at
        work(app, Channel.WEBHOOK, failure)

    assert "failed 10 times" in held()["https://hook.example/a"]


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

    subscribers.purge()

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
