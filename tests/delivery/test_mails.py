"""Mails in calls: many at once, with an outcome for each, and none after somebody has left."""

import json
import threading
from datetime import timedelta

import jsonschema
import pytest
from sqlalchemy import event, select

from app import clock
from app.db import db, transaction
from app.delivery.channel import Call
from app.delivery.sendgrid import SendGrid
from app.delivery.worker import Worker
from app.domain import organisation, subscribers, tokens, transports
from app.domain.incidents import Words
from app.domain.tokens import Purpose
from app.models import Attempt, Channel, Delivery, DeliveryState, Subscriber
from app.words import Audience
from tests.delivery.sinks import http_sink
from tests.delivery.test_sendgrid import schema_of_send
from tests.factories import make_incident, make_organisation, make_subscriber, post


@pytest.fixture
def sink():
    with http_sink() as (sink, address):
        sink.address = address
        yield sink


@pytest.fixture
def worker(app, sink):
    made = Worker(app, {Channel.EMAIL: SendGrid("SG.key", sink.address)})
    yield made
    made.close()


def work(worker):
    while worker.work():
        pass
    db.session.rollback()


def subscribe(count):
    make_organisation()
    with transaction() as session:
        session.add_all(
            Subscriber(address=f"reader{number}@example.org", confirmed_at=clock.now())
            for number in range(count)
        )


def rows():
    return db.session.scalars(select(Delivery).order_by(Delivery.id)).all()


def people(sink):
    return [
        [one["to"][0]["email"] for one in body["personalizations"]] for *_, body in sink.requests
    ]


def test_a_thousand_go_in_a_call_that_the_specification_allows(worker, sink):
    subscribe(1_050)
    make_incident()

    work(worker)

    bodies = [body for *_, body in sink.requests]
    assert [len(body["personalizations"]) for body in bodies] == [1_000, 50]
    assert len({address for call in people(sink) for address in call}) == 1_050
    assert {(row.state, row.transport, row.provider_id) for row in rows()} == {
        (DeliveryState.SENT, "sendgrid", "abc123")
    }
    jsonschema.validate(bodies[1], schema_of_send())


def test_each_recipient_has_links_of_its_own_and_the_full_headers(worker, sink):
    subscribe(3)
    make_incident()

    work(worker)

    [(_, _, body)] = sink.requests
    [first, *_] = body["personalizations"]
    known = db.session.scalar(
        select(Subscriber).where(Subscriber.address == first["to"][0]["email"])
    )
    leave = tokens.make(Purpose.LEAVE, known.code)
    text = body["content"][0]["value"]
    for mark, value in first["substitutions"].items():
        text = text.replace(mark, value)
    assert leave in first["headers"]["List-Unsubscribe"]
    assert leave in text
    assert set(first["headers"]) == {
        "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "List-Unsubscribe",
        "List-Unsubscribe-Post", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence",
    }  # fmt: skip
    ids = {one["headers"]["Message-ID"] for one in body["personalizations"]}
    assert len(ids) == 3


def test_one_bad_address_is_found_and_the_others_are_told(worker, sink):
    subscribe(5)
    make_incident()
    sink.answer = lambda body: (
        (400, {}, b'{"errors": [{"field": "personalizations.2.to.0.email", "message": "no"}]}')
        if len(body["personalizations"]) > 4
        else None
    )

    work(worker)

    states = [row.state.value for row in rows()]
    assert [len(call) for call in people(sink)] == [5, 4]
    assert states.count("failed") == 1
    assert states.count("sent") == 4
    assert rows()[2].reason == "SendGrid answered 400"


def test_a_refusal_that_names_nobody_is_narrowed_down(worker, sink):
    subscribe(8)
    make_incident()
    bad = "reader5@example.org"
    sink.answer = lambda body: (
        (400, {}, b"") if bad in json.dumps(body["personalizations"]) else None
    )

    work(worker)

    assert [row.address for row in rows() if row.state is DeliveryState.FAILED] == [bad]
    assert len(sink.requests) <= 8


def test_who_leaves_before_the_call_is_not_in_it(worker, sink, app):
    subscribe(4)
    make_incident()
    left = db.session.scalar(select(Subscriber).order_by(Subscriber.id.desc()))
    token, address = tokens.make(Purpose.LEAVE, left.code), left.address
    composed = worker._mails._letters.of

    def leave_meanwhile(claim):
        letter = composed(claim)
        subscribers.leave(token)
        return letter

    worker._mails._letters.of = leave_meanwhile
    work(worker)

    [call] = people(sink)
    assert len(call) == 3
    assert address not in call


def test_a_full_quota_pauses_everybody_and_burns_one_attempt(worker, sink):
    subscribe(5)
    make_incident()
    sink.status, sink.headers = 429, {"Retry-After": "600"}

    work(worker)
    work(worker)

    row = transports.every()["sendgrid"]
    assert len(sink.requests) == 1
    assert timedelta(seconds=590) < row.paused_until - clock.now() <= timedelta(seconds=600)
    assert sorted(one.attempts for one in rows()) == [0, 0, 0, 0, 1]


def test_a_wrong_key_burns_no_attempt_and_one_message_tries_again(worker, sink):
    subscribe(5)
    make_incident()
    sink.status = 401

    work(worker)
    sink.status = 202
    with transaction():
        transports.every()["sendgrid"].paused_until = clock.now()
    work(worker)

    sizes = [len(call) for call in people(sink)]
    assert (sizes[:2], sum(sizes)) == ([5, 1], 10)
    assert {(row.state, row.attempts) for row in rows()} == {(DeliveryState.SENT, 1)}
    assert transports.every()["sendgrid"].paused_since is None


def test_an_answer_that_was_lost_is_asked_for_again_by_the_same_way_alone(app, sink):
    class Second:
        name = "second"
        sent = 0

        def send(self, _mail):
            self.sent += 1
            return "ok"

        def close(self):
            pass

    subscribe(3)
    make_incident()
    second = Second()
    first = SendGrid("SG.key", sink.address, deadline=0.3)
    worker = Worker(app, {Channel.EMAIL: first}, second)
    sink.is_slow = True

    for _ in range(3):
        work(worker)
        with transaction():
            for row in rows():
                row.due_at = row.created_at
            transports.every()["sendgrid"].paused_until = None
    work(worker)
    worker.close()

    outcomes = set(db.session.scalars(select(Attempt.outcome)))
    assert transports.every()["sendgrid"].is_down
    assert outcomes == {"ambiguous"}
    assert {row.transport for row in rows()} == {"sendgrid"}
    assert second.sent == 0


def test_late_updates_are_told_in_one_mail_the_newest_first(worker, sink):
    make_subscriber(address="ada@example.org")
    incident = make_incident(words={Audience.CUSTOMER: Words("One", "The first words.")})
    post(incident, words={Audience.CUSTOMER: Words("Two", "The second words.")})
    sink.status = 503
    worker.work()
    worker.work()
    sink.status = 202
    with transaction():
        transports.every()["sendgrid"].paused_until = clock.now()
        for row in rows():
            row.due_at = row.created_at

    work(worker)

    *_, (_, _, body) = sink.requests
    text = body["content"][0]["value"]
    assert body["subject"] == "Two"
    assert (
        text.index("The second words.") < text.index("Before that") < text.index("The first words.")
    )
    assert [row.state.value for row in rows()] == ["superseded", "sent"]


def test_a_fan_out_costs_statements_by_the_call_not_by_the_recipient(worker, sink):
    organisation.current()
    subscribe(400)
    make_incident()
    seen = []

    def note(*args):
        seen.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    work(worker)
    event.remove(db.engine, "before_cursor_execute", note)

    assert len(rows()) == 400
    assert len(seen) < 90


def test_a_worker_that_is_stopped_waits_for_the_call_on_its_way(app, sink):
    subscribe(5)
    make_incident()
    db.session.remove()
    stop = threading.Event()
    sink.on_request = stop.set
    worker = Worker(app, {Channel.EMAIL: SendGrid("SG.key", sink.address)})

    worker.run(stop)

    assert [len(call) for call in people(sink)] == [5]
    assert {row.state for row in rows()} == {DeliveryState.SENT}


def test_no_transaction_is_open_while_a_call_is_awaited(worker, sink, monkeypatch):
    were_open, result = [], Call.result

    def awaited(call):
        were_open.append(db.session().in_transaction())
        return result(call)

    monkeypatch.setattr(Call, "result", awaited)
    subscribe(3)
    make_incident()
    work(worker)

    assert were_open == [False]
