"""What a webhook is sent: JSON, with the receiver's own link to leave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app import clock
from app.config import settings
from app.content import (
    component_changes,
    links,
    statuspage,
    statuspage_board,
    statuspage_webhook,
    told,
)
from app.content.statuspage_board import Board
from app.content.statuspage_webhook import Envelope
from app.db import db
from app.domain import status, tokens
from app.models import Announcement, AnnouncementKind, Message, Organisation, Subscriber, Update

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """What happened, for one endpoint."""

    reference: str
    """The same when it is sent again: receivers know a repeat by it."""
    kind: AnnouncementKind
    values: Values
    recipient: str = ""
    more: Mapping[str, Values] = field(default_factory=dict)
    """What is sent after it in requests of their own: components that changed, by their codes."""

    def addressed(self, recipient: str, address: str) -> "Event":
        """The event for one endpoint."""
        code = told.subscriber(recipient)
        reference = f"{self.reference}.{tokens.fingerprint(recipient)}"
        if self.kind is AnnouncementKind.CONFIRM:
            own: Values = {"challenge": challenge(recipient), "manage": links.manage(code)}
            return replace(self, recipient=recipient, reference=reference,
                           values={**self.values, **own})  # fmt: skip
        if not code:  # a test, to a place that did not subscribe
            return replace(self, recipient=recipient, reference=reference)
        leave = links.leave(code)
        return replace(
            self,
            recipient=recipient,
            reference=reference,
            values=_with_way_out(self.values, leave),
            more={part: _with_way_out(values, leave) for part, values in self.more.items()},
        )

    def parts(self) -> list["Event"]:
        """Each request of this event, in their order; a repeat of one has the same reference."""
        after = [
            replace(self, reference=f"{self.reference}.{part}", values=values, more={})
            for part, values in self.more.items()
        ]
        return [replace(self, more={}), *after]

    def body(self) -> str:
        """The bytes that are signed and sent, as text."""
        return json.dumps(self.values, ensure_ascii=False, separators=(",", ":"))


def _with_way_out(values: Values, leave: str) -> Values:
    return {**values, "meta": {**values.get("meta", {}), "unsubscribe": leave}}


def challenge(recipient: str) -> str:
    """What an endpoint answers with when its owner wants it to be told."""
    return tokens.challenge(told.subscriber(recipient))


def agrees(recipient: str, answer: bytes) -> bool:
    """Whether an endpoint's answer is the challenge alone, as text or as one field of JSON.

    Not anywhere in it: one that sends back whatever it is sent has agreed to nothing.
    """
    asked = challenge(recipient)
    if answer.strip() == asked.encode():
        return True
    try:
        return bool(json.loads(answer) in (asked, {"challenge": asked}))
    except (ValueError, RecursionError):
        return False


def compose(announcement: Announcement, language: str = "") -> Event:
    """The event of an announcement: of an incident, what Statuspage says of one.

    Where its update changed the states of components, an event for each of them follows.
    """
    organisation = db.session.get_one(Organisation, 1)
    page = {"id": organisation.code, "name": organisation.name, "url": links.home()}
    if announcement.kind is AnnouncementKind.CONFIRM:
        asked = db.session.get(Subscriber, announcement.subscriber_id or 0)
        owner = {"owner": asked.owner_address} if asked and asked.owner_address else {}
        values: Values = {"challenge": "", "page": page, **owner}
        return Event(announcement.code, announcement.kind, values)
    if announcement.message is not None:
        board = Board(organisation, settings().public_url, clock.now())
        envelope = Envelope(board.whose, "", clock.now(), board.page_status)
        said = _incident(envelope, announcement.message)
        more = _components(envelope, announcement.message.update)
        return Event(announcement.code, announcement.kind, said, more=more)
    by = "by who runs this status page" if announcement.internal else "on this webhook’s page"
    words = f"This is a test. It was asked for {by}."
    test = {"meta": {}, "page": page, "test": {"message": words}}
    return Event(announcement.code, announcement.kind, test)


def _components(envelope: Envelope, said: Update) -> dict[str, Values]:
    return {
        change.part.code: statuspage_webhook.component_event(
            envelope, change.part, said=said, old=change.old, new=change.new
        )
        for change in component_changes.of(said)
    }


def _incident(envelope: Envelope, message: Message) -> Values:
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
