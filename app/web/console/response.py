"""What responders note, settle and correct in an incident besides telling people."""

from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content import cadences, situations
from app.domain import incidents, response, retraction
from app.errors import Rejected
from app.models import Incident, Message, Role
from app.web import filters, forms
from app.web.auth import requires
from app.web.console import story
from app.web.console.incidents import current, found

bp = Blueprint("response", __name__, url_prefix="/incidents/<code>")


@bp.get("/severity")
def severity(code: str) -> ResponseReturnValue:
    return _severity_page(found(code), {})


@bp.post("/severity")
def change_severity(code: str) -> ResponseReturnValue:
    incident = found(code)
    try:
        response.change_severity(incident, severity_key=forms.line("severity"), by=g.account)
    except Rejected as rejected:
        return _severity_page(incident, rejected.errors), 422
    level = filters.severity(incident.severity_key)
    flash(f"Its clocks and duties are now those of {level}. Nobody is told by this alone.")
    return _room(code)


def _severity_page(incident: Incident, errors: dict[str, str]) -> str:
    read = incident.runbook.read
    return render_template(
        "console/incidents/severity.html",
        incident=incident,
        levels=cadences.severities(read),
        wanted=lambda key: [o for o in read.obligations if o.severity in (None, key)],
        every=lambda key: cadences.cadence(read, key),
        chosen=request.form.get("severity", incident.severity_key),
        errors=errors,
    )


@bp.post("/roles")
def assign(code: str) -> ResponseReturnValue:
    incident = found(code)
    known = {name for name, _ in story.roles(incident)}
    role = forms.line("role")
    if role not in known:
        abort(400)
    response.assign(incident, role=role, person=forms.line("person")[:80], by=g.account)
    return _room(code)


@bp.post("/notes")
def note(code: str) -> ResponseReturnValue:
    try:
        response.note(found(code), text=forms.text("text"), author=g.account)
    except Rejected as rejected:
        flash(str(rejected))
    return _room(code)


@bp.post("/obligations")
def settle(code: str) -> ResponseReturnValue:
    wanted = {obligation.id: obligation for obligation in found(code).obligations}
    obligation = wanted.get(forms.number("obligation") or 0) or abort(404)
    response.settle(obligation, done=forms.checked("done"), by=g.account)
    return _room(code)


@bp.post("/ticks")
def tick(code: str) -> ResponseReturnValue:
    incident = found(code)
    boxes = {item.line for sheet in incident.runbook.read.checklists for item in sheet.items}
    line = forms.number("line")
    if line is None or line not in boxes:
        abort(404)
    response.tick(incident, line=line, done=forms.checked("done"), by=g.account)
    return _room(code)


@bp.get("/details")
def details(code: str) -> ResponseReturnValue:
    return _details_page(found(code), {})


@bp.post("/details")
def change_details(code: str) -> ResponseReturnValue:
    incident = found(code)
    zone = current().time_zone
    try:
        occurred_at = forms.moment("occurred_at", zone)
        if occurred_at is None:
            raise Rejected(occurred_at="When did it begin?")
        response.change_details(
            incident,
            title=forms.line("title"),
            channel=forms.line("channel")[:80],
            occurred_at=occurred_at,
            review_at=forms.moment("review_at", zone),
            by=g.account,
        )
    except Rejected as rejected:
        return _details_page(incident, rejected.errors), 422
    flash("The details are changed.")
    return _room(code)


def _details_page(incident: Incident, errors: dict[str, str]) -> str:
    zone = situations.zone(current().time_zone)

    def local(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""

    values = {
        "title": incident.title,
        "channel": incident.channel,
        "occurred_at": local(incident.occurred_at),
        "review_at": local(incident.review_at),
    } | request.form
    return render_template(
        "console/incidents/details.html",
        incident=incident,
        values=values,
        errors=errors,
        zone=current().time_zone,
        history=story.changes(incident),
    )


@bp.get("/messages/<int:number>")
@requires(Role.COMMUNICATIONS_LEAD)
def correct(code: str, number: int) -> ResponseReturnValue:
    incident = found(code)
    message = _message(incident, number)
    return _correct_page(incident, message, {})


@bp.post("/messages/<int:number>")
@requires(Role.COMMUNICATIONS_LEAD)
def post_correction(code: str, number: int) -> ResponseReturnValue:
    incident = found(code)
    message = _message(incident, number)
    try:
        incidents.correct(
            message,
            subject=forms.line("subject", message.subject),
            body=forms.text("body"),
            reason=forms.line("reason"),
            author=g.account,
        )
    except Rejected as rejected:
        return _correct_page(incident, message, rejected.errors), 422
    flash("Corrected. The page says that it was edited, and the earlier words are kept.")
    return redirect(url_for("console.incidents.show", code=code, _anchor="story"), 303)


@bp.post("/updates/<int:number>/take-back")
@requires(Role.COMMUNICATIONS_LEAD)
def take_back(code: str, number: int) -> ResponseReturnValue:
    update = next((one for one in found(code).updates if one.number == number), None) or abort(404)
    try:
        gone = retraction.retract(update, by=g.account)
    except Rejected as rejected:
        flash(rejected.errors["form"])
        return _room(code)
    had = filters.many(gone, "recipient")
    flash(f"Taken back. {had} had it already; the rest is cancelled, and the page says so.")
    return redirect(url_for("console.incidents.show", code=code, _anchor="story"), 303)


def _message(incident: Incident, number: int) -> Message:
    said = {message.id: message for update in incident.updates for message in update.messages}
    return said.get(number) or abort(404)


def _correct_page(incident: Incident, message: Message, errors: dict[str, str]) -> str:
    return render_template(
        "console/incidents/correct.html",
        incident=incident,
        message=message,
        subject=request.form.get("subject", message.subject),
        body=request.form.get("body", message.body),
        reason=request.form.get("reason", ""),
        errors=errors,
    )


def _room(code: str) -> ResponseReturnValue:
    return redirect(url_for("console.incidents.show", code=code), 303)
