"""Allclear: the public status page that runs on your own incident runbook."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

LARGEST_REQUEST = 2 * 1024 * 1024
"""Bytes of a request's body; a runbook of 1 MiB fits with its form around it."""


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Build the application. Everything that is switched on is switched on here."""
    # Imported here, because every command imports this package and few need the application:
    # together these cost over a second.
    from flask import Flask
    from flask_migrate import Migrate

    from app import logs, migrating, models, publication, web
    from app.config import ROOT, read_settings
    from app.db import db

    settings = settings or read_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "allclear", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.from_mapping(
        ALLCLEAR=settings,
        SECRET_KEY=settings.key(),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        TRUSTED_HOSTS=settings.hosts,
    )
    logs.set_up(settings.log_level)
    db.init_app(app)
    app.extensions["models"] = models  # imported, so that every table is known to the database
    Migrate(app, db, directory=str(ROOT / "migrations"), **migrating.OPTIONS)
    web.init_app(app)
    publication.init_app(app)
    return app


def _engine_options(database: str) -> dict[str, object]:
    # An error's text goes to the log, and its parameters hold addresses.
    quiet: dict[str, object] = {"hide_parameters": True}
    if ":memory:" in database:
        return quiet
    # Each worker thread keeps a connection while it sends mails one by one, beside its session's.
    quiet["max_overflow"] = 60
    if database.startswith("sqlite"):
        return quiet
    return quiet | {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}
