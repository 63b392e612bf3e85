"""Where the documents lie: a folder that outlives the database, and the memory of who serves."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from app.publication import shelf
from app.publication.answers import Answer, pack
from app.publication.documents import Document
from app.publication.shelf import Fault, Kept, Shelf, State

log = structlog.get_logger("app.publication")

LOOK_EVERY = 0.5
"""Seconds after which a request looks whether another process has published."""
IN_MEMORY = 1000
"""Documents kept in memory; an older one is read from the folder when somebody asks for it."""


class Store:
    """The documents at one revision, swapped at once. Any number of processes may share it."""

    def __init__(self, folder: Path, headers: Mapping[str, str]) -> None:
        self.folder = folder
        self._shelf = Shelf(folder / "documents")
        self._headers = headers
        self._lock = threading.RLock()
        self._state = State()
        self._tags: Mapping[str, str] = {}
        """The tag of every document: what is not here is not there."""
        self._answers: dict[str, Answer] = {}
        self._look_at = 0.0

    def at_hand(self, path: str) -> Answer | None:
        """The answer at a path when it can be given at once: without the folder, or a lock."""
        answer = self._answers.get(path)
        return answer if answer is not None and answer.etag == self._tags.get(path) else None

    def find(self, path: str) -> Answer | None:
        """The answer at a path; None where there is no document."""
        if time.monotonic() >= self._look_at:
            self.refresh()
        tag = self._tags.get(path)
        if tag is None:
            with self._lock:  # the folder may be being read for the first time
                tag = self._tags.get(path)
            if tag is None:
                return None
        answer = self._answers.get(path)
        if answer and answer.etag == tag:
            return answer
        try:
            return self._load(path)
        except sqlite3.Error:
            log.exception("a document cannot be read", path=path)
            return answer

    def made(self, document: Document) -> Answer:
        """A document as an answer, without keeping it."""
        return Answer(document, pack(document.body), self._headers)

    def tag(self, path: str) -> str | None:
        return self._tags.get(path)

    def tags(self) -> dict[str, str]:
        """The tag of every document, by its path."""
        return dict(self._tags)

    def state(self) -> State:
        """How far the folder has come, whoever brought it there."""
        self.refresh()
        return self._state

    def refresh(self) -> None:
        """See what other processes have published. What is in memory stays when that fails."""
        self._look_at = time.monotonic() + LOOK_EVERY
        with self._lock:
            try:
                self._see_news()
            except (sqlite3.Error, OSError):
                log.exception("the publication's folder cannot be read")

    def watch(self, stop: threading.Event) -> None:
        """See what other processes publish until `stop`, so that no reader has to look."""
        while not stop.wait(LOOK_EVERY):
            self.refresh()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one publish at a time, of all processes that share the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def put(
        self,
        documents: Sequence[Document],
        *,
        gone: Iterable[str] = (),
        faults: Mapping[str, str] | None = None,
        progress: Mapping[str, Any],
    ) -> None:
        """Make these the next revision, all at once; of what could not be rendered, keep why.

        `progress` are the fields of the state that move with it. Unchanged documents stay.
        """
        news = [
            (each, pack(each.body)) for each in documents if each.etag != self._tags.get(each.path)
        ]
        state = replace(self._state, **{**progress, "revision": self._state.revision + 1})
        with self._lock, self._shelf.writing() as write:
            shelf.lay(write, news, gone, state.revision)
            shelf.mark(write, [*(each.path for each in documents), *gone], faults or {})
            shelf.move(write, state)
        made = [Answer(each, packed, self._headers) for each, packed in news]
        changed: dict[str, str | None] = {each.path: each.etag for each, _ in news}
        self._tags = _seen(self._tags, changed | dict.fromkeys(gone))
        self._state = state
        for (each, _), answer in zip(news, made, strict=True):
            self._keep(each.path, answer)

    def owe(self, paths: Iterable[str], edition: str | None = None) -> None:
        """Note that these, in this order, are to be rendered anew; in a new edition, all."""
        with self._lock, self._shelf.writing() as write:
            write.executemany(
                "INSERT OR IGNORE INTO owed (path) VALUES (?)", [(path,) for path in paths]
            )
            if edition is None:
                return
            state = replace(self._state, edition=edition)
            write.execute(
                "INSERT OR IGNORE INTO owed (path) SELECT path FROM document WHERE etag IS NOT NULL"
            )
            shelf.move(write, state)
        self._state = state

    def owe_next(self, paths: Iterable[str]) -> None:
        """Note that these are to be rendered before all else that is owed."""
        with self._lock, self._shelf.writing() as write:
            write.executemany(
                "INSERT OR REPLACE INTO owed (place, path) "
                "SELECT coalesce(min(place), 0) - 1, ? FROM owed",
                [(path,) for path in reversed([*paths])],
            )

    def owed(self, limit: int) -> list[str]:
        asked = "SELECT path FROM owed ORDER BY place LIMIT ?"
        with self._lock:
            return [path for (path,) in self._shelf.read(asked, limit)]

    def faults(self) -> list[Fault]:
        with self._lock:
            rows = self._shelf.read("SELECT path, at, what FROM fault ORDER BY path")
        return [Fault(path, datetime.fromisoformat(at), what) for path, at, what in rows]

    def since(self, revision: int) -> Iterator[tuple[str, Kept | None]]:
        """What came after a revision, by its path; None where a document went."""
        asked = "SELECT path FROM document WHERE revision > ? ORDER BY revision, path DESC"
        with self._lock:
            paths = [path for (path,) in self._shelf.read(asked, revision)]
        for path in paths:
            with self._lock:
                kept = self._shelf.kept(path)
            yield path, kept

    def kept(self, path: str) -> Kept | None:
        """A document as it lies in the folder."""
        with self._lock:
            return self._shelf.kept(path)

    def _load(self, path: str) -> Answer | None:
        """Read a document that is not in memory."""
        with self._lock:
            if answer := self.at_hand(path):
                return answer  # somebody was faster
            kept = self._shelf.kept(path)
            if kept is None:
                return None
            if kept.etag != self._tags.get(path):
                self._see_news()  # all of the revision that this document is of, not it alone
            return self._take(path, kept)

    def _take(self, path: str, kept: Kept) -> Answer:
        answer = Answer(kept.document, kept.packed, self._headers)
        self._keep(path, answer)
        return answer

    def _keep(self, path: str, answer: Answer) -> None:
        with self._lock:
            self._answers.pop(path, None)
            self._answers[path] = answer
            while len(self._answers) > IN_MEMORY:
                del self._answers[next(iter(self._answers))]

    def _see_news(self) -> None:
        state = self._shelf.state()
        if state is None or state == self._state:
            return
        is_ours = state.store == self._state.store
        asked = "SELECT path, etag FROM document WHERE revision > ?"
        news = dict(self._shelf.read(asked, self._state.revision if is_ours else 0))
        for path in news:
            # What is being read is read anew here, so that no reader waits for it.
            if path in self._answers and (kept := self._shelf.kept(path)):
                self._take(path, kept)
        self._tags = _seen(self._tags if is_ours else {}, news)
        self._state = state


def _seen(tags: Mapping[str, str], news: Mapping[str, str | None]) -> dict[str, str]:
    """All tags after these news, in a new dict: it is swapped at once, so nobody sees a half."""
    seen = {**tags, **{path: tag for path, tag in news.items() if tag}}
    for path, tag in news.items():
        if not tag:
            seen.pop(path, None)
    return seen
