"""Taking a runbook into use."""

from sqlalchemy import select

from app import runbook
from app.db import db, transaction
from app.domain import audit
from app.errors import Rejected
from app.models import Account, Organisation, RunbookVersion
from app.models.runbook import dump_reading

LARGEST = 1024 * 1024
"""Bytes of a runbook's text."""


def decode(content: bytes) -> str:
    """The text of an uploaded file; raise Rejected when it is too large or no text."""
    if len(content) > LARGEST:
        raise Rejected(runbook="The file is larger than 1 MiB.")
    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Rejected(runbook="The file is not text. Export it as Markdown (.md).")
    for encoding in (
        "utf-8-sig",
        "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252",
    ):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def keep(text: str, *, source: str, by: Account | None, is_default: bool = False) -> RunbookVersion:
    """Read a document and keep it as a version; raise Rejected when it is no runbook.

    The version is not in use before `use` says so.
    """
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise Rejected(runbook="The file is larger than 1 MiB.")
    reading = runbook.read(text)
    if not reading.is_runbook:
        raise Rejected(runbook=reading.why_not or "This document is no incident runbook.")
    version = RunbookVersion(
        title=reading.title,
        source=source,
        text=text,
        reading=dump_reading(reading),
        is_default=is_default,
        taken_by_id=by.id if by else None,
    )
    with transaction() as session:
        session.add(version)
        session.flush()
    return version


def use(text: str, *, source: str, by: Account | None) -> RunbookVersion:
    """Make this document the organisation's runbook. Open incidents keep the one they have."""
    with transaction() as session:
        version = keep(text, source=source, by=by)
        organisation = session.get_one(Organisation, 1)
        organisation.runbook_id = version.id
        audit.record("runbook taken into use", by=by, runbook=version.id, source=source)
    return version


def versions() -> list[RunbookVersion]:
    """Every version, newest first."""
    return list(db.session.scalars(select(RunbookVersion).order_by(RunbookVersion.id.desc())))
