"""Clocks that are wrong, and clocks that strike at once."""

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

from app import clock
from app.content.maintenance import keep_time
from app.db import db
from app.domain import due, maintenance, pulses
from app.models.pulse import Kind
from tests.factories import make_maintenance, make_window
from tests.faults.house import PATIENCE
from tests.faults.invariants import check, recipients
from tests.faults.registry import fault
from tests.waiting import eventually


@fault("F20")
def clocks_are_wrong(house):
    """A worker's clock is an hour ahead, then an hour behind, and it dies with a lease."""
    for ahead in (3600, -3600):
        house.provider.behave()
        component = house.people(house.size.people)
        incident = house.incident(component)
        if ahead < 0:  # for that clock, the update is not posted yet
            house.work(rounds=1)
        assert ahead < 0 or house.ended(house.start(threads=1, ahead=ahead, point="after claim"))
        house.start(threads=1, ahead=min(ahead, 0))
        house.start(threads=1)
        assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.05), ahead  # noqa: B023
        house.kill_all()
        check(house, incident, expected={1: recipients(component)})
        _reminded_once(house, ahead)
    return "the leases of a wrong clock hold nobody up, nobody is told or reminded twice"


def _reminded_once(house, ahead):
    """A clock that is wrong does what is due, then one that is right."""
    component = house.people(house.size.people)
    planned = make_maintenance(
        window=make_window(starts_in=timedelta(minutes=70)),
        remind_minutes=30,
        component_ids=(component,),
    )
    with _machine(ahead):
        pulses.beat(Kind.CLOCK)  # machines that share a database go by its clock from here on
        strike()
    if db.engine.dialect.name == "postgresql":
        assert told(planned) == ["announced"], "a wrong clock was believed"
    pulses.beat(Kind.CLOCK)
    for minutes in (0, 45, 50, 75, 75):
        strike(ahead=minutes * 60)
    said = told(planned)
    assert said == ["announced", "reminder", "started"], said
    house.work(ahead=76 * 60)
    check(house, planned.id, expected=dict.fromkeys((1, 2, 3), recipients(component)))


@contextmanager
def _machine(ahead):
    """The machine's clock is off by so many seconds."""
    right = clock.machine
    clock.machine = lambda: datetime.now(UTC) + timedelta(seconds=ahead)
    try:
        yield
    finally:
        clock.machine = right


def each_window_once(house):
    """Two clocks strike at once whenever something of a maintenance is due; how many there were."""
    house.provider.behave()
    component = house.people(2)
    windows = max(1, house.size.rounds // 40)
    for _ in range(windows):
        planned = make_maintenance(
            window=make_window(), remind_minutes=30, component_ids=(component,)
        )
        incident, window = planned.id, maintenance.window_of(planned)
        for moment in (window.start - timedelta(minutes=30), window.start, window.end):
            ahead = (moment - clock.now()).total_seconds()
            house.both(lambda ahead=ahead: strike(ahead=ahead))
        said = told(planned)
        assert said == ["announced", "reminder", "started", "completed"], said
    house.work(ahead=(window.end - clock.now()).total_seconds() + 1)
    wanted = recipients(component)
    check(house, incident, expected=dict.fromkeys(range(1, 5), wanted))
    return windows


def strike(ahead=0.0):
    """Do what is due so many seconds from now."""
    later = clock.pretend(clock.now() + timedelta(seconds=ahead)) if ahead else nullcontext()
    with later:
        due.Clock((0, keep_time)).turn()


def told(planned):
    """What was told of a maintenance, first to last."""
    db.session.rollback()
    db.session.refresh(planned)
    return [maintenance.event_of(update).value for update in reversed(planned.updates)]
