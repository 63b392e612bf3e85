"""What every test starts from: an application with an empty, migrated database."""

import contextvars
import socket
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from app import create_app, publication
from app.config import read_settings
from app.db import db
from app.domain import accounts
from app.signals import published
from tests import databases, once

databases.isolate_from_environment()
accounts.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
once.install()


class SeparateClient(FlaskClient):
    """Gives each request its own session and `g`, as in production, while the test holds others."""

    def open(self, *args, **kwargs):
        catch_up(self.application)
        return contextvars.Context().run(super().open, *args, **kwargs)


def catch_up(app):
    """Publish what was put off, before somebody looks."""
    if app.extensions.pop("has_news", False):
        publication.of(app).publish()


def pytest_addoption(parser):
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption("--strict-machine", action="store_true", help="a skipped test is a failure")


def pytest_collection_modifyitems(config, items):
    """A test that uses no database is the same on each: it runs with SQLite's, and so does one
    that is marked. A test of the `jobs` that only PostgreSQL has runs there alone.
    """
    is_sqlite = config.getoption("--database") == "sqlite"
    left, needed = [], []
    for item in items:
        uses = getattr(item, "fixturenames", ())
        varies = "database" in uses and not item.get_closest_marker("once")
        runs = "jobs" not in uses if is_sqlite else varies
        (needed if runs else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = needed


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where everything is installed, a test that is skipped is one that nobody runs."""
    report = yield
    strict = item.config.getoption("--strict-machine")
    if strict and report.skipped and not hasattr(report, "wasxfail"):
        reason = call.excinfo.value if call.excinfo else "marked to be skipped"
        report.outcome = "failed"
        report.longrepr = f"Skipped, where nothing may be: {reason}"
    return report


@pytest.fixture(scope="session")
def database(request, tmp_path_factory):
    """A factory of addresses of fresh, migrated databases."""
    kind = request.config.getoption("--database")
    with databases.server(kind, tmp_path_factory, request.config) as fresh:
        yield fresh


@pytest.fixture
def settings(database, tmp_path):
    return read_settings(
        data_dir=tmp_path, database_url=database(tmp_path), secret_key="test " * 8, _env_file=None
    )


@pytest.fixture
def publishes_at_once():
    """Whether each commit is published before it returns, as in production."""
    return False


@pytest.fixture
def app(settings, publishes_at_once):
    """The application; what is committed is published when the next request comes, unless a
    test is about that: rendering every document after every row that a factory makes takes most
    of the time that tests need.
    """
    app = create_app(settings)
    app.config["TESTING"] = True
    app.test_client_class = SeparateClient

    def put_off(_sender):
        app.extensions["has_news"] = True

    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        if not publishes_at_once:
            published.disconnect(publication.publish)
            stack.callback(published.connect, publication.publish)
            stack.enter_context(published.connected_to(put_off))
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A test that reaches for another machine fails by name, not by timeout."""
    connect = socket.socket.connect

    def refuse(self, address, *args):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError("a test tried to open a network connection")
        return connect(self, address, *args)

    monkeypatch.setattr(socket.socket, "connect", refuse)
