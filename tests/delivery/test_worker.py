"""The worker: everything owed is handed over, and one bad message stops nobody else's."""

import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy
from importlib import import_module

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from structlog import get_logger
from structlog.testing import capture_logs

from app import clock, delivery
from app.content import email
from app.db import db, transaction
from app.delivery import journal
from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.journal import Journal
from app.delivery.smtp import Smtp
from app.delivery.worker import Worker
from app.domain import ledger, organisation, subscribers, tokens, transports
from app.domain.incidents import Words
from app.domain.tokens import Purpose
from app.models import Channel, Delivery, DeliveryState
from app.words import Audience
from tests.delivery.leaving import Leaver, Looks
from tests.delivery.sinks import smtp_sink
from tests.factories import make_incident, make_organisation, make_subscriber, post


class Recorder:
    """A channel that keeps what it was given, and fails as it is told."""

    def __init__(self):
        self.sent = []
        self.failures = {}
        self.before = lambda post: None

    def send(self, post):
        self.before(post)
        to = getattr(post, "to", "slack")
        if to in self.failures:
            raise self.failures[to]
        self.sent.append(to)
        return "250 OK"

    def close(self):
        pass


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def worker(app, recorder):
    made = Worker(app, {Channel.EMAIL: recorder, Channel.SLACK: recorder})
    yield made
    made.close()


@pytest.fixture
def looks(monkeypatch):
    return Looks.patch(monkeypatch)


def work(worker):
    while worker.work():
        pass
    db.session.rollback()


def by_address():
    return {row.address: row for row in db.session.scalars(select(Delivery))}


def test_colleagues_broken_slack_is_no_trouble_of_subscribers(worker, recorder):
    make_organisation()
    make_subscriber(channel=Channel.SLACK, address="https://hooks.slack.com/services/theirs")
    with transaction():
        organisation.current().slack_webhook = "https://hooks.slack.com/services/ours"
    broken = DeliveryFailed("Slack answered 404", Failure.OURS)

    def only_ours_fails(post):
        if post.recipient == "slack" and recorder.failures:
            raise broken

    recorder.before, recorder.failures = only_ours_fails, {"ours": broken}
    words = {audience: Words("", "We are looking.") for audience in Audience}
    make_incident(words=words)
    work(worker)
    first, paused = list(recorder.sent), transports.troubled()
    make_incident(words=words)
    work(worker)
    second = list(recorder.sent)
    recorder.failures = {}
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=clock.now()))
    work(worker)

    assert (len(first), len(second), len(recorder.sent)) == (1, 2, 4)
    assert [row.name for row in paused] == ["slack"]
    assert transports.troubled() == []


def test_everyone_is_told_once(worker, recorder):
    for number in range(5):
        make_subscriber(address=f"reader{number}@example.org")
    make_incident()

    work(worker)
    work(worker)

    assert sorted(recorder.sent) == [f"reader{number}@example.org" for number in range(5)]
    assert {row.state for row in by_address().values()} == {DeliveryState.SENT}
    assert {row.provider_id for row in by_address().values()} == {"250 OK"}


def test_slack_and_colleagues_are_told(worker, recorder):
    make_organisation()
    with transaction():
        organisation.current().slack_webhook = "https://hooks.slack.com/services/x"
        organisation.current().internal_emails = ["ops@example.org"]
    make_incident(words={Audience.INTERNAL: Words("", "For us")})

    work(worker)

    assert sorted(recorder.sent) == ["ops@example.org", "slack"]


def test_a_refused_recipient_fails_and_the_others_are_told(worker, recorder):
    make_subscriber(address="bad@example.org")
    make_subscriber(address="good@example.org")
    recorder.failures["bad@example.org"] = DeliveryFailed("550 nobody", Failure.PERMANENT)
    make_incident()

    work(worker)

    rows = by_address()
    assert recorder.sent == ["good@example.org"]
    assert rows["bad@example.org"].state is DeliveryState.FAILED
    assert rows["bad@example.org"].reason == "550 nobody"


def test_our_own_fault_pauses_the_channel_and_counts_no_attempt(worker, recorder):
    for name in ("a", "b", "c"):
        make_subscriber(address=f"{name}@example.org")
        recorder.failures[f"{name}@example.org"] = DeliveryFailed("wrong key", Failure.OURS)
    make_incident()

    work(worker)

    rows = by_address().values()
    assert {row.state for row in rows} == {DeliveryState.OWED}
    assert {row.attempts for row in rows} == {0}
    assert [row.reason for row in rows if row.reason] == ["wrong key"]


def test_one_who_is_refused_as_if_by_our_fault_stops_nobody_else(worker, recorder, monkeypatch):
    for name in ("a", "b", "c"):
        make_subscriber(address=f"{name}@example.org")
    refusal = DeliveryFailed("554 relay access denied", Failure.OURS, blames_way=False)
    recorder.failures["a@example.org"] = refusal
    make_incident()
    began = clock.now()

    for minute in range(4):
        now = began + timedelta(minutes=minute, seconds=minute)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        work(worker)

    assert recorder.sent == ["b@example.org", "c@example.org"]
    assert by_address()["a@example.org"].attempts > 0  # it is its own trouble by now
    assert transports.troubled() == []


def test_mail_goes_around_a_server_that_hangs_up_except_what_it_may_have_taken(app):
    people = [f"{number}@example.org" for number in range(6)]
    for address in people:
        make_subscriber(address=address)
    first, second = Recorder(), Recorder()
    first.name, second.name = "smtp", "sendgrid"
    lost = DeliveryFailed("hung up", Failure.TEMPORARY, is_ambiguous=True, blames_way=True)
    first.failures = dict.fromkeys(people, lost)
    worker = Worker(app, {Channel.EMAIL: first}, second)
    make_incident()
    work(worker)
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=clock.now()))
    work(worker)
    worker.close()

    assert second.sent == people[3:]  # three were enough to see that it fails
    assert {by_address()[address].transport for address in people[:3]} == {"smtp"}


def test_a_provider_that_is_away_costs_only_what_was_tried_an_attempt(worker, recorder):
    for name in ("a", "b", "c"):
        make_subscriber(address=f"{name}@example.org")
        recorder.failures[f"{name}@example.org"] = DeliveryFailed("away", Failure.UNREACHABLE)
    make_incident()

    work(worker)

    assert sorted(row.attempts for row in by_address().values()) == [0, 0, 1]


def test_a_message_that_breaks_our_code_is_set_aside(worker, recorder, monkeypatch):
    make_subscriber(address="bad@example.org")
    make_subscriber(address="good@example.org")
    make_incident()
    address_all = email.Letter.addressed_all

    def breaks(letter, recipients):
        if "bad@example.org" in dict(recipients).values():
            raise ValueError("poison")
        return address_all(letter, recipients)

    monkeypatch.setattr(email.Letter, "addressed_all", breaks)
    for _ in range(3):
        work(worker)
        with transaction() as session:
            for row in session.scalars(select(Delivery)):
                row.due_at = row.created_at

    assert recorder.sent == ["good@example.org"]
    assert by_address()["bad@example.org"].state is DeliveryState.FAILED


def test_pages_of_mails_are_left_to_who_sends_them(app, worker, recorder):
    make_subscriber(address="ada@example.org")
    make_incident()
    others = Worker(app, {Channel.SLACK: recorder})

    assert not others.work()
    assert db.session.scalars(select(Delivery)).all() == []
    others.close()

    work(worker)
    assert recorder.sent == ["ada@example.org"]


def test_nothing_is_handed_over_after_somebody_has_left(app, worker, recorder, looks):
    make_subscriber(address="first@example.org")
    second = make_subscriber(address="second@example.org")
    token = tokens.make(Purpose.LEAVE, second.code)
    make_incident()
    leaver = Leaver(app, lambda: subscribers.leave(token))

    def leave_meanwhile(_post):
        leaver.start()
        looks.wait()

    recorder.before = leave_meanwhile
    work(worker)

    assert leaver.said()
    assert recorder.sent == ["first@example.org"]


def test_updates_arrive_in_their_order(worker, recorder):
    make_subscriber(address="ada@example.org")
    incident = make_incident(words={Audience.CUSTOMER: Words("First", "1")})
    post(incident, words={Audience.CUSTOMER: Words("Second", "2")})
    post(incident, words={Audience.CUSTOMER: Words("Third", "3")})
    subjects = []
    recorder.before = lambda mail: subjects.append(mail.subject)

    work(worker)

    assert subjects == ["First", "Second", "Third"]


def test_what_the_database_could_not_be_told_is_told_later(worker, recorder, monkeypatch):
    make_subscriber(address="ada@example.org")
    make_incident()
    settle = ledger.settle

    def broken(sent):
        if sent:
            raise OSError("disk full")

    monkeypatch.setattr(ledger, "settle", broken)
    with pytest.raises(OSError, match="disk full"):
        work(worker)
    monkeypatch.setattr(ledger, "settle", settle)
    work(worker)

    assert recorder.sent == ["ada@example.org"]
    assert by_address()["ada@example.org"].state is DeliveryState.SENT


def test_a_worker_that_is_stopped_finishes_what_is_in_hand(app, recorder):
    for number in range(30):
        make_subscriber(address=f"reader{number}@example.org")
    make_incident()
    db.session.remove()
    stop = threading.Event()
    begun = threading.Event()

    def slow(_post):
        begun.set()
        time.sleep(0.02)

    recorder.before = slow
    thread = threading.Thread(target=Worker(app, {Channel.EMAIL: recorder}).run, args=(stop,))
    thread.start()
    begun.wait(10)
    stop.set()
    thread.join(10)

    rows = by_address().values()
    sent = [row.address for row in rows if row.state is DeliveryState.SENT]
    assert not thread.is_alive()
    assert 0 < len(sent) < 30
    assert sorted(sent) == sorted(recorder.sent)
    assert {row.claimed_by for row in rows} == {""}
    assert list((app.config["ALLCLEAR"].data_dir / "workers").iterdir()) == []


def test_posting_wakes_the_worker(app, recorder):
    make_subscriber(address="ada@example.org")
    make_organisation()
    stop = threading.Event()
    told = threading.Event()
    recorder.before = lambda _post: told.set()
    thread = threading.Thread(target=Worker(app, {Channel.EMAIL: recorder}).run, args=(stop,))
    thread.start()
    try:
        make_incident()
        assert told.wait(10)
    finally:
        stop.set()
        thread.join(10)


def test_threads_are_started_as_the_settings_say(app):
    stop = threading.Event()
    stop.set()

    threads = delivery.start(app, stop)
    for thread in threads:
        thread.join(10)

    workers = [thread for thread in threads if thread.name.startswith("worker")]
    assert len(workers) == app.config["ALLCLEAR"].workers + 1  # one for all but mails


def test_a_journal_is_read_only_when_its_worker_is_dead(tmp_path):
    mine = Journal(tmp_path)
    mine.begin([1])
    mine.sent([1], "250 OK\nqueued")
    mine.begin([2])
    while_alive = list(journal.of_the_dead(tmp_path))
    mine.close(keep=True)
    with (tmp_path / f"{mine.worker}.journal").open("a") as file:
        file.write("sent 9")  # cut off by a crash

    [remains] = journal.of_the_dead(tmp_path)

    assert while_alive == []
    assert remains.worker == mine.worker
    assert remains.begun == {1, 2}
    assert remains.sent == {1: "250 OK queued"}
    assert list(tmp_path.iterdir()) == []


def test_every_mail_of_a_fan_out_has_all_its_headers_as_received(app):
    wanted = {
        "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id",
        "list-unsubscribe", "list-unsubscribe-post", "auto-submitted", "precedence",
        "x-auto-response-suppress", "mime-version", "content-type",
    }  # fmt: skip
    for number in range(25):
        make_subscriber(address=f"reader{number}@example.org")
    make_incident()
    with smtp_sink() as (sink, address):
        worker = Worker(app, {Channel.EMAIL: Smtp(address)})
        work(worker)
        worker.close()

    received = [(to, message_from_bytes(mail, policy=policy.default)) for to, mail in sink.mails]
    assert len(received) == 25
    assert {frozenset(name.lower() for name in mail.keys()) for _, mail in received} == {
        frozenset(wanted)
    }
    assert all([str(mail["To"])] == to for to, mail in received)
    assert all(str(mail["List-Unsubscribe"]).startswith("<http") for _, mail in received)
    assert len({str(mail["Message-ID"]) for _, mail in received}) == 25
    assert {part.get_content_type() for _, mail in received for part in mail.iter_parts()} == {
        "text/plain", "text/html",
    }  # fmt: skip


def test_a_server_that_offers_it_is_told_all_at_once(app):
    class Counting(Smtp):
        sent = 0

        def _open(self):
            server = super()._open()
            send = server.send
            server.esmtp_features["pipelining"] = ""

            def counted(what):
                self.sent += 1
                send(what)

            server.send = counted
            return server

    for _ in range(3):
        make_subscriber()
    make_incident()
    with smtp_sink() as (sink, address):
        smtp = Counting(address)
        worker = Worker(app, {Channel.EMAIL: smtp})
        work(worker)
        sent = smtp.sent
        worker.close()

    assert len(sink.mails) == 3
    assert sent == 2 * 3  # who and to whom, then the mail


def test_a_database_that_is_away_is_told_once_and_so_is_its_return(worker, monkeypatch):
    faults = [OperationalError("SELECT 1", {}, Exception("no route\nto host"))] * 3

    def works(_stop):
        if faults:
            raise faults.pop()
        return False

    monkeypatch.setattr(worker, "work", works)
    for module in ("app.delivery.heart", "app.delivery.worker"):  # their own are set up by now
        monkeypatch.setattr(import_module(module), "log", get_logger(module))
    with capture_logs() as lines:
        for _ in range(6):
            worker._round(threading.Event())
        faults.append(ValueError("a bug"))
        worker._round(threading.Event())

    assert [(line["event"].partition(":")[0], line["log_level"]) for line in lines] == [
        ("the database is away", "warning"),
        ("the database is back", "warning"),
        ("a round of deliveries failed", "error"),
    ]
    assert lines[0]["why"] == "no route"
    assert lines[2]["exc_info"]
