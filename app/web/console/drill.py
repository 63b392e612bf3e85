"""The drill: rehearse the runbook before the night it is needed. Nothing is kept or sent."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.content import drill, marking
from app.content.messages import Draft
from app.web.console.incidents import current
from app.words import Audience

bp = Blueprint("drill", __name__, url_prefix="/drill")


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template("console/drill/index.html", runbook=current().runbook, rehearsal=None)


@bp.post("")
def rehearse() -> ResponseReturnValue:
    version = current().runbook
    return render_template(
        "console/drill/index.html",
        runbook=version,
        rehearsal=drill.rehearse(version.read),
        shown=_shown,
    )


def _shown(draft: Draft) -> str:
    """The words with their facts marked, as the audience's own channel shows them."""
    missing = [question.name for question in draft.missing]
    show = marking.plain if draft.audience is Audience.INTERNAL else marking.rendered
    return show(draft.segments, missing)
