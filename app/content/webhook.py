"""What a webhook is sent: JSON, with the receiver's own link to leave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app import clock
from app.content import links, times, told
from app.db import db
from app.domain import tokens
from app.models import Announcement, AnnouncementKind, Organisation

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """What happened, for one endpoint."""

    reference: str
    """The same when it is sent again: receivers know a repeat by it."""
    kind: AnnouncementKind
    values: Values
    recipient: str = ""

    def addressed(self, recipient: str, address: str) -> "Event":
        """The event for one endpoint."""
        code = told.subscriber(recipient)
        reference = f"{self.reference}.{tokens.fingerprint(recipient)}"
        if self.kind is AnnouncementKind.CONFIRM:
            own: Values = {"challenge": challenge(recipient), "manage": links.manage(code)}
            return replace(self, recipient=recipient, reference=reference,
                           values={**self.values, **own})  # fmt: skip
        meta = {**self.values.get("meta", {}), "unsubscribe": links.leave(code)}
        return replace(
            self, recipient=recipient, reference=reference, values={**self.values, "meta": meta}
        )

    def body(self) -> str:
        """The bytes that are signed and sent, as text."""
        return json.dumps(self.values, ensure_ascii=False, separators=(",", ":"))


def challenge(recipient: str) -> str:
    """What an endpoint answers with when its owner wants it to be told."""
    return tokens.challenge(told.subscriber(recipient))


def compose(announcement: Announcement, language: str = "") -> Event:
    """The event of an announcement."""
    organisation = db.session.get_one(Organisation, 1)
    page = {"id": organisation.code, "name": organisation.name, "url": links.home()}
    meta = {"generated_at": times.iso(clock.now()), "documentation": links.home()}
    if announcement.kind is AnnouncementKind.CONFIRM:
        return Event(announcement.code, announcement.kind, {"challenge": "", "page": page})
    what = told.read(announcement)
    values: dict[str, Any] = {"meta": meta, "page": page}
    if what.title and announcement.message is not None:
        update = announcement.message.update
        values["incident"] = {
            "id": update.incident.code,
            "name": what.title,
            "status": update.stage.value,
            "shortlink": what.link,
            "incident_updates": [{"id": update.code, "status": update.stage.value,
                                  "body": what.body}],
        }  # fmt: skip
    else:
        values["test"] = {"message": "This is a test. It was asked for on this webhook’s page."}
    return Event(announcement.code, announcement.kind, values)
