"""Mails: composed once for an announcement; for each recipient only the links differ."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime, formataddr
from typing import Any

import css_inline
from flask import current_app
from markupsafe import Markup

from app import clock
from app.config import settings
from app.content import characters, composer, links, markdown
from app.content.language import gettext as _
from app.content.language import speaking
from app.db import db
from app.domain import tokens
from app.models import Announcement, AnnouncementKind, Incident, Organisation, Subscriber

LONGEST_SUBJECT = 250
FILES = {
    AnnouncementKind.UPDATE: "update",
    AnnouncementKind.CONFIRM: "confirm",
    AnnouncementKind.ALREADY: "already",
    AnnouncementKind.TEST: "test",
}
# Marks that turn the direction of the text around them: a subject could read as another.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_inliner = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)


@dataclass(frozen=True, eq=False)
class Letter:
    """What a mail says to everyone, with marks where a recipient's own values go."""

    code: str
    """The announcement's."""
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    sender: str
    """An address; its name stands in `From`."""
    sender_name: str
    marks: Mapping[str, str]
    """What stands where a recipient's own value goes, by the value's name."""

    def addressed(self, recipient: str, address: str) -> "Email":
        """The letter for one recipient."""
        return addressed(self, recipient=recipient, address=address)


@dataclass(frozen=True)
class Email:
    """A letter for one recipient."""

    letter: Letter
    to: str
    reference: str
    """Names this mail to providers and in the ledger; the same when it is sent again."""
    fills: Mapping[str, str]
    """What goes where the letter's marks are, by the mark."""

    @property
    def subject(self) -> str:
        return self.letter.subject

    @property
    def text(self) -> str:
        return self._filled(self.letter.text)

    @property
    def html(self) -> str:
        return self._filled(self.letter.html)

    @property
    def headers(self) -> dict[str, str]:
        """Every header beside From, To, Subject and those that describe the parts."""
        return {name: self._filled(value) for name, value in self.letter.headers.items()}

    def _filled(self, text: str) -> str:
        for mark, value in self.fills.items():
            text = text.replace(mark, value)
        return text


def compose(announcement: Announcement, language: str = "") -> Letter:
    """The letter of an announcement; the same for all of its recipients who read that language.

    Without a language it is in the one of the subscriber that is asked, or the organisation's.
    """
    asked = db.session.get(Subscriber, announcement.subscriber_id or 0)
    ours = db.session.get_one(Organisation, 1).language
    with speaking(language or (asked.language if asked else "") or ours):
        return _compose(announcement)


def _compose(announcement: Announcement) -> Letter:
    nonce = secrets.token_hex(8)  # so that nothing a person typed can be taken for a mark
    marks = {name: f"m{nonce}{name}" for name in ("to", "date", "id", "confirm", "manage", "leave")}
    organisation = db.session.get_one(Organisation, 1)
    message = announcement.message
    incident = message.update.incident if message else None
    context: dict[str, Any] = {
        "organisation": organisation.name,
        "is_example": organisation.is_example,
        "home": links.home(),
        "internal": announcement.internal,
        "links": marks,
        "incident": incident,
        "incident_link": _incident_link(announcement, incident),
        "stage": _stage(announcement),
        "body_text": markdown.plain(message.body) if message else "",
        "body_html": markdown.render(message.body) if message else Markup(""),
    }
    folder = f"email/{FILES[announcement.kind]}"
    subject = message.subject if message else ""
    return Letter(
        code=announcement.code,
        subject=header_text(subject or _render(f"{folder}/subject.txt", context))[:LONGEST_SUBJECT],
        text=_render(f"{folder}/body.txt", context).strip() + "\n",
        html=_inliner.inline(_render(f"{folder}/body.html", context)),
        headers=_headers(announcement, organisation.name, marks, incident),
        sender=settings().sender,
        sender_name=header_text(_("%(name)s status", name=organisation.name)),
        marks=marks,
    )


def addressed(letter: Letter, *, recipient: str, address: str) -> Email:
    """The letter for one recipient, as the ledger names it."""
    code = recipient.removeprefix("subscriber:") if recipient.startswith("subscriber:") else ""
    known = tokens.fingerprint(recipient)
    values = {"to": address, "date": format_datetime(clock.now()), "id": known}
    if code:
        values |= {
            "confirm": links.confirm(code),
            "manage": links.manage(code),
            "leave": links.leave(code),
        }
    fills = {letter.marks[name]: value for name, value in values.items()}
    return Email(letter, address, f"{letter.code}.{known}", fills)


def header_text(text: str) -> str:
    """The text as it may stand in a header: one line, and nothing that a reader decodes."""
    one_line = _TURNING.sub("", characters.one_line(text))
    # Python 3.11 decodes an encoded word when it writes the mail, line breaks included.
    return one_line.replace("=?", "= ?")


def _headers(
    announcement: Announcement, name: str, marks: Mapping[str, str], incident: Incident | None
) -> dict[str, str]:
    host = _host()
    kind = announcement.kind.value[0]
    thing = announcement.message.update.code if announcement.message else announcement.code
    headers = {
        "Date": marks["date"],
        "Message-ID": f"<{kind}.{thing}.{marks['id']}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if incident is not None:
        # A root that was never sent: mails of one incident thread together from the first on.
        root = f"<i.{incident.code}@{host}>"
        headers |= {"In-Reply-To": root, "References": root, "Precedence": "bulk"}
        list_id = "colleagues" if announcement.internal else "status"
        headers["List-Id"] = formataddr(
            (header_text(_("%(name)s status", name=name)), f"{list_id}.{host}")
        )
        if not announcement.internal:
            headers["List-Unsubscribe"] = f"<{marks['leave']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _incident_link(announcement: Announcement, incident: Incident | None) -> str:
    if incident is None:
        return ""
    if announcement.internal:
        return links.console_incident(incident.code)
    return links.incident(incident.code) if incident.public_updates else links.home()


def _stage(announcement: Announcement) -> str:
    if announcement.message is None:
        return ""
    update = announcement.message.update
    return composer.stage_word(update.incident.runbook.read, update.stage)


def _render(name: str, context: Mapping[str, Any]) -> str:
    # Not by Flask's render_template: there is no request, and what a page needs is not ours.
    return current_app.jinja_env.get_template(name).render(context)


def _host() -> str:
    return settings().public_host
