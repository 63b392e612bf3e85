"""Where responders open incidents and post updates."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content import cadences, composer
from app.content.composer import Hand, Writing
from app.domain import incidents, organisation, status
from app.errors import Conflict, Rejected
from app.models import Incident, Organisation
from app.web import forms
from app.web.console import outcomes, past, room, story
from app.words import Audience

bp = Blueprint("incidents", __name__, url_prefix="/incidents")


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template(
        "console/incidents/index.html",
        incidents=status.open_incidents(),
        story=story,
        past=past.resolved(forms.page()),
        steps=past.next_steps(current()),
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    return _page(_begin(None))


@bp.post("/new")
def create() -> ResponseReturnValue:
    writing = _read(None)
    try:
        _warn_of_blanks(writing)
        incident = incidents.open_incident(
            title=writing.typed.title,
            severity_key=writing.typed.severity_key,
            news=writing.news(),
            author=g.account,
            roles=writing.typed.roles,
            channel=writing.typed.channel,
        )
    except Conflict as conflict:
        return _page(_anew(writing), conflict.errors), 409
    except Rejected as rejected:
        return _page(writing, rejected.errors), 422
    flash("The incident is open, and its first update is posted.")
    return redirect(url_for(".show", code=incident.code, posted=incident.newest), 303)


@bp.get("/preview")
def back_to_new() -> ResponseReturnValue:
    return redirect(url_for(".new"))


@bp.post("/preview")
def preview_new() -> ResponseReturnValue:
    return _page(_revised(_read(None)))


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    incident = found(code)
    if incident.is_maintenance:
        return redirect(url_for("console.maintenance.show", code=code))
    return _page(_begin(incident))


@bp.post("/<code>/updates")
def post_update(code: str) -> ResponseReturnValue:
    incident = _no_maintenance(found(code))
    writing = _read(incident)
    try:
        _warn_of_blanks(writing)
        posted = incidents.post_update(
            incident,
            news=writing.news(),
            seen=_seen(incident),
            author=g.account,
            reopen=forms.checked("reopen"),
        )
    except Conflict as conflict:
        return _page(_anew(writing), conflict.errors, is_told=True), 409
    except Rejected as rejected:
        return _page(writing, rejected.errors), 422
    flash(f"Posted to {_audiences(writing)}.")
    return redirect(url_for(".show", code=code, posted=posted.number), 303)


@bp.post("/<code>/preview")
def preview(code: str) -> ResponseReturnValue:
    return _page(_revised(_read(_no_maintenance(found(code)))))


@bp.get("/<code>/preview")
@bp.get("/<code>/updates")
def back(code: str) -> ResponseReturnValue:
    """Somebody loaded the address of a form: the room is where they want to be."""
    return redirect(url_for(".show", code=code))


def current() -> Organisation:
    """The organisation; a console without one does not exist."""
    return organisation.current() or abort(404)


def found(code: str) -> Incident:
    return (status.by_code(code) if code.isalnum() else None) or abort(404)


def _no_maintenance(incident: Incident) -> Incident:
    """What is planned has pages of its own; its stages have no place in this composer."""
    return abort(404) if incident.is_maintenance else incident


def _begin(incident: Incident | None) -> Writing:
    ours = current()
    typed = replace(composer.begin(ours, incident), form_key=forms.form_key())
    if incident is None:
        typed = replace(typed, roles={forms.commander_role(ours): g.account.name})
    return composer.write(ours, incident, typed, author=g.account)


def _read(incident: Incident | None) -> Writing:
    ours = current()
    return composer.write(ours, incident, forms.read_typed(ours, incident), author=g.account)


def _anew(writing: Writing) -> Writing:
    """The same writing as a form of its own, for what its first key cannot post any more."""
    return replace(writing, typed=replace(writing.typed, form_key=str(uuid4())))


def _revised(writing: Writing) -> Writing:
    """The writing after a button beside a message: edit its words, or use the template again."""
    act, _, name = request.form.get("do", "").partition("-")
    audience = next((known for known in Audience if known.value == name), None)
    if audience is None or act not in ("edit", "template"):
        return writing
    by_hand = {**writing.typed.by_hand}
    by_hand.pop(audience, None)
    if act == "edit":
        draft = writing.draft(audience)
        by_hand[audience] = Hand(draft.body, draft.subject or "")
    return replace(writing, typed=replace(writing.typed, by_hand=by_hand))


def _warn_of_blanks(writing: Writing) -> None:
    """Ask once more when words that a person changed still hold a blank."""
    if forms.checked("blanks_are_meant"):
        return
    if left := writing.left_blank:
        blanks = ", ".join(f"“{blank}”" for texts in left.values() for blank in texts)
        raise Rejected(blanks=f"A message still holds a blank: {blanks}.")


def _seen(incident: Incident) -> int:
    seen = forms.number("seen")
    return incident.newest if seen is None else seen


def _audiences(writing: Writing) -> str:
    count = len(writing.typed.audiences)
    return "1 audience" if count == 1 else f"{count} audiences"


def _page(writing: Writing, errors: dict[str, str] | None = None, *, is_told: bool = False) -> str:
    """The composer with everything around it, or the composer alone when its script asks.

    `is_told` when the person is told by this page what others posted: the form moves on to it.
    """
    incident = writing.incident
    seen = _seen(incident) if incident else 0
    # Whoever wrote an update while others resolved the incident is asked whether to reopen it.
    closed = incident is not None and not incident.is_open
    reopening = closed and ("reopen" in request.values or request.method == "POST")
    shown: dict[str, Any] = {
        "writing": writing,
        "incident": incident,
        "errors": errors or {},
        "messages": room.seen(writing),
        "missed": [u for u in incident.updates if u.number > seen] if incident else [],
        "seen": incident.newest if incident and is_told else seen,
        "reopening": reopening,
        "composing": incident is None or incident.is_open or reopening,
        "room": room,
        "story": story,
        "levels": cadences.severities(writing.runbook),
        "every": lambda key: cadences.cadence(writing.runbook, key),
        "commander": next(iter(writing.typed.roles.values()), ""),
    }
    if request.headers.get("X-Part") == "composer":
        return render_template("console/incidents/_composer.html", **shown)
    if incident is None:
        return render_template("console/incidents/new.html", **shown)
    went = outcomes.of_incident(incident)
    return render_template("console/incidents/show.html", **shown, went=went)
