"""What the list of incidents shows below the open ones: the past, and what is still to be set."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from app.config import settings
from app.db import db
from app.domain import recipients, subscribers
from app.models import Incident, Organisation
from app.words import Stage

PAGE = 20


@dataclass(frozen=True)
class Past:
    incidents: list[Incident]
    page: int
    has_more: bool


def resolved(page: int) -> Past:
    """Resolved incidents, newest first, a page at a time."""
    rows = list(
        db.session.scalars(
            select(Incident)
            .where(Incident.stage == Stage.RESOLVED)
            .order_by(Incident.opened_at.desc(), Incident.id.desc())
            .offset((page - 1) * PAGE)
            .limit(PAGE + 1)
        )
    )
    return Past(rows[:PAGE], page, len(rows) > PAGE)


def next_steps(organisation: Organisation) -> list[tuple[str, str]]:
    """What a new instance still lacks: a sentence each, and where it is set."""
    steps = []
    if settings().email == "folder":
        steps.append(
            ("Mails are kept in a folder and reach nobody. Set ALLCLEAR_EMAIL to send them.", "")
        )
    if not recipients.has_slack(organisation) and not organisation.internal_emails:
        steps.append(
            (
                "Colleagues are told nowhere yet. Give a Slack webhook or addresses.",
                url_for("console.settings.show"),
            )
        )
    if not organisation.contact:
        steps.append(("Say where customers can reach you.", url_for("console.settings.show")))
    if subscribers.count() == 0:
        steps.append(("Nobody is subscribed yet. Show customers the status page.", "/"))
    return steps
