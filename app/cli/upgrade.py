"""`allclear upgrade`: bring the database up to this version."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click


@click.command("upgrade")
def command() -> None:
    """Run the migrations. A SQLite database is copied first; copy others yourself."""
    from app import clock, migrating
    from app.cli import instance
    from app.migrating import Fit

    with instance.opened(check=False):
        stands, revision = instance.reaching(migrating.fit)
        if stands is Fit.CURRENT:
            click.echo("The database is at this version.")
            return
        if stands is Fit.NEWER:
            migrating.check_database()
        if stands is Fit.OLDER and instance.is_sqlite():
            stamp = clock.now().strftime("%Y%m%d-%H%M%S")
            copy = copied(instance.database_file(), f"before-upgrade-{revision}-{stamp}.db")
            click.echo(f"A copy of the database was made: {copy}")
        instance.migrate()
        migrating.check_database()
    click.echo("The database is at this version now.")


def copied(database: Path, name: str) -> Path:
    """Copy a SQLite database as it stands, with all that is committed, and return the copy."""
    copy = database.with_name(name)
    # It holds addresses and password hashes, so nobody else may read it.
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
