"""The public site as documents: which there are, what changes them, where they lie, who serves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from app.config import Settings
from app.content import policy
from app.models import Organisation
from app.publication.publisher import Publisher
from app.publication.shelf import Fault
from app.publication.store import Store
from app.publication.wsgi import Doorway
from app.signals import published

log = structlog.get_logger("app.publication")

EVERY_SECONDS = 1.0
"""How often the clock looks: news of other machines and a promise that passes wait so long."""

BEHIND = timedelta(minutes=3)
"""The clock renders each minute: what is older than this is behind."""


def init_app(app: Flask) -> None:
    """Answer documents in front of the application, and publish what it changes."""
    settings: Settings = app.config["ALLCLEAR"]
    headers = policy.headers(settings.public_url)
    store = Store(settings.data_dir / "publication", headers)
    app.extensions["publication"] = Publisher(app, store)
    app.wsgi_app = Doorway(app.wsgi_app, store, headers)  # type: ignore[method-assign]  # as Flask's docs have it


def of(app: Flask) -> Publisher:
    publisher: Publisher = app.extensions["publication"]
    return publisher


@published.connect
def publish(_sender: object) -> None:
    """Publish what a commit has changed, before whoever committed is answered."""
    if not of(current_app).is_put_off:
        of(current_app).publish()


@contextmanager
def put_off(app: Flask) -> Iterator[None]:
    """Publish nothing inside: who writes much at once leaves it to whoever serves next."""
    publisher = of(app)
    publisher.is_put_off = True
    try:
        yield
    finally:
        publisher.is_put_off = False


def start(app: Flask, stop: threading.Event) -> threading.Thread:
    """Publish what there is, then keep up with the clock and other machines until `stop`."""
    of(app).publish()
    thread = threading.Thread(target=_keep_up, args=[app, stop], name="clock", daemon=True)
    thread.start()
    return thread


@dataclass(frozen=True)
class Standing:
    """How far the documents that this machine serves have come."""

    number: int
    as_of: str
    faults: int
    is_in_trouble: bool

    def is_current(self, ours: Organisation | None, now: datetime) -> bool:
        """Whether readers see what was posted, give or take the moment it takes."""
        if ours is None or not self.as_of or self.is_in_trouble:
            return False
        return now - datetime.fromisoformat(self.as_of) < BEHIND and self.number >= ours.changes


def standing() -> Standing:
    publisher = of(current_app)
    state = publisher.store.state()
    faults = len(publisher.store.faults())
    return Standing(state.number, state.as_of, faults, publisher.trouble is not None)


def has_documents() -> bool:
    return of(current_app).store.find("/") is not None


def faults() -> list[Fault]:
    """The documents that readers see in an older form, because the new one failed."""
    return of(current_app).store.faults()


def trouble() -> bool:
    """Whether nothing at all could be published lately."""
    return of(current_app).trouble is not None


def _keep_up(app: Flask, stop: threading.Event) -> None:
    publisher, is_well, has_more = of(app), True, False
    while not stop.wait(0.01 if has_more else EVERY_SECONDS):
        try:
            has_more = publisher.keep_up()
            is_well = True
        except Exception as error:
            # The documents stay as they are, with the time as of which they are true.
            has_more = False
            if is_well:
                log.warning("the publication cannot keep up", why=type(error).__name__)
                if not isinstance(error, OperationalError):
                    log.exception("the publication cannot keep up")
            is_well = False
