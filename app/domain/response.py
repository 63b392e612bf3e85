"""What responders note and settle in an incident besides telling people."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import transaction
from app.domain import audit, changes, obligations
from app.errors import Rejected
from app.models import Account, Incident, Note, Obligation, Tick


def note(incident: Incident, *, text: str, author: Account) -> Note:
    """Write an internal note. It never leaves."""
    text = text.strip()
    if not text:
        raise Rejected(text="Write the note first.")
    written = Note(incident_id=incident.id, author_id=author.id, text=text[:20_000])
    with transaction() as session:
        session.add(written)
    return written


def change_severity(incident: Incident, *, severity_key: str, by: Account) -> None:
    """Move the incident to another severity; what the runbook wants done moves with it."""
    severities = incident.runbook.read.severities
    if severities and severity_key not in {severity.key for severity in severities}:
        raise Rejected(severity="Choose one of the runbook's severities.")
    with transaction():
        earlier = incident.severity_key
        incident.severity_key = severity_key
        incident.updated_at = clock.now()
        obligations.owe(incident)
        audit.record("severity changed", by=by, incident=incident, before=earlier, now=severity_key)
        changes.record(incident)


def assign(incident: Incident, *, role: str, person: str, by: Account) -> None:
    """Give a role to a person; an empty name takes it away."""
    with transaction() as session:
        # Two people who give two roles at once: the second starts from what the first wrote.
        session.refresh(incident, with_for_update=True)
        others = {name: who for name, who in incident.roles.items() if name != role}
        incident.roles = others | ({role: person.strip()} if person.strip() else {})
        obligations.settle_given_roles(incident, by=by)
        audit.record("role given", by=by, incident=incident, role=role, person=person.strip())


def change_details(
    incident: Incident,
    *,
    title: str,
    channel: str,
    occurred_at: datetime,
    review_at: datetime | None,
    by: Account,
) -> None:
    """Change the title or the times; what they were stays in the record."""
    title = " ".join(title.split())
    if not title or len(title) > 150:
        raise Rejected(title="Give it a title of at most 150 characters.")
    if occurred_at > clock.now():
        raise Rejected(occurred_at="It cannot have begun in the future.")
    with transaction():
        audit.record(
            "details changed",
            by=by,
            incident=incident,
            title=incident.title,
            occurred_at=incident.occurred_at.isoformat(),
        )
        incident.title = title
        incident.channel = channel.strip().lstrip("#")
        incident.occurred_at = occurred_at
        incident.review_at = review_at
        incident.updated_at = clock.now()
        changes.record(incident)


def settle(obligation: Obligation, *, done: bool, by: Account) -> None:
    """Mark an obligation as done, or as not done after all."""
    with transaction():
        obligation.done_at = clock.now() if done else None
        obligation.done_by_id = by.id if done else None


def tick(incident: Incident, *, line: int, done: bool, by: Account) -> None:
    """Tick a box of the runbook's checklists, named by its line, or take the tick back."""
    this_box = (Tick.incident_id == incident.id, Tick.line == line)
    if not done:
        with transaction() as session:
            session.execute(delete(Tick).where(*this_box))
        return
    ticked = Tick(incident_id=incident.id, line=line, by_id=by.id)
    try:
        with transaction() as session:
            if session.scalar(select(Tick.id).where(*this_box)) is None:
                session.add(ticked)
    except IntegrityError:
        pass  # somebody ticked it at the same moment: it is ticked
