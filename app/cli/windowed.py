"""What `allclear maintenance` does, once its options are read."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import click

from app.cli import instance, printed, responding, typed
from app.content import maintenance as words
from app.db import db
from app.domain import maintenance, series, status, windows
from app.domain.incidents import Words
from app.domain.maintenance import STAGES, Event, Plan, Told
from app.domain.windows import Ambiguous, Window
from app.errors import CannotStart, Rejected
from app.models import Incident
from app.words import Audience

PAST = 50


def schedule(
    *,
    title: str,
    parts: tuple[str, ...],
    expect: str,
    remind: str | None,
    by_hand: bool,
    rule: str | None,
    **written: Any,
) -> None:
    """Plan maintenance as the options say, or show what would be told."""
    with instance.opened():
        window, first = _window(written)
        plan = Plan(
            title=title,
            window=window,
            component_ids=tuple(typed.component(name).id for name in parts),
            expect=expect,
            audiences=typed.audiences(written["tell"]),
            starts_itself=not by_hand,
            ends_itself=not by_hand,
            remind_minutes=typed.minutes(remind, window.time_zone) or None,
        )
        told = _told(words.say(plan, Event.ANNOUNCED), written)
        if _shown(told.words, written):
            return
        if rule:
            made = series.begin(plan, rule, first, told)
        else:
            made = maintenance.schedule(plan, told)
        _done(made, as_json=written["as_json"])


def move(*, code: str, **written: Any) -> None:
    """Give it another window, or show what would be told."""
    with instance.opened():
        one = _found(code)
        window, _ = _window(written)
        plan = replace(maintenance.plan_of(one), window=window, **_audiences(written))
        told = _told(words.say(plan, Event.MOVED, incident=one), written)
        if _shown(told.words, written):
            return
        maintenance.move(one, window, told, seen=one.newest)
        _done(one, as_json=written["as_json"])


def post(*, code: str, event: str, **written: Any) -> None:
    """Tell how it goes, or that it is cancelled; or show what would be told."""
    with instance.opened():
        one, what = _found(code), Event(event)
        plan = replace(maintenance.plan_of(one), **_audiences(written))
        told = _told(words.say(plan, what, incident=one), written)
        if _shown(told.words, written):
            return
        if what is Event.CANCELLED:
            maintenance.cancel(one, told, seen=one.newest)
        else:
            maintenance.post(one, STAGES[what], told, seen=one.newest, event=what)
        _done(one, as_json=written["as_json"])


def show_list(*, past: bool, as_json: bool) -> None:
    with instance.opened():
        if past:
            found = status.past_maintenances(1, PAST)[:PAST]
        else:
            found = [*status.active_maintenances(), *status.upcoming_maintenances()]
        if as_json:
            click.echo(json.dumps([_json(one) for one in found], indent=2, ensure_ascii=False))
        for one in found if not as_json else ():
            click.echo(f"{one.code}  {_stage(one):<11}  {words.window_in_words(one)}  {one.title}")
        if not found and not as_json:
            click.echo("None is over yet." if past else "No maintenance is planned.")


def _window(written: Mapping[str, Any]) -> tuple[Window, datetime]:
    """The window, and its start as clocks in its zone show it."""
    time_zone = written["zone"] or instance.organisation().time_zone
    first = _local(written["starts"], "--from")
    which = "second" if written["second"] else "first"
    try:
        start = windows.moment(first, time_zone, field="form")
    except Ambiguous:
        start = windows.moment(first, time_zone, field="form", which=which)
        click.echo(f"{first:%H:%M} comes twice on that day; this is the {which}.", err=True)
    until = written["ends"]
    if span := re.fullmatch(r"(\d{1,4})\s*(m|min|h)", until.strip()):
        length = timedelta(**{"hours" if span[2] == "h" else "minutes": int(span[1])})
        return windows.window(start, start + length, time_zone), first
    if re.fullmatch(r"\d\d:\d\d", until):
        last = datetime.combine(first.date(), _local(f"{first:%Y-%m-%d}T{until}", "--until").time())
        last += timedelta(days=last <= first)
    else:
        last = _local(until, "--until")
    end = windows.moment(last, time_zone, field="form", which="second")
    return windows.window(start, end, time_zone), first


def _local(text: str, option: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Rejected(form=f"{option} {text}: write a day and a time: 2026-12-06T02:00") from error


def _audiences(written: Mapping[str, Any]) -> dict[str, Any]:
    return {"audiences": typed.audiences(written["tell"])} if written["tell"] else {}


def _told(composed: Mapping[Audience, Words], written: Mapping[str, Any]) -> Told:
    message = written["message"]
    if message:
        composed = {
            audience: Words(said.subject, message, said.template, "hand")
            for audience, said in composed.items()
        }
    author = responding.author_of(written["email"], needed=not written["preview"])
    return Told(words=composed, author=author, form_key=written["key"] or uuid4().hex)


def _shown(composed: Mapping[Audience, Words], written: Mapping[str, Any]) -> bool:
    """Show the messages when nothing is to be sent."""
    if not written["preview"]:
        return False
    for audience, said in composed.items():
        for line in printed.message(audience, said.subject, said.body, said.template, said.origin):
            click.echo(line)
    return True


def _done(one: Incident, *, as_json: bool) -> None:
    db.session.refresh(one)
    if as_json:
        click.echo(json.dumps(_json(one), indent=2, ensure_ascii=False))
    else:
        click.echo(f"{one.code}  {_stage(one)}  {words.window_in_words(one)}")


def _json(one: Incident) -> dict[str, Any]:
    window = maintenance.window_of(one)
    return {
        "code": one.code,
        "url": f"{instance.public_url()}/incidents/{one.code}",
        "title": one.title,
        "stage": _stage(one),
        "starts": window.start.isoformat(),
        "ends": window.end.isoformat(),
        "time_zone": window.time_zone,
        "rule": one.series.rule if one.series else None,
    }


def _stage(one: Incident) -> str:
    return "cancelled" if one.cancelled_at else one.stage.value


def _found(code: str) -> Incident:
    one = status.by_code(code)
    if one is None or not one.is_maintenance:
        raise CannotStart(f"There is no maintenance {code}. See `allclear maintenance list`.")
    return one
