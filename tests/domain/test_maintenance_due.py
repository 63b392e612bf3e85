from datetime import datetime, timedelta

import pytest

from app import clock
from app.content import maintenance as words
from app.db import db
from app.domain import maintenance, series, windows
from app.models import Account, Incident, Series, Update
from app.words import Audience, Stage
from tests.factories import (
    first_component,
    make_maintenance,
    make_organisation,
    make_told,
    make_window,
)


def turn(moment: datetime) -> int:
    """Let the clock look at that moment."""
    with clock.pretend(moment):
        return words.keep_time()


def told(incident: Incident) -> list[str]:
    """What was told of it, first to last."""
    return [maintenance.event_of(update).value for update in reversed(incident.updates)]


def test_it_begins_and_ends_by_itself_without_an_author(app):
    planned = make_maintenance()
    window = maintenance.window_of(planned)

    assert turn(window.start - timedelta(seconds=1)) == 0
    assert turn(window.start) == 1
    assert planned.stage is Stage.IN_PROGRESS
    assert turn(window.end - timedelta(seconds=1)) == 0
    assert turn(window.end + timedelta(seconds=3)) == 1

    assert told(planned) == ["announced", "started", "completed"]
    assert [update.author_id for update in planned.updates] == [None, None, 1]
    assert (planned.occurred_at, planned.resolved_at) == (window.start, window.end)


def test_clocks_that_look_again_and_again_do_nothing_twice(app):
    planned = make_maintenance(remind_minutes=60)
    window = maintenance.window_of(planned)

    for minutes in (-61, -60, -59, -80, -30, 0, 0, 1, -10, 119, 120, 120, 300):
        turn(window.start + timedelta(minutes=minutes))

    assert told(planned) == ["announced", "reminder", "started", "completed"]


def test_what_waits_for_people_does_not_move_by_itself(app):
    waits = make_maintenance(starts_itself=False, ends_itself=False)
    window = maintenance.window_of(waits)
    turn(window.end + timedelta(days=1))
    assert told(waits) == ["announced"]

    with clock.pretend(window.end):
        maintenance.post(waits, Stage.IN_PROGRESS, make_told(), seen=1)
    turn(window.end + timedelta(days=2))

    assert told(waits) == ["announced", "started"]


def test_a_reminder_goes_to_those_who_get_messages_and_not_to_the_page(app):
    planned = make_maintenance(remind_minutes=60, audiences=frozenset(Audience))
    window = maintenance.window_of(planned)

    turn(window.start - timedelta(minutes=60))

    assert {message.audience for message in planned.updates[0].messages} == {Audience.CUSTOMER}
    assert "begins on" in planned.updates[0].message(Audience.CUSTOMER).body


def test_what_is_moved_is_reminded_of_again_at_its_new_time(app):
    planned = make_maintenance(remind_minutes=60)
    window = maintenance.window_of(planned)
    later = make_window(starts_in=timedelta(days=6))
    turn(window.start - timedelta(minutes=50))
    with clock.pretend(window.start - timedelta(minutes=40)):
        maintenance.move(planned, later, make_told("Moved."), seen=2)

    turn(window.start)
    turn(later.start - timedelta(minutes=30))
    turn(later.start - timedelta(minutes=29))

    assert told(planned) == ["announced", "reminder", "moved", "reminder"]


def test_nobody_is_reminded_of_what_was_announced_just_now_or_has_begun(app):
    near = make_maintenance(window=make_window(starts_in=timedelta(minutes=30)), remind_minutes=60)
    late = make_maintenance(remind_minutes=60)

    turn(maintenance.window_of(near).start - timedelta(minutes=5))
    turn(maintenance.window_of(late).start + timedelta(minutes=1))

    assert told(near) == ["announced", "completed"]
    assert told(late) == ["announced", "started"]


def test_after_a_while_without_a_clock_what_should_go_on_goes_on_and_says_that_it_is_late(app):
    planned = make_maintenance()
    window = maintenance.window_of(planned)

    turn(window.start + timedelta(minutes=50))

    assert told(planned) == ["announced", "started"]
    assert "comes late" in planned.updates[0].message(Audience.PUBLIC).body


def test_of_a_window_that_passed_whole_people_are_told_once_and_honestly(app):
    planned = make_maintenance()
    window = maintenance.window_of(planned)

    turn(window.end + timedelta(days=1))

    assert told(planned) == ["announced", "completed"]
    assert "could not tell you in time" in planned.updates[0].message(Audience.CUSTOMER).body
    assert (planned.occurred_at, planned.resolved_at) == (window.start, window.end)


def test_nothing_more_is_told_of_what_was_cancelled(app):
    planned = make_maintenance(remind_minutes=60)
    window = maintenance.window_of(planned)
    maintenance.cancel(planned, make_told("Cancelled."), seen=1)

    for minutes in (-30, 0, 130):
        turn(window.start + timedelta(minutes=minutes))

    assert told(planned) == ["announced", "cancelled"]


def begin_series(rule="FREQ=DAILY", *, ahead_days=3, zone="UTC", **changes) -> Incident:
    make_organisation()
    window = make_window(starts_in=timedelta(days=1), zone=zone)
    plan = maintenance.Plan(
        title="Nightly restart",
        window=window,
        component_ids=(first_component().id,),
        audiences=frozenset({Audience.PUBLIC, Audience.CUSTOMER}),
        **changes,
    )
    first = window.start.astimezone(window.zone).replace(tzinfo=None)
    return series.begin(plan, rule, first, make_told(), ahead_days=ahead_days)


def starts(planned: Incident) -> list[datetime]:
    return [one.scheduled_for for one in series.occurrences(planned.series)]


def test_a_series_plans_each_occurrence_once_and_only_as_far_ahead_as_it_is_told(app):
    first = begin_series()
    start = first.scheduled_for

    assert turn(start - timedelta(days=1)) == 2
    assert turn(start - timedelta(days=1)) == 0
    assert turn(start + timedelta(seconds=1)) == 2  # the first begins, one more is planned

    assert starts(first) == [start + timedelta(days=days) for days in range(1, 4)]
    assert db.session.query(Series).one().ended_at is None


def test_a_series_that_has_no_more_dates_is_over(app):
    first = begin_series("FREQ=DAILY;COUNT=2")

    turn(clock.now())

    assert len(starts(first)) == 2
    assert first.series.ended_at is not None


def test_what_nobody_was_told_of_while_no_clock_ran_is_left_out(app):
    first = begin_series(ahead_days=1)
    window = maintenance.window_of(first)

    turn(window.end + timedelta(days=10))

    assert told(first) == ["announced", "completed"]
    assert all(start > window.end + timedelta(days=10) for start in starts(first))


def test_the_same_form_begins_one_series(app):
    make_organisation()
    window = make_window()
    plan = maintenance.Plan("Restart", window, (first_component().id,))
    form = make_told()
    first = window.start.replace(tzinfo=None)

    both = [series.begin(plan, "FREQ=DAILY", first, form) for _ in range(2)]

    assert both[0].id == both[1].id
    assert db.session.query(Series).count() == 1


@pytest.mark.parametrize("cancels", [True, False])
def test_ending_a_series_cancels_what_is_planned_only_when_asked(app, cancels):
    first = begin_series()
    turn(clock.now())
    author = db.session.get(Account, 1)

    series.end(first.series, by=author, say=words.say if cancels else None)
    turn(clock.now() + timedelta(hours=1))

    assert len(starts(first)) == (0 if cancels else 3)
    assert db.session.query(Incident).count() == 3


def test_this_one_and_later_ones_move_together_and_what_was_before_stays(app):
    first = begin_series()
    turn(clock.now())
    one, two, three = series.occurrences(first.series)
    before = [maintenance.window_of(each) for each in (one, two, three)]
    later = timedelta(hours=3)
    window = maintenance.Window(before[1].start + later, before[1].end + later, "UTC")
    plan = maintenance.Plan(**{**vars(maintenance.plan_of(two)), "window": window})
    author = db.session.get(Account, 1)

    local = window.start.replace(tzinfo=None)
    moved = series.change(two, plan, "FREQ=DAILY", local, by=author, say=words.say)
    turn(clock.now() + timedelta(minutes=20))

    assert moved == 2
    assert [
        maintenance.window_of(each).start - then.start
        for each, then in zip((one, two, three), before, strict=True)
    ] == [timedelta(), later, later]
    assert one.series.ended_at is not None
    assert two.series_id == three.series_id != one.series_id
    assert told(two) == ["announced", "moved"]
    assert db.session.query(Update).count() == 5


def test_a_series_keeps_its_time_on_the_wall(app):
    make_organisation()
    with clock.pretend(datetime.fromisoformat("2026-03-20T00:00+00:00")):
        local = datetime.fromisoformat("2026-03-22T05:00")
        at = windows.moment(local, "Europe/Berlin", field="starts")
        window = windows.window(at, at + timedelta(hours=1), "Europe/Berlin")
        plan = maintenance.Plan("Restart", window, (first_component().id,))
        first = series.begin(plan, "FREQ=WEEKLY;BYDAY=SU", local, make_told(), ahead_days=14)
        words.keep_time()

    assert [f"{each:%d %H:%M}" for each in starts(first)] == ["22 04:00", "29 03:00"]
