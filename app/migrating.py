"""How migrations are written and compared, and whether the database fits the code."""

from enum import StrEnum
from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.config import ROOT
from app.db import UtcDateTime, db
from app.errors import CannotStart


class WrongDatabase(CannotStart):
    """The database is newer or older than the code; the message says what to run."""


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Write our datetime type as SQLAlchemy's: a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Compare our own tables alone: Procrastinate's come from its file, in `migrations/jobs`."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


OPTIONS: dict[str, Any] = {
    "render_as_batch": True,
    "compare_type": True,
    "render_item": render_item,
    "include_name": include_name,
}


class Fit(StrEnum):
    """How the database stands to this code."""

    CURRENT = "current"
    EMPTY = "empty"
    OLDER = "older"
    NEWER = "newer"


def fit() -> tuple[Fit, str | None]:
    """How the database stands to this code, and its revision."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    if at == scripts.get_current_head():
        return Fit.CURRENT, at
    if at is None:
        return Fit.EMPTY, at
    known = {script.revision for script in scripts.walk_revisions()}
    return (Fit.OLDER if at in known else Fit.NEWER), at


def check_database() -> None:
    """Raise WrongDatabase unless the database is at the revision that this code wants."""
    stands, revision = fit()
    if stands is Fit.EMPTY:
        raise WrongDatabase("The database is empty. Run: allclear upgrade")
    if stands is Fit.OLDER:
        raise WrongDatabase("The database is older than this version. Run: allclear upgrade")
    if stands is Fit.NEWER:
        raise WrongDatabase(
            f"The database (revision {revision}) is newer than this version of Allclear. "
            "Start the newer version, or restore the backup made before the upgrade."
        )
