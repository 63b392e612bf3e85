"""The file in which the documents lie: its tables, and what is written into them together."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from app import clock
from app.publication.answers import Packed
from app.publication.documents import Document

TABLES = """
CREATE TABLE IF NOT EXISTS document (
    path TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    etag TEXT,  -- NULL: it is gone
    content_type TEXT, modified TEXT, headers TEXT, body BLOB, packed BLOB, brotli BLOB
);
CREATE INDEX IF NOT EXISTS document_revision ON document (revision);
CREATE TABLE IF NOT EXISTS owed (place INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS fault (path TEXT PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS state (
    store TEXT NOT NULL, revision INTEGER NOT NULL, number INTEGER NOT NULL,
    edition TEXT NOT NULL, as_of TEXT NOT NULL
);
"""
COLUMNS = "path, revision, etag, content_type, modified, headers, body, packed, brotli"


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


@dataclass(frozen=True)
class Kept:
    """A document as it lies here, with its compressed forms."""

    document: Document
    packed: Packed
    etag: str


class Shelf:
    """The file, opened when it is first needed. It may be missing: then nothing lies in it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def read(self, asked: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is None and not self._file.exists():
            return []
        return self._connected().execute(asked, values).fetchall()

    def state(self) -> State | None:
        rows = self.read("SELECT store, revision, number, edition, as_of FROM state")
        return State(*rows[0]) if rows else None

    def kept(self, path: str) -> Kept | None:
        rows = self.read(
            "SELECT body, content_type, modified, headers, packed, brotli, etag FROM document "
            "WHERE path = ? AND etag IS NOT NULL",
            path,
        )
        if not rows:
            return None
        body, content_type, modified, headers, packed, smaller, etag = rows[0]
        document = Document(
            path, body, content_type, datetime.fromisoformat(modified), json.loads(headers)
        )
        return Kept(document, Packed(packed or b"", smaller or b""), etag)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            made = sqlite3.connect(
                self._file, timeout=10, isolation_level=None, check_same_thread=False
            )
            made.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {TABLES}")
            _bring_up(made)
            self._connection = made
        return self._connection


def lay(
    write: sqlite3.Connection,
    news: Sequence[tuple[Document, Packed]],
    gone: Iterable[str],
    revision: int,
) -> None:
    """Lay down new documents, and take away what is gone, as one revision."""
    write.executemany(
        f"INSERT OR REPLACE INTO document ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
        [_row(document, packed, revision) for document, packed in news],
    )
    write.executemany(
        "UPDATE document SET revision = ?, etag = NULL, body = NULL, packed = NULL, brotli = NULL "
        "WHERE path = ?",
        [(revision, path) for path in gone],
    )


def mark(write: sqlite3.Connection, done: Sequence[str], faults: Mapping[str, str]) -> None:
    """Note what is settled, and what failed; that is no longer owed but tried each minute."""
    now = clock.now().isoformat()
    write.executemany("DELETE FROM fault WHERE path = ?", [(path,) for path in done])
    write.executemany("DELETE FROM owed WHERE path = ?", [(path,) for path in [*done, *faults]])
    write.executemany(
        "INSERT OR REPLACE INTO fault VALUES (?, ?, ?)",
        [(path, now, what) for path, what in faults.items()],
    )


def move(write: sqlite3.Connection, state: State) -> None:
    write.execute("DELETE FROM state")
    write.execute("INSERT INTO state VALUES (?, ?, ?, ?, ?)", astuple(state))


def _row(document: Document, packed: Packed, revision: int) -> tuple[object, ...]:
    return (
        document.path,
        revision,
        document.etag,
        document.content_type,
        document.last_modified.isoformat(),
        json.dumps(dict(document.headers)),
        document.body,
        packed.gzip,
        packed.brotli,
    )


def _bring_up(connection: sqlite3.Connection) -> None:
    """A file of an earlier version has no place for the newest form; its documents go without."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(document)")}
    if "brotli" not in columns:
        connection.execute("ALTER TABLE document ADD COLUMN brotli BLOB")
