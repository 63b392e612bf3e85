"""How migrations are written and compared, and whether the database fits the code."""

from typing import Any

from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.config import ROOT
from app.db import UtcDateTime, db


class WrongDatabase(Exception):
    """The database is newer or older than the code; the message says what to run."""


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Write our datetime type as SQLAlchemy's: a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


OPTIONS: dict[str, Any] = {
    "render_as_batch": True,
    "compare_type": True,
    "render_item": render_item,
}


def check_database() -> None:
    """Raise WrongDatabase unless the database is at the revision that this code wants."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    if at == scripts.get_current_head():
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if at is None:
        raise WrongDatabase("The database is empty. Run: allclear upgrade")
    if at in known:
        raise WrongDatabase("The database is older than this version. Run: allclear upgrade")
    raise WrongDatabase(
        f"The database (revision {at}) is newer than this version of Allclear. "
        "Start the newer version, or restore the backup made before the upgrade."
    )
