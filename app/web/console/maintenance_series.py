"""Where responders change and end maintenance that comes again."""

from dataclasses import replace

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content import maintenance as words
from app.domain import maintenance, series
from app.errors import Rejected
from app.web import forms
from app.web.console import planning, telling
from app.web.console.maintenance import choices, found, wording

bp = Blueprint("maintenance_series", __name__, url_prefix="/maintenance")


@bp.route("/<code>/details", methods=["GET", "POST"])
def details(code: str) -> ResponseReturnValue:
    """Its title, its reminder, and what happens by itself; nobody is told."""
    one = found(code)
    said = planning.of(one)
    errors: dict[str, str] = {}
    if request.method == "POST":
        said = planning.typed(said)
        kept = maintenance.plan_of(one)
        plan = replace(
            kept,
            title=said.title,
            starts_itself=said.starts_itself,
            ends_itself=said.ends_itself,
            remind_minutes=forms.whole(said.remind),
        )
        try:
            maintenance.change(one, plan, by=g.account)
        except Rejected as rejected:
            errors = rejected.errors
        else:
            flash("The details are kept.")
            return redirect(url_for("console.maintenance.show", code=code), 303)
    page = render_template(
        "console/maintenance/details.html", one=one, typed=said, errors=errors, **choices()
    )
    return page, 422 if errors else 200


@bp.route("/<code>/later", methods=["GET", "POST"])
def later(code: str) -> ResponseReturnValue:
    """This one and all later ones of its series."""
    one = found(code)
    if one.series is None or not one.is_open:
        abort(404)
    start = planning.of(one)
    is_sent = request.method == "POST"
    read = planning.read(planning.typed(start) if is_sent else start)
    errors = read.errors if is_sent else {}
    if telling.is_posting() and read.plan is not None and read.rule:
        plan = replace(read.plan, audiences=maintenance.plan_of(one).audiences)
        try:
            moved = series.change(one, plan, read.rule, read.first, by=g.account, say=words.say)
        except Rejected as rejected:
            errors = rejected.errors
        else:
            flash(f"Changed from here on. Told to be at another time: {moved}.")
            return redirect(url_for("console.maintenance.show", code=code), 303)
    page = render_template(
        "console/maintenance/later.html", one=one, read=read, errors=errors, **choices()
    )
    return page, 422 if errors else 200


@bp.route("/<code>/end-series", methods=["GET", "POST"])
def end(code: str) -> ResponseReturnValue:
    """Plan no more of its series; cancel what is planned, or leave it."""
    one = found(code)
    if one.series is None:
        abort(404)
    planned = series.occurrences(one.series)
    if request.method == "POST":
        say = words.say if forms.checked("cancel") else None
        count = series.end(one.series, by=g.account, say=say)
        flash(f"The series has ended. Cancelled: {count}.")
        return redirect(url_for("console.maintenance.index"), 303)
    return render_template("console/maintenance/end.html", one=one, planned=planned, **wording())
