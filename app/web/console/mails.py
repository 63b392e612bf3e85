"""Reading the mails that are kept in the folder.

A mail names whom it is for and holds their own links: whole it is for the communications lead.
"""

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from app.config import settings
from app.content import mailbox, policy
from app.content.mailbox import Mail
from app.models import Role
from app.web.auth import requires

bp = Blueprint("mails", __name__, url_prefix="/mails")

SHOWN = 100


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template(
        "console/mails/index.html",
        mails=mailbox.newest(SHOWN),
        shown=SHOWN,
        transport=settings().email.partition(":")[0],
        folder=mailbox.folder(),
    )


@bp.get("/<name>")
@requires(Role.COMMUNICATIONS_LEAD)
def show(name: str) -> ResponseReturnValue:
    page = make_response(render_template("console/mails/show.html", mail=_found(name)))
    page.headers["Content-Security-Policy"] = f"{policy.CONTENT}; frame-src 'self'"
    return page


@bp.get("/<name>/html")
@requires(Role.COMMUNICATIONS_LEAD)
def html(name: str) -> ResponseReturnValue:
    """The mail's HTML part alone, for the frame: no script, no picture, no form, no link out."""
    body, style = mailbox.for_frame(_found(name))
    answer = Response(body, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _found(name: str) -> Mail:
    return mailbox.read(name) or abort(404)
