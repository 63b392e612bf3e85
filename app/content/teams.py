"""What is read in Microsoft Teams: an Adaptive Card.

People's words stand in runs of text, which no client reads as marks: nothing to escape.
"""

from dataclasses import dataclass, replace
from typing import Any

from app.content import characters, links, markdown, told
from app.content.language import current, speaking
from app.content.language import gettext as _
from app.content.told import Told
from app.models import Announcement, AnnouncementKind

MOST_LINES = 60
LONGEST_LINE = 1_000
LONGEST = 8_000
"""Characters in all; Teams takes a card of 28 KB."""
Values = dict[str, Any]


@dataclass(frozen=True)
class Card:
    """A card for one channel of Teams."""

    reference: str
    kind: AnnouncementKind
    body: list[Values]
    actions: list[Values]
    recipient: str = ""
    language: str = ""

    def addressed(self, recipient: str, address: str) -> "Card":
        """The card for one channel, with its own links."""
        code = told.subscriber(recipient)
        if not code:  # a test, to a place that did not subscribe
            return replace(self, recipient=recipient)
        with speaking(self.language):
            if self.kind is AnnouncementKind.CONFIRM:
                own = _link(_("Confirm"), links.confirm(code))
            else:
                own = _link(_("Choose or stop"), links.manage(code))
        return replace(self, recipient=recipient, actions=[*self.actions, own])

    def payload(self) -> Values:
        """What a webhook of Teams or of its workflows takes."""
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.5",
            "body": self.body,
            "actions": self.actions,
        }
        attachment = {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": None,
            "content": card,
        }
        return {"type": "message", "attachments": [attachment]}


def compose(announcement: Announcement, language: str = "") -> Card:
    """The card of an announcement."""
    what = told.read(announcement)
    title, lines = _words(what)
    body = [_line(title, size="Medium", weight="Bolder"), *map(_line, lines)]
    actions = [_link(_("All updates"), what.link)] if what.link else []
    return Card(announcement.code, announcement.kind, body, actions, language=current())


def _words(what: Told) -> tuple[str, list[str]]:
    name = what.organisation
    if what.kind is AnnouncementKind.CONFIRM:
        return (
            _("Shall %(name)s tell this channel when something does not work?", name=name),
            [_("Nobody here asked for it? Do nothing: nothing else is sent.")],
        )
    if what.kind is AnnouncementKind.ALREADY:
        return _("This channel is told of %(name)s already.", name=name), []
    if what.kind is AnnouncementKind.TEST:
        return _("This is a test of the status page of %(name)s.", name=name), []
    lines = characters.legal(markdown.plain(what.body))[:LONGEST].splitlines()
    said = [line[:LONGEST_LINE] for line in lines if line.strip()][:MOST_LINES]
    return f"{what.title} · {what.stage}", said


def _line(text: str, **style: str) -> Values:
    run = {"type": "TextRun", "text": text, **style}
    return {"type": "RichTextBlock", "inlines": [run]}


def _link(title: str, address: str) -> Values:
    return {"type": "Action.OpenUrl", "title": title, "url": address}
