"""What the incident room tells beside the composer: what happened, what is due, who does what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.content import composer, values
from app.db import db
from app.domain import retraction, status
from app.domain.obligations import REVIEW
from app.models import Audit, Incident, Message, Obligation, Update
from app.runbook.model import Checklist, Section
from app.web import filters
from app.words import Impact

_BOX = re.compile(r"^\s*(?:[-*+]|\d+[.)])?\s*\[[ xX]\]\s*")
_MARKS = re.compile(r"[*_`~:#]")


@dataclass(frozen=True)
class Happening:
    """One thing that happened in the incident, and the messages that told of it."""

    at: datetime
    who: str
    what: str
    anchor: str = ""
    messages: tuple[Message, ...] = ()


def story(incident: Incident) -> list[Happening]:
    """Everything that happened, newest first."""
    happened = [*_posted(incident), *_noted(incident), *_audited(incident)]
    return sorted(happened, key=lambda one: one.at, reverse=True)


def _posted(incident: Incident) -> Iterator[Happening]:
    for update in incident.updates:
        word = composer.stage_word(incident.runbook.read, update.stage)
        yield Happening(
            update.published_at,
            update.author.name if update.author else "",
            f"{word}, posted",
            f"update-{update.number}",
            tuple(update.messages),
        )


def gone(update: Update) -> str:
    """How many had an update when it was taken back."""
    count = retraction.gone_of(update)
    had = f"{filters.many(count, 'recipient')} had it already" if count else "Nobody had it yet"
    return f"{had}; what was still owed is cancelled."


def _noted(incident: Incident) -> Iterator[Happening]:
    for note in incident.notes:
        yield Happening(note.at, note.author.name, "Note", f"note-{note.id}")


def _audited(incident: Incident) -> Iterator[Happening]:
    rows = db.session.scalars(select(Audit).where(Audit.incident_id == incident.id))
    for row in rows:
        if row.action not in ("update posted", "incident opened"):
            who = row.account.name if row.account else ""
            yield Happening(row.at, who, _said(row))


def _said(row: Audit) -> str:
    told = row.details
    if row.action == "severity changed":
        return f"Severity {told.get('before')} → {told.get('now')}"
    if row.action == "role given":
        return f"{told.get('role')}: {told.get('person') or 'nobody'}"
    return row.action.capitalize()


def checklists(incident: Incident) -> tuple[list[Checklist], list[Checklist]]:
    """The runbook's checklists of the present stage, and the others that fit the severity."""
    fitting = [
        checklist
        for checklist in incident.runbook.read.checklists
        if not checklist.severities or incident.severity_key in checklist.severities
    ]
    now = [checklist for checklist in fitting if checklist.stage is incident.stage]
    return now, [checklist for checklist in fitting if checklist not in now]


def sections(incident: Incident) -> list[Section]:
    """The runbook's sections about the present stage that say more than the checklists do."""
    now, others = checklists(incident)
    listed = {
        _bare(text)
        for sheet in (*now, *others)
        for text in (sheet.title, sheet.phase or "", *(item.text for item in sheet.items))
    }
    return [
        section
        for section in incident.runbook.read.sections
        if section.stage is incident.stage
        and any(_bare(line) not in listed | {""} for line in section.text.splitlines())
    ]


def _bare(line: str) -> str:
    """A line's words, without its box and its marks."""
    return _MARKS.sub("", _BOX.sub("", line)).strip().casefold()


def obligations(incident: Incident) -> list[Obligation]:
    """What the runbook wants: what is still to be done first, by when it is due.

    The review is for when it is over: of one that was reopened its clock waits.
    """
    wanted = [
        due
        for due in incident.obligations
        if not due.dropped and not (due.text == REVIEW and incident.is_open and not due.done_at)
    ]
    return sorted(wanted, key=lambda due: (due.done_at is not None, due.due_at))


def open_obligations(incident: Incident) -> list[Obligation]:
    return [due for due in obligations(incident) if due.done_at is None]


def took(incident: Incident, due: Obligation) -> str:
    """How long it was until an obligation was done, since somebody knew of the incident."""
    if due.done_at is None:
        return ""
    return values.span(due.done_at - incident.aware_at)


def roles(incident: Incident) -> list[tuple[str, str]]:
    """The runbook's roles and whoever else was named, with who plays them."""
    known = [role.name for role in incident.runbook.read.roles] or ["Incident Commander"]
    names = [*known, *(name for name in incident.roles if name not in known)]
    return [(name, incident.roles.get(name, "")) for name in names]


def tone(incident: Incident) -> str:
    """The tone of the worst that is said of a component; works when it is over."""
    if not incident.is_open:
        return filters.TONES[Impact.OPERATIONAL]
    said = status.impacts_now(incident, public=False).values()
    worst = max(said, key=lambda impact: impact.rank, default=Impact.DEGRADED)
    return filters.TONES[worst]


def word(incident: Incident) -> str:
    """Where it stands, in the runbook's own word."""
    return composer.stage_word(incident.runbook.read, incident.stage)


def lasted(incident: Incident) -> str:
    return values.span((incident.resolved_at or clock.now()) - incident.occurred_at)


def changes(incident: Incident) -> list[Audit]:
    """Earlier details of the incident, newest first, with who changed them."""
    return list(
        db.session.scalars(
            select(Audit)
            .where(Audit.incident_id == incident.id, Audit.action == "details changed")
            .order_by(Audit.id.desc())
        )
    )
