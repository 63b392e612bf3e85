"""Run by Alembic: compares or migrates the database of the application around it."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

extension = current_app.extensions["migrate"]
engine = extension.db.engine


def run() -> None:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            **extension.configure_args,
        )
        check_references(connection, "OFF")
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            check_references(connection, "ON")


def check_references(connection: Connection, switch: str) -> None:
    """On SQLite a changed table is copied and the old one dropped, which would delete what
    belongs to its rows. The switch works outside of a transaction only.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys = {switch}")


run()
