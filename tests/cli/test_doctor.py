"""What `allclear doctor` finds, and what a deploy waits for."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from app import clock, delivery, publication
from app.cli import doctor, examined, main
from app.cli.examined import Mark
from app.config import settings
from app.db import db
from app.delivery.worker import Worker
from app.domain import health, pulses
from app.models import Announcement
from app.models.pulse import Kind
from tests.cli import running
from tests.factories import make_incident, make_organisation


@pytest.fixture
def with_settings(app):
    """Settings other than the usual ones."""

    def change(**values):
        app.config["ALLCLEAR"] = settings().model_copy(update=values)

    return change


GOOD = {
    "public_url": "https://status.example.org",
    "email": "smtp://mail.example.org:587",
    "secret_key": SecretStr("0123456789abcdef" * 2),
}


def marks(found):
    return {one.what: one.mark for one in found}


def test_an_instance_that_is_well_has_no_fault(app, with_settings):
    with_settings(**GOOD, proxy_hops=1)
    make_organisation()
    publication.of(app).publish()
    pulses.beat(Kind.WORKER)
    pulses.beat(Kind.CLOCK)

    found = marks(examined.everything())

    if db.engine.dialect.name == "postgresql":
        assert found.pop("Safe writes") is Mark.BAD  # the tests' server syncs nothing, and is told
    assert set(found.values()) == {Mark.GOOD}


@pytest.mark.parametrize(
    ("changes", "look", "mark"),
    [
        ({"public_url": "http://status.example.org"}, examined.public_url, Mark.BAD),
        ({"public_url": "http://127.0.0.1:8000"}, examined.public_url, Mark.WARNING),
        ({"public_url": "https://status.internal"}, examined.public_url, Mark.WARNING),
        ({"email": "folder"}, examined.sender, Mark.WARNING),
        ({"email_from": "status@example.com"}, examined.sender, Mark.WARNING),
        ({"email_from": "status@mail.example.org"}, examined.sender, Mark.GOOD),
        ({"email_from": "status@localhost"}, examined.sender, Mark.BAD),
        ({"proxy_hops": 0}, examined.proxies, Mark.WARNING),
        ({"proxy_hops": 1, "bind": "0.0.0.0:8000"}, examined.proxies, Mark.WARNING),
    ],
)
def test_settings_that_do_not_fit_together_are_named(with_settings, changes, look, mark):
    with_settings(**(GOOD | changes))

    assert look().mark is mark


def test_a_fault_of_a_look_is_a_finding_and_not_a_traceback(with_settings, tmp_path):
    with_settings(data_dir=tmp_path / "nowhere")

    assert marks(examined.everything())["Data folder"] is Mark.BAD


def test_a_clock_that_was_set_back_is_told_and_none_is_said_to_be_right_unasked(app, monkeypatch):
    make_organisation()
    pulses.beat(Kind.WORKER)
    make_incident()
    well, now = examined.clocks(), clock.now() - timedelta(minutes=10)
    monkeypatch.setattr(clock, "now", lambda: now)

    found = examined.clocks()

    assert well.mark is Mark.GOOD
    if db.engine.dialect.name == "sqlite":
        assert "database" not in well.said
        assert (found.mark, "set back" in found.said) == (Mark.WARNING, True)
    else:  # which has a clock of its own
        assert (well.said, found.mark) == ("as the database's", Mark.GOOD)


def test_the_gate_opens_for_a_worker_and_leaves_nothing_behind(app, monkeypatch):
    came_back = health.came_back

    def after_work(canary):
        Worker(app, delivery.channels(app.config["ALLCLEAR"])).work()
        return came_back(canary)

    assert not doctor.is_processed(within=0)
    monkeypatch.setattr(health, "came_back", after_work)
    assert doctor.is_processed(within=0)
    assert db.session.query(Announcement).count() == 0


def test_it_ends_with_1_when_something_is_wrong_and_answers_in_json(tmp_path):
    address = {"ALLCLEAR_PUBLIC_URL": "http://status.example.org"}
    settings = running.environment(ALLCLEAR_DATA_DIR=str(tmp_path / "data"), **address)
    run = CliRunner().invoke(main, ["doctor", "--json"], env=settings)

    findings = {one["what"]: one for one in json.loads(run.stdout)["findings"]}
    assert run.exit_code == 1
    assert findings["Public address"]["mark"] == "bad"
    assert findings["Database"]["mark"] == "bad"  # it is empty, and nothing was created


@pytest.mark.parametrize(
    ("workers", "owed", "later", "words"),
    [
        (1, 0, 0, "1 process works; no message waits"),
        (2, 1, 1, "2 processes work; 1 message waits for a later try"),
        (1, 2, 0, "1 process works; 2 messages wait"),
        (1, 3, 2, "1 process works; 3 messages wait, 2 of them for a later try"),
        (1, 10_000, 0, "1 process works; 10,000 or more messages wait"),
    ],
)
def test_what_waits_is_counted_also_when_it_is_not_due(monkeypatch, workers, owed, later, words):
    now = clock.now()
    seen = health.Health(owed, owed - later, later, None, workers, now, now, now)
    monkeypatch.setattr(health, "look", lambda: seen)

    assert examined.delivery().said == words
