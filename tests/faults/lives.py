"""What happens in the life of an instance: deploys, dead workers, odd clocks, people who leave."""

import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy import update as change

from app import clock, publication
from app.content import email, links
from app.db import db, transaction
from app.domain import calls, health, outbox, pulses, retraction, subscribers
from app.models import Account, Delivery, DeliveryState, Incident, Subscriber
from app.models.pulse import Kind, Pulse
from tests.faults.house import PATIENCE, of
from tests.faults.invariants import check, recipients
from tests.faults.kills import IN_FLIGHT, THREADS
from tests.faults.registry import fault
from tests.waiting import eventually

MOST_LATE = 60
"""Seconds after which all has gone out, though nobody wakes a worker."""
MEMORY = 256
"""Megabytes that a worker may take."""


@fault("F16", on=("postgresql",))
def jobs_are_gone(house):
    """What wakes workers is lost: a job that is never written, then the tables of jobs."""
    waited = []
    write = calls._write_jobs
    for lost in ("job", "tables"):
        house.provider.behave()
        component = house.people(house.size.people)
        house.start(threads=THREADS)
        assert eventually(lambda: pulses.alive(Kind.WORKER), PATIENCE, 0.1)
        if lost == "tables":
            _run("ALTER TABLE procrastinate_jobs RENAME TO away")
        else:
            calls._write_jobs = int
        since = time.monotonic()
        incident = house.incident(component)
        calls._write_jobs = write
        assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.05), lost  # noqa: B023
        waited.append(time.monotonic() - since)
        assert waited[-1] <= MOST_LATE, f"the last waited {waited[-1]:.0f} s"
        house.kill_all()
        check(house, incident, expected={1: recipients(component)})
    _run("ALTER TABLE away RENAME TO procrastinate_jobs")
    return f"the sweep drains: {max(waited):.1f} s at most, 0 lost"


def _run(statement):
    with db.engine.begin() as connection:
        connection.execute(text(statement))


@fault("F17")
def all_workers_are_dead(house):
    """All workers are dead while an incident is posted."""
    house.provider.behave()
    with transaction() as session:
        session.execute(change(Pulse).values(seen_at=clock.now() - timedelta(hours=1)))
    component = house.people(house.size.people)
    incident, since = house.incident(component), time.monotonic()
    publisher = publication.of(house.app)
    publisher.publish()
    title = db.session.get_one(Incident, incident).title
    assert title.encode() in publisher.store.find("/").body, "the page waits for a worker"
    seen = time.monotonic() - since
    assert seen <= 2 or house.size.name != "full", f"on the page after {seen:.1f} s"
    answer = house.app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json["checks"]["workers"] == "none works"
    with clock.pretend(clock.now() + health.LATE * 2):
        now = health.look()
        assert now.is_late, "nobody would say that messages are late"
        assert now.oldest_seconds >= 240
    house.work()
    check(house, incident, expected={1: recipients(component)})
    return f"on the page after {seen:.1f} s; /healthz is 503 and says why"


@fault("F19")
def little_memory(house):
    """A worker may take 256 MB, and very many are owed."""
    peaks = []
    for count in (house.size.masses // 10, house.size.masses):
        house.provider.behave()
        component = house.people(count)
        incident = house.incident(component)
        pid = house.start(threads=THREADS, megabytes=MEMORY, email="sendgrid")
        assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.2), "it stands still"  # noqa: B023
        peaks.append(_most_held(pid))
        house.kill_all()
        check(house, incident, expected={1: recipients(component)})
    assert peaks[1] <= peaks[0] * 1.2, f"memory grows with recipients: {peaks}"
    return f"{house.size.masses} recipients in {peaks[1]} MB, a tenth of them in {peaks[0]} MB"


def _most_held(pid):
    """Megabytes that the process has held at its worst moment, as the system counted them."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


@fault("F27")
def poison(house):
    """One message cannot be composed, and some addresses are no addresses."""
    house.provider.behave()
    good, bad = house.people(house.size.people), house.people(2)
    wrong = ["x" * 10_000_000 + "@example.org", "a\r\nBcc: b@example.org", "\ufffd\x01@example.org"]
    strange = house.people(len(wrong))
    broken, odd, fine = house.incident(bad), house.incident(strange), house.incident(good)
    while outbox.expand():
        pass
    _readdress(odd, wrong)
    title = db.session.get_one(Incident, broken).title
    with _composing(breaks_at=title):
        for ahead in (0, 100, 300, 900, 1800):
            house.work(ahead=ahead)
            if not ahead:
                check(house, fine, expected={1: recipients(good)})
    assert set(_ends(broken)) == {DeliveryState.FAILED}
    # An address that a provider takes is no poison, however strange it is.
    assert DeliveryState.OWED not in _ends(odd)
    return "each is given up after three tries at most, and the others go out at once"


@contextmanager
def _composing(*, breaks_at):
    """Composing breaks at every message of the incident with that title."""
    compose = email.compose

    def breaks(announcement, *how):
        if announcement.message.update.incident.title == breaks_at:
            raise ValueError("poison")
        return compose(announcement, *how)

    email.compose = breaks
    try:
        yield
    finally:
        email.compose = compose


def _ends(incident):
    """The states of its deliveries, none of which was tried more than three times."""
    db.session.rollback()
    tries = select(Delivery.state, Delivery.attempts)
    found = db.session.execute(tries.where(Delivery.announcement_id.in_(of(incident)))).all()
    assert all(attempts <= 3 for _, attempts in found), found
    return [state for state, _ in found]


def _readdress(incident, addresses):
    db.session.rollback()
    mine = Delivery.announcement_id.in_(of(incident))
    ids = db.session.scalars(select(Delivery.id).where(mine)).all()
    with transaction() as session:
        for delivery, address in zip(ids, addresses, strict=True):
            session.execute(change(Delivery).where(Delivery.id == delivery).values(address=address))


@fault("F28")
def people_leave(house):
    """People unsubscribe or are erased between the post and the send, and while calls are away."""
    house.provider.behave()
    component = house.people(house.size.people)
    wanted = recipients(component)
    incident = house.incident(component)
    while outbox.expand():
        pass
    leaving, erased = sorted(wanted)[:2]
    found = {f"subscriber:{one.code}": one for one in _subscribers(wanted)}
    subscribers.erase(found[erased].address)
    _leave(found[leaving].code)
    house.work()
    check(house, incident, expected={1: wanted}, never={leaving, erased})
    waited = _leave_while_calls_are_away(house)
    return f"nothing is handed over once they have left; {waited} waited for a mail on its way"


def _leave_while_calls_are_away(house):
    """People leave or are erased in the very moment when a mail to them is on its way."""
    house.provider.behave(smtp={"takes after": 0.2})
    component = house.people(house.size.many)
    wanted, incident = recipients(component), house.incident(component)
    codes = {one.address: one.code for one in _subscribers(wanted)}
    house.start(threads=THREADS)
    gone_at = {}
    while len(gone_at) < house.size.people:
        coming = []
        assert eventually(lambda: coming.extend(_coming(house)) or coming, PATIENCE, 0.001)  # noqa: B023
        address = coming[-1]
        subscribers.erase(address) if len(gone_at) % 2 else _leave(codes[address])
        gone_at.setdefault(address, time.time())
    house.provider.still()
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1)
    house.kill_all()
    taken = {note["to"]: note["at"] for note in house.provider.taken()}
    late = [one for one, at in gone_at.items() if taken.get(one, at) > at]
    assert not late, f"{len(late)} of {len(gone_at)} were told after they had left"
    mine = select(Delivery.recipient).where(Delivery.announcement_id.in_(of(incident)))
    check(house, incident, expected={1: wanted & set(db.session.scalars(mine))})
    return sum(one in taken for one in gone_at)


def _coming(house):
    """To whom a mail is on its way that was not taken yet."""
    taken = {note["to"] for note in house.provider.taken()}
    return [
        to for note in house.provider.notes() for to in note.get("coming", ()) if to not in taken
    ]


def _subscribers(wanted):
    codes = [recipient.removeprefix("subscriber:") for recipient in wanted]
    return db.session.scalars(select(Subscriber).where(Subscriber.code.in_(codes))).all()


def _leave(code):
    subscribers.leave(links.leave(code).rpartition("/")[2])


@fault("F29")
def a_second_update_and_a_retraction(house):
    """A second update is posted while the first is being sent; another is taken back."""
    house.provider.behave(smtp={"pause": 0.005})
    component = house.people(house.size.many)
    wanted = recipients(component)
    incident = house.incident(component)
    house.start(threads=THREADS)
    assert eventually(lambda: len(house.provider.taken()) >= house.size.many // 4, PATIENCE)
    house.more(incident)
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1)
    house.kill_all()
    check(house, incident, expected={1: wanted, 2: wanted})
    gone = _taken_back(house)
    return f"{house.size.many} recipients: each in order; taken back after {gone} had gone"


def _taken_back(house):
    """Take an update back while it is being sent; how many had it already."""
    house.provider.behave(smtp={"pause": 0.01})
    component = house.people(house.size.many)
    wanted, incident = recipients(component), house.incident(component)
    house.start(threads=THREADS)
    assert eventually(lambda: len(house.provider.taken()) >= house.size.many // 4, PATIENCE)
    gone = retraction.retract(
        db.session.get_one(Incident, incident).updates[0], by=db.session.get_one(Account, 1)
    )
    at_that_moment = len(house.provider.taken())
    assert eventually(lambda: house.is_drained(incident), PATIENCE, 0.1)
    house.kill_all()
    late = len(house.provider.taken()) - at_that_moment
    assert late <= THREADS * IN_FLIGHT, f"{late} were handed over after it was taken back"
    states = house.states(incident)
    assert states["cancelled"] > 0
    assert gone <= states["sent"]
    mine = select(Delivery.recipient).where(Delivery.announcement_id.in_(of(incident)))
    check(house, incident, expected={1: wanted & set(db.session.scalars(mine))})
    return gone
