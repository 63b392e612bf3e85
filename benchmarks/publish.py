"""From posting an update to its bytes being served, with ever more history behind it.

    python -m benchmarks.publish

The yardstick is measured in the same run: committing one row, and rendering once the documents
that the update changes. The last hundred days, which the overview draws, hold the same ten
incidents in every history; the others are spread over the ten years before.
"""

import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert

from app import clock, publication
from app.codes import new_code
from app.db import db, transaction
from app.domain import audit, organisation, status
from app.domain.incidents import Words
from app.models import Account, Incident, Message, Update
from app.publication import documents, static_site, touched
from app.publication.documents import HTML, Document
from app.publication.publisher import Publisher, edition
from app.words import Audience, Stage
from benchmarks import instances
from tests.factories import make_incident, make_organisation, post

SIZES = (10, 1_000, 20_000)
RECENT = 10
TIMES = 25
WARM = 3
STARTS = 3
MOST_OF_BARE = 3.0
MOST_GROWTH = 1.3
MOST_START = 2.0


def build(size: int) -> None:
    """Resolved incidents; the newest ones' updates fill the feeds in every history."""
    ours = make_organisation()
    now = clock.now()
    opened = [now - timedelta(days=at + 0.5) for at in range(RECENT)]
    step = timedelta(days=3650) / max(1, size - RECENT)
    opened += [now - timedelta(days=100) - step * at for at in range(size - RECENT)]
    with transaction() as session:
        session.execute(
            insert(Incident),
            [
                {"code": new_code(), "title": f"Text messages were late ({at})", "newest": 2,
                 "severity_key": "1", "stage": Stage.RESOLVED, "runbook_id": ours.runbook_id,
                 "occurred_at": moment, "aware_at": moment, "opened_at": moment,
                 "resolved_at": moment + timedelta(hours=1), "updated_at": moment,
                 "roles": {}, "facts": {}}
                for at, moment in enumerate(opened)
            ],
        )  # fmt: skip
        session.execute(
            insert(Update),
            [
                {"incident_id": at + 1, "number": number, "author_id": 1, "code": new_code(),
                 "stage": stage, "published_at": moment + timedelta(minutes=10 * number),
                 "facts": {}, "form_key": new_code()}
                for at, moment in enumerate(opened)
                for number, stage in _told(at)
            ],
        )  # fmt: skip
        session.execute(
            insert(Message),
            [
                {"update_id": at + 1, "audience": Audience.PUBLIC, "body": "We are on it. " * 10}
                for at in range(sum(len(_told(at)) for at in range(size)))
            ],
        )


def _told(at: int) -> list[tuple[int, Stage]]:
    count = 6 if at < RECENT else 2
    stages = [Stage.INVESTIGATING, *[Stage.IDENTIFIED] * (count - 2), Stage.RESOLVED]
    return list(enumerate(stages, 1))


def fill(publisher: Publisher) -> None:
    """Publish the past: stand-ins of the usual size, which the folder cannot tell from pages."""
    publisher.publish()
    ours, now = organisation.current(), clock.now()
    model = next(path for path in touched.everything(ours, now) if path.startswith("/incidents/"))
    body = documents.render(model).body
    paths = touched.everything(ours, now)
    publisher.store.refresh()
    for at in range(0, len(paths), 500):
        page = [
            Document(path, body + path.encode(), HTML, now)
            for path in paths[at : at + 500]
            if publisher.store.tag(path) is None
        ]
        publisher.store.put(page, progress={"edition": edition(ours, now)})
    static_site.follow(publisher.store, publisher.store.folder / "site")


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


@dataclass
class History:
    """An instance with so many past incidents, and what was measured on it."""

    app: Flask
    folder: Path
    code: str
    """Of the incident that goes on."""
    posted: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def measure(self, words: str) -> None:
        with self.app.app_context():
            incident, author = status.by_code(self.code), db.session.get(Account, 1)
            client = self.app.test_client()

            def posted() -> None:
                post(incident, author=author, words={Audience.PUBLIC: Words("", words)})
                assert words in client.get("/", headers={"Host": "127.0.0.1"}).text

            self.posted.append(seconds(posted))
        with self.app.app_context():
            author = db.session.get(Account, 1)
            with self.app.app_context():
                ours = organisation.current()
            changed = touched.by_changes(ours, clock.now(), after=ours.changes - 1)
            paths = [*documents.lasting(), *changed]
            self.bare.append(seconds(lambda: bare(author, paths)))

    @property
    def ratio(self) -> float:
        return statistics.median(self.posted) / statistics.median(self.bare)


def bare(author: Account, paths: list[str]) -> None:
    """Commit one row, and render once what an update of this incident changes."""
    with transaction():
        audit.record("measured", by=author)
    kept: dict[str, object] = {}
    for path in paths:
        documents.render(path, kept=kept)


def built(folder: Path, size: int, stack: ExitStack) -> History:
    app = stack.enter_context(instances.opened(folder))
    build(size)
    fill(publication.of(app))
    return History(app, folder, make_incident().code)


def start(folder: Path) -> float:
    """Seconds from starting the command to the first page served."""
    port = instances.free_port()
    command = (*instances.python("from app.cli import main; main()"), "serve")
    begun = time.perf_counter()
    with instances.running(
        *command, "--bind", f"127.0.0.1:{port}", port=port,
        ALLCLEAR_DATA_DIR=str(folder), ALLCLEAR_WORKERS="0",
    ):  # fmt: skip
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
        return time.perf_counter() - begun


def main() -> int:
    with ExitStack() as stack:
        folders = {size: stack.enter_context(tempfile.TemporaryDirectory()) for size in SIZES}
        found = {size: built(Path(folder), size, stack) for size, folder in folders.items()}
        for at in range(-WARM, TIMES):  # in turns, so that a slow minute is everybody's
            for history in found.values():
                history.measure(f"Update {at}.")
        for _ in range(STARTS):
            for history in found.values():
                history.starts.append(start(history.folder))
    return report(found)


def report(found: dict[int, History]) -> int:
    for size, history in found.items():
        del history.posted[:WARM], history.bare[:WARM]
        print(
            f"{size:>6,} past incidents: posted and served in "
            f"{statistics.median(history.posted) * 1000:.1f} ms, {history.ratio:.2f} times "
            f"the bare {statistics.median(history.bare) * 1000:.1f} ms; "
            f"started in {statistics.median(history.starts):.2f} s"
        )
    few, many = found[SIZES[0]], found[SIZES[-1]]
    growth = statistics.median(many.posted) / statistics.median(few.posted)
    later = statistics.median(many.starts) / statistics.median(few.starts)
    print(f"growth {growth:.2f} (bar: {MOST_GROWTH}), of the start {later:.2f} (bar: {MOST_START})")
    most = max(history.ratio for history in found.values())
    good = most <= MOST_OF_BARE and growth <= MOST_GROWTH and later <= MOST_START
    print("met" if good else "NOT met")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
