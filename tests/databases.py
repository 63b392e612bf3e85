"""Databases for tests: SQLite files and a PostgreSQL server of our own."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from flask_migrate import upgrade

from app import create_app
from app.config import read_settings
from app.db import db

CHEAP = "-c fsync=off -c full_page_writes=off -c autovacuum=off -c listen_addresses="

EMPTY = """
DO $$ DECLARE one text; BEGIN
  SET LOCAL session_replication_role = replica;  -- in any order, whatever refers to what
  FOR one IN SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE format('LOCK TABLE %1$I; DELETE FROM %1$I', one); END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""

TABLES = """
SELECT c.oid, c.relname, array_agg((a.attname, a.atttypid, a.attnotnull)::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace GROUP BY c.oid, c.relname ORDER BY c.oid
"""


def isolate_from_environment():
    """Tests depend on no setting of the machine they run on."""
    for name in [name for name in os.environ if name.startswith("ALLCLEAR_")]:
        del os.environ[name]


@contextmanager
def server(kind, tmp_path_factory, config):
    """Yield a function that gives the address of a fresh database, migrated once and copied."""
    folder = tmp_path_factory.mktemp("database")
    if kind == "sqlite":
        template = folder / "template.db"
        migrate(f"sqlite:///{template}", folder)

        def fresh(tmp_path):
            shutil.copy(template, tmp_path / "test.db")
            return f"sqlite:///{tmp_path / 'test.db'}"

        yield fresh
        return
    with postgresql(config) as address:
        with psycopg.connect(address("postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE template_allclear")
            migrate(address("template_allclear"), folder)
            yield Lent(admin, address).fresh


class Lent:
    """A database of PostgreSQL that one test after the other gets, emptied: to copy the template
    takes longer than most tests. Where a test has changed the tables, the next gets a new copy.
    """

    def __init__(self, admin, address):
        self._admin = admin
        self._address = address
        self._numbers = count()
        self._copy()
        self._tables = self._looks()

    def fresh(self, _tmp_path):
        self._end_others()
        if self._looks() == self._tables:
            self._connection.execute(EMPTY)
        else:
            self._connection.close()
            self._copy()
        return self._address(self._name)

    def _copy(self):
        self._name = f"test_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {self._name} TEMPLATE template_allclear")
        self._connection = psycopg.connect(self._address(self._name), autocommit=True)

    def _looks(self):
        return self._connection.execute(TABLES).fetchall()

    def _end_others(self):
        """Whoever the test before has left behind is stopped, and does not write in the next."""
        self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def migrate(url, folder):
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    app = create_app(read_settings(data_dir=folder, database_url=url, _env_file=None))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@contextmanager
def postgresql(config):
    """Start a server in a temporary folder, on a socket only; yield a maker of addresses."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        if config.getoption("--strict-machine"):
            pytest.fail("PostgreSQL is not installed on this machine")
        pytest.skip("PostgreSQL is not installed on this machine")
    home = Path(f"/tmp/allclear-pg-{os.getpid()}")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    root = os.geteuid() == 0
    if root:
        shutil.chown(home, "postgres", "postgres")

    def run(*command):
        prefix = ["runuser", "-u", "postgres", "--"] if root else []
        # Not captured: the server would inherit the pipe, and waiting for its end never ends.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*prefix, *map(str, command)], check=True, cwd="/tmp", **quiet)

    try:
        run(binaries[-1] / "initdb", "-N", "-D", home / "data", "-U", "postgres", "-A", "trust")
        options = f"{CHEAP} -k {home}"
        control = (binaries[-1] / "pg_ctl", "-D", home / "data", "-w", "-l", home / "log")
        run(*control, "-o", options, "start")
        yield lambda name: f"postgresql://postgres@/{name}?host={home}"
    finally:
        run(binaries[-1] / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)
