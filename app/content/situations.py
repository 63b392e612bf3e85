"""What Allclear knows of an incident when a message is composed, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.content import language, stages, values
from app.content.language import gettext as _
from app.runbook import facts
from app.runbook.model import Runbook
from app.words import N_, Audience, Stage


@dataclass(frozen=True)
class Situation:
    """An incident at the moment of an update.

    `next_update_at` is the promise that this update makes; None when it makes none or it was
    `waived`. `next_update_minutes` is the wait that was chosen for it, where one was. `first` is
    true for the update that opens the incident. `roles` are names of the runbook's roles and who
    plays them. `review_by` is when the review is due, where no time was set for it. `again` is
    true for the update that reopens the incident, and `earlier_templates` are what the messages
    before this one were made from. `time_zone` is an IANA name; times and spans are
    written in `language`.
    """

    title: str
    stage: Stage
    first: bool
    started_at: datetime
    published_at: datetime
    organisation: str
    severity_key: str | None = None
    severity_name: str | None = None
    components: tuple[str, ...] = ()
    resolved_at: datetime | None = None
    next_update_at: datetime | None = None
    next_update_minutes: int | None = None
    waived: bool = False
    update_every_minutes: int | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    commander: str | None = None
    author: str | None = None
    channel: str | None = None
    code: str = ""
    update_number: int | None = None
    contact: str | None = None
    review_at: datetime | None = None
    review_by: datetime | None = None
    again: bool = False
    earlier_templates: Mapping[Audience, str] = field(default_factory=dict)
    responders: tuple[str, ...] = ()
    link: str | None = None
    time_zone: str = "UTC"
    language: str = language.SOURCE


def moment(at: datetime, situation: Situation) -> str:
    """A time as it is written in a message of that incident."""
    return values.clock_time(at, situation.published_at, zone(situation.time_zone))


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of that name, or UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def known(situation: Situation, runbook: Runbook) -> dict[str, str]:
    """The facts that need not be asked; those without a value are left out."""
    told = {**_words(situation, runbook), **_times(situation), **_promise(situation)}
    return {name: value for name, value in told.items() if value}


def _words(situation: Situation, runbook: Runbook) -> dict[str, str]:
    stage = stages.word(runbook, situation.stage)
    commander = situation.commander or next(
        (who for role, who in situation.roles.items() if "commander" in role.lower()), ""
    )
    named = {facts.role(role): who for role, who in situation.roles.items()}
    return named | {
        "title": situation.title,
        "severity": situation.severity_key or "",
        "severity_name": situation.severity_name or situation.severity_key or "",
        "stage": stage,
        "status": _(_STATUS[situation.stage]),
        "components": values.listed(situation.components),
        "commander": commander,
        "author": situation.author or "",
        "channel": situation.channel or "",
        "incident_code": situation.code,
        "update_number": str(situation.update_number or ""),
        "responders": ", ".join(situation.responders),
        "contact": situation.contact or "",
        "organisation": situation.organisation,
        "link": situation.link or "",
        "time_zone": situation.time_zone,
    }


def _times(situation: Situation) -> dict[str, str]:
    end = situation.resolved_at
    if end is None and not situation.stage.is_open:
        end = situation.published_at
    lasted = max((end or situation.published_at) - situation.started_at, _NOTHING)
    minutes = max(1, round(lasted.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    return {
        "started": moment(situation.started_at, situation),
        "updated": moment(situation.published_at, situation),
        "date": values.day(situation.started_at, zone(situation.time_zone)),
        "resolved": moment(end, situation) if end else "",
        "duration": values.span(lasted),
        "duration_hours": str(hours),
        "duration_minutes": str(minutes),
        "duration_rest": str(rest),
        "review_time": _review(situation),
    }


def _review(situation: Situation) -> str:
    """When the review is, or the last day for it as the runbook has it."""
    if situation.review_at:
        return moment(situation.review_at, situation)
    if situation.review_by is None:
        return ""
    day = values.day_of_month(situation.review_by, zone(situation.time_zone))
    return _("%(day)s at the latest", day=day)


def _promise(situation: Situation) -> dict[str, str]:
    told: dict[str, str] = {}
    if every := situation.update_every_minutes:
        told["frequency"] = values.every(every)
        told["frequency_minutes"] = str(every)
        told["frequency_hours"] = f"{every / 60:g}"
    if situation.next_update_at is None:
        return told if not situation.waived and situation.stage.is_open else {}
    # The moment is on a full minute, so that the wait until it may be longer than the chosen one.
    wait = (situation.next_update_at - situation.published_at).total_seconds() / 60
    minutes = situation.next_update_minutes or max(1, round(wait))
    return told | {
        "next_update": moment(situation.next_update_at, situation),
        "next_update_minutes": str(minutes),
        "next_update_hours": f"{round(minutes / 60, 1):g}",
        "next_update_span": values.wait(minutes),
    }


_NOTHING = timedelta(0)
# For "Current status: …" in a message to people who do not know our stages.
_STATUS = {
    Stage.INVESTIGATING: N_("We are investigating the cause."),
    Stage.IDENTIFIED: N_("We have found the cause and are working on a fix."),
    Stage.MONITORING: N_("A fix is in place and we are watching that it holds."),
    Stage.RESOLVED: N_("Resolved."),
}
