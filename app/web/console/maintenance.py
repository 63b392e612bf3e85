"""Where responders plan maintenance, move it, and tell how it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content import maintenance as words
from app.content import stages
from app.domain import components, maintenance, organisation, series, status
from app.domain.incidents import Words
from app.domain.maintenance import Event, Told
from app.errors import Conflict, Rejected
from app.models import Incident, Organisation
from app.web import forms
from app.web.console import outcomes, planning, rules, story, telling
from app.web.console.planning import Read
from app.web.console.telling import Sheet
from app.words import Audience, Stage

bp = Blueprint("maintenance", __name__, url_prefix="/maintenance")
PAGE = 20
FOLLOWING = {
    Stage.SCHEDULED: (Event.STARTED,),
    Stage.IN_PROGRESS: (Event.VERIFYING, Event.COMPLETED),
    Stage.VERIFYING: (Event.COMPLETED, Event.STARTED),
}
ACTS = {
    Event.STARTED: "It has begun",
    Event.VERIFYING: "The work is done, we check",
    Event.COMPLETED: "It is finished",
}


@bp.get("")
def index() -> ResponseReturnValue:
    page = forms.page()
    past = status.past_maintenances(page, PAGE)
    return render_template(
        "console/maintenance/index.html",
        active=status.active_maintenances(),
        upcoming=status.upcoming_maintenances(),
        running=[(one, series.occurrences(one)) for one in series.going_on()],
        past=past[:PAGE],
        page=page,
        has_more=len(past) > PAGE,
        first_of=planning.first_of,
        **wording(),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _form(_read_new(), {})


@bp.post("/new")
def create() -> ResponseReturnValue:
    read = _read_new()
    if not telling.is_posting() or read.plan is None:
        return _form(read, read.errors), 422 if telling.is_posting() else 200
    shown = telling.sheets(_ours(), _composed(read, Event.ANNOUNCED))
    plan = replace(read.plan, audiences=frozenset(telling.chosen(shown)))
    told = _told(shown, read.typed.form_key)
    try:
        if read.rule:
            made = series.begin(plan, read.rule, read.first, told, ahead_days=read.ahead_days)
        else:
            made = maintenance.schedule(plan, told)
    except Rejected as rejected:
        return _form(read, rejected.errors), 422
    flash("It is scheduled, and announced.")
    return redirect(url_for(".show", code=made.code), 303)


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    return _page(found(code), {})


@bp.post("/<code>")
def post_update(code: str) -> ResponseReturnValue:
    one = found(code)
    if not one.is_open:
        return _page(one, {"form": "This maintenance is over."}), 409
    event, shown = _event(one), _sheets(one)
    if not telling.is_posting():
        return _page(one, {})
    told = _told(shown, forms.form_key())
    try:
        stage = maintenance.STAGES[event]
        maintenance.post(one, stage, told, seen=_seen(one), event=event)
    except Conflict as conflict:
        return _page(found(code), conflict.errors), 409
    except Rejected as rejected:
        return _page(one, rejected.errors), 422
    flash("Posted.")
    return redirect(url_for(".show", code=code), 303)


@bp.get("/<code>/move")
def move(code: str) -> ResponseReturnValue:
    one = found(code)
    return _moving(one, replace(planning.read(planning.of(one)), errors={}), {})


@bp.post("/<code>/move")
def post_move(code: str) -> ResponseReturnValue:
    one = found(code)
    read = _fitting(one, planning.read(planning.typed(planning.of(one))))
    if not telling.is_posting() or read.plan is None:
        return _moving(one, read, read.errors), 422 if telling.is_posting() else 200
    shown = telling.sheets(_ours(), _composed(read, Event.MOVED, one))
    told = _told(shown, read.typed.form_key)
    try:
        maintenance.move(one, read.plan.window, told, seen=_seen(one))
    except Rejected as rejected:
        return _moving(found(code), read, rejected.errors), 422
    flash("It is moved, and people are told.")
    return redirect(url_for(".show", code=code), 303)


@bp.route("/<code>/cancel", methods=["GET", "POST"])
def cancel(code: str) -> ResponseReturnValue:
    one = found(code)
    composed = words.say(_everyone(one), Event.CANCELLED, incident=one)
    shown = telling.sheets(_ours(), composed)
    errors: dict[str, str] = {}
    if telling.is_posting():
        try:
            maintenance.cancel(one, _told(shown, forms.form_key()), seen=_seen(one))
        except Rejected as rejected:
            errors = rejected.errors
        else:
            flash("It is cancelled, and people are told.")
            return redirect(url_for(".show", code=code), 303)
    page = render_template(
        "console/maintenance/cancel.html", one=one, sheets=shown, errors=errors, **wording()
    )
    return page, 422 if errors else 200


def _read_new() -> Read:
    start = planning.blank(_ours())
    if request.method == "GET":
        return Read(start, None, {}, {})
    return planning.read(planning.typed(start))


def _form(read: Read, errors: Mapping[str, str]) -> str:
    shown = telling.sheets(_ours(), _composed(read, Event.ANNOUNCED)) if read.plan else []
    return render_template(
        "console/maintenance/new.html", read=read, errors=errors, sheets=shown, **choices()
    )


def _fitting(one: Incident, read: Read) -> Read:
    """What was read, unless this maintenance cannot be moved there: no words are shown then."""
    try:
        if read.plan is not None:
            maintenance.check_move(one, read.plan.window)
    except Rejected as rejected:
        return replace(read, plan=None, errors={**read.errors, **rejected.errors})
    return read


def _moving(one: Incident, read: Read, errors: Mapping[str, str]) -> str:
    composed = _composed(read, Event.MOVED, one) if read.plan else {}
    return render_template(
        "console/maintenance/move.html",
        one=one,
        read=read,
        errors=errors,
        sheets=telling.sheets(_ours(), composed),
        **choices(),
    )


def _page(one: Incident, errors: Mapping[str, str]) -> str:
    return render_template(
        "console/maintenance/show.html",
        one=one,
        errors=errors,
        sheets=_sheets(one) if one.is_open else [],
        event=_event(one) if one.is_open else None,
        acts=[(event.value, ACTS[event]) for event in FOLLOWING.get(one.stage, ())],
        went=outcomes.of_incident(one),
        story=story,
        **wording(),
    )


def _event(one: Incident) -> Event:
    """What the form tells: what comes next, unless something else was chosen."""
    possible = FOLLOWING.get(one.stage, (Event.STARTED,))
    return forms.word(Event, request.form.get("event"), possible[0])


def _sheets(one: Incident) -> list[Sheet]:
    return telling.sheets(_ours(), words.say(_everyone(one), _event(one), incident=one))


def _composed(read: Read, event: Event, one: Incident | None = None) -> Mapping[Audience, Words]:
    if read.plan is None:
        return {}
    return words.say(replace(read.plan, audiences=frozenset(Audience)), event, incident=one)


def _everyone(one: Incident) -> maintenance.Plan:
    return replace(maintenance.plan_of(one), audiences=frozenset(Audience))


def _told(shown: Sequence[Sheet], form_key: str) -> Told:
    return Told(words=telling.chosen(shown), author=g.account, form_key=form_key)


def _seen(one: Incident) -> int:
    seen = forms.number("seen")
    return one.newest if seen is None else seen


def choices() -> dict[str, object]:
    return wording() | {
        "parts": components.every(),
        "zones": planning.zones(),
        "reminders": planning.REMINDERS,
        "repeats": planning.REPEATS,
    }


def wording() -> dict[str, object]:
    """How pages of maintenance name windows, stages and events."""
    return {
        "form_key": forms.form_key(),
        "window": words.window_in_words,
        "how_often": rules.how_often,
        "stage": lambda one: stages.word(one.runbook.read, one.stage),
        "said": lambda update: maintenance.event_of(update).value.capitalize(),
    }


def _ours() -> Organisation:
    return organisation.current() or abort(404)


def found(code: str) -> Incident:
    one = status.by_code(code) if code.isalnum() else None
    return one if one is not None and one.is_maintenance else abort(404)
