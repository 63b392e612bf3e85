"""What a deploy does: restarts in the middle, workers that stay idle, tables that change."""

import signal
import time

from sqlalchemy import text

from app.cli import doctor
from app.db import db
from tests.faults.house import PATIENCE
from tests.faults.invariants import check, recipients
from tests.faults.kills import IN_FLIGHT, THREADS
from tests.faults.registry import fault
from tests.faults.visitors import Visitors, Website
from tests.waiting import eventually


@fault("F22")
def a_rolling_restart(house):
    """Workers and the public side are restarted with SIGTERM in the middle of a fan-out."""
    house.provider.behave(smtp={"pause": 0.005})
    website = Website(house)
    visitors = Visitors(website)
    try:
        visitors.come()
        said = _restarted(house, website, visitors)
        visitors.leave()
    finally:
        website.close()
        visitors.leave()
    visitors.check()
    _killed_after_its_grace(house)
    house.work()  # those who subscribed meanwhile are asked whether it was them
    return f"{said}; {visitors.said()}"


def _restarted(house, website, visitors):
    """Restart two workers and the public side, one after another, while an update goes out."""
    component = house.people(house.size.many)
    incident = house.incident(component)
    old = [house.start(threads=1) for _ in range(2)]
    for number, pid in enumerate(old):
        enough = house.size.many // 4 * (number + 1)
        assert eventually(lambda: len(house.provider.taken()) >= enough, PATIENCE)  # noqa: B023
        house.start(threads=1)
        house.kill(pid, signal.SIGTERM)
        assert house.ended(pid, PATIENCE), "it does not stop"
        if number == 0 or house.size.name == "full":  # it takes seconds to start
            website.restart()
            visitors.stay()
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1)
    house.kill_all()
    repeated = check(house, incident, expected={1: recipients(component)})
    return f"{house.size.many} recipients: 0 lost, {repeated} repeated"


def _killed_after_its_grace(house):
    """A worker whose provider hangs is killed when its grace is over: that is a hard kill."""
    house.provider.behave(smtp={"hang": "DATA"})
    component = house.people(house.size.people)
    incident = house.incident(component)
    pid = house.start(threads=1)
    assert eventually(lambda: house.provider.taken(), PATIENCE)
    house.kill(pid, signal.SIGTERM)
    assert not house.ended(pid, 0.2), "it did not finish what it had in hand"
    house.kill(pid)
    house.provider.still()
    house.start(threads=1)
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1)
    house.kill_all()
    check(house, incident, expected={1: recipients(component)}, repeats=IN_FLIGHT)


@fault("F23")
def workers_stay_idle(house):
    """A deploy leaves no worker at work."""
    seconds = 30 if house.size.name == "full" else 1
    began = time.monotonic()
    assert not doctor.is_processed(within=seconds), "the gate lets it through"
    took = time.monotonic() - began
    house.start(threads=1)
    assert doctor.is_processed(within=30), "the gate stays shut"
    house.kill_all()
    return f"the gate failed after {took:.0f} s, and opened for a worker that works"


@fault("F24")
def tables_change_below(house):
    """A migration adds tables and columns while workers of the version before go on."""
    house.provider.behave(smtp={"pause": 0.005})
    component = house.people(house.size.many)
    incident = house.incident(component)
    house.start(threads=THREADS)
    assert eventually(lambda: len(house.provider.taken()) >= house.size.many // 4, PATIENCE)
    _run("ALTER TABLE delivery ADD COLUMN of_the_next_version VARCHAR DEFAULT '' NOT NULL")
    _run("ALTER TABLE subscriber ADD COLUMN of_the_next_version VARCHAR")
    _run("CREATE TABLE of_the_next_version (id INTEGER PRIMARY KEY)")
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1)
    house.kill_all()
    check(house, incident, expected={1: recipients(component)})
    _run("DROP TABLE of_the_next_version")
    for table in ("delivery", "subscriber"):
        _run(f"ALTER TABLE {table} DROP COLUMN of_the_next_version")
    return f"{house.size.many} recipients: 0 lost, 0 repeated"


def _run(statement):
    with db.engine.begin() as connection:
        connection.execute(text(statement))
