"""Kills of a worker in the middle of its work: nothing is lost, little is repeated."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, insert, select

from app import clock
from app.codes import new_code
from app.db import db, transaction
from app.models import Delivery, DeliveryState, Subscriber
from tests.delivery.sinks import smtp_sink
from tests.delivery.victim import THREADS
from tests.factories import make_incident, make_organisation
from tests.waiting import eventually

MAILS = 1_500
KILLS = 15
LAST_DRAIN = 60


def subscribe_many(count):
    now = clock.now()
    rows = [
        {
            "code": new_code(),
            "channel": "email",
            "address": f"reader{number}@example.org",
            "everything": True,
            "created_at": now,
            "confirmed_at": now,
            "confirmed_how": "",
            "consent": "",
            "asked_times": 0,
        }
        for number in range(count)
    ]
    with transaction() as session:
        session.execute(insert(Subscriber), rows)


@pytest.fixture
def victims(settings):
    """A maker of worker processes that can be killed; `settings.email` must be known by then."""
    started = []

    def start(email):
        command = [sys.executable, "-m", "tests.delivery.victim"]
        arguments = [str(settings.data_dir), settings.database_url, email]
        process = subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


def fork(victim):
    victim.stdin.write("go\n")
    victim.stdin.flush()
    return int(victim.stdout.readline())


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_lose_nothing_and_repeat_only_what_was_in_flight(app, victims):
    make_organisation()
    subscribe_many(MAILS)
    make_incident()
    db.session.remove()
    chance = random.Random(7)  # noqa: S311  # the same points each time
    kills = 0
    with smtp_sink() as (sink, address):
        sink.keep = False
        victim = victims(address)

        while kills < KILLS:
            pid = fork(victim)
            enough = sink.copies.total() + chance.randrange(1, 2 * MAILS // KILLS - 40)
            assert eventually(lambda enough=enough: sink.copies.total() >= enough, 30, 0.001)
            time.sleep(chance.uniform(0, 0.004))
            os.kill(pid, signal.SIGKILL)
            kills += 1
        assert sink.copies.total() < MAILS, "it was done before it was killed often enough"
        last = fork(victim)
        assert eventually(lambda: len(sink.copies) == MAILS, LAST_DRAIN, 0.001)
        assert eventually(lambda: count(DeliveryState.OWED) == 0, 30, 0.001)
        os.kill(last, signal.SIGKILL)

    repeats = sink.copies.total() - len(sink.copies)
    assert count(DeliveryState.SENT) == MAILS
    assert repeats <= KILLS * THREADS


def count(state):
    db.session.rollback()
    return db.session.scalar(
        select(func.count()).select_from(Delivery).where(Delivery.state == state)
    )
