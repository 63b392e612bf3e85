"""Brings the folder up to what the database holds: after each commit, each minute, at start."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock
from app.config import ROOT, settings
from app.content import times
from app.db import db
from app.domain import organisation
from app.models import Organisation
from app.publication import documents, static_site, touched
from app.publication.answers import Answer
from app.publication.documents import Document
from app.publication.shelf import State
from app.publication.store import Store

log = structlog.get_logger("app.publication")

AT_ONCE = 10
"""Documents of the past that are rendered in one go; a post waits for them at most."""
MOST_AT_ONCE = 60
"""Documents that are rendered with a post. What touches more, all components say, has the rest
follow in the next seconds: whoever posts waits for what is read first, not for 200 badges."""
SOURCES = ("templates", "static", "translations", "app/content", "app/publication")
"""What documents are made with: another line in one of these makes another edition."""


@dataclass
class Rendered:
    """What came of rendering some paths."""

    documents: list[Document] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


class Publisher:
    """Publishes into one folder. Many may: they take turns, and the second finds nothing to do."""

    def __init__(self, app: Flask, store: Store) -> None:
        self.store = store
        self.trouble: datetime | None = None
        """Since when nothing could be published at all."""
        self.is_put_off = False
        self._app = app
        self._seen = -1
        self._next_promise: datetime | None = None

    def publish(self) -> None:
        """Render what was changed since the last time, and what time has changed.

        Never raises: what was posted is posted, and the last good documents stay.
        """
        try:
            with self.store.alone(), self._reading():
                if ours := organisation.current():
                    self._catch_up(ours, clock.now())
            self.trouble = None
        except Exception as error:
            self.trouble = self.trouble or clock.now()
            is_away = isinstance(error, OperationalError)
            log.error("the publication cannot be brought up to date", exc_info=not is_away)

    def keep_up(self) -> bool:
        """Do what is due now; whether more waits to be done."""
        with self._reading():
            ours, now = organisation.current(), clock.now()
            if ours is None:
                return False
            state = self.store.state()
            is_behind = ours.changes != state.number or self._has_turned(state, now)
            wanted = edition(ours, now)
        if is_behind:
            self.publish()
        if self.store.state().edition != wanted:
            self.owe_everything()
        return self.render_owed()

    def answer(self, path: str) -> Answer | None:
        """The answer at a path that is not published yet."""
        document = documents.render(path)
        return self.store.made(document) if document else None

    def owe_everything(self) -> None:
        """Note that every document is to be rendered, by the templates and details as they are."""
        with self.store.alone(), self._reading():
            if ours := organisation.current():
                now = clock.now()
                self.store.refresh()
                self.store.owe(touched.everything(ours, now), edition(ours, now))

    def render_owed(self) -> bool:
        """Render a few of what is owed; whether there is more."""
        if not self.store.owed(1):
            return False
        with self.store.alone(), self._reading():
            self.store.refresh()
            self._put(self.store.owed(AT_ONCE), clock.now())
        return bool(self.store.owed(1))

    def _catch_up(self, ours: Organisation, now: datetime) -> None:
        state = self.store.state()
        before = datetime.fromisoformat(state.as_of) if state.as_of else None
        has_turned = self._has_turned(state, now)
        if ours.changes == state.number and not has_turned:
            return
        paths = [*documents.lasting(), *touched.by_changes(ours, now, after=state.number)]
        progress: dict[str, str | int] = {"number": ours.changes}
        if has_turned or ours.site_change > state.number:
            paths += touched.by_time(ours, before=before, now=now)
            paths += [fault.path for fault in self.store.faults()]
            # These wait for their turn: who posts meanwhile does not wait for them.
            if waiting := touched.by_hour(ours, before=before, now=now):
                self.store.owe(waiting)
            progress["as_of"] = now.isoformat()
        if ours.changes < state.number:
            progress["edition"] = ""  # an older copy of the database: nothing here is sure
        at_once, later = _parted(paths)
        if later:
            self.store.owe_next(later)
        self._put(at_once, now, **progress)

    def _put(self, paths: Iterable[str], now: datetime, **progress: str | int) -> None:
        rendered = self._render(dict.fromkeys(paths), now)
        self.store.put(
            rendered.documents, gone=rendered.gone, faults=rendered.faults, progress=progress
        )
        static_site.follow(self.store, self.store.folder / "site")

    def _render(self, paths: Iterable[str], now: datetime) -> Rendered:
        done = Rendered()
        kept: dict[str, Any] = {}
        for path in paths:
            try:
                document = documents.render(path, now, kept)
            except OperationalError:
                raise  # not this document: the database is away
            except Exception as error:
                log.exception("a document could not be rendered", path=path)
                done.faults[path] = type(error).__name__
                continue
            if document is None:
                done.gone += [path]
            elif self.store.tag(path) in (None, document.etag):
                done.documents += [document]
            else:
                # Also when only its surroundings changed: who has the old one must not keep it.
                done.documents += [replace(document, last_modified=now)]
        return done

    def _has_turned(self, state: State, now: datetime) -> bool:
        """Whether time alone has changed what documents say: the minute, or a promise late."""
        if not state.as_of:
            return True
        if self._seen != state.revision:
            self._seen = state.revision
            self._next_promise = touched.next_promise(datetime.fromisoformat(state.as_of))
        minute = now.replace(second=0, microsecond=0)
        due = self._next_promise
        return datetime.fromisoformat(state.as_of) < minute or (due is not None and due < now)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """A session of our own, in which all documents see the database at one moment."""
        with self._app.app_context():
            if db.engine.dialect.name == "postgresql":
                db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield


def _parted(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is rendered at once, and what may follow: of many, what is about one component."""
    wanted = sorted(dict.fromkeys(paths), key=lambda path: path.startswith("/components/"))
    return wanted[:MOST_AT_ONCE], wanted[MOST_AT_ONCE:]


def edition(ours: Organisation, now: datetime) -> str:
    """What every document depends on: our code, the address, and the organisation's details."""
    zone = times.zone(ours.time_zone, now)
    details = (_sources(), settings().public_url, zone.name, ours.site_change, ours.set_up_at)
    return hashlib.sha256(repr(details).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _sources() -> str:
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()
