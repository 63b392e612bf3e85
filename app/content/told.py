"""What an announcement tells, in plain values: what every short form of it is made from."""

from dataclasses import dataclass

from app.content import characters, links, stages
from app.db import db
from app.models import Announcement, AnnouncementKind, Incident, Organisation


@dataclass(frozen=True)
class Told:
    """An announcement to subscribers or colleagues, as far as chats and texts need it."""

    code: str
    """The announcement's."""
    kind: AnnouncementKind
    organisation: str
    title: str = ""
    """The incident's; empty for a question."""
    stage: str = ""
    """In the runbook's word."""
    body: str = ""
    """In Markdown, as it was said."""
    link: str = ""
    """Where all of it can be read."""
    incident_id: int | None = None


def read(announcement: Announcement) -> Told:
    """What an announcement tells."""
    organisation = characters.one_line(db.session.get_one(Organisation, 1).name)
    message = announcement.message
    if message is None:
        return Told(announcement.code, announcement.kind, organisation)
    update = message.update
    incident = update.incident
    return Told(
        code=announcement.code,
        kind=announcement.kind,
        organisation=organisation,
        title=characters.one_line(incident.title),
        stage=stages.of(update),
        body=message.body,
        link=page(incident),
        incident_id=incident.id,
    )


def page(incident: Incident) -> str:
    """Where the public reads of an incident."""
    return links.incident(incident.code) if incident.public_updates else links.home()


def subscriber(recipient: str) -> str:
    """The code of the subscriber that the ledger names so; empty for anybody else."""
    return recipient.removeprefix("subscriber:") if recipient.startswith("subscriber:") else ""
