"""Worker processes that can be killed: forked from one that is warm, for each line it reads.

Starting an interpreter for each kill would take longer than the fault. A line is JSON: how many
`threads`, how many seconds its clock is `ahead`, and the `point` at which it kills itself.
"""

import json
import os
import resource
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, event

from app import clock, create_app, delivery, signals
from app.config import read_settings
from app.db import db
from app.delivery.journal import Journal
from app.domain import claims, ledger, outbox
from app.models import Channel
from app.words import Impact
from tests.factories import make_incident

POINTS = ("after claim", "while expanding", "after sending", "before settling", "mid-settle")


def main():
    app = create_app(read_settings(**json.loads(sys.argv[1]), _env_file=None))
    with app.app_context():
        claims.claim("nobody", 0, channel=Channel.EMAIL)  # compiles what each child would
        db.session.remove()
        db.engine.dispose()  # a connection must not be shared with a child
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(app, **json.loads(line))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def work(app, *, threads=2, ahead=0.0, point="", post=0, megabytes=0, email=""):
    if post:
        die_while_posting(app, post, point)
    if megabytes:
        most = megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if email:
        app.config["ALLCLEAR"] = app.config["ALLCLEAR"].model_copy(update={"email": email})
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if ahead:
        clock.machine = lambda: datetime.now(UTC) + timedelta(seconds=ahead)
    if point:
        arm(point)
    for thread in delivery.start(app, stop, threads):
        while thread.is_alive():
            thread.join(0.1)
    os._exit(0)


def die_while_posting(app, component, point):
    with app.app_context():
        if point == "before commit":
            after(outbox, "announce")
        else:
            signals.published.connect(die)
        make_incident(title="Posted and killed", impacts={component: Impact.MAJOR})
    os._exit(1)


def die(*_anything, **_named):
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point):
    """Let this process end at that point as if it were killed from outside."""
    if point == "after claim":
        after(claims, "claim")
        after(outbox, "expand_for")
    elif point == "while expanding":
        after(outbox, "_expand_page")
    elif point == "after sending":
        before(Journal, "sent")
    elif point == "before settling":
        before(ledger, "settle")
    elif point == "mid-settle":
        event.listen(Engine, "after_cursor_execute", die_if_settled)


def die_if_settled(_connection, _cursor, statement, *_):
    changed = statement.partition("WHERE")[0]
    if changed.startswith("UPDATE delivery") and "settled_at" in changed:
        die()


def after(place, name):
    inside = getattr(place, name)

    def wrapped(*arguments, **named):
        result = inside(*arguments, **named)
        if result or name not in ("claim", "expand_for"):
            die()
        return result

    setattr(place, name, wrapped)


def before(place, name):
    inside = getattr(place, name)

    def wrapped(*arguments):
        if arguments[-1]:
            die()
        return inside(*arguments)

    setattr(place, name, wrapped)


if __name__ == "__main__":
    main()
