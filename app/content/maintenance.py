"""What each audience is told of a maintenance: the runbook's templates, else words of ours."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app import clock
from app.config import settings
from app.content import filling, language, slots, times, values
from app.content.language import gettext as _
from app.domain import components, maintenance, maintenance_due, organisation
from app.domain.incidents import Words
from app.domain.maintenance import EXPECT, Event, Plan
from app.domain.windows import Window
from app.models import Incident, Organisation
from app.runbook import default
from app.runbook.model import Runbook, Template, TemplateStage
from app.words import N_, Audience

SUBJECT = N_("Maintenance on {parts}")
_SUBJECTS = {
    Event.REMINDER: N_("Reminder: maintenance on {parts}"),
    Event.MOVED: N_("Maintenance on {parts} is moved"),
    Event.STARTED: N_("Maintenance on {parts} has begun"),
    Event.VERIFYING: N_("Maintenance on {parts}: we are checking"),
    Event.COMPLETED: N_("Maintenance on {parts} is done"),
    Event.CANCELLED: N_("Maintenance on {parts} is cancelled"),
}
_SENTENCES = {
    Event.ANNOUNCED: N_("We will do maintenance on {parts} from {start} to {end}."),
    Event.REMINDER: N_(
        "The maintenance on {parts} begins on {start}. It is planned to last until {end}."
    ),
    Event.MOVED: N_(
        "The maintenance on {parts} is moved. It is now planned from {start} to {end}.\n\n"
        "Before, it was planned from {old_start} to {old_end}."
    ),
    Event.STARTED: N_("The maintenance on {parts} has begun. It is planned to last until {end}."),
    Event.VERIFYING: N_(
        "The work on {parts} is done. We are checking that everything is as it should be."
    ),
    Event.COMPLETED: N_("The maintenance on {parts} is done. Everything should work as usual."),
    Event.CANCELLED: N_(
        "The maintenance on {parts}, planned from {start} to {end}, is cancelled."
        " Nothing will change at that time."
    ),
}
_ONLY_THE_END = N_(
    "The maintenance on {parts} is now planned to last until {end}. Before, that was {old_end}."
)
_LATE = {
    Event.STARTED: N_(
        "The maintenance on {parts} was planned to begin on {start}, and this news of"
        " its start comes late. It is planned to last until {end}."
    ),
    Event.COMPLETED: N_(
        "The maintenance on {parts} was planned from {start} to {end}, and that time"
        " is over. We could not tell you in time when it began and when it ended."
    ),
}
_HEADINGS = {
    Event.ANNOUNCED: N_("MAINTENANCE ANNOUNCED"),
    Event.REMINDER: N_("MAINTENANCE REMINDER"),
    Event.MOVED: N_("MAINTENANCE MOVED"),
    Event.STARTED: N_("MAINTENANCE STARTED"),
    Event.VERIFYING: N_("MAINTENANCE VERIFYING"),
    Event.COMPLETED: N_("MAINTENANCE COMPLETED"),
    Event.CANCELLED: N_("MAINTENANCE CANCELLED"),
}
"""Over what colleagues are told."""
_EXPECTING = (Event.ANNOUNCED, Event.REMINDER, Event.MOVED, Event.STARTED)
_IS_MAINTENANCE = re.compile(
    r"maintenance|wartung|mantenimiento|manutenção|vedlikehold|vedligehold|underhåll", re.I
)
# Read in this order: "Planned maintenance completed" is about the end.
_NAMED = (
    (Event.CANCELLED, r"cancel|abgesagt|entfällt"),
    (Event.MOVED, r"resched|postpon|\bmoved\b|verschoben|verlegt"),
    (Event.REMINDER, r"remind|erinner"),
    (Event.COMPLETED, r"complet|\bdone\b|finish|\bend(?:ed|s)?\b|\bover\b|abgeschlossen|beendet"),
    (Event.VERIFYING, r"verif|überprüf"),
    (Event.STARTED, r"in progress|start|beg[aiu]n|under ?way|läuft|beginnt|begonnen"),
    (Event.ANNOUNCED, r"schedul|planned|announc|upcoming|notice|notification|geplant|ankündig"),
)


@dataclass(frozen=True)
class Telling:
    """One event of a maintenance, and all that its words need."""

    ours: Organisation
    runbook: Runbook
    plan: Plan
    event: Event
    parts: str
    """What it is about, in words."""
    now: datetime
    earlier: Window | None = None
    """The window before it was moved."""
    late: bool = False
    link: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What stands in for the names in our sentences."""
        told = {"parts": self.parts, **_window(self.plan.window, self.now)}
        if self.earlier is not None:
            before = _window(self.earlier, self.now)
            told |= {"old_start": before["start"], "old_end": before["end"]}
        return told

    @property
    def facts(self) -> dict[str, str]:
        """The same for a template's blanks."""
        window = _window(self.plan.window, self.now)
        return {
            "title": self.plan.title,
            "components": self.parts,
            "window_start": window["start"],
            "window_end": window["end"],
            "organisation": self.ours.name,
            "contact": self.ours.contact,
            "link": self.link,
            "time_zone": self.plan.window.time_zone,
            EXPECT: self.plan.expect.strip(),
        }


def say(
    plan: Plan,
    event: Event,
    *,
    incident: Incident | None = None,
    late: bool = False,
    earlier: Window | None = None,
) -> Mapping[Audience, Words]:
    """The words for each audience of the plan. `incident` is the maintenance once it is there."""
    ours = organisation.current()
    if ours is None:
        raise LookupError("nothing is set up yet")
    if incident is not None and earlier is None and event is Event.MOVED:
        earlier = maintenance.window_of(incident)
    page = settings().public_url
    telling = Telling(
        ours=ours,
        runbook=(incident.runbook if incident else ours.runbook).read,
        plan=plan,
        event=event,
        parts="",
        now=clock.now(),
        earlier=earlier,
        late=late,
        link=f"{page}/incidents/{incident.code}" if incident else page,
    )
    with language.speaking(ours.language):
        telling = replace(telling, parts=_parts(plan, ours))
        return {
            audience: _words(telling, audience)
            for audience in Audience
            if audience in plan.audiences
        }


def keep_time() -> int:
    """Begin, end and announce what is due now, in our words; how much was done."""
    return maintenance_due.act(clock.now(), say)


def window_in_words(incident: Incident) -> str:
    """ "Sunday 6 December, 02:00 CET to 04:00 CET (Europe/Berlin)"."""
    told = _window(maintenance.window_of(incident), clock.now())
    return _("%(start)s to %(end)s", start=told["start"], end=told["end"])


def local_words(local: datetime) -> str:
    """ "Sunday 6 December 2026, 02:00": a date of a series."""
    return f"{times.weekday(local)} {times.day_with_year(local)}, {local:%H:%M}"


def _words(telling: Telling, audience: Audience) -> Words:
    if not telling.late:
        for origin, runbook in _runbooks(telling.runbook):
            for template in _templates(runbook, audience, telling.event):
                if said := _filled(template, telling, audience, origin):
                    return said
    return _ours(telling, audience)


def _runbooks(own: Runbook) -> Iterator[tuple[str, Runbook]]:
    """The runbook itself, and the one we ship, which is in English."""
    yield "runbook", own
    if language.current() == language.SOURCE:
        yield "default", default.default()


def _templates(runbook: Runbook, audience: Audience, event: Event) -> Iterator[Template]:
    """The runbook's templates for this event, by their names; incidents use none of them."""
    for template in runbook.templates:
        is_fitting = template.audience is audience and template.stage is TemplateStage.OTHER
        if is_fitting and _IS_MAINTENANCE.search(template.name):
            if template.channel in ("social", "sms", "phone"):
                continue
            named = (known for known, words in _NAMED if re.search(words, template.name, re.I))
            if next(named, Event.ANNOUNCED) is event:
                yield template


def _filled(template: Template, telling: Telling, audience: Audience, origin: str) -> Words | None:
    """The template with what we know; None when it asks for something else."""
    known = {name: text for name, text in telling.facts.items() if text}
    unknown = frozenset(slots.facts_of(template)) - set(known)
    filled = filling.fill(template, known, droppable=unknown)
    if filled.missing or not filled.body.strip():
        return None
    subject = filled.subject or (_subject(telling) if audience is Audience.CUSTOMER else "")
    if audience is Audience.PUBLIC:
        subject = ""
    return Words(subject, filled.body, template.name, origin)


def _ours(telling: Telling, audience: Audience) -> Words:
    name = f"maintenance {telling.event}"
    sentence = _sentence(telling)
    expect = telling.plan.expect.strip()
    body = [sentence]
    if expect and telling.event in _EXPECTING:
        body.append(_("What to expect: %(words)s", words=expect))
    if audience is Audience.CUSTOMER:
        body = [_("Hello,"), *body, telling.ours.name]
        return Words(_subject(telling), "\n\n".join(body), name, "default")
    if audience is Audience.INTERNAL:
        body = [_(_HEADINGS[telling.event]), _("What: %(title)s", title=telling.plan.title), *body]
    return Words("", "\n\n".join(body), name, "default")


def _sentence(telling: Telling) -> str:
    pattern = _SENTENCES[telling.event]
    if telling.late:
        pattern = _LATE.get(telling.event, pattern)
    elif telling.event is Event.MOVED:
        if telling.earlier is None:
            pattern = _SENTENCES[Event.ANNOUNCED]
        elif telling.earlier.start == telling.plan.window.start:
            pattern = _ONLY_THE_END
    return _(pattern).format_map(telling.values)


def _subject(telling: Telling) -> str:
    return _(_SUBJECTS.get(telling.event, SUBJECT)).format_map(telling.values)


def _parts(plan: Plan, ours: Organisation) -> str:
    """The names of its public components; of none, the organisation's."""
    named = set(plan.component_ids)
    public = [one.name for one in components.every() if one.is_public and one.id in named]
    return values.listed(tuple(public)) or ours.name


def _window(window: Window, now: datetime) -> dict[str, str]:
    zone = window.zone
    place = "" if window.time_zone in ("UTC", "Etc/UTC") else f" ({window.time_zone})"
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    until = f"{end:%H:%M} {values.zone_name(end)}"
    if end.date() != start.date():
        until = _dated(window.end, zone, now)
    return {"start": _dated(window.start, zone, now), "end": f"{until}{place}"}


def _dated(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """ "Sunday 6 December, 02:00 CET", with the year where it is another."""
    there = moment.astimezone(zone)
    is_this_year = there.year == now.astimezone(zone).year
    day = times.day(there) if is_this_year else times.day_with_year(there)
    name = values.zone_name(there)
    return _("%(weekday)s %(day)s", weekday=times.weekday(there), day=day) + (
        f", {there:%H:%M} {name}"
    )
