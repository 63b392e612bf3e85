"""An instance to break: its database, its people, its workers and its provider."""

import contextlib
import json
import os
import signal
import threading
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, func, insert, literal, select, update

from app import clock, create_app, delivery
from app.codes import new_code
from app.config import read_settings
from app.db import db, transaction
from app.delivery.worker import Worker
from app.models import (
    Announcement,
    Attempt,
    Delivery,
    DeliveryState,
    Incident,
    Message,
    Subscriber,
    Update,
    subscription,
)
from app.words import Impact
from tests.factories import make_component, make_incident, make_organisation, post
from tests.faults.processes import Process, Provider
from tests.waiting import eventually


@dataclass(frozen=True)
class Size:
    """How large the faults are."""

    name: str
    people: int
    """Recipients, where only the outcome of each counts."""
    many: int
    """Recipients of what is killed again and again."""
    kills: int
    rounds: int
    masses: int
    """Recipients of what must not grow in memory."""
    endpoints: int
    pairs: int
    """Runs with a dead endpoint, and as many without."""


@dataclass
class Tally:
    """What the checker has counted in this house."""

    deliveries: int = 0
    lost: int = 0
    repeated: int = 0
    bound: int = 0
    """How many might have been repeated."""


SHORT = Size("short", people=6, many=60, kills=4, rounds=10, masses=400, endpoints=12, pairs=1)
FULL = Size(
    "full",
    people=200,
    many=10_000,
    kills=100,
    rounds=1000,
    masses=100_000,
    endpoints=1000,
    pairs=3,
)


PATIENCE = 600
"""Seconds for what is no promise: a machine may be busy."""
SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


class House:
    """One instance, used by one fault after another; each has people of its own."""

    def __init__(self, folder, url, size, server=None):
        self.folder = folder
        self.tally = Tally()
        self.size = size
        self._running = []
        self.server = server
        self.provider = Provider(folder / "provider.log")
        self.values = {
            "data_dir": str(folder),
            "database_url": url,
            "email": f"smtp://127.0.0.1:{self.provider.smtp_port}",
            "sendgrid_api_key": "key",
            "webhook_http": True,
            "webhook_ports": [],
            "webhook_allow": ["127.0.0.0/8", "::1/128"],
            "sendgrid_host": f"http://127.0.0.1:{self.provider.http_port}",
            "secret_key": "test " * 8,
            "log_level": "ERROR" if "FAULTS_LOG" not in os.environ else "INFO",
        }
        self.settings = read_settings(**self.values, _env_file=None)
        self.app = create_app(self.settings)
        with self.inside():
            make_organisation()
        self._processes = Process("workers", json.dumps(self.values))

    def close(self):
        self.kill_all()
        self._processes.close()
        self.provider.close()
        with self.inside():
            db.engine.dispose()

    @contextlib.contextmanager
    def inside(self):
        """The application's context, for as long as one fault takes."""
        with self.app.app_context():
            try:
                yield
            finally:
                self.kill_all()
                self.forget()
                db.session.remove()

    # People, and what they are told

    def people(self, count, *, hooks=False, port=None):
        """A component with so many subscribers to it alone, by mail or by webhooks; its id."""
        component = make_component(name=f"Part {new_code()}").id
        now = clock.now()
        prefix, place = uuid4().hex[:8], f"http://localhost:{port or self.provider.http_port}"
        rows = [
            {
                "code": new_code(),
                "channel": "webhook" if hooks else "email",
                "address": f"{place}/{prefix}-{number}"
                if hooks
                else f"{prefix}-{number}@example.org",
                "secret": SECRET if hooks else "",
                "everything": False,
                "created_at": now,
                "confirmed_at": now,
            }
            for number in range(count)
        ]
        with transaction() as session:
            session.execute(insert(Subscriber), rows)
            ids = select(Subscriber.id, literal(component)).where(
                Subscriber.address.like(f"%{prefix}-%")
            )
            session.execute(
                insert(subscription).from_select(["subscriber_id", "component_id"], ids)
            )
        return component

    def incident(self, component):
        """Tell everybody who asked about the component; the incident's id."""
        title = f"Trouble {new_code()}"
        return make_incident(title=title, impacts={component: Impact.MAJOR}).id

    def told(self, count):
        """An incident that so many people are owed."""
        return self.incident(self.people(count))

    def more(self, incident, **changes):
        """Post another update of it; its number."""
        return post(db.session.get_one(Incident, incident), impacts={}, **changes).number

    # Workers

    def worker(self, **settings):
        """A worker of this process, for faults without a kill."""
        wanted = self.settings.model_copy(update=settings)
        return Worker(self.app, delivery.channels(wanted), delivery.second(wanted))

    def work(self, worker=None, *, ahead=0.0, rounds=200, **settings):
        """Work until there is nothing to do, as it would be so many seconds later."""
        own = worker or self.worker(**settings)
        with (
            clock.pretend(clock.now() + timedelta(seconds=ahead))
            if ahead
            else contextlib.nullcontext()
        ):
            for _ in range(rounds):
                if not own.work():
                    break
        if worker is None:
            own.close()

    def start(self, **how):
        """Start a process of workers and return its id."""
        pid = int(self._processes.tell(**how))
        self._running.append(pid)
        return pid

    def kill(self, pid, how=signal.SIGKILL):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            pass

    def kill_all(self):
        for pid in self._running:
            self.kill(pid)
        for pid in self._running:
            eventually(lambda pid=pid: not is_alive(pid), 60)
        self._running.clear()

    def ended(self, pid, seconds=PATIENCE):
        """Whether that process ends soon."""
        return eventually(lambda: not is_alive(pid), seconds)

    def both(self, step):
        """Do it in two threads at the same moment; what each came to."""
        barrier, results = threading.Barrier(2), []

        def run():
            with self.app.app_context():
                barrier.wait()
                results.append(step())
                db.session.remove()

        threads = [threading.Thread(target=run, name=f"racer-{number}") for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 2, "one of two failed"
        return results

    # What the database says

    def states(self, incident):
        """How many deliveries of the incident's updates are in each state."""
        db.session.rollback()
        counted = select(Delivery.state, func.count()).where(
            Delivery.announcement_id.in_(of(incident))
        )
        found = db.session.execute(counted.group_by(Delivery.state))
        return {state.value: count for state, count in found}

    def is_drained(self, incident):
        """Whether nobody is owed anything of it any more."""
        db.session.rollback()
        waits = select(Announcement.id).where(
            Announcement.id.in_(of(incident)),
            Announcement.expanded_at.is_(None),
            Announcement.cancelled_at.is_(None),
        )
        owed = select(Delivery.id).where(
            Delivery.announcement_id.in_(of(incident)), Delivery.state == DeliveryState.OWED
        )
        return not any(db.session.scalar(some.limit(1)) for some in (waits, owed))

    def forget(self):
        """Owe nobody anything any more: what is left does not disturb what comes next."""
        db.session.rollback()
        with transaction() as session:
            session.execute(
                update(Announcement)
                .where(Announcement.expanded_at.is_(None))
                .values(cancelled_at=clock.now())
            )
            session.execute(delete(Delivery).where(Delivery.state == DeliveryState.OWED))


def of(incident):
    """The ids of an incident's announcements."""
    updates = select(Update.id).where(Update.incident_id == incident)
    messages = select(Message.id).where(Message.update_id.in_(updates))
    return select(Announcement.id).where(Announcement.message_id.in_(messages))


def unknown(incident):
    """How many tries are noted as ones of which nobody knows whether they got through."""
    db.session.rollback()
    mine = select(Delivery.id).where(Delivery.announcement_id.in_(of(incident)))
    unclear = Attempt.delivery_id.in_(mine), Attempt.outcome == "ambiguous"
    return db.session.scalar(select(func.count()).select_from(Attempt).where(*unclear))


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
