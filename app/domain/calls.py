"""Calls workers to what is owed: those of this process, and on PostgreSQL those of all machines.

A call is only a hint. What is owed stands in its own rows, and every worker looks for it by itself
every few seconds: a call that is lost costs that while, and no message.
"""

from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text

from app.db import after_commit, db
from app.signals import owed

if TYPE_CHECKING:
    from procrastinate import App

log = structlog.get_logger("app.domain")

JOB = "allclear.deliver"
"""The name under which a worker finds what to do."""
CHUNK = 500
"""Deliveries that one job stands for: enough to be worth a call, few enough to be shared."""
MOST_JOBS = 64
"""Calls at once: more than there are threads that could answer them are of no use."""


def workers(why: str, *, deliveries: int = 1) -> None:
    """Let workers know of so many deliveries, once the transaction around this commits.

    On PostgreSQL the jobs are written in this very transaction: they are there exactly when
    what they stand for is, and the database tells every machine that listens.
    """
    after_commit(lambda: owed.send(why))
    if db.engine.dialect.name == "postgresql":
        _write_jobs(min(MOST_JOBS, -(-deliveries // CHUNK)))


def forget_dead() -> None:
    """Delete the jobs of workers that died: what they stood for, the others find by themselves."""
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.begin() as connection:
        connection.execute(text(_OF_THE_DEAD))


_OF_THE_DEAD = """
DELETE FROM procrastinate_jobs WHERE status <> 'todo' AND NOT EXISTS (
    SELECT FROM procrastinate_workers AS worker
    WHERE worker.id = procrastinate_jobs.worker_id
    AND worker.last_heartbeat > now() - interval '2 minutes')
"""


def _write_jobs(count: int) -> None:
    from procrastinate.exceptions import ProcrastinateException

    connection = db.session.connection()
    own: Any = connection.connection.driver_connection
    try:
        # A savepoint: a call that cannot be written must not keep back the news it is about.
        with connection.begin_nested():
            _jobs().configure_task(JOB, connection=own).batch_defer(*[{} for _ in range(count)])
    except ProcrastinateException:
        log.exception("workers could not be called")


def _jobs() -> "App":
    """The library, never opened: it writes on the connection that it is given."""
    import procrastinate

    global _library
    if _library is None:
        _library = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    return _library


_library: "App | None" = None
