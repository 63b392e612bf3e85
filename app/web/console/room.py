"""What the composer of the incident room shows: the road, the choices, each audience's words."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.content import composer, marking, promised, situations, values
from app.content.composer import Hand, Writing
from app.domain import components, recipients, status, subscribers
from app.web import filters
from app.words import INCIDENT_ROAD, Audience, Impact, Stage

WAITS = (5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080)
"""Minutes that are offered for the next update."""


@dataclass(frozen=True)
class Mile:
    """A stage on the incident's road, in the runbook's word."""

    stage: Stage
    word: str
    reached_at: datetime | None


@dataclass(frozen=True)
class Seen:
    """What one audience will read, as it stands now."""

    audience: Audience
    reach: str
    subject: Markup | None
    body: Markup
    hand: Hand | None
    template: str
    origin: str
    line: int
    is_told: bool
    is_missing: bool
    other_time: str | None = None
    """The time that a person's own words name for the next update, where it is not promised."""


def road(writing: Writing) -> list[Mile]:
    """The stages in order, with when the incident first came to each."""
    updates = reversed(writing.incident.updates) if writing.incident else iter(())
    reached: dict[Stage, datetime] = {}
    for update in updates:
        reached.setdefault(update.stage, update.published_at)
    return [
        Mile(stage, composer.stage_word(writing.runbook, stage), reached.get(stage))
        for stage in (writing.incident.stage.road if writing.incident else INCIDENT_ROAD)
    ]


def stage_word(writing: Writing, stage: Stage) -> str:
    """A stage in the runbook's own word."""
    return composer.stage_word(writing.runbook, stage)


def seen(writing: Writing) -> list[Seen]:
    """What every audience will read."""
    return [_seen(writing, audience) for audience in Audience]


def _seen(writing: Writing, audience: Audience) -> Seen:
    draft = writing.draft(audience)
    missing = [question.name for question in draft.missing]
    show = marking.plain if audience is Audience.INTERNAL else marking.rendered
    subject = draft.subject_segments or ((draft.subject, None),) if draft.subject else None
    hand = writing.typed.by_hand.get(audience)
    zone = situations.zone(writing.organisation.time_zone)
    return Seen(
        audience=audience,
        reach=reach(writing, audience),
        subject=marking.plain(subject, missing) if subject else None,
        body=show(draft.segments, missing),
        hand=hand,
        template=draft.template_name,
        origin=draft.origin,
        line=draft.line,
        is_told=audience in writing.typed.audiences,
        is_missing=bool(missing),
        other_time=promised.other_time(hand.body, writing.promise_at, zone) if hand else None,
    )


def reach(writing: Writing, audience: Audience) -> str:
    """Whom an audience's message reaches: "1,204 subscribers", "Slack and 2 addresses"."""
    if audience is Audience.PUBLIC:
        return "whoever looks"
    if audience is Audience.CUSTOMER:
        return filters.many(subscribers.count(), "subscriber")
    organisation = writing.organisation
    channel = writing.situation.channel
    slack = (
        [f"Slack {channel}" if channel else "Slack"] if recipients.has_slack(organisation) else []
    )
    count = len(organisation.internal_emails)
    mails = [filters.many(count, "address", "addresses")] if count else []
    return ", ".join([*slack, *mails]) or "kept here; no Slack and no address is set"


def promises(writing: Writing) -> list[tuple[str, str]]:
    """The choices for the next update; the first is what the runbook asks for."""
    usual = writing.usual_wait
    whose = "the runbook" if usual.origin == "runbook" else "the shipped runbook"
    waits = [("", f"in {values.wait(usual.minutes)}, as {whose} has it")]
    waits += [(str(wait), f"in {values.wait(wait)}") for wait in WAITS if wait != usual.minutes]
    return [*waits, ("none", "no promise this time")]


Part = tuple[str, str, bool, Impact, Impact]
"""A component: its code, its name, whether it is hidden, what the update says of it, and what
the update before said."""


def parts(writing: Writing, *, hurt: bool) -> list[tuple[str, list[Part]]]:
    """Components by group: those that the update says something of, or the others."""
    found: list[tuple[str, list[Part]]] = []
    incident = writing.incident
    before = status.impacts_now(incident, public=False) if incident and incident.is_open else {}
    for component in components.every():
        impact = writing.typed.impacts.get(component.id, Impact.OPERATIONAL)
        if (impact is not Impact.OPERATIONAL) is not hurt:
            continue
        group = component.group.name if component.group else ""
        if not found or found[-1][0] != group:
            found.append((group, []))
        said = before.get(component.id, Impact.OPERATIONAL)
        found[-1][1].append((component.code, component.name, component.hidden, impact, said))
    return found
