"""What a webhook is sent: JSON, with the receiver's own link to leave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app import clock
from app.config import settings
from app.content import links, statuspage, statuspage_board, statuspage_webhook, told
from app.content.statuspage_board import Board
from app.content.statuspage_webhook import Envelope
from app.db import db
from app.domain import status, tokens
from app.models import Announcement, AnnouncementKind, Message, Organisation, Subscriber

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
    """The event of an announcement: of an incident, what Statuspage says of one."""
    organisation = db.session.get_one(Organisation, 1)
    page = {"id": organisation.code, "name": organisation.name, "url": links.home()}
    if announcement.kind is AnnouncementKind.CONFIRM:
        asked = db.session.get(Subscriber, announcement.subscriber_id or 0)
        owner = {"owner": asked.owner_address} if asked and asked.owner_address else {}
        values: Values = {"challenge": "", "page": page, **owner}
        return Event(announcement.code, announcement.kind, values)
    if announcement.message is not None:
        values = _incident(organisation, announcement.message)
    else:
        words = "This is a test. It was asked for on this webhook’s page."
        values = {"meta": {}, "page": page, "test": {"message": words}}
    return Event(announcement.code, announcement.kind, values)


def _incident(organisation: Organisation, message: Message) -> Values:
    board = Board(organisation, settings().public_url, clock.now())
    envelope = Envelope(board.whose, "", clock.now(), board.page_status)
    incident = message.update.incident
    found = status.by_code(incident.code)
    if found is not None and statuspage.public_updates(found):
        states = statuspage_board.own_states(found)
        return statuspage_webhook.incident_event(envelope, found, states)
    # The page was told nothing of it: what these recipients are told stands alone.
    said = {"id": message.update.code, "status": message.update.stage.value, "body": message.body}
    return envelope.around(
        incident={
            "id": incident.code,
            "name": incident.title,
            "status": message.update.stage.value,
            "shortlink": links.home(),
            "incident_updates": [said],
        }
    )
