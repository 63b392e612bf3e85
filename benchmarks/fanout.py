"""How fast an update reaches its subscribers, beside what the other side can take at most.

    python -m benchmarks.fanout

For each database and each way out: recipients a second, seconds to the first and the last, and
the worker's peak memory; beside two yardsticks in the same run, a bare loop of prebuilt messages
and one job for each recipient. At the end, what posting costs with very many subscribers.
"""

import argparse
import http.client
import smtplib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import psycopg
from sqlalchemy import func, select

from app import create_app
from app.cli import instance
from app.content import mime, posts
from app.db import db
from app.delivery.sendgrid import SendGrid
from app.delivery.smtp import Smtp
from app.domain import claims, ledger, outbox
from app.domain.incidents import Words
from app.domain.ledger import Sent
from app.models import Announcement, Channel, Delivery, DeliveryState, Subscriber
from app.models.pulse import Pulse
from app.words import Audience
from benchmarks import costs, instances, sinks
from benchmarks.crowds import subscribe, tidy
from benchmarks.sinks import LATENCY, Count
from tests import databases
from tests.factories import make_incident, make_organisation

LEAST_OF_BARE = 0.5
MOST_OF_CALLS = 1.5
MOST_MEMORY = 1.2
MOST_OF_POSTING = 1.5
FEW = 1_000
"""Recipients of the run that memory is compared with."""
ALONE = 500
"""Recipients that get a job each, for the yardstick."""
IN_A_CALL = 1_000
BARE_CALLS = 20
"""Calls that each connection makes for the yardstick."""
CONNECTIONS = {"sqlite": 1, "postgresql": 2}
WORDS = Words("Text messages are late", "We are looking into it. " * 20)


@dataclass(frozen=True)
class Run:
    """One fan-out, as it was measured."""

    seconds: float
    to_first: float
    memory: int
    """Peak of the largest worker, in KiB."""
    of_workers: float
    """Seconds of computing that the workers took, all of them together."""
    of_database: float
    """The same of PostgreSQL's server; that of SQLite is the workers' own."""


class NoSkipping:
    def getoption(self, _name: str) -> bool:
        return False


@contextmanager
def server(kind: str) -> Iterator[Callable[[Path], str]]:
    """A maker of fresh databases, which keep what they have committed."""
    if kind == "sqlite":
        yield lambda folder: ""
        return
    databases.CHEAP = "-c listen_addresses= -c shared_buffers=256MB"
    pytest_free: Any = NoSkipping()
    with databases.postgresql(pytest_free) as address:
        numbers = iter(range(1000))

        def fresh(folder: Path) -> str:
            name = f"fanout{next(numbers)}"
            with psycopg.connect(address("postgres"), autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE {name}")
            databases.migrate(address(name), folder)
            return address(name)

        yield fresh


def fan_out(database: str, fresh: Callable[[Path], str], email: str, recipients: int,
            sink: Count) -> Run:  # fmt: skip
    """Subscribe so many, start the workers, post an update and wait until all have it."""
    sink.clear()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = fresh(folder)
        host = f"http://127.0.0.1:{sink.port}"
        more = {
            "database_url": url, "email": email.format(port=sink.port),
            "sendgrid_api_key": "SG.key", "sendgrid_host": host, "secret_key": "bench " * 8,
        }  # fmt: skip
        with (
            instance.opened(instances.settings(folder, **more)),
            workers(folder, more, database) as ran,
        ):
            make_organisation()
            _warm()
            subscribe(recipients)
            tidy()
            ids = [process.pid for process in ran]
            before = costs.of(ids), costs.of_server()
            posted = time.time()
            make_incident(words={Audience.CUSTOMER: WORDS})
            db.session.remove()
            _wait(lambda: sink.taken >= recipients, 900)
            _wait(_is_settled, 60)
            spent = costs.of(ids) - before[0], costs.of_server() - before[1]
            memory = max(costs.peak(process) for process in ids)
            assert sink.taken == recipients, f"{sink.taken} were taken of {recipients}"
            return Run(sink.last - posted, sink.first - posted, memory, *spent)


@contextmanager
def workers(folder: Path, more: dict[str, str], database: str) -> Iterator[list[Popen[bytes]]]:
    """One worker on SQLite, two on PostgreSQL: as many connections to the other side."""
    environment = {f"ALLCLEAR_{name.upper()}": value for name, value in more.items()}
    environment |= {"ALLCLEAR_DATA_DIR": str(folder), "ALLCLEAR_LOG_LEVEL": "ERROR"}
    command = (*instances.python("from app.cli import main; main()"), "worker", "--threads", "1")
    with ExitStack() as stack:
        yield [
            stack.enter_context(instances.started(*command, **environment))
            for _ in range(CONNECTIONS[database])
        ]


def _warm() -> None:
    """Wait until every worker runs and has seen to an incident that nobody subscribed to yet.

    Whoever posts has done so before as well, as in a server that has been up for a while.
    """

    def ready() -> bool:
        db.session.rollback()
        return (db.session.scalar(select(func.count()).select_from(Pulse)) or 0) > 0

    _wait(ready, 60)
    time.sleep(3)
    make_incident(words={Audience.CUSTOMER: WORDS})
    _wait(_is_expanded, 60)


def _is_expanded() -> bool:
    db.session.rollback()
    left = select(func.count()).where(Announcement.expanded_at.is_(None))
    return db.session.scalar(left) == 0


def _is_settled() -> bool:
    db.session.rollback()
    owed = select(func.count()).where(Delivery.state == DeliveryState.OWED)
    return db.session.scalar(owed) == 0


def _wait(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError("this took too long")
        time.sleep(0.1)


def yardsticks(recipients: int, sink: Count) -> tuple[float, float]:
    """Recipients a second of a bare loop, and of one job for each recipient."""
    with tempfile.TemporaryDirectory() as name, instances.opened(Path(name)):
        make_organisation()
        subscribe(recipients)
        make_incident(words={Audience.CUSTOMER: WORDS})
        announcement = db.session.scalar(select(Announcement))
        letter = posts.compose(announcement)
        known = db.session.execute(select(Subscriber.code, Subscriber.address)).all()
        ready = [
            (address, mime.to_bytes(letter.addressed(f"subscriber:{code}", address)))
            for code, address in known
        ]
        begun = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", sink.port) as loop:
            for address, mail in ready:
                loop.sendmail("status@example.org", [address], mail)
        bare = recipients / (time.perf_counter() - begun)
        return bare, _alone(sink)


def bare_calls(sink: Count, connections: int) -> float:
    """Recipients a second when the same call, made ready before, is only sent and answered."""
    with tempfile.TemporaryDirectory() as name, instances.opened(Path(name)):
        make_organisation()
        make_incident(words={Audience.CUSTOMER: WORDS})
        letter = posts.compose(db.session.scalars(select(Announcement)).one())
        known = [(f"subscriber:{n:012}", f"reader{n}@example.org") for n in range(IN_A_CALL)]
        ready = SendGrid("SG.key", "").pack([letter.addressed(*one) for one in known])

    def loop() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", sink.port)
        for _ in range(BARE_CALLS):
            connection.request("POST", "/v3/mail/send", ready)
            connection.getresponse().read()
        connection.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        for done in [threads.submit(loop) for _ in range(connections)]:
            done.result()
    return connections * BARE_CALLS * IN_A_CALL / (time.perf_counter() - begun)


def _alone(sink: Count) -> float:
    """One job a recipient: look for one, compose, send, and tell the database."""
    while outbox.expand():
        pass
    smtp = Smtp(f"smtp://127.0.0.1:{sink.port}")
    begun = time.perf_counter()
    for done in range(ALONE):
        found = claims.claim("alone", 1, channel=Channel.EMAIL)
        if not found:
            return done / (time.perf_counter() - begun)
        announcement = db.session.get_one(Announcement, found[0].announcement_id)
        post = posts.compose(announcement).addressed(found[0].recipient, found[0].address)
        ledger.settle([Sent(found[0], smtp.send(post))])
    smtp.close()
    return ALONE / (time.perf_counter() - begun)


def posting(fresh: Callable[[Path], str], subscribers: int) -> tuple[float, float]:
    """Seconds to post with ten subscribers, and with very many."""
    found: dict[int, list[float]] = {10: [], subscribers: []}
    with ExitStack() as stack:
        apps = {}
        for count in found:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            settings = instances.settings(folder, database_url=fresh(folder))
            with instance.opened(settings):
                make_organisation()
                subscribe(count)
                tidy()
                make_incident()
                db.session.remove()
            apps[count] = create_app(settings)
        for _ in range(25):  # in turns, so that a slow minute is everybody's
            for count, app in apps.items():
                with app.app_context():
                    begun = time.perf_counter()
                    make_incident()
                    found[count].append(time.perf_counter() - begun)
                    db.session.remove()
    return statistics.median(found[10]), statistics.median(found[subscribers])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--subscribers", type=int, default=1_000_000, help="of the posting's cost")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--only", choices=["smtp", "sendgrid", "posting"], action="append")
    asked = parser.parse_args()
    parts = asked.only or ["smtp", "sendgrid", "posting"]
    is_met = True
    for database in asked.database or ["sqlite", "postgresql"]:
        with server(database) as fresh:
            if "smtp" in parts:
                is_met &= by_smtp(database, fresh, asked.recipients)
            if "sendgrid" in parts:
                is_met &= by_sendgrid(database, fresh, asked.recipients)
            if "posting" in parts:
                is_met &= by_posting(database, fresh, asked.subscribers)
    print("met" if is_met else "NOT met")
    return 0 if is_met else 1


def by_posting(database: str, fresh: Callable[[Path], str], subscribers: int) -> bool:
    few, many = posting(fresh, subscribers)
    print(
        f"{database}, posting: {few * 1000:.1f} ms with 10 subscribers, {many * 1000:.1f} ms with "
        f"{subscribers:,}: {many / few:.2f} times (bar: {MOST_OF_POSTING})",
        flush=True,
    )
    return many / few <= MOST_OF_POSTING


def by_smtp(database: str, fresh: Callable[[Path], str], recipients: int) -> bool:
    with sinks.smtp() as sink:
        few = fan_out(database, fresh, "smtp://127.0.0.1:{port}", FEW, sink)
        many = fan_out(database, fresh, "smtp://127.0.0.1:{port}", recipients, sink)
        bare, alone = yardsticks(min(recipients, 5_000), sink)
    rate = recipients / many.seconds
    told(f"{database}, SMTP", recipients, many, few)
    print(
        f"  bare loop {bare:,.0f}/s, one job a recipient {alone:,.0f}/s: "
        f"{rate / bare:.2f} of the bare loop (bar: {LEAST_OF_BARE})",
        flush=True,
    )
    return rate / bare >= LEAST_OF_BARE and many.memory <= MOST_MEMORY * few.memory


def by_sendgrid(database: str, fresh: Callable[[Path], str], recipients: int) -> bool:
    with sinks.sendgrid() as sink:
        few = fan_out(database, fresh, "sendgrid", FEW, sink)
        many = fan_out(database, fresh, "sendgrid", recipients, sink)
        bare = bare_calls(sink, CONNECTIONS[database])
    calls = -(-recipients // IN_A_CALL)
    least = calls * LATENCY / CONNECTIONS[database]
    told(f"{database}, SendGrid", recipients, many, few)
    print(
        f"  {calls} calls of {LATENCY * 1000:.0f} ms over {CONNECTIONS[database]} connections "
        f"take {least:.2f} s: {many.seconds / least:.2f} times (bar: {MOST_OF_CALLS}); "
        f"calls made ready before, {bare:,.0f}/s",
        flush=True,
    )
    return many.seconds / least <= MOST_OF_CALLS and many.memory <= MOST_MEMORY * few.memory


def told(what: str, recipients: int, many: Run, few: Run) -> None:
    print(
        f"{what}: {recipients:,} recipients in {many.seconds:.2f} s, "
        f"{recipients / many.seconds:,.0f}/s; first after {many.to_first:.2f} s; "
        f"peak {many.memory / 1024:.0f} MiB, {many.memory / few.memory:.2f} times that of {FEW:,} "
        f"(bar: {MOST_MEMORY})"
    )
    workers_us, database_us = (
        spent / recipients * 1e6 for spent in (many.of_workers, many.of_database)
    )
    print(
        f"  computing for each recipient: {workers_us:.0f} µs of the workers"
        + (f", {database_us:.0f} µs of the database's server" if many.of_database else "")
    )


if __name__ == "__main__":
    sys.exit(main())
