"""Nothing is handed over after somebody has left, not even by a call that was away by then."""

import os
import signal
import threading

import pytest
from sqlalchemy import func, select, update

from app import clock, delivery, locks
from app.db import db, transaction
from app.delivery import channel
from app.delivery.sendgrid import SendGrid
from app.delivery.worker import Worker
from app.domain import flights, outbox, own_page, subscribers, tokens
from app.domain.flights import Flights
from app.domain.tokens import Purpose
from app.models import Announcement, AnnouncementKind, Channel, Delivery, DeliveryState, Subscriber
from tests.delivery.leaving import LONG, Leaver, Looks
from tests.delivery.sinks import http_sink
from tests.factories import (
    down,
    first_component,
    make_incident,
    make_organisation,
    make_subscriber,
)
from tests.waiting import eventually


@pytest.fixture
def looks(monkeypatch):
    return Looks.patch(monkeypatch)


@pytest.fixture
def calls(app):
    """A sink of calls of three mails each, and the worker that makes them."""
    with http_sink() as (sink, address):
        sink.worker = Worker(app, {Channel.EMAIL: SendGrid("SG.key", address)})
        sink.worker._mails._routes.channels[0].most = 3
        yield sink
        sink.worker.close()


@pytest.fixture
def away(app):
    """A subscriber with a mail in a call of a worker that is away until it lands."""
    made = make_subscriber(address="ada@example.org")
    make_incident()
    assert outbox.expand_for("worker", {Channel.EMAIL})
    made.flights = Flights("worker")
    made.flights.take_off()
    made.leave = leave_of(made)
    db.session.commit()
    yield made
    made.flights.land()


def leave_of(subscriber):
    token = tokens.make(Purpose.LEAVE, subscriber.code)
    return lambda: subscribers.leave(token)


def count_of(app, kind, *which):
    """How many there are, for all to see: other threads write meanwhile."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(kind).where(*which))


def is_subscribed(app, which):
    return count_of(app, Subscriber, Subscriber.id == which) == 1


def work(worker):
    while worker.work():
        pass
    db.session.rollback()


def told(sink):
    return [
        [one["to"][0]["email"].partition("@")[0] for one in body["personalizations"]]
        for *_, body in sink.requests
    ]


def at_call(sink, number, do):
    sink.on_request = lambda: do() if len(sink.requests) == number else None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("b", [["a", "b", "c"], ["d", "e", "f"]]),  # is told by the call that is away
        ("e", [["a", "b", "c"], ["d", "f"]]),  # by the one that is made ready meanwhile
    ],
)
def test_who_leaves_while_a_call_is_away_has_left_when_it_has_ended(
    app, calls, looks, name, expected
):
    people = {each: make_subscriber(address=f"{each}@example.org") for each in "abcdef"}
    make_incident()
    which, leaver = people[name].id, Leaver(app, leave_of(people[name]))
    still_there = []

    def leave_meanwhile():
        assert eventually(lambda: count_of(app, Delivery) == len(people))
        leaver.start()
        looks.wait()
        still_there.append(is_subscribed(app, which))

    at_call(calls, 1, leave_meanwhile)
    work(calls.worker)

    assert leaver.said()
    assert looks.seen[0]
    assert still_there == [True]
    assert not is_subscribed(app, which)
    assert told(calls) == expected


def test_the_worker_settles_and_goes_on_while_people_wait_for_it(app, calls, looks):
    people = [make_subscriber(address=f"{each}@example.org") for each in "abcdef"]
    make_incident()
    leavers = [Leaver(app, leave_of(one)) for one in people[1::3]]  # one of every call

    def all_leave():
        for leaver in leavers:
            leaver.start()
        looks.wait()

    at_call(calls, 2, all_leave)
    work(calls.worker)

    assert all(leaver.said() for leaver in leavers)
    assert told(calls) == [["a", "b", "c"], ["d", "e", "f"]]
    left = select(func.count()).select_from(Subscriber)
    assert db.session.scalar(left) == 4
    states = db.session.scalars(select(Delivery.state)).all()
    assert states == [DeliveryState.SENT] * 6  # because they were


class Hooks:
    """A channel of endpoints that answer when they are let."""

    name = "webhook"

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.answers = {}
        self.sent = []

    def send(self, post):
        self.begun.release()
        assert self.answers[post.recipient].wait(LONG)
        self.sent.append(post.recipient)
        return "200"

    def close(self):
        pass


def test_who_leaves_waits_for_the_call_to_its_own_endpoint_alone(app, looks):
    slow, own = (
        make_subscriber(channel=Channel.WEBHOOK, address=f"https://{name}.example.org/")
        for name in ("slow", "own")
    )
    hooks = Hooks()
    hooks.answers = {f"subscriber:{one.code}": threading.Event() for one in (slow, own)}
    make_incident()
    worker = Worker(app, {Channel.WEBHOOK: hooks})
    leaver, which = Leaver(app, leave_of(own)), own.id
    try:
        worker.work()
        for _ in hooks.answers:
            assert hooks.begun.acquire(timeout=LONG)

        leaver.start()
        looks.wait()
        assert not leaver.is_over
        assert is_subscribed(app, which)
        hooks.answers[f"subscriber:{own.code}"].set()

        assert leaver.said()
        assert hooks.sent == [f"subscriber:{own.code}"]
        assert not is_subscribed(app, which)
    finally:
        for answer in hooks.answers.values():
            answer.set()
        worker.close()


def test_an_endpoint_that_leaves_waits_for_one_request_of_an_event_alone(app, looks):
    make_organisation()
    with http_sink() as (sink, address):
        hook = make_subscriber(
            channel=Channel.WEBHOOK, address=address, secret=tokens.new_signing_secret()
        )
        make_incident(impacts=down(first_component()))
        near = {"webhook_http": True, "webhook_ports": [], "webhook_allow": ["127.0.0.0/8"]}
        channels = delivery.channels(app.config["ALLCLEAR"].model_copy(update=near))
        worker = Worker(app, {Channel.WEBHOOK: channels[Channel.WEBHOOK]})
        leaver, which = Leaver(app, leave_of(hook)), hook.id

        def leave_meanwhile():
            leaver.start()
            looks.wait()

        at_call(sink, 1, leave_meanwhile)
        worker.work()
        worker.close()

        assert leaver.said()
        assert not is_subscribed(app, which)
        assert [list(body) for *_, body in sink.requests] == [["meta", "page", "incident"]]


def test_two_who_leave_at_once_both_wait(app, away, looks):
    which, other = away.id, make_subscriber()
    leavers = [Leaver(app, away.leave).start() for _ in range(2)]
    for _ in leavers:
        looks.wait()

    assert leave_of(other)()  # whom no call is away to
    assert not any(leaver.is_over for leaver in leavers)
    assert is_subscribed(app, which)
    away.flights.land()

    assert all(leaver.said() for leaver in leavers)
    assert not is_subscribed(app, which)


def test_who_is_erased_or_pauses_is_waited_for_as_well(app, away, looks):
    manage = tokens.make(Purpose.MANAGE, away.code)
    leavers = [
        Leaver(app, lambda: subscribers.erase("ada@example.org")).start(),
        Leaver(app, lambda: own_page.pause(manage, paused=True) or True).start(),
    ]
    for _ in leavers:
        looks.wait()
    db.session.rollback()

    assert not any(leaver.is_over for leaver in leavers)
    assert db.session.scalars(select(Delivery.address)).one() == "ada@example.org"
    assert away.paused_at  # whatever ends us now, it is told nothing more
    away.flights.land()

    assert all(leaver.said() for leaver in leavers)
    db.session.rollback()
    assert db.session.scalars(select(Delivery.address)).one() == ""


def test_a_mail_to_the_owner_of_an_endpoint_is_waited_for_when_it_is_erased(app, looks):
    make_organisation()
    hook = make_subscriber(
        channel=Channel.WEBHOOK, address="https://x.example.org/", owner_address="eve@example.org"
    )
    with transaction() as session:
        told = Announcement(kind=AnnouncementKind.HELD, channel=Channel.EMAIL)
        told.subscriber_id = hook.id
        session.add(told)
    outbox.expand()
    with transaction() as session:
        [delivery] = session.scalars(select(Delivery))
        delivery.claimed_by, delivery.lease_until = "worker", clock.now() + clock.timedelta(60)
    mails = Flights("worker")
    mails.take_off()
    leaver = Leaver(app, lambda: subscribers.erase("eve@example.org")).start()
    looks.wait()
    assert not leaver.is_over
    mails.land()

    assert leaver.said()


def test_what_was_written_meanwhile_is_waited_for_too(app, away, monkeypatch):
    other, look, found = Flights("other"), locks.taken, []

    def write_meanwhile(keys):
        seen = look(keys)
        if seen and not found:
            with transaction() as session:  # as for one who had not read yet that it is paused
                session.execute(update(Subscriber).values(paused_at=None))
            make_incident(title="Another")
            outbox.expand_for("other", {Channel.EMAIL})
            other.take_off()
            away.flights.land()
        elif seen:
            other.land()
        found.extend(seen)
        return seen

    monkeypatch.setattr(locks, "taken", write_meanwhile)

    assert away.leave()
    assert len(found) == 2
    states = db.session.scalars(select(Delivery.state)).all()
    assert states == [DeliveryState.CANCELLED] * 2


def test_a_worker_that_died_holds_nobody_up(app, away, looks):
    away.flights.land()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with app.app_context():
                db.engine.dispose(close=False)  # our parent's connections are not ours
                Flights("worker").take_off()
                os.write(writing, b"!")
                signal.pause()
        finally:
            os._exit(1)
    assert os.read(reading, 1) == b"!"
    leaver = Leaver(app, away.leave).start()
    looks.wait()
    assert looks.seen[0]
    assert not leaver.is_over

    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert leaver.said()
    os.close(reading)
    os.close(writing)


def test_a_call_that_never_ends_keeps_nobody(app, away, monkeypatch):
    monkeypatch.setattr(flights, "PATIENCE", 0.05)
    which = away.id

    assert Leaver(app, away.leave).start().said()

    assert not is_subscribed(app, which)


def test_those_who_wait_do_not_take_every_thread(app, away, looks, monkeypatch):
    monkeypatch.setattr(flights, "_seats", threading.Semaphore(1))
    first = Leaver(app, away.leave).start()
    looks.wait()

    assert away.leave()  # at once
    assert not first.is_over
    away.flights.land()
    assert first.said()


def test_whoever_leaves_is_more_patient_than_the_longest_call():
    assert flights.PATIENCE > channel.DEADLINE * 2


def test_nobody_leaves_in_a_transaction_of_others(app, away):
    with transaction(), pytest.raises(RuntimeError):
        away.leave()


def test_a_lock_is_seen_by_others_until_it_is_free(app):
    one, other = Flights("one"), Flights("other")
    keys = {key for worker in (one, other) for key in worker._keys}
    assert locks.taken(keys) == set()

    one.take_off()
    other.take_off()
    with one.carrying(7):
        assert len(locks.taken(keys)) == 2
        assert len(locks.taken({locks.key("delivery 7")})) == 1
        one.take_off(every=60)
        assert locks.taken(keys) == {one._keys[0], other._keys[0]}
        one.take_off()
        assert locks.taken(keys) == {one._keys[1], other._keys[0]}
        one.land()
        assert locks.taken(keys) == {other._keys[0]}
    other.land()

    assert locks.taken(keys | {locks.key("delivery 7")}) == set()


class Broken:
    def free(self, key):
        raise OSError("the connection is gone")

    def close(self):
        pass


def test_a_lock_that_broke_stops_no_news(app):
    one, key = Flights("one"), locks.key("delivery 7")

    with one.carrying(7), one.carrying(8):
        one._locks.close()
        one._locks = Broken()

    with one.carrying(7):
        assert locks.taken({key}) == {key}
    assert locks.taken({key}) == set()
