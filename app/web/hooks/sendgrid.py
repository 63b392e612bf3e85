"""SendGrid's signed events: what became of mails after it took them."""

import base64
import binascii
import json

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.config import settings
from app.domain import provider_events

bp = Blueprint("sendgrid", __name__)

LARGEST = 512 * 1024
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


@bp.post("/sendgrid")
def events() -> ResponseReturnValue:
    """Note a batch of events. A retry may come a day late, so its age alone refuses nothing."""
    if not settings().sendgrid_event_key:
        abort(404)
    if (request.content_length or 0) > LARGEST:
        abort(413)
    body = request.get_data(cache=False)
    if not _is_signed(body):
        abort(401)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    batch = [event for event in told if isinstance(event, dict)] if isinstance(told, list) else []
    provider_events.note(batch)
    return "", 204


def _is_signed(body: bytes) -> bool:
    """Whether SendGrid signed these very bytes; False for whatever cannot be read."""
    try:
        key = load_der_public_key(base64.b64decode(settings().sendgrid_event_key, validate=True))
        signature = base64.b64decode(request.headers.get(SIGNATURE, ""), validate=True)
        signed = request.headers.get(TIMESTAMP, "").encode("latin-1", "replace") + body
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, binascii.Error, ValueError, TypeError):
        return False
    return True
