"""What load balancers and monitors are told."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import clock, delivery, publication
from app.config import settings
from app.db import db
from app.delivery.worker import Worker
from app.domain import health, organisation, outbox, pulses
from app.models import Delivery, Pulse
from app.models.pulse import Kind
from tests.factories import make_incident, make_organisation, make_subscriber


@pytest.fixture
def running(app):
    """An instance that is set up, with everything at work."""
    make_organisation()
    publication.of(app).publish()
    pulses.beat(Kind.WORKER)
    pulses.beat(Kind.CLOCK)


def asked(client, **options):
    answer = client.get("/healthz", **options)
    return answer.status_code, answer.json


def test_before_set_up_all_is_well_so_that_a_deploy_can_begin(client):
    status, report = asked(client)

    assert (status, report["ok"]) == (200, True)


def test_with_everything_at_work_nothing_is_wrong(client, running):
    status, report = asked(client)

    assert (status, report["ok"]) == (200, True)
    assert set(report["checks"].values()) == {"ok"}


def test_strangers_are_told_no_numbers(app, client, running):
    make_subscriber()
    make_incident()
    outbox.expand()

    for token in ("", "a wrong one", "Bearer ", "Bearer wrong", "Bearer ü"):
        report = asked(client, headers={"Authorization": token})[1]
        assert set(report) == {"ok", "checks"}
        assert not any(letter.isdigit() for letter in str(report))


def test_who_bears_the_token_is_told_the_counts(app, client, running):
    bearer = {"Authorization": "Bearer a long enough token"}
    assert "details" not in asked(client, headers=bearer)[1]
    token = SecretStr("a long enough token")
    app.config["ALLCLEAR"] = settings().model_copy(update={"health_token": token})
    make_subscriber()
    make_incident()
    outbox.expand()

    details = asked(client, headers=bearer)[1]["details"]

    assert (details["messages"]["owed"], details["messages"]["due"], details["workers"]) == (
        1,
        1,
        1,
    )


def test_no_cookie_is_set_and_nothing_is_kept(client, running):
    answer = client.get("/healthz")

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_machine_is_asked_by_its_address(client, running):
    assert asked(client, headers={"Host": "10.1.2.3:8000"})[0] == 200
    assert client.get("/subscribe", headers={"Host": "10.1.2.3:8000"}).status_code == 400


def test_workers_that_died_are_missed(client, running):
    long_ago = clock.now() - pulses.ALIVE * 2
    db.session.execute(update(Pulse).where(Pulse.kind == Kind.WORKER).values(seen_at=long_ago))
    db.session.commit()

    status, report = asked(client)

    assert (status, report["checks"]["workers"]) == (503, "none works")


def test_messages_that_nobody_takes_are_late(client, running):
    make_subscriber()
    make_incident()
    with clock.pretend(clock.now() + health.LATE * 2):
        assert health.look().is_late
        assert health.look().oldest_seconds >= 240


def test_messages_that_wait_for_their_next_try_are_not_late(app, running):
    make_subscriber()
    make_incident()
    while outbox.expand():
        pass
    db.session.execute(update(Delivery).values(due_at=clock.now() + timedelta(hours=1)))
    db.session.commit()

    with clock.pretend(clock.now() + health.LATE * 2):
        seen = health.look()
        assert not seen.is_late
        assert (seen.owed, seen.due, seen.later) == (1, 0, 1), "it is owed all the same"


def test_a_publication_that_stands_still_is_told(client, running):
    now, ours = clock.now(), organisation.current()

    assert publication.standing().is_current(ours, now)
    assert not publication.standing().is_current(ours, now + publication.BEHIND * 2)


def test_a_database_that_is_away_fails_the_check_and_not_the_load_balancer(
    client, running, monkeypatch
):
    def away(*_asked, **_how):
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(Session, "execute", away)
    monkeypatch.setattr(Session, "scalar", away)

    assert asked(client) == (503, {"ok": False, "checks": {"database": "away"}})
    assert client.get("/healthz/web").status_code == 200


def test_a_canary_comes_back_when_a_worker_works(app):
    canary = health.send_canary()
    assert not health.came_back(canary)

    Worker(app, delivery.channels(app.config["ALLCLEAR"])).work()

    assert health.came_back(canary)
    health.forget_canary(canary)


def test_whoever_stops_as_asked_is_not_missed(app):
    pulses.beat(Kind.WORKER)
    pulses.beat(Kind.WORKER)
    assert pulses.alive(Kind.WORKER) == 1

    pulses.leave(Kind.WORKER)

    assert pulses.alive(Kind.WORKER) == 0
