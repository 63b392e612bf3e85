"""Nobody gets an update before an earlier one, however many lie between them."""

import pytest
from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.domain import claims, deliveries, ledger, outbox
from app.domain.ledger import Sent
from app.errors import Rejected
from app.models import Account, Announcement, Channel, Delivery
from app.words import Stage
from tests.factories import make_incident, make_organisation, make_subscriber, post


@pytest.fixture(autouse=True)
def _organisation(app):
    make_organisation()


def expand():
    while outbox.expand():
        pass


def take(worker, channel=Channel.EMAIL):
    expand()
    return claims.claim(worker, 5, channel=channel)


def deliver(claimed):
    ledger.settle([Sent(one, "250") for one in claimed])


def states():
    db.session.rollback()
    found = db.session.scalars(select(Delivery.state).order_by(Delivery.id))
    return [state.value for state in found]


def test_a_text_that_an_update_without_texts_follows_goes_before_the_last_one():
    make_subscriber(address="+447700900123", channel=Channel.SMS)
    incident = make_incident()
    [opened] = take("one", Channel.SMS)

    post(incident)  # nobody gets a text of this
    post(incident, stage=Stage.RESOLVED)

    assert take("two", Channel.SMS) == []
    ledger.postpone(opened, "Twilio answered 500")
    [resolved] = take("two", Channel.SMS)
    assert resolved.announcement_id > opened.announcement_id + 1
    assert states() == ["superseded", "owed"]


def test_what_a_worker_holds_is_waited_for_by_all_that_follow():
    make_subscriber()
    incident = make_incident()
    [first] = take("slow")
    post(incident)
    expand()
    post(incident)

    assert take("fast") == []
    ledger.postpone(first, "451 come back later")
    [third] = take("fast")

    assert states() == ["superseded", "superseded", "owed"]
    assert third.since_id == first.announcement_id  # one mail tells all three


def test_what_a_worker_holds_may_arrive_and_the_rest_comes_together():
    make_subscriber()
    incident = make_incident()
    held = take("slow")
    post(incident)
    expand()
    post(incident)
    expand()
    deliver(held)

    [third] = take("fast")

    assert states() == ["sent", "superseded", "owed"]
    assert third.since_id == held[0].announcement_id + 1


def test_pages_are_not_handed_out_past_what_is_owed_of_any_earlier_update():
    make_subscriber(address="ada@example.org")
    incident = make_incident()
    take("slow")
    late = make_subscriber(address="ben@example.org", everything=False)
    post(incident)
    expand()
    db.session.delete(db.session.merge(late))
    db.session.commit()
    post(incident)

    assert outbox.expand_for("direct", {Channel.EMAIL}) == []  # it stands in the queue, and waits
    assert claims.claim("fast", 5, channel=Channel.EMAIL) == []


def test_what_failed_is_not_tried_again_once_a_much_later_update_is_owed():
    make_subscriber()
    incident = make_incident()
    [first] = take("worker")
    ledger.fail(first, "550 no")
    for _ in range(2):
        post(incident)
        expand()

    with pytest.raises(Rejected, match="A later update"):
        deliveries.try_again(db.session.get(Delivery, first.id), by=db.session.get(Account, 1))


def test_what_a_process_of_an_earlier_version_posts_is_kept_in_order():
    make_subscriber()
    incident = make_incident()
    take("slow")
    post(incident)
    with transaction() as session:  # that version names no incident
        newest = session.scalars(select(Announcement).order_by(Announcement.id.desc())).first()
        newest.incident_id = None

    assert take("fast") == []


def test_what_was_sent_before_it_was_overtaken_counts_as_sent():
    make_subscriber()
    incident = make_incident()
    cut_off = take("slow")
    with clock.pretend(clock.now() + claims.LEASE + clock.timedelta(seconds=1)):
        post(incident)
        expand()
        deliver(cut_off)

        assert states() == ["sent", "owed"]
