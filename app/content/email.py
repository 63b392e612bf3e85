"""Mails: composed once for an announcement; for each recipient only the links differ."""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, formataddr
from functools import cached_property, lru_cache
from itertools import repeat
from typing import Any, NamedTuple

import css_inline
from flask import current_app
from markupsafe import Markup
from sqlalchemy import select

from app import clock
from app.config import settings
from app.content import characters, colours, links, markdown, stages, times
from app.content.language import gettext as _
from app.content.language import speaking
from app.content.times import Zone
from app.db import db
from app.domain import addresses, tokens
from app.domain.claims import comes_before
from app.models import Announcement, Incident, Organisation, Subscriber

LONGEST_SUBJECT = 250
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

    @cached_property
    def used(self) -> tuple[str, ...]:
        """The names of the marks that stand in it."""
        everything = "".join((self.text, self.html, *self.headers.values()))
        needed = {"to", "date", "id"}
        return tuple(n for n, mark in self.marks.items() if n in needed or mark in everything)

    def addressed_all(self, recipients: Sequence[tuple[str, str]]) -> "list[Email]":
        """The letter for many, each named as in the ledger, with its address."""
        known, code = self.marks["id"], self.code
        return [
            Email(self, address, f"{code}.{fills[known]}", fills)
            for (_, address), fills in zip(recipients, self._fills(recipients), strict=True)
        ]

    @cached_property
    def _fills(self) -> "Fill":
        return _filler(self)

    @cached_property
    def personal(self) -> tuple[str, ...]:
        """The headers that hold a recipient's own values."""
        marks = self.marks.values()
        return tuple(n for n, value in self.headers.items() if any(m in value for m in marks))


class Email(NamedTuple):
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
        personal = {name: self._filled(self.letter.headers[name]) for name in self.letter.personal}
        return {**self.letter.headers, **personal}

    def _filled(self, text: str) -> str:
        for mark, value in self.fills.items():
            if mark in text:
                text = text.replace(mark, value)
        return text


def compose(
    announcement: Announcement, language: str = "", since_id: int | None = None, zone: str = ""
) -> Letter:
    """The letter of an announcement; the same for all who read that language in that time zone.

    The frame around the words tells times in the zone: what people wrote stays as it is.
    Without a language it is in the one of the subscriber that is asked, or the organisation's.
    With `since_id` it also says what the announcements from that one on said.
    """
    asked = db.session.get(Subscriber, announcement.subscriber_id or 0)
    ours = db.session.get_one(Organisation, 1)
    place = times.zone(zone or ours.time_zone, announcement.created_at)
    with speaking(language or (asked.language if asked else "") or ours.language):
        return _compose(announcement, since_id, asked, place)


def _compose(
    announcement: Announcement, since_id: int | None, asked: Subscriber | None, zone: Zone
) -> Letter:
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
        "shades": colours.shades(organisation.accent),
        "incident": incident,
        "incident_link": _incident_link(announcement, incident),
        "stage": _stage(announcement),
        "posted": zone.clock(message.update.published_at).words if message else "",
        "planned": _planned(incident, zone),
        "body_text": markdown.plain(message.body) if message else "",
        "body_html": markdown.render(message.body) if message else Markup(""),
        "place": addresses.shown(asked.address) if asked else "",
        "reason": characters.one_line(asked.quarantine_reason) if asked else "",
        "earlier": [_said_before(one, zone) for one in _earlier(announcement, since_id)],
    }
    folder = f"email/{announcement.kind.value}"
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
    return letter.addressed_all([(recipient, address)])[0]


@lru_cache(maxsize=8)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


Fill = Callable[[Sequence[tuple[str, str]]], Iterator[dict[str, str]]]
"""What goes where a letter's marks are, for each of those named."""


def _filler(letter: Letter) -> Fill:
    """What fills the letter's marks for many, with all that is the same looked up once."""
    key = settings().key()
    marks = letter.marks
    to, date, known = marks["to"], marks["date"], marks["id"]
    own = [(marks[name], make) for name, make in links.makers(letter.used, key=key)]

    def fills(named: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
        recipients = [recipient for recipient, _ in named]
        now = _date(int(clock.now().timestamp()))
        columns: dict[str, Iterable[str]] = {
            to: [address for _, address in named],
            date: repeat(now, len(named)),
            known: tokens.fingerprints(recipients, key=key),
        }
        # An announcement is for subscribers or for colleagues, never for both.
        if all(recipient.startswith("subscriber:") for recipient in recipients):
            codes = [recipient[len("subscriber:") :] for recipient in recipients]
            columns |= {mark: make(codes) for mark, make in own}
        marks = tuple(columns)
        return (dict(zip(marks, row, strict=True)) for row in zip(*columns.values(), strict=True))

    return fills


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


def _earlier(announcement: Announcement, since_id: int | None) -> list[Announcement]:
    """The announcements before this one that it tells of as well, newest first."""
    if since_id is None:
        return []
    told = select(Announcement).where(
        *comes_before(Announcement, announcement), Announcement.id >= since_id
    )
    return list(db.session.scalars(told.order_by(Announcement.id.desc())))


def _planned(incident: Incident | None, zone: Zone) -> tuple[str, str] | None:
    """When a maintenance begins and ends."""
    if incident is None or incident.scheduled_for is None or incident.scheduled_until is None:
        return None
    start, end = incident.scheduled_for, incident.scheduled_until
    return zone.clock(start).words, zone.clock(end, on=start).words


def _said_before(announcement: Announcement, zone: Zone) -> dict[str, str]:
    message = announcement.message
    body = message.body if message else ""
    return {
        "posted": zone.clock(message.update.published_at).words if message else "",
        "stage": _stage(announcement),
        "text": markdown.plain(body),
        "html": markdown.render(body),
    }


def _stage(announcement: Announcement) -> str:
    if announcement.message is None:
        return ""
    update = announcement.message.update
    return stages.of(update)


def _render(name: str, context: Mapping[str, Any]) -> str:
    # Not by Flask's render_template: there is no request, and what a page needs is not ours.
    return current_app.jinja_env.get_template(name).render(context)


def _host() -> str:
    return settings().public_host
