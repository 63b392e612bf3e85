"""A database that is away for longer than claims last: nothing that was sent is sent again."""

import threading
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import db
from app.delivery.channel import Call
from app.delivery.worker import Worker
from app.models import Channel, Delivery, DeliveryState
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
