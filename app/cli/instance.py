"""The instance that a command works on: its settings, its application, its database."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flask import current_app
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from app import create_app, migrating, publication
from app.config import Settings, WrongSettings, read_settings
from app.config import settings as current
from app.db import db
from app.domain import pulses
from app.errors import CannotStart
from app.migrating import Fit

if TYPE_CHECKING:
    from flask import Flask

    from app.models import Account, Organisation

Found = TypeVar("Found")


EVERYWHERE = ("0.0.0.0", "[::]", "*")  # noqa: S104 - only compared; who writes it means it


def read(bind: str | None = None) -> Settings:
    """The settings. While no public address is set, it is the one that we listen on."""
    settings = read_settings(**({"bind": bind} if bind else {}))
    if "public_url" in settings.model_fields_set:
        return settings
    host, _, port = settings.bind.rpartition(":")
    if host in EVERYWHERE:
        hosts = [*settings.trusted_hosts, "localhost"]
        return settings.model_copy(
            update={"public_url": f"http://127.0.0.1:{port}", "trusted_hosts": hosts}
        )
    return settings.model_copy(update={"public_url": f"http://{settings.bind}"})


def is_only_local(settings: Settings) -> bool:
    """Whether we listen for other machines, and none of them can know our name."""
    host = settings.bind.rpartition(":")[0]
    return host in EVERYWHERE and settings.public_host in ("127.0.0.1", "localhost")


class DatabaseAway(CannotStart):
    """The database does not answer, or its file is not where it was."""


@contextmanager
def opened(settings: Settings | None = None, *, check: bool = True) -> Iterator["Flask"]:
    """The application, in its context, with a database that fits; raise CannotStart otherwise."""
    settings = settings or read()
    app = _built(settings)
    with app.app_context():
        if check:
            reaching(make_ready)
            pulses.follow_database()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def make_ready() -> None:
    """Create the tables of a new SQLite database; any other must fit as it is."""
    if migrating.fit()[0] is Fit.EMPTY and is_sqlite() and not inspect(db.engine).get_table_names():
        migrate()
    migrating.check_database()


def migrate() -> None:
    """Run the migrations that are still to be run."""
    from flask_migrate import upgrade

    upgrade()


def organisation() -> "Organisation":
    """The organisation; raise CannotStart before it is set up."""
    from app.domain import organisation

    current_one = organisation.current()
    if current_one is None:
        raise CannotStart("This instance is not set up yet. Run: allclear setup --help")
    return current_one


def account(email: str) -> "Account":
    """The account of that address; raise CannotStart where there is none that is active."""
    from app.domain import accounts

    found = accounts.by_email(email)
    if found is None or not found.active:
        raise CannotStart(f"There is no active account with the address {email}.")
    return found


def public_url() -> str:
    return current().public_url


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def database_file() -> Path:
    """Where the SQLite database lies."""
    return Path(db.engine.url.database or "")


def _built(settings: Settings) -> "Flask":
    _check_folder(settings.data_dir)
    try:
        return create_app(settings)
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise WrongSettings(
            "ALLCLEAR_DATABASE_URL names PostgreSQL, and its driver is not installed. "
            "Run: pip install --require-hashes -r requirements-postgres.lock"
        ) from error


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_ours = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        is_ours = False
    if not is_ours:
        raise WrongSettings(f"ALLCLEAR_DATA_DIR should be a folder that we can write to: {folder}")


def reaching(step: Callable[[], Found]) -> Found:
    """Take this first step into the database; raise DatabaseAway when it does not answer."""
    if is_sqlite() and not database_file().exists():
        _create()
    try:
        return step()
    except OperationalError as error:
        url = db.engine.url
        where = database_file() if is_sqlite() else f"{url.host or 'this machine'}/{url.database}"
        reason = str(error.orig).strip().splitlines()[0]
        raise DatabaseAway(f"The database {where} cannot be used: {reason}") from error


def _create() -> None:
    """Make a new, empty file; refused where there was a database before."""
    if publication.has_documents():
        folder = publication.of(current_app).store.folder
        raise DatabaseAway(
            f"The database {database_file()} is not there, and {folder} holds what it published. "
            "Put it back. To begin anew, remove that folder."
        )
    database_file().parent.mkdir(parents=True, exist_ok=True)
    # It holds addresses and password hashes, so nobody else may read it.
    os.close(os.open(database_file(), os.O_WRONLY | os.O_CREAT, 0o600))
