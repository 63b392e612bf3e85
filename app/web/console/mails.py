"""Reading the mails that are kept in the folder."""

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from app.config import settings
from app.content import mailbox, policy
from app.content.mailbox import Mail

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
def show(name: str) -> ResponseReturnValue:
    page = make_response(render_template("console/mails/show.html", mail=_found(name)))
    page.headers["Content-Security-Policy"] = f"{policy.CONTENT}; frame-src 'self'"
    return page


@bp.get("/<name>/html")
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
