"""What is read in Slack: Block Kit, and the same words as plain text."""

import re
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from app.content import characters, links, told
from app.content.language import current, speaking
from app.content.language import gettext as _
from app.content.told import Told
from app.models import Announcement, AnnouncementKind

LONGEST_SECTION = 2_800
"""Characters; Slack takes 3,000 in a section, and counts some twice."""
LONGEST_FALLBACK = 3_000
MOST_SECTIONS = 45
WORD_JOINER = "\u2060"


@dataclass(frozen=True)
class SlackMessage:
    """A message for a channel of Slack."""

    text: str
    """For notifications and screen readers."""
    blocks: list[dict[str, Any]]
    reference: str
    recipient: str = ""
    """As the ledger names it."""
    kind: AnnouncementKind = AnnouncementKind.UPDATE
    incident_id: int | None = None
    """Whose messages stand in one thread with this one, where that can be."""
    language: str = ""

    def addressed(self, recipient: str, address: str) -> "SlackMessage":
        """The message for one channel of Slack, with its own links below."""
        code = told.subscriber(recipient)
        with speaking(self.language):
            below = _own_links(code, self.kind) if code else []
        return replace(self, recipient=recipient, blocks=[*self.blocks, *below])

    def payload(self) -> dict[str, Any]:
        """What an incoming webhook takes. Names in the text call nobody."""
        return {"text": self.text, "blocks": self.blocks, "unfurl_links": False}


def compose(announcement: Announcement, language: str = "") -> SlackMessage:
    """The message of an announcement, to colleagues or to subscribers."""
    what = told.read(announcement)
    words, below = _for_us(announcement) if announcement.internal else _for_subscribers(what)
    text = mrkdwn(words)
    sections = [
        SectionBlock(text=MarkdownTextObject(text=piece, verbatim=True)).to_dict()
        for piece in pieces(text)[:MOST_SECTIONS]
    ]
    if below:
        sections.append(_small(below))
    return SlackMessage(
        text[:LONGEST_FALLBACK],
        sections,
        announcement.code,
        kind=announcement.kind,
        incident_id=what.incident_id,
        language=current(),
    )


def _for_us(announcement: Announcement) -> tuple[str, str]:
    message = announcement.message
    if announcement.kind is AnnouncementKind.TEST or message is None:
        return "This is a test. If you can read it, Slack works.", ""
    incident = message.update.incident
    words = message.body
    if message.subject:
        words = f"**{characters.one_line(message.subject)}**\n{words}"
    below = f"<{links.console_incident(incident.code)}|Open in Allclear>"
    if incident.public_updates:
        below += f" · <{links.incident(incident.code)}|Status page>"
    return words, below


def _for_subscribers(what: Told) -> tuple[str, str]:
    name = what.organisation
    if what.kind is AnnouncementKind.CONFIRM:
        return _("Shall %(name)s tell this channel when something does not work?", name=name), ""
    if what.kind is AnnouncementKind.ALREADY:
        return _("This channel is told of %(name)s already.", name=name), ""
    if what.kind is AnnouncementKind.TEST:
        return _("This is a test of the status page of %(name)s.", name=name), ""
    words = f"**{what.title.replace('*', '')}** · {what.stage}\n{what.body}"
    return words, f"<{what.link}|{_('All updates')}>"


def _own_links(code: str, kind: AnnouncementKind) -> list[dict[str, Any]]:
    if kind is not AnnouncementKind.CONFIRM:
        return [_small(f"<{links.manage(code)}|{_('Choose or stop')}>")]
    press = ButtonElement(text=PlainTextObject(text=_("Confirm")), url=links.confirm(code))
    unasked = _("Nobody here asked for it? Do nothing: nothing else is sent.")
    return [ActionsBlock(elements=[press]).to_dict(), _small(unasked)]


def _small(text: str) -> dict[str, Any]:
    return ContextBlock(elements=[MarkdownTextObject(text=text)]).to_dict()


def mrkdwn(text: str) -> str:
    """Markdown in Slack's own marks. What people typed calls nobody and makes no hidden link.

    Slack's short names of pictures, such as :rotating_light:, stay.
    """
    text = characters.legal(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _CALLS.sub(lambda found: f"@{WORD_JOINER}{found[1]}", text)
    parts = _FENCES.split(text)
    return "".join(part if at % 2 else _marks(part) for at, part in enumerate(parts)).strip()


def pieces(text: str) -> list[str]:
    """The text in pieces that fit a section, cut between lines where that can be."""
    found: list[str] = []
    rest = text
    while len(rest) > LONGEST_SECTION:
        cut = rest.rfind("\n", 1, LONGEST_SECTION)
        cut = cut if cut > 0 else LONGEST_SECTION
        found.append(rest[:cut])
        rest = rest[cut:].lstrip("\n")
    return [piece for piece in [*found, rest] if piece.strip()] or ["…"]


def _marks(text: str) -> str:
    text = _LINK.sub(lambda found: f"<{found[2]}|{found[1]}>", text)
    text = _HEADING.sub(r"*\1*", text)
    text = _BOLD.sub(r"*\1*", text)
    return _BULLET.sub(r"\1• ", text)


_CALLS = re.compile(r"@(channel|here|everyone)\b", re.I)
_FENCES = re.compile(r"(```.*?```)", re.S)
_LINK = re.compile(r"\[([^\[\]|\n]{1,200})\]\((https?://[^\s()|]{1,500})\)")
_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n*]{1,200})$", re.M)
_BOLD = re.compile(r"\*\*(?=\S)([^\n*]{1,500})(?<=\S)\*\*")
_BULLET = re.compile(r"^([ \t]*)[-*][ \t]+(?!\[[ xX]\])", re.M)
