"""Where the documents lie: a folder that outlives the database, and the memory of who serves."""

import fcntl
import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from app import clock
from app.publication.answers import Answer, pack
from app.publication.documents import Document

log = structlog.get_logger("app.publication")

LOOK_EVERY = 0.5
"""Seconds after which a request looks whether another process has published."""
IN_MEMORY = 1000
"""Documents kept in memory; an older one is read from the folder when somebody asks for it."""
TABLES = """
CREATE TABLE IF NOT EXISTS document (
    path TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    etag TEXT,  -- NULL: it is gone
    content_type TEXT, modified TEXT, headers TEXT, body BLOB, packed BLOB
);
CREATE INDEX IF NOT EXISTS document_revision ON document (revision);
CREATE TABLE IF NOT EXISTS owed (place INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS fault (path TEXT PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS state (
    store TEXT NOT NULL, revision INTEGER NOT NULL, number INTEGER NOT NULL,
    edition TEXT NOT NULL, as_of TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class State:
    """How far the folder has come."""

    store: str = field(default_factory=lambda: uuid4().hex)
    """Which folder this is: a copy of its documents elsewhere knows where it came from."""
    revision: int = 0
    number: int = 0
    """The newest of the database's changes that is in it."""
    edition: str = ""
    """The templates, code and details that everything not owed was rendered by."""
    as_of: str = ""
    """When the documents that change by time alone were rendered."""


@dataclass(frozen=True)
class Fault:
    """A document that could not be rendered; the last good one stays."""

    path: str
    at: datetime
    what: str


class Store:
    """The documents at one revision, swapped at once. Any number of processes may share it."""

    def __init__(self, folder: Path, headers: Mapping[str, str]) -> None:
        self.folder = folder
        self._file = folder / "documents"
        self._headers = headers
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._state = State()
        self._tags: dict[str, str] = {}
        self._answers: dict[str, Answer] = {}
        self._look_at = 0.0

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
        news = [each for each in documents if each.etag != self._tags.get(each.path)]
        forms = {each.path: pack(each.body) for each in news}
        state = replace(self._state, **{**progress, "revision": self._state.revision + 1})
        with self._lock, self._writing() as write:
            write.executemany(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(each, forms[each.path], state) for each in news],
            )
            write.executemany(
                "UPDATE document SET revision = ?, etag = NULL, body = NULL, packed = NULL "
                "WHERE path = ?",
                [(state.revision, path) for path in gone],
            )
            _mark(write, [*(each.path for each in documents), *gone], faults or {})
            _move(write, state)
        changed: dict[str, str | None] = {each.path: each.etag for each in news}
        self._tags = _seen(self._tags, changed | dict.fromkeys(gone))
        self._state = state
        for each in news:
            self._keep(each.path, Answer(each, forms[each.path], self._headers))

    def owe(self, paths: Iterable[str], edition: str) -> None:
        """Note that these, in this order, and all that is here are to be rendered anew."""
        state = replace(self._state, edition=edition)
        with self._lock, self._writing() as write:
            write.executemany(
                "INSERT OR IGNORE INTO owed (path) VALUES (?)", [(path,) for path in paths]
            )
            write.execute(
                "INSERT OR IGNORE INTO owed (path) SELECT path FROM document WHERE etag IS NOT NULL"
            )
            _move(write, state)
        self._state = state

    def owed(self, limit: int) -> list[str]:
        with self._lock:
            return [path for (path,) in self._read("SELECT path FROM owed LIMIT ?", limit)]

    def faults(self) -> list[Fault]:
        with self._lock:
            rows = self._read("SELECT path, at, what FROM fault ORDER BY path")
        return [Fault(path, datetime.fromisoformat(at), what) for path, at, what in rows]

    def since(self, revision: int) -> Iterator[tuple[str, bytes | None, bytes | None]]:
        """Path, bytes and packed bytes of what came after a revision; no bytes where it went."""
        asked = "SELECT path FROM document WHERE revision > ? ORDER BY revision, path DESC"
        with self._lock:
            paths = [path for (path,) in self._read(asked, revision)]
        for path in paths:
            with self._lock:
                found = self._read("SELECT body, packed FROM document WHERE path = ?", path)
            yield path, *found[0]

    def _load(self, path: str) -> Answer | None:
        """Read a document that is not in memory."""
        asked = (
            "SELECT body, content_type, modified, headers, packed, etag FROM document "
            "WHERE path = ? AND etag IS NOT NULL"
        )
        with self._lock:
            rows = self._read(asked, path)
            if not rows:
                return None
            body, content_type, modified, headers, packed, etag = rows[0]
            if etag != self._tags.get(path):
                self._see_news()  # all of the revision that this document is of, not it alone
            document = Document(
                path, body, content_type, datetime.fromisoformat(modified), json.loads(headers)
            )
            answer = Answer(document, packed, self._headers)
            self._keep(path, answer)
        return answer

    def _keep(self, path: str, answer: Answer) -> None:
        with self._lock:
            self._answers.pop(path, None)
            self._answers[path] = answer
            while len(self._answers) > IN_MEMORY:
                del self._answers[next(iter(self._answers))]

    def _see_news(self) -> None:
        rows = self._read("SELECT store, revision, number, edition, as_of FROM state")
        if not rows or rows[0] == astuple(self._state):
            return
        state = State(*rows[0])
        is_ours = state.store == self._state.store
        asked = "SELECT path, etag FROM document WHERE revision > ?"
        news = dict(self._read(asked, self._state.revision if is_ours else 0))
        self._tags = _seen(self._tags if is_ours else {}, news)
        self._state = state

    def _read(self, asked: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is None and not self._file.exists():
            return []
        return self._connected().execute(asked, values).fetchall()

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            made = sqlite3.connect(
                self._file, timeout=10, isolation_level=None, check_same_thread=False
            )
            made.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {TABLES}")
            self._connection = made
        return self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _seen(tags: Mapping[str, str], news: Mapping[str, str | None]) -> dict[str, str]:
    """All tags after these news, in a new dict: it is swapped at once, so nobody sees a half."""
    seen = {**tags, **{path: tag for path, tag in news.items() if tag}}
    for path, tag in news.items():
        if not tag:
            seen.pop(path, None)
    return seen


def _mark(write: sqlite3.Connection, done: Sequence[str], faults: Mapping[str, str]) -> None:
    """Note what is settled, and what failed; that is no longer owed but tried each minute."""
    now = clock.now().isoformat()
    write.executemany("DELETE FROM fault WHERE path = ?", [(path,) for path in done])
    write.executemany("DELETE FROM owed WHERE path = ?", [(path,) for path in [*done, *faults]])
    write.executemany(
        "INSERT OR REPLACE INTO fault VALUES (?, ?, ?)",
        [(path, now, what) for path, what in faults.items()],
    )


def _move(write: sqlite3.Connection, state: State) -> None:
    write.execute("DELETE FROM state")
    write.execute("INSERT INTO state VALUES (?, ?, ?, ?, ?)", astuple(state))


def _row(document: Document, packed: bytes, state: State) -> tuple[object, ...]:
    return (
        document.path,
        state.revision,
        document.etag,
        document.content_type,
        document.last_modified.isoformat(),
        json.dumps(dict(document.headers)),
        document.body,
        packed,
    )
