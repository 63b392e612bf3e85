"""Listens for the jobs that other machines write on PostgreSQL, and wakes our workers.

A job holds nothing: whoever takes it runs the claim loop, which finds what is owed. So none of
Procrastinate's own retries, locks and stalled jobs matter here, and a lost job costs one sweep.
"""

import asyncio
import contextlib
import logging
import threading

import structlog
from flask import Flask

from app.config import Settings
from app.domain import calls
from app.signals import owed

log = structlog.get_logger("app.delivery")

AGAIN_AFTER = 5.0
"""Seconds until we listen again, when the database went away."""
HOLD = 0.1
"""Seconds that a job keeps its place, so that the next one is for another machine."""
POLL = 5.0
"""Seconds between looks for jobs whose notification was lost."""


def start(app: Flask, stop: threading.Event) -> threading.Thread | None:
    """Listen in a thread until `stop`; None where the database tells nobody anything."""
    settings: Settings = app.config["ALLCLEAR"]
    if not settings.database.startswith("postgresql"):
        return None
    place = settings.database.replace("postgresql+psycopg://", "postgresql://", 1)
    thread = threading.Thread(target=_run, args=[place, stop], name="listening", daemon=True)
    thread.start()
    return thread


def _run(place: str, stop: threading.Event) -> None:
    # Its own lines are whole tracebacks, one for each try; what they say is said below.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    is_well = True
    while not stop.is_set():
        try:
            asyncio.run(_listen(place, stop))
            is_well = True
        except Exception as error:
            # The workers look by themselves meanwhile.
            if is_well:
                log.warning("jobs cannot be listened for", why=type(error).__name__)
            is_well = False
            stop.wait(AGAIN_AFTER)


async def _listen(place: str, stop: threading.Event) -> None:
    import procrastinate

    connector = procrastinate.PsycopgConnector(
        conninfo=place, min_size=1, max_size=3, timeout=5, kwargs={"connect_timeout": 5}
    )
    jobs = procrastinate.App(connector=connector)

    @jobs.task(name=calls.JOB)
    async def wake(**_nothing: object) -> None:
        owed.send("job")
        await asyncio.sleep(HOLD)

    async with jobs.open_async():
        running = asyncio.create_task(
            jobs.run_worker_async(
                fetch_job_polling_interval=POLL,
                delete_jobs="always",
                install_signal_handlers=False,
                shutdown_graceful_timeout=1,
            )
        )
        while not stop.is_set() and not running.done():
            await asyncio.wait([running], timeout=0.25)
        if not running.done():
            running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
