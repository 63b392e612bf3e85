"""What people answer to our texts: STOP ends them and deletes the number here, START undoes it."""

import base64
import hashlib
import hmac

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.config import settings
from app.domain import subscribers

bp = Blueprint("twilio", __name__)

LARGEST = 16 * 1024
STOP = {"STOP", "STOPP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "ENDE", "QUIT"}
START = {"START", "UNSTOP"}


@bp.post("/twilio")
def answer() -> ResponseReturnValue:
    """Take an answer. What is said once more changes nothing more."""
    if not settings().twilio_account:
        abort(404)
    if (request.content_length or 0) > LARGEST:
        abort(413)
    if not _is_signed():
        abort(401)
    words = request.form.get("Body", "").upper().split()
    if words[:1] and words[0].strip(".!") in STOP:
        subscribers.leave_by_text(request.form.get("From", ""))
    elif words[:1] and words[0].strip(".!") in START:
        subscribers.come_back_by_text(request.form.get("From", ""))
    return "<Response/>", 200, {"Content-Type": "text/xml"}


def _is_signed() -> bool:
    """Whether Twilio signed this form for our public address, whatever host was asked for."""
    text = settings().public_url + request.path
    for name in sorted(request.form):
        text += "".join(name + value for value in sorted(set(request.form.getlist(name))))
    key = settings().twilio_token.get_secret_value().encode()
    digest = hmac.digest(key, text.encode("utf-8", "replace"), hashlib.sha1)
    offered = request.headers.get("X-Twilio-Signature", "").encode("utf-8", "replace")
    return hmac.compare_digest(base64.b64encode(digest), offered)
