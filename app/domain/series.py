"""Maintenance that comes again: begin a series, plan what comes next, change it, end it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import audit, incidents, maintenance, recurrence, windows
from app.domain.incidents import Words
from app.domain.maintenance import Event, Plan, Told
from app.domain.windows import Window
from app.errors import Rejected
from app.models import Account, Incident, Series
from app.words import Audience, Stage

LONGEST_AHEAD = 60
"""Days."""
LOOK_AGAIN = timedelta(minutes=10)


class Say(Protocol):
    """Puts an event of a maintenance into words for each audience."""

    def __call__(
        self, plan: Plan, event: Event, *, incident: Incident | None = None, late: bool = False
    ) -> Mapping[Audience, Words]: ...


def begin(plan: Plan, rule: str, first: datetime, told: Told, *, ahead_days: int = 14) -> Incident:
    """Plan a series with its first occurrence, and tell of that one.

    Each later one is planned, and told, `ahead_days` before it begins.
    """
    if earlier := incidents.from_form(told.form_key):
        return earlier.incident
    rule = _checked(rule, first, plan, ahead_days)
    maintenance.check(plan)
    with transaction() as session:
        made = _made(plan, rule, first, ahead_days)
        session.add(made)
        session.flush()
        return maintenance.write(plan, told, series=made, series_at=plan.window.start)


def going_on() -> list[Series]:
    return list(db.session.scalars(select(Series).where(Series.ended_at.is_(None))))


def occurrences(series: Series) -> list[Incident]:
    """What is planned of it and has not begun, the next first."""
    return list(
        db.session.scalars(
            select(Incident)
            .where(Incident.series_id == series.id, Incident.stage == Stage.SCHEDULED)
            .order_by(Incident.series_at)
        )
    )


def plan_of(series: Series, local: datetime) -> Plan:
    """The plan of the occurrence that begins at that local time."""
    start = windows.lenient(local, series.time_zone)
    kept = series.plan
    return Plan(
        title=series.title,
        window=Window(start, start + timedelta(minutes=series.minutes), series.time_zone),
        component_ids=tuple(kept.get("component_ids", ())),
        expect=kept.get("expect", ""),
        audiences=frozenset(Audience(name) for name in kept.get("audiences", ())),
        starts_itself=kept.get("starts_itself", True),
        ends_itself=kept.get("ends_itself", True),
        remind_minutes=kept.get("remind_minutes"),
    )


def plan_ahead(series: Series, now: datetime, say: Say) -> int:
    """Plan the occurrences that are near enough; how many were planned.

    Those whose time passed while nobody planned them were told to nobody and are left out.
    """
    horizon = now + timedelta(days=series.plan.get("ahead_days", 14))
    if series.planned_until is not None and horizon < series.planned_until + LOOK_AGAIN:
        return 0
    count, is_over = 0, True
    for local in _upcoming(series, now):
        plan = plan_of(series, local)
        if plan.window.start > horizon:
            is_over = False
            break
        count += _plan_one(series, plan, say)
    with transaction():
        series.planned_until = horizon
        if is_over:
            series.ended_at = series.ended_at or now
    return count


def end(series: Series, *, by: Account, say: Say | None = None) -> int:
    """Plan nothing more of it. With `say`, cancel what is planned, too, and tell of that."""
    with transaction():
        series.ended_at = series.ended_at or clock.now()
        audit.record("series of maintenance ended", by=by, series=series.id)
    planned = occurrences(series) if say else []
    for one in planned:
        _cancel(one, by, say)
    return len(planned)


def change(
    incident: Incident, plan: Plan, rule: str, first: datetime, *, by: Account, say: Say
) -> int:
    """Change this occurrence and all later ones; how many were told to be at another time.

    What comes before stays as it is. What is planned already is moved to the new times in its
    order; what has none any more is cancelled.
    """
    old = incident.series
    if old is None or incident.stage is not Stage.SCHEDULED:
        raise Rejected(form="It is not part of a series, or has begun.")
    ahead_days = old.plan.get("ahead_days", 14)
    rule = _checked(rule, first, plan, ahead_days)
    maintenance.check(plan)
    later = [one for one in occurrences(old) if _at(one) >= _at(incident)]
    fitting = list(islice(recurrence.dates(rule, first, plan.window.time_zone), len(later)))
    moved = 0
    with transaction() as session:
        made = _made(plan, rule, first, ahead_days)
        old.ended_at = old.ended_at or clock.now()
        session.add(made)
        session.flush()
        for one, local in zip(later, fitting, strict=False):
            moved += _take_over(one, made, plan_of(made, local), by, say)
        for one in later[len(fitting) :]:
            _cancel(one, by, say)
        audit.record("series of maintenance changed", by=by, series=made.id)
    return moved


def _checked(rule: str, first: datetime, plan: Plan, ahead_days: int) -> str:
    rule = recurrence.read(rule)
    known = recurrence.next_dates(rule, first, plan.window.time_zone, count=2)
    if len(known) > 1:
        following = windows.lenient(known[1], plan.window.time_zone)
        if following < plan.window.end:
            raise Rejected(ends="The next one would begin before this one ends.")
    if not 0 < ahead_days <= LONGEST_AHEAD:
        raise Rejected(ahead=f"Announce each one 1 to {LONGEST_AHEAD} days before.")
    return rule


def _made(plan: Plan, rule: str, first: datetime, ahead_days: int) -> Series:
    kept: dict[str, Any] = {
        "component_ids": list(plan.component_ids),
        "expect": plan.expect,
        "audiences": sorted(audience.value for audience in plan.audiences),
        "starts_itself": plan.starts_itself,
        "ends_itself": plan.ends_itself,
        "remind_minutes": plan.remind_minutes,
        "ahead_days": ahead_days,
    }
    return Series(
        title=" ".join(plan.title.split()),
        rule=rule,
        first_at=first.replace(tzinfo=None).isoformat(timespec="minutes"),
        time_zone=plan.window.time_zone,
        minutes=round(plan.window.length.total_seconds() / 60),
        plan=kept,
    )


def _upcoming(series: Series, now: datetime) -> Iterator[datetime]:
    first = datetime.fromisoformat(series.first_at)
    since = series.planned_until or windows.lenient(first, series.time_zone)
    # A clock that was set back shows times twice: what is known already is left out below.
    after = since.astimezone(windows.zone(series.time_zone)) - timedelta(hours=6)
    for local in recurrence.dates(
        series.rule, first, series.time_zone, after=after.replace(tzinfo=None)
    ):
        if windows.lenient(local, series.time_zone) > now:
            yield local


def _plan_one(series: Series, plan: Plan, say: Say) -> int:
    at = plan.window.start
    if db.session.scalar(
        select(Incident.id).where(Incident.series_id == series.id, Incident.series_at == at)
    ):
        return 0
    told = Told(
        words=say(plan, Event.ANNOUNCED),
        author=None,
        form_key=f"series:{series.code}:{at.isoformat()}",
    )
    try:
        with transaction():
            maintenance.write(plan, told, series=series, series_at=at)
    except IntegrityError:
        return 0  # another clock was faster
    return 1


def _take_over(one: Incident, made: Series, plan: Plan, by: Account, say: Say) -> int:
    one.series_id, one.series_at = made.id, plan.window.start
    maintenance.change(one, plan, by=by)
    if plan.window == maintenance.window_of(one):
        return 0
    told = Told(
        words=say(plan, Event.MOVED, incident=one),
        author=by,
        form_key=f"series:{made.code}:{one.code}:moved",
    )
    maintenance.move(one, plan.window, told, seen=one.newest)
    return 1


def _cancel(one: Incident, by: Account, say: Say | None) -> None:
    if say is None:
        return
    plan = replace(maintenance.plan_of(one))
    told = Told(
        words=say(plan, Event.CANCELLED, incident=one),
        author=by,
        form_key=f"series:{one.code}:cancelled",
    )
    maintenance.cancel(one, told, seen=one.newest)


def _at(one: Incident) -> datetime:
    return one.series_at or one.opened_at
