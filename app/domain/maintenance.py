"""What may happen to a maintenance: schedule, move, cancel; its stages are posted like others.

A maintenance is an incident with a window. What is said of it comes from the layer above, as
final words for each audience.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import audit, changes, incidents
from app.domain.incidents import LONGEST_TITLE, News, Words
from app.domain.windows import Window
from app.errors import Rejected
from app.models import Account, Incident, Organisation, Series, Update
from app.words import Audience, Impact, Stage

EXPECT = "impact"
"""The fact that says what people will notice, by the name that templates ask for it."""
LONGEST_REMINDER = 31 * 24 * 60


class Event(StrEnum):
    """What happens to a maintenance, and is told."""

    ANNOUNCED = "announced"
    REMINDER = "reminder"
    MOVED = "moved"
    STARTED = "started"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


STAGES = {
    Event.STARTED: Stage.IN_PROGRESS,
    Event.VERIFYING: Stage.VERIFYING,
    Event.COMPLETED: Stage.COMPLETED,
    Event.CANCELLED: Stage.COMPLETED,
}


@dataclass(frozen=True)
class Plan:
    """What a maintenance is to be, as a person or a series plans it."""

    title: str
    window: Window
    component_ids: tuple[int, ...] = ()
    expect: str = ""
    """What people will notice, in words for them."""
    audiences: frozenset[Audience] = frozenset(Audience)
    starts_itself: bool = True
    ends_itself: bool = True
    remind_minutes: int | None = None


@dataclass(frozen=True)
class Told:
    """How something is told: final words for each audience, by whom, and the form's key."""

    words: Mapping[Audience, Words]
    author: Account | None
    form_key: str
    facts: Mapping[str, str] = field(default_factory=dict)


def plan_of(incident: Incident) -> Plan:
    """The plan of a maintenance as it stands now."""
    first = incident.updates[-1]
    return Plan(
        title=incident.title,
        window=window_of(incident),
        component_ids=components_of(incident),
        expect=incident.facts.get(EXPECT, ""),
        audiences=frozenset(message.audience for message in first.messages),
        starts_itself=incident.starts_itself,
        ends_itself=incident.ends_itself,
        remind_minutes=incident.remind_minutes,
    )


def components_of(incident: Incident) -> tuple[int, ...]:
    """The components that it is about, by the newest update that names any."""
    naming = next((told for told in incident.updates if told.impacts), None)
    return tuple(said.component_id for said in naming.impacts) if naming else ()


def window_of(incident: Incident) -> Window:
    if incident.scheduled_for is None or incident.scheduled_until is None:
        raise ValueError("an incident has no window")
    return Window(incident.scheduled_for, incident.scheduled_until, incident.time_zone or "UTC")


def event_of(update: Update) -> Event:
    """What happened to the maintenance that this update tells."""
    known = update.facts.get("event", "")
    if known in list(Event):
        return Event(known)
    by_stage = {stage: event for event, stage in STAGES.items() if event is not Event.CANCELLED}
    return by_stage.get(update.stage, Event.ANNOUNCED)


def schedule(plan: Plan, told: Told) -> Incident:
    """Plan a maintenance and tell of it. The same form sent twice plans one."""
    try:
        with transaction():
            return write(plan, told)
    except IntegrityError:
        return incidents.posted_meanwhile(
            news_of(plan, Event.ANNOUNCED, Stage.SCHEDULED, told)
        ).incident


def write(
    plan: Plan, told: Told, *, series: Series | None = None, series_at: datetime | None = None
) -> Incident:
    """Write a maintenance and what is told of it into the transaction around it."""
    title = check(plan)
    news = news_of(plan, Event.ANNOUNCED, Stage.SCHEDULED, told)
    incidents.check(news)
    if earlier := incidents.from_form(told.form_key):
        return incidents.same(earlier, news).incident
    session, now = db.session, clock.now()
    incident = Incident(
        title=title,
        severity_key="",
        stage=Stage.SCHEDULED,
        runbook_id=session.get_one(Organisation, 1).runbook_id,
        occurred_at=plan.window.start,
        aware_at=now,
        opened_at=now,
        newest=1,
        series_id=series.id if series else None,
        series_at=series_at,
        **_columns(plan, now),
    )
    session.add(incident)
    session.flush()
    incidents.write(incident, news, number=1, author=told.author, now=now)
    audit.record("maintenance scheduled", by=told.author, incident=incident)
    return incident


def change(incident: Incident, plan: Plan, *, by: Account) -> None:
    """Correct its title, its reminder and whether it begins and ends by itself; nobody is told."""
    title = check(plan) if incident.stage is Stage.SCHEDULED else " ".join(plan.title.split())
    with transaction():
        incident.title = title or incident.title
        incident.starts_itself, incident.ends_itself = plan.starts_itself, plan.ends_itself
        if plan.remind_minutes != incident.remind_minutes:
            columns = _columns(plan, clock.now())
            incident.remind_minutes = plan.remind_minutes
            incident.reminded_at = incident.reminded_at or columns["reminded_at"]
        incident.updated_at = clock.now()
        audit.record("maintenance changed", by=by, incident=incident)
        changes.record(incident)


def move(incident: Incident, window: Window, told: Told, *, seen: int) -> Update:
    """Give a maintenance another window and tell of it; one that has begun may only end later
    or sooner. Calendars hear of it by the next SEQUENCE."""
    if earlier := incidents.from_form(told.form_key):
        return earlier
    check_move(incident, window)
    started = incident.stage is not Stage.SCHEDULED
    plan = plan_of(incident)
    moved = Plan(**{**vars(plan), "window": window})
    news = news_of(moved, Event.MOVED, incident.stage, told)

    def change(now: datetime) -> None:
        for name, value in _columns(moved, now).items():
            setattr(incident, name, value)
        if not started:
            incident.occurred_at = window.start
        incident.sequence += 1
        audit.record("maintenance moved", by=told.author, incident=incident)

    return incidents.post_update(incident, news=news, seen=seen, author=told.author, also=change)


def cancel(incident: Incident, told: Told, *, seen: int) -> Update:
    """Call a maintenance off before it begins, and tell of it."""
    if earlier := incidents.from_form(told.form_key):
        return earlier
    if not incident.is_open:
        raise Rejected(form="This maintenance is over already.")
    if incident.stage is not Stage.SCHEDULED:
        raise Rejected(form="It is under way. Finish it instead.")
    news = news_of(plan_of(incident), Event.CANCELLED, Stage.COMPLETED, told)

    def change(now: datetime) -> None:
        incident.cancelled_at = now
        incident.sequence += 1
        audit.record("maintenance cancelled", by=told.author, incident=incident)

    return incidents.post_update(incident, news=news, seen=seen, author=told.author, also=change)


def post(
    incident: Incident, stage: Stage, told: Told, *, seen: int, event: Event | None = None
) -> Update:
    """Tell where it stands: under way, verifying, completed, or something new at its stage."""
    event = event or next(
        (known for known, meant in STAGES.items() if meant is stage), Event.ANNOUNCED
    )
    news = news_of(plan_of(incident), event, stage, told)
    return incidents.post_update(incident, news=news, seen=seen, author=told.author)


def skip_reminder(incident: Incident) -> None:
    """Note that nobody is to be reminded of it."""
    with transaction():
        incident.reminded_at = incident.reminded_at or clock.now()


def check(plan: Plan) -> str:
    """The title in one line; raise Rejected for a plan that nobody can keep."""
    title = " ".join(plan.title.replace("\0", "").split())
    errors: dict[str, str] = {}
    if not title:
        errors["title"] = "What will be done? A few words, as a customer would say it."
    elif len(title) > LONGEST_TITLE:
        errors["title"] = f"Use at most {LONGEST_TITLE} characters."
    if plan.window.start <= clock.now():
        errors["starts"] = "This time has passed. Choose a later one."
    if plan.remind_minutes is not None and not 0 < plan.remind_minutes <= LONGEST_REMINDER:
        errors["remind"] = "Remind between a minute and a month before."
    if errors:
        raise Rejected(**errors)
    return title


def check_move(incident: Incident, window: Window) -> None:
    """Raise Rejected when it cannot have that window."""
    started = incident.stage is not Stage.SCHEDULED
    if not incident.is_open:
        raise Rejected(form="This maintenance is over. Schedule another one.")
    if window == window_of(incident):
        raise Rejected(starts="This is when it is planned already.")
    if started and window.start != incident.scheduled_for:
        raise Rejected(starts="It has begun: only its end can move.")
    if not started and window.start <= clock.now():
        raise Rejected(starts="This time has passed. Choose a later one.")
    if window.end <= clock.now():
        raise Rejected(ends="This time has passed. Choose a later one.")


def _columns(plan: Plan, now: datetime) -> dict[str, Any]:
    """What the records keep of a plan. A reminder that would come at once is not sent."""
    before = plan.remind_minutes
    is_late = before is not None and plan.window.start - timedelta(minutes=before) <= now
    return {
        "scheduled_for": plan.window.start,
        "scheduled_until": plan.window.end,
        "time_zone": plan.window.time_zone,
        "starts_itself": plan.starts_itself,
        "ends_itself": plan.ends_itself,
        "remind_minutes": before,
        "reminded_at": now if is_late else None,
    }


def news_of(plan: Plan, event: Event, stage: Stage, told: Told) -> News:
    expect = {EXPECT: plan.expect} if plan.expect.strip() else {}
    return News(
        stage=stage,
        words=told.words,
        facts={**expect, **told.facts},
        impacts=dict.fromkeys(plan.component_ids, Impact.UNDER_MAINTENANCE),
        promise_at=None,
        form_key=told.form_key,
        record={
            "event": event.value,
            "starts": plan.window.start.isoformat(),
            "ends": plan.window.end.isoformat(),
        },
    )
