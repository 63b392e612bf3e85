"""Setting a new instance up, once, from the link printed at start."""

import hmac

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.config import settings
from app.content import cadences
from app.domain import accounts, components, organisation
from app.errors import Rejected
from app.runbook import default
from app.runbook.model import Runbook
from app.web import auth, forms, origins
from app.web.console import settings as console_settings
from app.web.console import understood
from app.web.console.runbook import understood_or_rejected
from app.words import LANGUAGES

bp = Blueprint("setup", __name__, url_prefix="/setup")

SHIPPED = "default.md"
DETAILS = (
    "name",
    "website",
    "contact",
    "time_zone",
    "language",
    "components",
    "which",
    "runbook_text",
)


@bp.before_request
def _only_once() -> None:
    """There is such a page only before set-up, and only for whoever has the link."""
    token = (request.view_args or {}).get("token", "").encode()
    expected = organisation.setup_token(settings().key()).encode()
    if not hmac.compare_digest(token, expected) or organisation.current() is not None:
        abort(404)
    origins.check_origin()


@bp.get("/<token>")
def details(token: str) -> ResponseReturnValue:
    return _details_page({})


@bp.post("/<token>")
def proceed(token: str) -> ResponseReturnValue:
    """From the details to what was understood, back, or on to the finished instance."""
    act = request.form.get("do")
    if act == "back":
        return _details_page({})
    try:
        text, source = _runbook()
        reading = _check(text)
    except Rejected as rejected:
        return _details_page(rejected.errors), 422
    if act != "finish":
        return _understood_page(text, source, reading, {})
    return _finish(text, source, reading)


def _finish(text: str, source: str, reading: Runbook) -> ResponseReturnValue:
    try:
        account = organisation.set_up(
            name=forms.line("name"),
            website=forms.line("website"),
            contact=forms.line("contact"),
            time_zone=forms.line("time_zone"),
            language=forms.line("language", "en"),
            account_email=forms.line("email"),
            account_name=forms.line("person")[:100],
            password=request.form.get("password", ""),
            component_lines=_component_lines(),
            runbook_text=text,
            runbook_source=source,
        )
    except Rejected as rejected:
        if "form" in rejected.errors or organisation.current() is not None:
            abort(404)  # somebody else was faster, perhaps with the same address
        return _understood_page(text, source, reading, rejected.errors), 422
    accounts.note_sign_in(account)
    auth.start_session(account)
    return redirect(url_for("console.incidents.index"), 303)


def _runbook() -> tuple[str, str]:
    if request.form.get("which", "shipped") == "shipped":
        return default.text(), SHIPPED
    return forms.runbook()


def _check(text: str) -> Runbook:
    """What the runbook says; raise Rejected with everything that is wrong on the first page."""
    errors = {}
    if not forms.line("name"):
        errors["name"] = "What is the organisation called?"
    if forms.line("website") and not forms.line("website").startswith(("https://", "http://")):
        errors["website"] = "Start with https://"
    if forms.line("time_zone") not in console_settings.zones():
        errors["time_zone"] = "Choose a time zone."
    lines = [line.strip() for line in _component_lines().splitlines() if line.strip()]
    if not lines:
        errors["components"] = "Name at least one thing that you run, one a line."
    if any(len(line) > components.LONGEST_NAME for line in lines):
        errors["components"] = f"Use at most {components.LONGEST_NAME} characters for a name."
    try:
        reading = understood_or_rejected(text)
    except Rejected as rejected:
        raise Rejected(**(errors | rejected.errors)) from rejected
    if errors:
        raise Rejected(**errors)
    return reading


def _component_lines() -> str:
    """The lines as typed: their indentation tells the groups."""
    return forms.lines("components")


def _details_page(errors: dict[str, str]) -> str:
    start = {"time_zone": "UTC", "language": "en", "which": "shipped"}
    values = {name: request.form.get(name, start.get(name, "")) for name in DETAILS}
    if values["which"] == "shipped":
        values["runbook_text"] = ""
    return render_template(
        "console/setup/details.html",
        values=values,
        zones=[(name, name) for name in console_settings.zones()],
        languages=list(LANGUAGES.items()),
        errors=errors,
        carried=request.form.get("source", "") if values["runbook_text"] else "",
    )


def _understood_page(text: str, source: str, reading: Runbook, errors: dict[str, str]) -> str:
    return render_template(
        "console/setup/understood.html",
        carried={name: request.form.get(name, "") for name in DETAILS}
        | {"runbook_text": "" if source == SHIPPED else text, "source": source},
        source=source,
        reading=reading,
        levels=cadences.severities(reading),
        understood=understood,
        typed=request.form,
        errors=errors,
    )
