"""What is owed: expanded page by page, leased, settled, and never lost."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app import clock
from app.db import db, transaction
from app.domain import (
    claims,
    deliveries,
    ledger,
    organisation,
    outbox,
    own_page,
    progress,
    quarantine,
    subscribers,
    tokens,
)
from app.domain.incidents import Words
from app.domain.ledger import Sent, Tried
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Account, Announcement, Channel, Delivery, DeliveryState, Subscriber
from app.words import Audience, Stage
from tests.factories import (
    down,
    first_component,
    make_component,
    make_incident,
    make_organisation,
    make_subscriber,
    post,
)

EMAIL = Channel.EMAIL


def expand_all(page=outbox.PAGE):
    while outbox.expand(page):
        pass


def owed_to():
    return sorted(db.session.scalars(select(Delivery.address)))


def claim(worker="w1", limit=100):
    return claims.claim(worker, limit, channel=EMAIL)


def states():
    db.session.commit()
    return sorted(state.value for state in db.session.scalars(select(Delivery.state)))


def later(monkeypatch, **span):
    moment = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_an_update_is_owed_to_confirmed_subscribers_only(app):
    make_subscriber(address="ada@example.org")
    make_subscriber(address="bob@example.org", confirmed_at=None)

    make_incident()
    make_subscriber(address="late@example.org")
    expand_all()

    assert owed_to() == ["ada@example.org"]


def test_who_chose_components_is_told_of_incidents_that_name_them(app):
    make_organisation()
    mine, other = first_component(), make_component()
    make_subscriber(address="all@example.org")
    make_subscriber(address="mine@example.org", everything=False, components=[mine])
    make_subscriber(address="other@example.org", everything=False, components=[other])

    incident = make_incident(impacts=down(mine))
    post(incident, stage=Stage.RESOLVED)
    expand_all()

    both = db.session.scalars(select(Announcement)).all()
    assert len(both) == 2
    assert owed_to() == ["all@example.org"] * 2 + ["mine@example.org"] * 2


def test_a_component_named_only_later_is_told_of_from_then_on(app):
    make_organisation()
    component = first_component()
    make_subscriber(address="mine@example.org", everything=False, components=[component])

    incident = make_incident()
    post(incident, impacts=down(component))
    expand_all()

    assert owed_to() == ["mine@example.org"]


def test_expanding_goes_on_where_it_stopped(app):
    for _ in range(5):
        make_subscriber()
    make_incident()

    outbox.expand(2)
    outbox.expand(2)
    after_two = len(owed_to())
    expand_all(2)

    assert after_two == 4
    assert len(owed_to()) == len(set(owed_to())) == 5
    assert db.session.scalar(select(Announcement)).expanded_at is not None


def test_colleagues_are_told_in_slack_and_by_mail(app):
    make_organisation()
    with transaction():
        organisation.current().slack_webhook = "https://hooks.slack.com/services/x"
        organisation.current().internal_emails = ["ops@example.org", "boss@example.org"]

    make_incident(words={Audience.INTERNAL: Words("", "For us")})
    expand_all()

    assert owed_to() == ["", "boss@example.org", "ops@example.org"]
    assert len(claims.claim("w", 10, channel=Channel.SLACK)) == 1


def test_posting_costs_the_same_however_many_subscribers_there_are(app):
    make_organisation()

    def statements_of(action):
        seen = []

        def note(*args):
            seen.append(args[2])

        db.session.remove()
        event.listen(db.engine, "before_cursor_execute", note)
        action()
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    make_incident()  # the first of a month touches the months beside it as well
    few = statements_of(make_incident)
    for _ in range(30):
        make_subscriber()
    many = statements_of(make_incident)

    assert few == many


def test_two_workers_never_hold_the_same_delivery(app):
    for _ in range(40):
        make_subscriber()
    make_incident()
    expand_all()
    held = []
    start = threading.Barrier(4)

    def work(name):
        with app.app_context():
            start.wait()
            while batch := claims.claim(name, 3, channel=EMAIL):
                held.extend(one.id for one in batch)
            db.session.remove()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(held) == len(set(held)) == 40


def test_a_claim_of_a_worker_that_died_comes_back_when_the_lease_ends(app, monkeypatch):
    make_subscriber()
    make_incident()
    expand_all()

    [held] = claim("died")
    assert claim("other") == []
    later(monkeypatch, seconds=claims.LEASE.seconds + 1)
    [taken] = claim("other")
    ledger.settle([Sent(held, "too late")])
    before = states()
    ledger.settle([Sent(taken, "250 OK")])

    assert taken.id == held.id
    assert before == ["owed"]
    assert states() == ["sent"]


def test_a_postponed_delivery_waits_longer_each_time_and_is_given_up(app, monkeypatch):
    make_subscriber()
    make_incident()
    expand_all()
    began = clock.now()
    waits = []

    while batch := claim():
        ledger.postpone(batch[0], "450 try later")
        db.session.commit()
        row = db.session.scalar(select(Delivery))
        waits.append(row.due_at - clock.now())
        monkeypatch.setattr(clock, "now", lambda at=row.due_at: at)

    db.session.commit()
    row = db.session.scalar(select(Delivery))
    assert row.state is DeliveryState.FAILED
    assert row.reason == "450 try later"
    assert clock.now() - began >= timedelta(hours=4)
    assert waits[0] < waits[3] < waits[6]


def test_what_a_provider_asks_us_to_wait_is_waited(app):
    make_subscriber()
    make_incident()
    expand_all()

    ledger.postpone(claim()[0], Tried("429", pause=timedelta(hours=2)))

    db.session.commit()
    assert db.session.scalar(select(Delivery)).due_at > clock.now() + timedelta(minutes=119)


def test_handing_back_counts_no_attempt(app):
    make_subscriber()
    make_incident()
    expand_all()

    ledger.hand_back(claim("w1"))
    [again] = claim("w2")

    assert again.attempts == 0


def test_nobody_gets_an_update_before_the_earlier_one_is_settled(app):
    make_subscriber(address="ada@example.org")
    make_subscriber(address="bob@example.org")
    incident = make_incident()
    expand_all()

    first = claim()  # and while it is on its way, the next one is posted
    post(incident)
    expand_all()
    too_early = claim("w2")
    ledger.settle([Sent(held, "") for held in first])
    second = claim("w2")

    assert too_early == []
    assert [held.address for held in second] == ["ada@example.org", "bob@example.org"]
    assert {held.announcement_id for held in second} == {first[0].announcement_id + 1}


def test_who_is_still_owed_an_update_gets_it_with_the_next_one(app):
    make_subscriber(address="ada@example.org")
    incident = make_incident()
    post(incident)
    post(incident)
    expand_all()

    [held] = claim()

    first = db.session.scalar(select(Announcement.id).order_by(Announcement.id))
    assert states() == ["owed", "superseded", "superseded"]
    assert (held.since_id, held.announcement_id) == (first, first + 2)


def test_a_late_update_is_left_out_when_the_setting_says_so(app):
    make_subscriber(address="ada@example.org")
    incident = make_incident()
    with transaction():
        organisation.current().late_updates = "supersede"
    post(incident)
    expand_all()

    [held] = claim()

    assert states() == ["owed", "superseded"]
    assert held.since_id is None


def test_an_update_that_could_not_be_sent_goes_out_with_the_next_one(app):
    make_subscriber(address="ada@example.org")
    incident = make_incident()
    expand_all()
    first = claim()
    post(incident)
    expand_all()

    ledger.postpone(first, "450 try later")
    [held] = claim()

    assert states() == ["owed", "superseded"]
    assert held.since_id == first[0].announcement_id


def test_updates_go_before_what_strangers_can_cause(app):
    make_subscriber(address="ada@example.org")
    make_organisation()
    subscribers.sign_up("stranger@example.org")
    make_incident()
    expand_all()

    assert [held.address for held in claim()] == ["ada@example.org", "stranger@example.org"]


def test_what_a_dead_worker_had_sent_is_not_sent_again(app):
    for _ in range(3):
        make_subscriber()
    make_incident()
    expand_all()
    sent, begun, untouched = claim("dead")

    ledger.recover("dead", sent={sent.id: "250 OK"}, begun={sent.id, begun.id})

    db.session.commit()
    attempts = {row.id: row.attempts for row in db.session.scalars(select(Delivery))}
    assert states() == ["owed", "owed", "sent"]
    assert attempts == {sent.id: 1, begun.id: 1, untouched.id: 0}
    assert {held.id for held in claim("alive")} == {begun.id, untouched.id}


def test_leaving_cancels_what_is_still_owed(app):
    subscriber = make_subscriber(address="ada@example.org")
    make_incident()
    expand_all()
    [held] = claim()
    token = tokens.make(Purpose.LEAVE, subscriber.code)

    subscribers.leave(token)

    assert not claims.is_wanted(held)
    assert states() == ["cancelled"]
    assert owed_to() == [""]
    assert db.session.scalars(select(Subscriber)).all() == []


def test_a_failed_delivery_can_be_tried_again_once(app):
    make_subscriber()
    make_incident()
    expand_all()
    ledger.fail(claim()[0], "550 no such mailbox")
    by = db.session.get(Account, 1)
    delivery = db.session.scalar(select(Delivery))

    deliveries.try_again(delivery, by=by)

    assert len(claim()) == 1
    with pytest.raises(Rejected, match="failed"):
        deliveries.try_again(delivery, by=by)


def test_an_old_update_is_not_tried_again_after_a_later_one_has_arrived(app):
    make_subscriber()
    incident = make_incident()
    expand_all()
    ledger.fail(claim()[0], "550")
    failed = db.session.scalar(select(Delivery))
    post(incident)
    expand_all()
    ledger.settle([Sent(claim()[0], "250")])

    with pytest.raises(Rejected, match="later update"):
        deliveries.try_again(failed, by=db.session.get(Account, 1))


def test_an_old_update_is_not_tried_again_after_one_still_later_has_arrived(app):
    make_subscriber()
    incident = make_incident()
    expand_all()
    ledger.fail(claim()[0], "550")
    failed = db.session.scalar(select(Delivery))
    post(incident)
    expand_all()
    ledger.fail(claim()[0], "550")
    post(incident)
    expand_all()
    ledger.settle([Sent(claim()[0], "250")])

    with pytest.raises(Rejected, match="later update"):
        deliveries.try_again(failed, by=db.session.get(Account, 1))


@pytest.mark.parametrize(
    ("stop", "why"),
    [
        (quarantine.complained, "quarantine"),
        (lambda one: own_page.pause(tokens.make(Purpose.MANAGE, one.code), paused=True), "paused"),
    ],
)
def test_who_is_told_nothing_more_is_not_tried_again(app, stop, why):
    subscriber = make_subscriber()
    make_incident()
    expand_all()
    ledger.fail(claim()[0], "550")
    failed = db.session.scalar(select(Delivery))
    stop(subscriber)

    with pytest.raises(Rejected, match=why):
        deliveries.try_again(failed, by=db.session.get(Account, 1))

    assert states() == ["failed"]


def test_the_mail_that_leads_out_of_quarantine_can_be_tried_again(app):
    hook = make_subscriber(
        channel=Channel.WEBHOOK, address="https://hook.example", owner_address="ops@example.org"
    )
    make_organisation()
    quarantine.hold([hook.id], "a reason")
    expand_all()
    ledger.fail(claim()[0], "550")

    deliveries.try_again(db.session.scalar(select(Delivery)), by=db.session.get(Account, 1))

    assert [one.address for one in claim()] == ["ops@example.org"]


def test_who_has_left_is_not_tried_again(app):
    subscriber = make_subscriber()
    make_incident()
    expand_all()
    ledger.fail(claim()[0], "550")
    subscribers.leave(tokens.make(Purpose.LEAVE, subscriber.code))
    failed = db.session.scalar(select(Delivery))

    with pytest.raises(Rejected, match="left"):
        deliveries.try_again(failed, by=db.session.get(Account, 1))


def leave(subscriber):
    return subscribers.leave(tokens.make(Purpose.LEAVE, subscriber.code))


def pause(subscriber):
    return own_page.pause(tokens.make(Purpose.MANAGE, subscriber.code), paused=True)


def bounce(subscriber):
    return quarantine.hold([subscriber.id], quarantine.BOUNCED)


@pytest.mark.parametrize("stop", [leave, pause, bounce, quarantine.complained])
def test_who_stops_while_deliveries_are_written_is_sent_none_of_them(app, stop):
    which = make_subscriber(address="reader@example.org").id
    make_incident()
    db.session.remove()
    written, stopped = threading.Event(), threading.Event()

    def wait(_connection, _cursor, statement, *_more):
        if statement.startswith("INSERT INTO delivery"):
            written.set()
            stopped.wait(0.4)  # long enough for the other to come to where it has to wait

    def expand():
        with app.app_context():
            expand_all()

    event.listen(db.engine, "after_cursor_execute", wait)
    expanding = threading.Thread(target=expand)
    expanding.start()
    assert written.wait(10)
    stop(db.session.get(Subscriber, which))
    stopped.set()
    expanding.join(20)

    assert states() == ["cancelled"]
    assert owed_to() == ["" if stop is leave else "reader@example.org"]


def test_progress_counts_every_state(app):
    for _ in range(3):
        make_subscriber()
    make_incident()
    announcement = db.session.scalar(select(Announcement))
    before = progress.of(announcement)
    expand_all()
    one, two, _ = claim()
    ledger.settle([Sent(one, "250")])
    ledger.fail(two, "550")
    db.session.commit()

    after = progress.of(announcement)

    assert not before.is_expanded
    assert (after.owed, after.sent, after.failed, after.everyone) == (1, 1, 1, 3)
    assert after.is_expanded


def test_a_test_message_needs_somebody_to_get_it(app):
    make_organisation()

    with pytest.raises(Rejected, match="webhook"):
        outbox.try_channel(Channel.SLACK, by=db.session.get(Account, 1))
