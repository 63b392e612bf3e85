"""What we run: create, group, order, rename, hide, archive."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.config import settings
from app.domain import components, status
from app.domain.components import Shown
from app.errors import Rejected
from app.models import Component, Group, Role
from app.web import forms
from app.web.auth import requires
from app.web.console.incidents import current

bp = Blueprint("components", __name__, url_prefix="/components")


@bp.get("")
def index() -> ResponseReturnValue:
    return _index({})


@bp.post("/new")
@requires(Role.COMMUNICATIONS_LEAD)
def create() -> ResponseReturnValue:
    try:
        made = components.create(name=forms.line("name"), group=_chosen_group(), by=g.account)
    except Rejected as rejected:
        return _index(rejected.errors), 422
    flash(f"{made.name} is created.")
    return redirect(url_for(".index"), 303)


@bp.post("/groups/new")
@requires(Role.COMMUNICATIONS_LEAD)
def create_group() -> ResponseReturnValue:
    try:
        components.create_group(name=forms.line("group_name"), by=g.account)
    except Rejected as rejected:
        return _index({"group_name": str(rejected)}), 422
    return redirect(url_for(".index"), 303)


@bp.post("/order")
@requires(Role.COMMUNICATIONS_LEAD)
def order() -> ResponseReturnValue:
    """Move one thing a place up or down among those that it stands with."""
    kind, _, code = request.form.get("what", "").partition("-")
    siblings = _siblings(_group(code) if kind == "group" else _component(code))
    at = next(place for place, row in enumerate(siblings) if row.code == code)
    to = at - 1 if request.form.get("direction") == "up" else at + 1
    if 0 <= to < len(siblings):
        siblings[at], siblings[to] = siblings[to], siblings[at]
        components.order(siblings, by=g.account)
    return redirect(url_for(".index", _anchor=f"{kind}-{code}"), 303)


@bp.get("/<code>")
def edit(code: str) -> ResponseReturnValue:
    return _edit_page(_component(code), {})


@bp.post("/<code>")
@requires(Role.COMMUNICATIONS_LEAD)
def change(code: str) -> ResponseReturnValue:
    component = _component(code)
    try:
        components.change(
            component,
            name=forms.line("name"),
            description=forms.text("description")[:500],
            spoken=forms.line("spoken")[:100],
            words_slow=forms.line("words_slow")[:100],
            words_down=forms.line("words_down")[:100],
            group=_chosen_group(),
            hidden=forms.checked("hidden"),
            shown=_shown(),
            by=g.account,
        )
    except Rejected as rejected:
        return _edit_page(component, rejected.errors), 422
    flash(f"{component.name} is changed.")
    return redirect(url_for(".index"), 303)


@bp.post("/<code>/archive")
@requires(Role.COMMUNICATIONS_LEAD)
def archive(code: str) -> ResponseReturnValue:
    component = _component(code)
    components.archive(component, by=g.account)
    flash(f"{component.name} is archived. What was said of it stays in the history.")
    return redirect(url_for(".index"), 303)


@bp.post("/<code>/restore")
@requires(Role.COMMUNICATIONS_LEAD)
def restore(code: str) -> ResponseReturnValue:
    components.restore(_component(code), by=g.account)
    return redirect(url_for(".index"), 303)


@bp.post("/groups/<code>")
@requires(Role.COMMUNICATIONS_LEAD)
def rename_group(code: str) -> ResponseReturnValue:
    group = _group(code)
    try:
        components.rename_group(group, name=forms.line("name"), by=g.account)
    except Rejected as rejected:
        return _index({f"name-{code}": str(rejected)}), 422
    return redirect(url_for(".index"), 303)


@bp.post("/groups/<code>/remove")
@requires(Role.COMMUNICATIONS_LEAD)
def remove_group(code: str) -> ResponseReturnValue:
    components.remove_group(_group(code), by=g.account)
    flash("The group is gone; its components stay.")
    return redirect(url_for(".index"), 303)


def _shown() -> Shown:
    return Shown(
        since=forms.moment("start_date", current().time_zone),
        uptime=forms.checked("shows_uptime"),
        only_when_hurt=forms.checked("only_when_hurt"),
    )


def _component(code: str) -> Component:
    known = {row.code: row for row in components.every(archived=True)}
    return known.get(code) or abort(404)


def _group(code: str) -> Group:
    return {row.code: row for row in components.groups()}.get(code) or abort(404)


def _chosen_group() -> Group | None:
    code = request.form.get("group", "")
    return next((group for group in components.groups() if group.code == code), None)


def _top() -> list[Component | Group]:
    """Groups and components without one, in the order of the page."""
    alone = [row for row in components.every() if row.group is None]
    rows: list[Component | Group] = [*alone, *components.groups()]
    return sorted(rows, key=lambda row: (row.position, isinstance(row, Group), row.id))


def _inside(group: Group) -> list[Component]:
    return [row for row in group.components if row.archived_at is None]


def _siblings(row: Component | Group) -> list[Component | Group]:
    if isinstance(row, Component) and row.archived_at is not None:
        abort(404)
    if isinstance(row, Component) and row.group is not None:
        return list(_inside(row.group))
    return _top()


def _index(errors: dict[str, str]) -> str:
    everything = components.every(archived=True)
    return render_template(
        "console/components/index.html",
        top=_top(),
        inside=_inside,
        is_group=lambda row: isinstance(row, Group),
        archived=[row for row in everything if row.archived_at is not None],
        groups=components.groups(),
        states=status.states(
            [*status.open_incidents(), *status.active_maintenances()], public=False
        ),
        errors=errors,
        typed=request.form,
    )


def _day(moment: datetime | None) -> str:
    zone = ZoneInfo(current().time_zone)
    return f"{moment.astimezone(zone):%Y-%m-%d}" if moment else ""


def _edit_page(component: Component, errors: dict[str, str]) -> str:
    kept = {
        "name": component.name,
        "description": component.description,
        "spoken": component.spoken,
        "words_slow": component.words_slow,
        "words_down": component.words_down,
        "group": component.group.code if component.group else "",
        "hidden": component.hidden,
        "shows_uptime": component.shows_uptime,
        "only_when_hurt": component.only_when_hurt,
        "start_date": _day(component.start_date),
    }
    if request.method == "POST":
        kept = {name: request.form.get(name, "") for name in kept}
    return render_template(
        "console/components/edit.html",
        component=component,
        public_url=settings().public_url,
        values=kept,
        groups=components.groups(),
        errors=errors,
    )
