"""What an update being written finds in the records, for the blanks of its messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.config import settings
from app.content import cadences
from app.content.situations import Situation
from app.domain import components, status
from app.models import Incident
from app.words import Audience, Impact

if TYPE_CHECKING:
    from app.content.composer import Writing


def situation(writing: "Writing") -> Situation:
    """What Allclear knows of the incident at this moment, for the templates' blanks."""
    incident, typed, organisation = writing.incident, writing.typed, writing.organisation
    page = settings().public_url
    author = writing.author.name if writing.author else None
    told_by = [post.author.name for post in incident.updates if post.author] if incident else []
    roles = dict(incident.roles if incident else typed.roles)
    channel = (incident.channel if incident else typed.channel) or organisation.incident_channel
    people = [*roles.values(), *reversed(told_by), *([author] if author else [])]
    return Situation(
        title=incident.title if incident else " ".join(typed.title.split()),
        stage=typed.stage,
        first=writing.is_first,
        started_at=incident.occurred_at if incident else writing.now,
        published_at=writing.now,
        organisation=organisation.name,
        severity_key=writing.severity.key,
        severity_name=writing.severity.name,
        components=_affected(writing),
        next_update_at=writing.promise_at,
        next_update_minutes=typed.promise_minutes or writing.default_minutes,
        waived=writing.is_waived,
        update_every_minutes=cadences.cadence(writing.runbook, writing.severity.key),
        roles=roles,
        author=author,
        channel=f"#{channel}" if channel else None,
        code=incident.code if incident else "",
        update_number=len(incident.updates) + 1 if incident else 1,
        contact=organisation.contact or None,
        review_at=incident.review_at if incident else None,
        review_by=_review_by(writing),
        again=writing.is_reopening,
        earlier_templates=_earlier_templates(incident),
        responders=tuple(dict.fromkeys(people)),
        link=f"{page}/incidents/{incident.code}" if incident else page,
        time_zone=organisation.time_zone,
        language=organisation.language,
    )


def _affected(writing: "Writing") -> tuple[str, ...]:
    """Names of what is affected, or was when nothing is any more; never of hidden components."""
    public = [component for component in components.every() if component.is_public]
    hurt = {id for id, said in writing.typed.impacts.items() if said is not Impact.OPERATIONAL}
    if not hurt and writing.incident:
        hurt = {component.id for component in status.affected(writing.incident)}
    return tuple(component.name for component in public if component.id in hurt)


def _review_by(writing: "Writing") -> datetime | None:
    """Until when the runbook wants the review held, once the incident is resolved."""
    if writing.typed.stage.is_open:
        return None
    hours = cadences.review_hours(writing.runbook, writing.severity.key)
    return None if hours is None else writing.now + timedelta(hours=hours)


def _earlier_templates(incident: Incident | None) -> Mapping[Audience, str]:
    """The template of the newest message to each audience."""
    told: dict[Audience, str] = {}
    for update in incident.updates if incident else ():
        for message in update.messages:
            told.setdefault(message.audience, message.template)
    return told
