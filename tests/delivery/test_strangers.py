"""What strangers make us send delays nothing that customers are told."""

import threading

import pytest
from sqlalchemy import select

from app.db import db
from app.delivery import mails
from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.endpoints import AT_ONCE
from app.delivery.worker import Worker
from app.domain import outbox, subscribers
from app.models import AnnouncementKind, Channel, Delivery, DeliveryState
from tests.delivery.leaving import LONG
from tests.delivery.test_worker import Recorder, work
from tests.factories import make_incident, make_organisation, make_subscriber

MANY = mails.QUESTIONS * 2


@pytest.fixture
def strangers(app):
    """Many questions in the queue, and nothing else."""
    make_organisation()
    for number in range(3):
        make_subscriber(address=f"customer{number}@example.org")
    for number in range(MANY):
        subscribers.sign_up(f"stranger{number}@example.org")
    while outbox.expand():
        pass


@pytest.fixture
def told(app):
    """Whom a worker has told, in this order."""
    recorder = Recorder()
    recorder.worker = Worker(app, {Channel.EMAIL: recorder})
    yield recorder
    recorder.worker.close()


def first_customer(told):
    return next(at for at, to in enumerate(told.sent) if to.startswith("customer"))


def test_an_update_goes_before_questions_that_waited_longer(strangers, told):
    make_incident()

    work(told.worker)

    assert first_customer(told) == 0
    assert len(told.sent) == 3 + MANY
    assert set(db.session.scalars(select(Delivery.state))) == {DeliveryState.SENT}


def test_an_update_waits_for_few_of_the_questions_that_were_begun_before_it(strangers, told):
    def post_meanwhile(_mail):
        if not told.sent:
            make_incident()

    told.before = post_meanwhile

    work(told.worker)

    assert first_customer(told) == mails.QUESTIONS
    assert len(told.sent) == 3 + MANY


class Hanging:
    """Endpoints that take what customers are told, and hang with every question."""

    def __init__(self):
        self.told = threading.Event()
        self.over = threading.Event()

    def send(self, event):
        if event.kind is AnnouncementKind.UPDATE:
            self.told.set()
            return "200"
        self.over.wait(LONG)
        raise DeliveryFailed("no answer", Failure.PERMANENT)

    def close(self):
        pass


def test_strangers_whose_endpoints_hang_leave_room_for_those_of_customers(app):
    make_organisation()
    make_subscriber(channel=Channel.WEBHOOK, address="https://customer.example.org/")
    for number in range(AT_ONCE + 5):
        subscribers.sign_up(f"https://x{number}.example.org/", channel=Channel.WEBHOOK)
    hanging = Hanging()
    worker = Worker(app, {Channel.WEBHOOK: hanging})
    try:
        while outbox.expand():
            pass
        for _ in range(3):
            worker.work()
        make_incident()
        while outbox.expand():
            pass

        worker.work()

        assert hanging.told.wait(LONG)
    finally:
        hanging.over.set()
        worker.close()
