"""A database that is away for longer than claims last: nothing that was sent is sent again."""

import threading
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import db
from app.delivery.channel import Call, DeliveryFailed, Failure
from app.delivery.hand import Hand
from app.delivery.journal import Journal
from app.delivery.worker import Worker
from app.domain import outbox
from app.models import Attempt, Channel, Delivery, DeliveryState
from tests.factories import make_incident, make_subscriber

working = import_module("app.delivery.worker")  # a function of the package has its name
STOP = threading.Event()


class Absence:
    """While it lasts no statement reaches the database; time can go by meanwhile."""

    def __init__(self, monkeypatch):
        self.lasts = False
        self._now, self._monotonic = clock.now, working.time.monotonic
        self._gone_by = 0.0
        monkeypatch.setattr(clock, "now", lambda: self._now() + timedelta(seconds=self._gone_by))
        monkeypatch.setattr(working, "time", self)

    def monotonic(self):
        return self._monotonic() + self._gone_by

    def pass_by(self, seconds):
        self._gone_by += seconds

    def __call__(self, *_statement):
        if self.lasts:
            raise OperationalError("SELECT 1", {}, Exception("no route to host"))


class Mailer:
    """Takes mails one by one, and loses the database with the first."""

    def __init__(self, absence):
        self.told, self._absence = [], absence

    def take(self, emails):
        if not self.told and self._absence is not None:
            self._absence.lasts = True
        self.told += [email.to for email in emails]

    def send(self, email):
        self.take([email])
        return "250 OK"

    def close(self):
        pass


class Caller(Mailer):
    """Takes many in a call."""

    name, most = "sendgrid", 100

    def pack(self, emails):
        return list(emails)

    def begin(self, emails):
        self.take(emails)
        return Call(lambda: "abc", 5)


@pytest.fixture
def absence(app, monkeypatch):
    made = Absence(monkeypatch)
    event.listen(db.engine, "before_cursor_execute", made)
    yield made
    event.remove(db.engine, "before_cursor_execute", made)


@pytest.fixture(params=[Mailer, Caller])
def sender(request, app, absence):
    """A worker that has just handed over what it could when the database went away."""
    for _ in range(3):
        make_subscriber()
    make_incident()
    mailer = request.param(absence)
    worker = Worker(app, {Channel.EMAIL: mailer})
    while not absence.lasts:
        worker._round(STOP)
    worker._round(STOP)
    worker.told = mailer.told
    yield worker
    worker.close()


def rounds(*workers):
    for worker in workers * 8:
        worker._round(STOP)


def states():
    db.session.rollback()
    return set(db.session.scalars(select(Delivery.state)))


def test_what_was_sent_is_told_before_claims_are_taken_for_left_behind(sender, absence):
    absence.pass_by(130)
    absence.lasts = False

    rounds(sender)
    absence.pass_by(10)
    rounds(sender)

    assert sorted(set(sender.told)) == sorted(sender.told)
    assert len(sender.told) == 3
    assert states() == {DeliveryState.SENT}


def test_another_worker_leaves_who_sent_it_the_time_to_say_so(app, sender, absence):
    other = Mailer(None)
    second = Worker(app, {Channel.EMAIL: other})
    rounds(second)
    absence.pass_by(130)
    absence.lasts = False

    rounds(second, sender)
    absence.pass_by(10)
    rounds(second, sender)
    second.close()

    assert sorted(set(sender.told + other.told)) == sorted(sender.told + other.told)
    assert states() == {DeliveryState.SENT}


LOST = DeliveryFailed("No answer in time.", Failure.UNREACHABLE, is_ambiguous=True)


class LosesAnswers(Mailer):
    name = "smtp"

    def send(self, email):
        self.take([email])
        raise LOST


class LosesAnswersOfCalls(Caller):
    def begin(self, emails):
        self.take(emails)
        return Call(self.lose, 5)

    def lose(self):
        raise LOST


def journal(app):
    [path] = (app.config["ALLCLEAR"].data_dir / "workers").glob("*.journal")
    return path.read_text()


@pytest.mark.parametrize("loses", [LosesAnswers, LosesAnswersOfCalls])
def test_that_an_answer_was_lost_is_told_as_well(app, absence, loses):
    make_subscriber()
    make_incident()
    mailer = loses(absence)
    worker = Worker(app, {Channel.EMAIL: mailer})
    while not absence.lasts:
        worker._round(STOP)
    rounds(worker)
    absence.lasts = False
    rounds(worker)

    db.session.rollback()
    [row], [attempt] = db.session.scalars(select(Delivery)), db.session.scalars(select(Attempt))
    assert (row.state, row.attempts, row.transport) == (DeliveryState.OWED, 1, loses.name)
    assert attempt.outcome == "ambiguous"
    assert len(mailer.told) == 1
    assert journal(app) == ""
    worker.close()


def test_a_worker_that_stops_meanwhile_leaves_in_its_journal_what_was_not_told(app, absence):
    make_subscriber()
    make_incident()
    worker = Worker(app, {Channel.EMAIL: LosesAnswers(absence)})
    while not absence.lasts:
        worker._round(STOP)
    worker.close()
    absence.lasts = False
    other = Worker(app, {Channel.EMAIL: Mailer(None)})

    other._round(STOP)

    db.session.rollback()
    [attempt] = db.session.scalars(select(Attempt))
    assert attempt.outcome == "ambiguous"
    other.close()


def test_a_claim_that_is_given_back_is_in_the_journal_no_more(app):
    make_subscriber()
    make_incident()
    [claim] = outbox.expand_for("worker", {Channel.EMAIL})
    hand = Hand(Journal(app.config["ALLCLEAR"].data_dir / "workers"))
    hand.begin([claim])

    hand.give_back(claim)

    assert journal(app) == ""
    hand.journal.close(keep=False)
