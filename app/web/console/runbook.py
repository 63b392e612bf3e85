"""The runbook in use: what was understood of it, its text, its versions, and taking a new one."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import runbook as reader
from app.content import cadences
from app.domain import runbooks
from app.errors import Rejected
from app.models import Role, RunbookVersion
from app.runbook.model import Runbook
from app.web import forms
from app.web.auth import requires
from app.web.console import understood
from app.web.console.incidents import current

bp = Blueprint("runbook", __name__, url_prefix="/runbook")


@bp.get("")
def show() -> ResponseReturnValue:
    return _page(current().runbook, {})


@bp.get("/versions/<int:number>")
def version(number: int) -> ResponseReturnValue:
    return _page(_version(number), {})


@bp.post("/preview")
@requires(Role.ADMINISTRATOR)
def preview() -> ResponseReturnValue:
    """Show what would be understood of a document; nothing is taken."""
    try:
        text, source = forms.runbook()
        reading = understood_or_rejected(text)
    except Rejected as rejected:
        return _page(current().runbook, rejected.errors), 422
    return render_template(
        "console/runbook/preview.html",
        text=text,
        source=source,
        reading=reading,
        levels=cadences.severities(reading),
        understood=understood,
    )


@bp.post("/use")
@requires(Role.ADMINISTRATOR)
def use() -> ResponseReturnValue:
    try:
        text, source = forms.runbook()
        runbooks.use(text, source=source, by=g.account)
    except Rejected as rejected:
        return _page(current().runbook, rejected.errors), 422
    flash("The runbook is in use. Open incidents keep the one they began with.")
    return redirect(url_for(".show"), 303)


def understood_or_rejected(text: str) -> Runbook:
    """What a document says; raise Rejected when it is no runbook, saying why."""
    if len(text.encode("utf-8", "replace")) > runbooks.LARGEST:
        raise Rejected(runbook="The file is larger than 1 MiB.")
    reading = reader.read(text)
    if not reading.is_runbook:
        raise Rejected(runbook=reading.why_not or "This document is no incident runbook.")
    return reading


def _version(number: int) -> RunbookVersion:
    known = {version.id: version for version in runbooks.versions()}
    return known.get(number) or abort(404)


def _page(version: RunbookVersion, errors: dict[str, str]) -> str:
    return render_template(
        "console/runbook/show.html",
        version=version,
        in_use=version.id == current().runbook_id,
        reading=version.read,
        levels=cadences.severities(version.read),
        versions=runbooks.versions(),
        understood=understood,
        pasted=request.form.get("runbook_text", "") if errors else "",
        errors=errors,
    )
