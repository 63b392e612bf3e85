"""Incidents and messages as lines on a terminal, and as JSON for other programs."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.content import situations
from app.content.composer import Writing
from app.content.filling import Question
from app.content.messages import Draft
from app.models import Incident, Update
from app.words import Audience

WHO = {
    Audience.PUBLIC: "Status page",
    Audience.CUSTOMER: "Customers, by email",
    Audience.INTERNAL: "Colleagues",
}
ORIGIN = {
    "runbook": "from your runbook",
    "default": "from the default runbook",
    "hand": "in your own words",
}

OPTION = {"components": "--impact COMPONENT=IMPACT", "title": "--title"}
"""Facts that have an option of their own."""


def moment(at: datetime | None, time_zone: str) -> str:
    """A time with its day, in the organisation's zone."""
    if at is None:
        return "not promised"
    return at.astimezone(situations.zone(time_zone)).strftime("%d %b %Y, %H:%M %Z")


def message(
    audience: Audience, subject: str, body: str, template: str, origin: str
) -> Iterator[str]:
    """One message under a line that says whom it is for."""
    known = ", ".join(filter(None, [template, ORIGIN.get(origin, "")]))
    yield f"── {WHO[audience]}" + (f" ({known})" if known else "")
    if subject:
        yield f"   Subject: {subject}"
        yield ""
    yield from (f"   {line}".rstrip() for line in body.splitlines())
    yield ""


def writing(update: Writing, time_zone: str) -> Iterator[str]:
    """What would be told, to whom, and what could still be said."""
    yield f"{update.typed.stage.value.capitalize()}: {update.situation.title}"
    if update.typed.stage.is_open:
        yield f"Next update promised: {moment(update.promise_at, time_zone)}"
    yield ""
    for told in _told(update):
        yield from message(*told)
    for question in update.composed.questions:
        if not question.value and not question.required:
            yield f'   could also be told: --fact {question.name}="…"  {question.text}'


def missing(update: Writing) -> Iterator[str]:
    """The facts that a sentence needs and nobody told, each with its sentence."""
    named: set[str] = set()
    for audience in Audience:
        if audience not in update.typed.audiences or audience in update.typed.by_hand:
            continue
        draft = update.draft(audience)
        for question in draft.missing:
            if question.name in named:
                continue
            named.add(question.name)
            option = OPTION.get(question.name) or f'--fact {question.name}="…"'
            yield f"{option} is missing: {question.text}"
            yield f"   {WHO[audience]}: {sentence(draft, question)}"


def sentence(draft: Draft, question: Question) -> str:
    """The line of the message that the answer is needed for."""
    for segments in (draft.subject_segments, draft.segments):
        lines: list[tuple[str, bool]] = [("", False)]
        for text, fact in segments:
            first, *rest = text.split("\n")
            lines[-1] = (lines[-1][0] + first, lines[-1][1] or fact == question.name)
            lines.extend((line, False) for line in rest)
        for line, wanted in lines:
            if wanted:
                return line.strip()
    return draft.template_name


def writing_json(update: Writing) -> dict[str, Any]:
    return {
        "title": update.situation.title,
        "stage": update.typed.stage.value,
        "severity": update.severity.key,
        "promise_at": _iso(update.promise_at),
        "facts": dict(update.typed.facts),
        "messages": [_message_json(*told) for told in _told(update)],
        "questions": [_question_json(question) for question in update.composed.questions],
    }


def incident(row: Incident, time_zone: str) -> Iterator[str]:
    """The whole incident: where it stands, and what was told, newest first."""
    yield f"{row.title}"
    yield " · ".join(filter(None, (row.code, row.stage.value, _severity(row))))
    yield f"Opened {moment(row.opened_at, time_zone)}"
    if row.resolved_at:
        yield f"Resolved {moment(row.resolved_at, time_zone)}"
    elif row.is_open:
        yield f"Next update: {moment(row.promise_at, time_zone)}"
    for update in row.updates:
        by = f" by {update.author.name}" if update.author else ""
        yield ""
        yield f"#{update.number} {update.stage.value}, {moment(update.published_at, time_zone)}{by}"
        for impact in update.impacts:
            yield f"   {impact.component.name}: {impact.impact.value.replace('_', ' ')}"
        for said in sorted(update.messages, key=lambda each: list(Audience).index(each.audience)):
            yield from message(said.audience, said.subject, said.body, said.template, said.origin)


def line(row: Incident, time_zone: str) -> str:
    """An incident as one line of a list."""
    return (
        f"{row.code}  {moment(row.opened_at, time_zone)}  {row.stage.value:<13}  "
        f"{row.severity_key:<5} {row.title}"
    )


def incident_json(row: Incident, public_url: str, *, whole: bool) -> dict[str, Any]:
    told = {
        "code": row.code,
        "url": f"{public_url}/incidents/{row.code}",
        "title": row.title,
        "severity": row.severity_key,
        "stage": row.stage.value,
        "opened_at": _iso(row.opened_at),
        "resolved_at": _iso(row.resolved_at),
        "promise_at": _iso(row.promise_at),
    }
    return told | ({"updates": [_update_json(update) for update in row.updates]} if whole else {})


def _update_json(update: Update) -> dict[str, Any]:
    return {
        "number": update.number,
        "stage": update.stage.value,
        "published_at": _iso(update.published_at),
        "promise_at": _iso(update.promise_at),
        "facts": update.facts,
        "impacts": {said.component.name: said.impact.value for said in update.impacts},
        "messages": [
            _message_json(said.audience, said.subject, said.body, said.template, said.origin)
            for said in update.messages
        ],
    }


def _told(update: Writing) -> Iterator[tuple[Audience, str, str, str, str]]:
    hands: Mapping[Audience, Any] = update.typed.by_hand
    for audience in Audience:
        if audience not in update.typed.audiences:
            continue
        draft = update.draft(audience)
        if hand := hands.get(audience):
            subject = hand.subject or draft.subject or ""
            yield audience, subject, hand.body, draft.template_name, "hand"
        else:
            yield audience, draft.subject or "", draft.body, draft.template_name, draft.origin


def _message_json(
    audience: Audience, subject: str, body: str, template: str, origin: str
) -> dict[str, Any]:
    return {
        "audience": audience.value,
        "subject": subject or None,
        "body": body,
        "template": template,
        "origin": origin,
    }


def _question_json(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "text": question.text,
        "value": question.value,
        "required": question.required,
    }


def _severity(row: Incident) -> str:
    """What is planned has none."""
    if not row.severity_key:
        return ""
    named = row.severity.name
    return f"severity {row.severity_key}" + (f" ({named})" if named else "")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
