"""What the runbook wants done in an incident, and by when."""

import re
from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.db import db
from app.models import Account, Incident, Obligation, Update
from app.words import Audience, Stage

REVIEW = "Post-incident review"
_UNKNOWN_CAUSE = re.compile(
    r"\b(?:unknown|unclear) (?:root )?cause|\bcause (?:is )?(?:still )?un", re.I
)
_TELLING = {
    Audience.PUBLIC: re.compile(r"\b(?:initial |first )?status ?page\b", re.I),
    Audience.CUSTOMER: re.compile(
        r"\bcustomers? (?:are |is )?(?:notifi|told|inform|communicat|message|email|update)"
        r"|\b(?:message|notice|email|notification|update|word) to customers?\b"
        r"|\b(?:notify|tell|inform|email) (?:all |affected )?customers?\b",
        re.I,
    ),
}
_GIVING = re.compile(r"assign|appoint|named?\b|designat|nominat|zugewiesen|benannt", re.I)


def owe(incident: Incident) -> None:
    """Write what the pinned runbook wants at the incident's severity, in the transaction around.

    Clocks run from when somebody here knew. What an earlier severity wanted and this one does
    not is dropped, unless it is done.
    """
    wanted = {
        obligation.text: obligation.within_minutes
        for obligation in incident.runbook.read.obligations
        if obligation.severity in (None, incident.severity_key)
    }
    kept = {row.text: row for row in _of(incident)}
    for text, row in kept.items():
        row.dropped = text not in wanted and row.done_at is None and text != REVIEW
    for text, minutes in wanted.items():
        due_at = incident.aware_at + timedelta(minutes=minutes)
        if text in kept:
            kept[text].within_minutes, kept[text].due_at = minutes, due_at
        else:
            db.session.add(
                Obligation(
                    incident_id=incident.id, text=text, within_minutes=minutes, due_at=due_at
                )
            )


def owe_review(incident: Incident) -> None:
    """Owe the review that the runbook asks for after resolution, in the transaction around."""
    hours = [
        review.within_hours
        for review in incident.runbook.read.reviews
        if not review.severities or incident.severity_key in review.severities
    ]
    if not hours or incident.resolved_at is None:
        return
    due_at = incident.resolved_at + timedelta(hours=min(hours))
    known = next((row for row in _of(incident) if row.text == REVIEW), None)
    if known is not None:
        known.due_at = due_at
        return
    db.session.add(
        Obligation(
            incident_id=incident.id, text=REVIEW, within_minutes=min(hours) * 60, due_at=due_at
        )
    )


def settle_given_roles(incident: Incident, *, by: Account) -> None:
    """Mark "Incident commander assigned within …" as done once somebody has that role."""
    given = [role.casefold() for role in incident.roles]
    for row in _of(incident):
        asks = row.done_at is None and not row.dropped and _GIVING.search(row.text)
        if asks and any(role in row.text.casefold() for role in given):
            row.done_at, row.done_by_id = clock.now(), by.id


def settle_told(update: Update, *, by: Account) -> None:
    """Mark as done what posting this update does: customers told, the page updated, cause known."""
    done = [_UNKNOWN_CAUSE] if update.stage is not Stage.INVESTIGATING else []
    done += [_TELLING[said.audience] for said in update.messages if said.audience in _TELLING]
    for row in _of(update.incident):
        if row.done_at is None and any(words.search(row.text) for words in done):
            row.done_at, row.done_by_id = update.published_at, by.id


def _of(incident: Incident) -> list[Obligation]:
    return list(db.session.scalars(select(Obligation).where(Obligation.incident_id == incident.id)))
