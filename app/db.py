"""Table base, UTC datetimes, transaction(), and the set-up of SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, Enum, MetaData, String, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

log = structlog.get_logger("app.db")

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite drops the zone, so put it back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime: use app.clock.now()")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What every table inherits."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: UtcDateTime,
            str: String(),
            dict[str, str]: JSON,
            dict[str, Any]: JSON,
            list[str]: JSON,
            StrEnum: Enum(
                StrEnum,
                native_enum=False,
                length=30,
                values_callable=lambda words: [word.value for word in words],
            ),
        },
    )


db = SQLAlchemy(model_class=Base)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit everything written in the block together, or nothing of it.

    A block inside another joins it: only the outermost commits. On SQLite the outermost takes
    the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and writes later
    fails when somebody else wrote in between. What was loaded before is read afresh inside.
    """
    session = db.session()
    if session.info.get("joined"):
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed before transaction() was entered")
    session.commit()  # ends the transaction of the reads so far, which wrote nothing
    session.info["joined"] = True
    session.info["after_commit"] = []
    try:
        session.connection(execution_options={"write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["joined"]
        waiting = session.info.pop("after_commit")
    for call in waiting:
        try:
            call()
        except Exception:
            # What was committed is true: nobody may be told that it failed, and post it again.
            log.exception("something after a commit failed")


def after_commit(call: Callable[[], object]) -> None:
    """Call this once the transaction around it has been committed; never if it is undone.

    What is asked for again in the same transaction is still called once. What it raises is
    logged and goes no further.
    """
    waiting = db.session().info["after_commit"]
    if call not in waiting:
        waiting.append(call)


@event.listens_for(Engine, "do_connect")
def _refuse_to_create(
    dialect: Dialect, _record: object, place: tuple[Any, ...], _more: dict[str, Any]
) -> None:
    """A SQLite file that is away is an error: an empty one in its place would hide that."""
    if dialect.name == "sqlite" and place[0] != ":memory:" and not Path(place[0]).exists():
        raise sqlite3.OperationalError("the file is not there")


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Let the web server and the workers share one SQLite file without losing a commit."""
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None  # we begin transactions ourselves, below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "busy_timeout = 10000",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
