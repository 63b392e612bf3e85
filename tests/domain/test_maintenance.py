from datetime import timedelta

import pytest

from app import clock
from app.content import public_incidents
from app.db import db
from app.domain import maintenance, outbox, status
from app.errors import Conflict, Rejected
from app.models import Announcement, Delivery, Obligation
from app.words import Audience, Impact, Stage
from tests import factories
from tests.factories import (
    first_component,
    make_incident,
    make_maintenance,
    make_organisation,
    make_subscriber,
    make_told,
    make_window,
)


def test_a_scheduled_maintenance_is_no_incident_and_hurts_nothing_yet(app):
    planned = make_maintenance()

    assert status.open_incidents() == []
    assert status.incidents_between(clock.now() - timedelta(days=1), clock.now()) == []
    assert status.upcoming_maintenances() == [planned]
    assert status.active_maintenances() == []
    assert status.impacts_now(planned) == {}
    assert public_incidents.impacts(planned) == {}
    assert planned.severity_key == ""
    assert db.session.query(Obligation).count() == 0


def test_a_component_is_worked_on_from_the_start_to_the_end(app):
    planned = make_maintenance()
    part = first_component().id

    maintenance.post(planned, Stage.IN_PROGRESS, make_told("We have begun."), seen=1)
    under_way = status.states(status.active_maintenances())
    maintenance.post(planned, Stage.VERIFYING, make_told("We check."), seen=2)
    checked = status.states(status.active_maintenances())
    maintenance.post(planned, Stage.COMPLETED, make_told("Done."), seen=3)

    assert under_way == checked == {part: Impact.UNDER_MAINTENANCE}
    assert status.active_maintenances() == []
    assert not planned.is_open
    assert planned.resolved_at is not None


def test_moving_tells_everyone_and_counts_for_calendars(app):
    planned = make_maintenance(remind_minutes=60)
    make_subscriber()
    later = make_window(starts_in=timedelta(days=5))

    maintenance.move(planned, later, make_told("It is moved."), seen=1)

    assert (planned.scheduled_for, planned.scheduled_until) == (later.start, later.end)
    assert planned.sequence == 1
    assert planned.stage is Stage.SCHEDULED
    assert [maintenance.event_of(told) for told in planned.updates] == ["moved", "announced"]
    assert db.session.query(Announcement).count() == 2


def test_one_that_has_begun_can_only_end_at_another_time(app):
    planned = make_maintenance()
    maintenance.post(planned, Stage.IN_PROGRESS, make_told(), seen=1)
    before = maintenance.window_of(planned)
    longer = make_window(starts_in=timedelta(days=3), lasts=timedelta(hours=5))

    with pytest.raises(Rejected, match="only its end can move"):
        maintenance.move(
            planned, make_window(starts_in=timedelta(days=9)), make_told("Moved."), seen=2
        )
    maintenance.move(
        planned,
        maintenance.Window(before.start, longer.end, "UTC"),
        make_told("It takes longer."),
        seen=2,
    )

    assert planned.scheduled_until == longer.end
    assert planned.stage is Stage.IN_PROGRESS


def test_a_cancelled_one_is_over_and_did_not_take_place(app):
    planned = make_maintenance()

    maintenance.cancel(planned, make_told("It is cancelled."), seen=1)

    assert planned.stage is Stage.COMPLETED
    assert planned.cancelled_at is not None
    assert planned.sequence == 1
    window = maintenance.window_of(planned)
    assert status.planned_work(clock.now()) == [planned]
    assert status.planned_work(window.end) == []
    assert status.maintenances_between(window.start, window.end) == []
    with pytest.raises(Rejected, match="is over"):
        maintenance.post(planned, Stage.IN_PROGRESS, make_told(), seen=2)


def test_what_is_under_way_is_finished_not_cancelled(app):
    planned = make_maintenance()
    maintenance.post(planned, Stage.IN_PROGRESS, make_told(), seen=1)

    with pytest.raises(Rejected, match="under way"):
        maintenance.cancel(planned, make_told(), seen=2)


def test_the_same_form_sent_twice_schedules_moves_and_cancels_once(app):
    make_organisation()
    told = make_told()
    planned = make_maintenance(told=told)
    again = make_maintenance(told=told)
    moving = make_told("Moved.")
    window = make_window(starts_in=timedelta(days=4))
    moved = [maintenance.move(planned, window, moving, seen=1) for _ in range(2)]
    cancelling = make_told("Cancelled.")
    cancelled = [maintenance.cancel(planned, cancelling, seen=2) for _ in range(2)]

    assert again.id == planned.id
    assert [told.number for told in (*moved, *cancelled)] == [2, 2, 3, 3]
    assert planned.sequence == 2


def test_two_who_move_it_at_once_do_not_both(app):
    planned = make_maintenance()
    maintenance.move(planned, make_window(starts_in=timedelta(days=4)), make_told(), seen=1)

    with pytest.raises(Conflict):
        maintenance.move(planned, make_window(starts_in=timedelta(days=5)), make_told(), seen=1)

    assert planned.sequence == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"window": make_window(starts_in=timedelta(hours=-1))}, "starts"),
        ({"remind_minutes": 0}, "remind"),
    ],
)
def test_a_plan_that_nobody_can_keep_is_refused(app, changes, field):
    with pytest.raises(Rejected) as refused:
        make_maintenance(**changes)

    assert field in refused.value.errors


def test_an_incident_takes_no_stage_of_maintenance_and_the_other_way_round(app):
    incident, planned = make_incident(), make_maintenance()

    with pytest.raises(Rejected):
        factories.post(incident, stage=Stage.VERIFYING)
    with pytest.raises(Rejected):
        factories.post(planned, stage=Stage.MONITORING)


def test_subscribers_of_its_components_are_told_also_when_it_is_over(app):
    planned = make_maintenance()
    mine, other = first_component(), factories.make_component()
    make_subscriber(everything=False, components=[mine])
    make_subscriber(everything=False, components=[other])

    maintenance.post(planned, Stage.IN_PROGRESS, make_told(), seen=1)
    maintenance.post(planned, Stage.COMPLETED, make_told(), seen=2)
    while outbox.expand():
        pass

    # The announcement came before they had subscribed.
    assert db.session.query(Delivery).count() == 2


def test_history_knows_maintenance_by_its_window_once_it_took_place(app):
    planned = make_maintenance()
    window = maintenance.window_of(planned)
    assert status.oldest_public_since(clock.now() - timedelta(days=1)) is None

    maintenance.post(planned, Stage.IN_PROGRESS, make_told(), seen=1)
    maintenance.post(planned, Stage.COMPLETED, make_told(), seen=2)

    assert status.maintenances_between(window.start, window.end) == [planned]
    assert status.oldest_public_since(clock.now()) == window.start
    assert status.newest_public_before(window.end) == window.start


def test_audiences_and_what_people_notice_are_kept_in_its_plan(app):
    planned = make_maintenance(expect="Search is slow.")

    plan = maintenance.plan_of(planned)

    assert plan.expect == "Search is slow."
    assert plan.audiences == {Audience.PUBLIC, Audience.CUSTOMER}
    assert plan.component_ids == (first_component().id,)
