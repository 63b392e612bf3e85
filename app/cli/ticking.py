"""The clock: does what is due by time, until it is stopped. `serve` holds one as well."""

import threading

import structlog
from flask import Flask

from app.content import maintenance
from app.db import db
from app.domain import pulses
from app.domain.due import Clock
from app.models.pulse import Kind

log = structlog.get_logger("app.cli")

EVERY_SECONDS = 5.0


def start(app: Flask, stop: threading.Event, kind: Kind = Kind.CLOCK) -> threading.Thread:
    """Do now what is due, and then every few seconds until `stop`.

    Who is no clock only says that it is there.
    """
    thread = threading.Thread(target=_tick, args=[app, stop, kind], name="ticking", daemon=True)
    thread.start()
    return thread


def _tick(app: Flask, stop: threading.Event, kind: Kind) -> None:
    clock, is_well = Clock((0, maintenance.keep_time)), True
    while True:
        with app.app_context():
            try:
                pulses.beat(kind)
                if kind is Kind.CLOCK:
                    clock.turn()
                is_well = True
            except Exception as error:
                # The database is away. What is due now is done when it is back.
                if is_well:
                    log.warning("the clock stands still", why=type(error).__name__)
                is_well = False
            finally:
                db.session.remove()
        if stop.wait(EVERY_SECONDS):
            break
    leave(app, kind)


def leave(app: Flask, kind: Kind) -> None:
    """Note that this process ends as it was asked to, if the database is there to note it."""
    with app.app_context():
        try:
            pulses.leave(kind)
        except Exception as error:
            log.warning("the end could not be noted", why=type(error).__name__)
        finally:
            db.session.remove()
