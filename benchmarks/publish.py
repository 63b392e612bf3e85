"""From posting an update to its bytes being served, with ever more history behind it.

    python -m benchmarks.publish

The yardstick is measured in the same run: committing one row, and rendering once the documents
that the update changes. The last weeks hold the same ten incidents in every history; the others
are spread over the ten years before.
"""

import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from app import clock, publication
from app.codes import new_code
from app.db import db, transaction
from app.domain import audit, organisation
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
STARTS = 3
MOST_OF_BARE = 3.0
MOST_GROWTH = 1.3
MOST_START = 2.0


def build(size: int) -> None:
    """Resolved incidents, each with two updates that the public was told."""
    ours = make_organisation()
    now = clock.now()
    opened = [now - timedelta(days=at + 0.5) for at in range(RECENT)]
    step = timedelta(days=3650) / max(1, size - RECENT)
    opened += [now - timedelta(days=60) - step * at for at in range(size - RECENT)]
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
                 "stage": stage, "published_at": moment + timedelta(minutes=30 * number),
                 "facts": {}, "form_key": new_code()}
                for at, moment in enumerate(opened)
                for number, stage in ((1, Stage.INVESTIGATING), (2, Stage.RESOLVED))
            ],
        )  # fmt: skip
        session.execute(
            insert(Message),
            [
                {"update_id": at + 1, "audience": Audience.PUBLIC, "body": "We are on it. " * 10}
                for at in range(2 * size)
            ],
        )


def fill(publisher: Publisher) -> None:
    """Publish the past. Stand-ins of the usual size: the folder cannot tell, and it takes seconds."""
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


def measure(folder: Path, size: int) -> tuple[float, float, int]:
    """Median seconds of posting until it is served and of the bare cost; and how many documents."""
    with instances.opened(folder) as app:
        build(size)
        publisher = publication.of(app)
        fill(publisher)
        client = app.test_client()
        incident = make_incident()
        paths = [*documents.lasting(), f"/incidents/{incident.code}"]
        paths += documents.about("month", [f"{clock.now():%Y-%m}"])
        author = db.session.get(Account, 1)

        def posted(words: str) -> None:
            post(incident, words={Audience.PUBLIC: Words("", words)})
            assert words in client.get("/", headers={"Host": "127.0.0.1"}).text

        def bare() -> None:
            with transaction():
                audit.record("measured", by=author)
            with app.app_context():
                for path in paths:
                    documents.render(path)

        both = []
        for at in range(-3, TIMES):
            pair = seconds(lambda: posted(f"Update {at}.")), seconds(bare)  # noqa: B023 - called at once
            both += [pair] if at >= 0 else []
        return (*(statistics.median(side) for side in zip(*both, strict=True)), len(paths))


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
    costs, starts, ratios = {}, {}, {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            costs[size], bare, count = measure(Path(folder), size)
            ratios[size] = costs[size] / bare
            starts[size] = statistics.median(start(Path(folder)) for _ in range(STARTS))
            print(
                f"{size:>6,} past incidents: posted and served in {costs[size] * 1000:.1f} ms, "
                f"{ratios[size]:.2f} times the bare {bare * 1000:.1f} ms of {count} documents; "
                f"started in {starts[size]:.2f} s",
                flush=True,
            )
    growth, later = costs[SIZES[-1]] / costs[SIZES[0]], starts[SIZES[-1]] / starts[SIZES[0]]
    print(f"growth {growth:.2f} (bar: {MOST_GROWTH}), of the start {later:.2f} (bar: {MOST_START})")
    good = max(ratios.values()) <= MOST_OF_BARE and growth <= MOST_GROWTH and later <= MOST_START
    print("met" if good else "NOT met")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
