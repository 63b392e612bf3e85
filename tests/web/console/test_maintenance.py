from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.content import maintenance as words
from app.db import db, transaction
from app.domain import maintenance, organisation, series, status
from app.domain.windows import Window
from app.models import Announcement, Incident, Series
from app.words import Audience, Stage
from tests.factories import first_component, make_maintenance, make_told

NEW = "/console/maintenance/new"
STARTS = (clock.now() + timedelta(days=40)).replace(hour=2, minute=0)


def form(**changes) -> dict:
    values = {
        "title": "New disks",
        "starts": f"{STARTS:%Y-%m-%dT%H:%M}",
        "ends": f"{STARTS:%Y-%m-%dT}04:00",
        "time_zone": "Europe/Berlin",
        "part": [first_component().code],
        "expect": "Search is slow.",
        "starts_itself": "1",
        "ends_itself": "1",
        "remind": "1440",
        "repeat": "",
        "tell": ["public", "customer"],
        "told": "1",
        "form_key": "7f0bf1f4-8a4a-4c8f-9f5c-111111111111",
        "do": "post",
    }
    return values | changes


def only() -> Incident:
    return db.session.query(Incident).one()


def test_nothing_planned_says_what_to_do(ada):
    page = ada.get("/console/maintenance")

    assert "Nothing is planned" in page.text
    assert NEW in page.text


def test_scheduling_shows_the_words_first_and_then_announces_it(ada):
    shown = ada.post(NEW, data=form(do="preview"), status=200)
    assert "We will do maintenance on Website from" in shown.text
    assert "Search is slow." in shown.text
    assert status.upcoming_maintenances() == []

    ada.post(NEW, data=form())

    planned = only()
    assert planned.time_zone == "Europe/Berlin"
    assert {said.audience for said in planned.updates[0].messages} == {
        Audience.PUBLIC,
        Audience.CUSTOMER,
    }
    assert planned.title in ada.get("/console/maintenance").text
    assert "New disks" not in ada.get("/console/incidents").text


def test_the_same_form_twice_announces_once(ada):
    ada.post(NEW, data=form())
    ada.post(NEW, data=form())

    assert db.session.query(Incident).count() == 1
    assert db.session.query(Announcement).count() == 1


def test_own_words_are_kept_and_posted(ada):
    edited = ada.post(NEW, data=form(do="edit-public"), status=200)
    assert 'name="body_public"' in edited.text

    ada.post(NEW, data=form(hand=["public"], body_public="In my own words."))

    message = only().updates[0].message(Audience.PUBLIC)
    assert (message.body, message.origin) == ("In my own words.", "hand")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "What will be done?"),
        ({"starts": "soon"}, "Give a day and a time"),
        ({"starts": "2020-01-01T00:00", "ends": "2020-01-01T01:00"}, "This time has passed."),
        ({"time_zone": "Mars/Base"}, "There is no time zone"),
        ({"tell": []}, "Choose at least one audience to tell."),
        (
            {"starts": "2027-03-28T02:30", "ends": "2027-03-28T04:00"},
            "02:30 does not exist on 28 March in Europe/Berlin: clocks go from 02:00 to 03:00.",
        ),
        ({"repeat": "rule", "rule": "FREQ=HOURLY"}, "A rule gives days."),
        ({"repeat": "rule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "matches no date"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(ada, changes, sentence):
    refused = ada.post(NEW, data=form(**changes), status=422)

    assert sentence in refused.text
    assert "Search is slow." in refused.text
    assert db.session.query(Incident).count() == 0


def test_a_time_that_comes_twice_is_asked_about(ada):
    twice = {"starts": "2027-10-31T02:30", "ends": "2027-10-31T05:00"}
    asked = ada.post(NEW, data=form(**twice), status=422)
    assert "the second 02:30 (CET, 01:30 UTC)" in asked.text

    ada.post(NEW, data=form(**twice, starts_which="second"))

    assert f"{only().scheduled_for:%H:%M}" == "01:30"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "It is planned to last until Sunday 6 December, 01:00 UTC."),
        ("de", "Das Ende ist geplant für Sonntag, 6. Dezember, 01:00 UTC."),
    ],
)
def test_an_end_after_midnight_reads_well(ada, language, said):
    window = Window(
        datetime(2026, 12, 5, 23, tzinfo=UTC), datetime(2026, 12, 6, 1, tzinfo=UTC), "UTC"
    )
    with clock.pretend(datetime(2026, 12, 1, tzinfo=UTC)):
        with transaction():
            organisation.current().language = language
        planned = make_maintenance(window=window)
        plan = maintenance.plan_of(planned)

        told = words.say(plan, maintenance.Event.STARTED, incident=planned)

    assert said in told[Audience.PUBLIC].body


def test_stages_are_posted_from_its_page(ada):
    planned = make_maintenance()
    page = ada.get(f"/console/maintenance/{planned.code}")
    assert "has begun" in page.text

    sent = {"event": "started", "tell": ["public"], "told": "1", "seen": "1", "do": "post"}
    key = "7f0bf1f4-8a4a-4c8f-9f5c-22222222222"
    ada.post(f"/console/maintenance/{planned.code}", data=sent | {"form_key": f"{key}1"})
    sent |= {"event": "completed", "seen": "2", "form_key": f"{key}2"}
    ada.post(f"/console/maintenance/{planned.code}", data=sent)

    db.session.expire_all()
    assert planned.stage is Stage.COMPLETED
    assert [maintenance.event_of(told) for told in planned.updates][:2] == ["completed", "started"]


def test_who_was_slower_is_told_and_nothing_is_posted_twice(ada):
    planned = make_maintenance()
    maintenance.post(planned, Stage.IN_PROGRESS, make_told(), seen=1)

    late = ada.post(
        f"/console/maintenance/{planned.code}",
        data={"event": "completed", "tell": ["public"], "told": "1", "seen": "1", "do": "post"},
        status=409,
    )

    assert "while you were writing" in late.text


def test_moving_shows_old_and_new_time_before_it_is_told(ada):
    planned = make_maintenance()
    address = f"/console/maintenance/{planned.code}/move"
    assert "Move it to another time" in ada.get(address).text

    shown = ada.post(address, data=form(do="preview", seen="1"), status=200)
    assert "Before, it was planned from" in shown.text
    window = maintenance.window_of(planned)
    same = form(
        starts=f"{window.start:%Y-%m-%dT%H:%M}", ends=f"{window.end:%Y-%m-%dT%H:%M}",
        time_zone=window.time_zone, do="preview", seen="1",
    )  # fmt: skip
    refused = ada.post(address, data=same, status=200)
    assert "This is when it is planned already." in refused.text
    assert "Move it and tell people" not in refused.text
    ada.post(address, data=form(seen="1"))

    db.session.expire_all()
    assert planned.sequence == 1
    assert planned.time_zone == "Europe/Berlin"


def test_cancelling_asks_first(ada):
    planned = make_maintenance()
    address = f"/console/maintenance/{planned.code}/cancel"

    assert "Cancel this maintenance?" in ada.get(address).text
    db.session.expire_all()
    assert planned.is_open
    ada.post(address, data={"tell": ["public"], "told": "1", "seen": "1", "do": "post"})

    db.session.expire_all()
    assert planned.cancelled_at is not None
    assert "Cancelled" in ada.get(f"/console/maintenance/{planned.code}").text


def test_a_series_shows_its_dates_begins_changes_and_ends(ada):
    shown = ada.post(NEW, data=form(do="preview", repeat="weekly"), status=200)
    assert shown.text.count("<li>") >= 5
    assert "The next dates" in shown.text
    ada.post(NEW, data=form(repeat="weekly"))
    planned = only()
    assert "comes again" in ada.get("/console/maintenance").text

    later = f"/console/maintenance/{planned.code}/later"
    changing = ada.get(later)
    assert changing.field("repeat") == "weekly"
    assert planned.series.rule not in changing.text
    assert f"It comes every {STARTS:%A}." in changing.text
    assert len([row for row in changing.all("li") if ", 02:00" in "".join(row.itertext())]) == 5
    sent = form(repeat="rule", rule=planned.series.rule, starts=f"{STARTS:%Y-%m-%dT}03:00")
    ada.post(later, data=sent)
    db.session.expire_all()
    assert planned.sequence == 1
    assert db.session.query(Series).count() == 2

    end = f"/console/maintenance/{planned.code}/end-series"
    assert "End this series?" in ada.get(end).text
    ada.post(end, data={"cancel": "1"})
    db.session.expire_all()
    assert series.going_on() == []
    assert planned.cancelled_at is not None


def test_its_title_and_switches_change_without_telling_anybody(ada):
    planned = make_maintenance()
    address = f"/console/maintenance/{planned.code}/details"
    assert "Nobody is told" in ada.get(address).text

    ada.post(address, data={"title": "Other disks", "remind": "60"})

    db.session.expire_all()
    assert (planned.title, planned.remind_minutes) == ("Other disks", 60)
    assert not planned.starts_itself
    assert len(planned.updates) == 1


def test_the_incidents_pages_lead_to_it_and_take_nothing_of_it(ada):
    planned = make_maintenance()

    ada.get(f"/console/incidents/{planned.code}", status=302)
    ada.post(f"/console/incidents/{planned.code}/updates", status=404)
    ada.get("/console/maintenance/nothing", status=404)


def test_words_name_the_window_in_its_own_zone(app):
    planned = make_maintenance()
    plan = maintenance.Plan(
        **{
            **vars(maintenance.plan_of(planned)),
            "window": maintenance.Window(
                STARTS.replace(year=2027, month=1, day=3, hour=1),
                STARTS.replace(year=2027, month=1, day=3, hour=3),
                "Europe/Berlin",
            ),
        }
    )

    body = words.say(plan, maintenance.Event.ANNOUNCED)[Audience.PUBLIC].body

    assert "Sunday 3 January" in body
    assert "02:00 CET" in body
    assert "04:00 CET (Europe/Berlin)" in body
