from datetime import timedelta

import pytest
from icalendar import Calendar

from app import clock
from app.content import calendar
from app.db import db
from app.domain import components, maintenance, organisation
from app.domain.incidents import Words
from app.models import Account
from app.words import Audience, Stage
from tests.factories import (
    first_component,
    make_maintenance,
    make_organisation,
    make_told,
    make_window,
)


def events(now=None):
    made = calendar.build(
        organisation.current(),
        "https://status.example.org",
        "status.example.org",
        now or clock.now(),
    )
    sheet = Calendar.from_ical(made.body)
    assert not sheet.errors
    return sheet.walk("VEVENT")


def test_a_maintenance_is_an_event_at_its_window(app):
    planned = make_maintenance(title="New disks; for search, and more")
    window = maintenance.window_of(planned)

    (event,) = events()

    assert event["uid"] == f"{planned.code}@status.example.org"
    assert (event.start, event.end) == (window.start, window.end)
    assert event["sequence"] == 0
    assert event["status"] == "CONFIRMED"
    assert event["summary"] == "New disks; for search, and more (Example)"
    assert event["url"] == f"https://status.example.org/incidents/{planned.code}"
    assert "We will work on it." in event["description"]
    assert event["dtstamp"].dt == event["last-modified"].dt


def test_moving_and_cancelling_reach_the_same_event(app):
    planned = make_maintenance()
    (first,) = events()

    later = make_window(starts_in=timedelta(days=8))
    maintenance.move(planned, later, make_told("It is moved."), seen=1)
    (moved,) = events()
    maintenance.cancel(planned, make_told("It is off."), seen=2)
    (cancelled,) = events(later.end + timedelta(days=300))

    assert first["uid"] == moved["uid"] == cancelled["uid"]
    assert [event["sequence"] for event in (first, moved, cancelled)] == [0, 1, 2]
    assert moved.start == later.start
    assert cancelled["status"] == "CANCELLED"
    assert cancelled["summary"].startswith("Cancelled: ")


def test_what_the_public_was_not_told_of_is_in_no_calendar(app):
    make_organisation()
    make_maintenance(told=make_told(words={Audience.CUSTOMER: Words("Off", "Only by mail.")}))

    assert events() == []


def test_hidden_components_and_long_past_work_are_left_out(app):
    planned = make_maintenance()
    component = first_component()
    components.change(
        component,
        name="Secret engine",
        description="",
        spoken="",
        words_slow="",
        words_down="",
        group=None,
        hidden=True,
        by=db.session.get(Account, 1),
    )

    (event,) = events()

    assert "Secret engine" not in event.to_ical().decode()
    window = maintenance.window_of(planned)
    assert events(window.end + timedelta(days=500)) == []


def test_the_same_state_gives_the_same_bytes_whenever_it_is_read(app):
    make_maintenance()
    ours, now = organisation.current(), clock.now()

    made = {
        calendar.build(ours, "https://a.example", "a.example", now + timedelta(minutes=n)).body
        for n in range(3)
    }

    assert len(made) == 1


@pytest.mark.parametrize(
    "title", ['Über 🛠️ \\n; , : "', "‮rtl‬ متجر", "a" * 150, "BEGIN:VEVENT", "x\r\nSTATUS:CANCELLED"]
)
def test_any_title_stays_one_event(app, title):
    make_maintenance(title=title)

    (event,) = events()

    assert event["status"] == "CONFIRMED"


def test_each_stage_keeps_the_event(app):
    planned = make_maintenance()
    maintenance.post(planned, Stage.IN_PROGRESS, make_told("Begun."), seen=1)
    maintenance.post(planned, Stage.COMPLETED, make_told("Done."), seen=2)

    (event,) = events()

    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert "Done." in event["description"]
