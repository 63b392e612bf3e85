"""The example organisation."""

import time

import pytest
from sqlalchemy import func, select

from app import clock, publication
from app.cli import example, instance, serve
from app.db import db
from app.domain import organisation, status
from app.models import Announcement, Subscriber
from tests.factories import PASSWORD

# Processes start slowly on a machine that is busy.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The example, built once for all tests that only look at it."""
    from app.config import read_settings

    settings = read_settings(data_dir=tmp_path_factory.mktemp("demo"), _env_file=None)
    began = time.process_time()
    with instance.opened(settings) as app, publication.put_off(app):
        example.build(PASSWORD)
        yield time.process_time() - began


def test_it_is_built_in_seconds(built):
    assert built < 20


def test_it_is_plainly_an_example(built):
    assert organisation.current().is_example


def test_it_has_ninety_days_of_history(built):
    now = clock.now()
    past = status.incidents_between(now - example.SET_UP, now)

    assert len(past) >= 10
    assert (now - past[-1].opened_at).days > 80
    assert all(incident.updates for incident in past)


def test_one_incident_is_open_with_three_updates_and_a_promise_soon(built):
    (incident,) = status.open_incidents()

    assert len(incident.updates) == 3
    assert 0 < (incident.promise_at - clock.now()).total_seconds() < 3600
    assert len({update.stage for update in incident.updates}) == 3


def test_every_group_has_components_that_can_be_spoken_of(built):
    from app.domain import components

    assert len(components.groups()) == 3
    assert all(len(group.components) >= 2 for group in components.groups())
    assert all(component.spoken and component.words_down for component in components.every())


def test_only_what_is_open_or_still_to_come_is_mailed(built):
    announcements = db.session.scalar(select(func.count()).select_from(Announcement))

    assert announcements == 8  # of the maintenance, too: customers and colleagues
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 5


@pytest.mark.once
def test_it_is_kept_between_starts_and_built_anew_when_asked(terminal, monkeypatch):
    served = []
    monkeypatch.setattr(serve, "run", lambda settings, *lines: served.append(lines))

    first = terminal("demo")
    again = terminal("demo")
    fresh = terminal("demo", "--fresh")

    assert [result.exit_code for result in (first, again, fresh)] == [0, 0, 0]
    assert "Building" in first.output
    assert "Building" not in again.output
    assert "Building" in fresh.output
    assert served[0] == served[1] != served[2]
    assert any("Password" in line for line in served[0])
