"""A database that is newer, older or empty."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app import migrating
from app.cli import upgrade
from app.migrating import Fit

# Each has SQLite files of its own.
pytestmark = pytest.mark.once


@pytest.fixture
def file(terminal, monkeypatch):
    """A SQLite database at this version, in the data directory."""
    monkeypatch.setenv("ALLCLEAR_DATABASE_URL", "")
    assert terminal("upgrade").exit_code == 0
    return terminal.folder / "data" / "allclear.db"


def at(database, revision):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.commit()


def test_an_empty_database_gets_its_tables(file, terminal):
    assert file.exists()
    assert terminal("upgrade").output == "The database is at this version.\n"


def test_a_new_database_is_made_without_being_asked(terminal, monkeypatch):
    monkeypatch.setenv("ALLCLEAR_DATABASE_URL", "")

    result = terminal("incident", "list")

    assert "not set up yet" in result.output
    assert (terminal.folder / "data" / "allclear.db").exists()


def test_a_newer_database_is_refused_with_what_to_do(file, terminal):
    at(file, "9999")

    for command in (["upgrade"], ["incident", "list"], ["serve", "--bind", "127.0.0.1:0999"]):
        result = terminal(*command)
        assert result.exit_code == 2
        assert "newer than this version" in result.output


def test_an_older_database_says_what_to_run(file, terminal, monkeypatch):
    monkeypatch.setattr(migrating, "fit", lambda: (Fit.OLDER, "0000"))

    result = terminal("incident", "list")

    assert result.exit_code == 2
    assert "Run: allclear upgrade" in result.output


def test_a_database_of_something_else_is_left_alone(terminal, monkeypatch):
    monkeypatch.setenv("ALLCLEAR_DATABASE_URL", f"sqlite:///{terminal.folder}/other.db")
    with closing(sqlite3.connect(terminal.folder / "other.db")) as connection:
        connection.execute("CREATE TABLE poem (line TEXT)")
        connection.commit()

    result = terminal("incident", "list")

    assert result.exit_code == 2
    assert "Run: allclear upgrade" in result.output


def test_a_copy_is_made_before_an_upgrade(file, terminal, monkeypatch):
    answers = iter([(Fit.OLDER, "0000"), (Fit.CURRENT, "0001")])
    monkeypatch.setattr(migrating, "fit", lambda: next(answers))

    result = terminal("upgrade")

    assert result.exit_code == 0
    copy = Path(result.output.splitlines()[0].partition(": ")[2])
    assert copy.parent == file.parent
    assert copy.name.startswith("before-upgrade-0000-")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_copy_can_be_read_by_its_owner_only(file):
    copy = upgrade.copied(file, "copy.db")

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
