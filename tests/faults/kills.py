"""Workers that are killed, that race each other, and whose lease ends."""

import random
import threading
import time
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy import update as change

from app import clock
from app.db import db, transaction
from app.delivery.channel import DEADLINE
from app.domain import claims, ledger, outbox
from app.domain.claims import LEASE
from app.models import Channel, Delivery, Incident
from tests.faults import clocks, workers
from tests.faults.house import PATIENCE, of
from tests.faults.invariants import check, recipients
from tests.faults.registry import fault
from tests.waiting import eventually

THREADS = 2
IN_FLIGHT = 1
"""Mails that one thread has handed over and not yet noted in its journal, over SMTP."""
DRAIN = 60
"""Seconds after the last kill in which all has gone out."""


@fault("F1", on=("sqlite",))
def a_hundred_kills(house):
    """Workers are killed a hundred times at random points."""
    return _killed_again_and_again(house, processes=1, threads=1)


@fault("F2", on=("postgresql",))
def a_hundred_kills_of_one_of_two(house):
    """One of two processes is killed a hundred times at random points, on PostgreSQL."""
    return _killed_again_and_again(house, processes=2, threads=THREADS)


def _killed_again_and_again(house, *, processes, threads):
    size, chance = house.size, random.Random(7)  # noqa: S311 - the same points each time
    house.provider.behave(smtp={"pause": 0.002})
    component = house.people(size.many)
    incident = house.incident(component)
    running = [house.start(threads=threads) for _ in range(processes)]
    step = max(1, size.many // (size.kills + 2))
    for number in range(size.kills):
        is_far = _has_taken(house, min(size.many - 1, (number + 1) * step))
        assert eventually(is_far, PATIENCE), "it stands still"
        time.sleep(chance.uniform(0, 0.004))
        one = chance.randrange(processes)
        house.kill(running[one])
        running[one] = house.start(threads=threads)
    since = time.monotonic()
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1), "not drained"
    drained = time.monotonic() - since
    assert drained <= DRAIN, f"drained {drained:.1f} s after the last kill"
    house.kill_all()
    allowed = size.kills * threads * IN_FLIGHT
    repeated = check(house, incident, expected={1: recipients(component)}, repeats=allowed)
    return (
        f"{size.many} recipients, {size.kills} kills: 0 lost, {repeated} repeated "
        f"(at most {allowed}), drained {drained:.1f} s after the last kill"
    )


def _has_taken(house, many):
    return lambda: len(house.provider.taken()) >= many


@fault("F3")
def killed_at_each_point(house):
    """A worker, or whoever posts, is killed at each named point."""
    repeated = 0
    for point in workers.POINTS:
        house.provider.behave()
        component = house.people(house.size.people)
        incident = house.incident(component)
        assert house.ended(house.start(threads=1, point=point)), f"it did not reach: {point}"
        house.start(threads=1)
        assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.05), point  # noqa: B023
        house.kill_all()
        expected = {1: recipients(component)}
        repeated += check(house, incident, expected=expected, repeats=IN_FLIGHT)
    _killed_while_posting(house)
    return f"{len(workers.POINTS)} points of a worker, 2 of posting: {repeated} repeated"


def _killed_while_posting(house):
    component = house.people(house.size.people)
    for point, is_there in (("before commit", False), ("after commit", True)):
        house.provider.behave()
        before = _newest(Incident)
        assert house.ended(house.start(post=component, point=point))
        after = _newest(Incident)
        assert (after != before) is is_there, f"posting is not all or nothing: {point}"
    house.work()
    check(house, _newest(Incident), expected={1: recipients(component)})


def _newest(model):
    db.session.rollback()
    return db.session.scalar(select(func.max(model.id)))


@fault("F4")
def races(house):
    """Two workers race one batch, two expand one announcement, two clocks strike at once."""
    house.provider.behave()
    component = house.people(10)
    incident = house.incident(component)
    for _ in range(house.size.rounds):
        house.both(outbox.expand)
        taken = house.both(lambda: claims.claim(_me(), 10, channel=Channel.EMAIL))
        ids = [claim.id for some in taken for claim in some]
        assert len(ids) == len(set(ids)) == 10, f"two workers hold one delivery: {ids}"
        _give_back(incident)
    house.work()
    check(house, incident, expected={1: recipients(component)})
    windows = clocks.each_window_once(house)
    return (
        f"{house.size.rounds} rounds: no delivery was held twice; {windows} maintenances: "
        "reminded, begun and ended once"
    )


def _me():
    return threading.current_thread().name


def _give_back(incident):
    """Let the next round begin anew: nothing is claimed."""
    with transaction() as session:
        session.execute(
            change(Delivery)
            .where(Delivery.announcement_id.in_(of(incident)))
            .values(claimed_by="", lease_until=None)
            .execution_options(synchronize_session=False)
        )


@fault("F5")
def a_lease_ends_while_a_send_hangs(house):
    """A lease ends while a send hangs; its owner comes back too late."""
    assert timedelta(seconds=DEADLINE * 2) <= LEASE, "a send may outlast its lease"
    house.provider.behave()
    component = house.people(2)
    incident = house.incident(component)
    outbox.expand()
    late = claims.claim("late", 2, channel=Channel.EMAIL)
    assert claims.claim("other", 2, channel=Channel.EMAIL) == []
    with clock.pretend(clock.now() + LEASE + timedelta(seconds=1)):
        house.work()
        assert not any(claims.is_wanted(claim) for claim in late), "it would send again"
        for claim in late:
            ledger.postpone(claim, "too late")
    check(house, incident, expected={1: recipients(component)})
    return "the late owner may neither send nor change the outcome"


@fault("F25")
def the_database_dies(house):
    """The database's own processes are killed in the middle of a fan-out."""
    house.provider.behave(smtp={"pause": 0.005})
    component = house.people(house.size.many)
    incident = house.incident(component)
    pid = house.start(threads=THREADS)
    third = house.size.many // 3
    assert eventually(lambda: len(house.provider.taken()) >= third, PATIENCE)
    kills = 1
    if house.server:
        db.session.remove()
        house.server.crash()  # the worker lives, and waits for it
        db.engine.dispose()
    else:
        house.kill(pid)  # on SQLite the process that writes is the database
        house.start(threads=THREADS)
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.2), "not drained"
    house.kill_all()
    allowed = kills * THREADS * IN_FLIGHT
    repeated = check(house, incident, expected={1: recipients(component)}, repeats=allowed)
    return f"{house.size.many} recipients: 0 lost, {repeated} repeated"
