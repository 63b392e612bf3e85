"""Reads the forms that plan maintenance, and keeps what was typed when it cannot be so."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

from flask import request

from app.content import maintenance as words
from app.domain import components, maintenance, recurrence, windows
from app.domain.maintenance import Plan
from app.domain.windows import Ambiguous, Window
from app.errors import Rejected
from app.models import Incident, Organisation, Series
from app.web import forms

REMINDERS = (
    ("", "no reminder"),
    ("60", "an hour before"),
    ("1440", "a day before"),
    ("4320", "three days before"),
    ("10080", "a week before"),
)
REPEATS = (
    ("", "once"),
    ("daily", "every day"),
    ("weekly", "every week, on that day"),
    ("monthly", "every month, on that weekday of it"),
    ("monthday", "every month, on that date"),
    ("rule", "by a rule of calendars"),
)
USUALLY_AHEAD = {"daily": 1, "weekly": 7}


@dataclass(frozen=True)
class Typed:
    """What stands in the form, as it was typed."""

    title: str = ""
    starts: str = ""
    ends: str = ""
    time_zone: str = "UTC"
    parts: frozenset[str] = frozenset()
    """Codes of components."""
    expect: str = ""
    starts_itself: bool = True
    ends_itself: bool = True
    remind: str = "1440"
    repeat: str = ""
    rule: str = ""
    ahead: str = ""
    form_key: str = ""
    which: Mapping[str, str] = field(default_factory=dict)
    """For a time that comes twice, by its field: `first` or `second`."""


@dataclass(frozen=True)
class Read:
    """What the form means. Without a plan, `errors` say why."""

    typed: Typed
    plan: Plan | None
    errors: dict[str, str]
    choices: dict[str, tuple[tuple[str, str], ...]]
    """For a time that comes twice, by its field."""
    dates: tuple[str, ...] = ()
    """The first dates of a series, in words."""
    rule: str = ""

    @property
    def first(self) -> datetime:
        return datetime.fromisoformat(self.typed.starts)

    @property
    def ahead_days(self) -> int:
        asked = forms.whole(self.typed.ahead)
        return USUALLY_AHEAD.get(self.typed.repeat, 14) if asked is None else asked


def blank(ours: Organisation) -> Typed:
    return Typed(time_zone=ours.time_zone, form_key=forms.form_key())


def of(incident: Incident) -> Typed:
    """The form filled with a maintenance as it is planned, and with its series' rule."""
    plan = maintenance.plan_of(incident)
    window, series = plan.window, incident.series
    named = set(plan.component_ids)
    repeat = _repeat(series.rule, window.start.astimezone(window.zone)) if series else ""
    return Typed(
        title=plan.title,
        starts=local(window.start, window),
        ends=local(window.end, window),
        time_zone=window.time_zone,
        parts=frozenset(one.code for one in components.every() if one.id in named),
        expect=plan.expect,
        starts_itself=plan.starts_itself,
        ends_itself=plan.ends_itself,
        remind="" if plan.remind_minutes is None else str(plan.remind_minutes),
        repeat=repeat,
        rule=series.rule if series and repeat == "rule" else "",
        ahead=str(series.plan.get("ahead_days", 14)) if series else "",
        form_key=forms.form_key(),
    )


def _repeat(rule: str, first: datetime) -> str:
    """The form's own choice that means this rule, from that day on."""
    choices = (name for name, _ in REPEATS if name not in ("", "rule"))
    return next((name for name in choices if recurrence.usual(name, first) == rule), "rule")


def typed(start: Typed) -> Typed:
    """What was sent; `start` gives what a shorter form does not ask."""
    asked = request.form
    whole = "title" in asked
    return replace(
        start,
        title=forms.line("title", start.title),
        starts=forms.line("starts", start.starts)[:16],
        ends=forms.line("ends", start.ends)[:16],
        time_zone=forms.line("time_zone", start.time_zone),
        parts=frozenset(asked.getlist("part")) if whole else start.parts,
        expect=forms.text("expect", start.expect),
        starts_itself=forms.checked("starts_itself") if whole else start.starts_itself,
        ends_itself=forms.checked("ends_itself") if whole else start.ends_itself,
        remind=forms.line("remind", start.remind),
        repeat=forms.line("repeat", start.repeat),
        rule=forms.line("rule", start.rule),
        ahead=forms.line("ahead", start.ahead),
        form_key=forms.form_key(),
        which={name: forms.line(f"{name}_which") for name in ("starts", "ends")},
    )


def read(said: Typed) -> Read:
    """The plan that the form means, or everything that is wrong with it at once."""
    errors: dict[str, str] = {}
    choices: dict[str, tuple[tuple[str, str], ...]] = {}
    if not said.title:
        errors["title"] = "What will be done? A few words, as a customer would say it."
    moments = {name: _moment(said, name, errors, choices) for name in ("starts", "ends")}
    try:
        if moments["starts"] is None or moments["ends"] is None or errors.get("time_zone"):
            return Read(said, None, errors, choices)
        window = windows.window(moments["starts"], moments["ends"], said.time_zone)
        plan = _plan(said, window)
        dates, rule = _series(said)
    except Rejected as rejected:
        return Read(said, None, {**errors, **rejected.errors}, choices)
    return Read(said, None if errors else plan, errors, choices, dates, rule)


def local(moment: datetime, window: Window) -> str:
    return f"{moment.astimezone(window.zone):%Y-%m-%dT%H:%M}"


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names to choose from; any other that is one will do as well."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def first_of(series: Series) -> str:
    return words.local_words(datetime.fromisoformat(series.first_at))


def _moment(
    said: Typed,
    name: str,
    errors: dict[str, str],
    choices: dict[str, tuple[tuple[str, str], ...]],
) -> datetime | None:
    value = getattr(said, name)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        errors[name] = "Give a day and a time: 2026-12-06 02:00."
        return None
    if at.year not in forms.YEARS:
        errors[name] = f"Give a year from {forms.YEARS[0]} to {forms.YEARS[-1]}."
        return None
    try:
        return windows.moment(at, said.time_zone, field=name, which=said.which.get(name, ""))
    except Ambiguous as asked:
        choices[name] = asked.choices
        errors |= asked.errors
    except Rejected as rejected:
        errors |= rejected.errors
    return None


def _plan(said: Typed, window: Window) -> Plan:
    remind = forms.whole(said.remind)
    return Plan(
        title=said.title,
        window=window,
        component_ids=tuple(one.id for one in components.every() if one.code in said.parts),
        expect=said.expect,
        starts_itself=said.starts_itself,
        ends_itself=said.ends_itself,
        remind_minutes=remind,
    )


def _series(said: Typed) -> tuple[tuple[str, ...], str]:
    """The next dates in words, and the rule; nothing for what happens once."""
    if said.repeat not in dict(REPEATS) or not said.repeat:
        return (), ""
    first = datetime.fromisoformat(said.starts).replace(tzinfo=None)
    chosen = said.rule if said.repeat == "rule" else recurrence.usual(said.repeat, first)
    rule = recurrence.read(chosen)
    found = recurrence.next_dates(rule, first, said.time_zone)
    return tuple(_date(at, said.time_zone) for at in found), rule


def _date(at: datetime, time_zone: str) -> str:
    said = words.local_words(at)
    if not windows.is_skipped(at, time_zone):
        return said
    begins = windows.lenient(at, time_zone).astimezone(windows.zone(time_zone))
    return f"{said}: the clocks skip that time, it begins at {begins:%H:%M}"


def usual_end(starts: datetime) -> datetime:
    return starts + timedelta(hours=2)
