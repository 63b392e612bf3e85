"""How Allclear is, for load balancers and monitors: a word each; numbers for who may know them."""

import hmac
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError

from app import clock, publication
from app.config import settings
from app.domain import health, organisation

bp = Blueprint("health", __name__)

PATHS = ("/healthz", "/healthz/web")
OK = "ok"


class AnyHost:
    """A load balancer asks machines by their addresses, which are no names that people may use.

    What is answered there names no address, so it does no harm.
    """

    def __init__(self, inside: WSGIApplication, host: str) -> None:
        self._inside = inside
        self._host = host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in PATHS:
            environ["HTTP_HOST"] = self._host
        return self._inside(environ, start_response)


@bp.get("/healthz/web")
def web() -> ResponseReturnValue:
    """This process answers. A load balancer asks no more: pages are served without a database."""
    return jsonify(status="ok")


@bp.get("/healthz")
def everything() -> ResponseReturnValue:
    """200 when all is well, 503 when somebody should look; the words say at what.

    How much is owed, and since when, is for who bears the token: it tells how many people are
    told, and of what nobody was told yet.
    """
    try:
        checks, details = _looked()
    except (OperationalError, InterfaceError):
        checks, details = {"database": "away"}, {}
    ok = set(checks.values()) == {OK}
    report: dict[str, object] = {"ok": ok, "checks": checks}
    if _may_know():
        report["details"] = details
    return jsonify(report), 200 if ok else 503


def _may_know() -> bool:
    token = settings().health_token.get_secret_value()
    borne = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(f"Bearer {token}".encode(), borne.encode())


def _looked() -> tuple[dict[str, str], dict[str, object]]:
    """What each check says in a word, and the counts and times behind it."""
    ours, now = organisation.current(), clock.now()
    seen = health.look()
    published = publication.standing()
    is_set_up = ours is not None
    is_behind = is_set_up and not published.is_current(ours, now)
    checks = {
        "database": OK,
        "publication": "behind" if is_behind else OK,
        "documents": "not all rendered" if published.faults else OK,
        "messages": "late" if seen.is_late else OK,
        "workers": "none works" if is_set_up and not seen.workers else OK,
        "clock": "does not run" if is_set_up and not seen.is_clock_alive else OK,
    }
    details: dict[str, object] = {
        "is_set_up": is_set_up,
        "publication": {"as_of": published.as_of or None, "faults": published.faults},
        "messages": {
            "owed": seen.owed,
            "due": seen.due,
            "later": seen.later,
            "oldest_seconds": seen.oldest_seconds,
        },
        "workers": seen.workers,
        "worker_seen_at": seen.worker_seen_at and seen.worker_seen_at.isoformat(),
        "clock_seen_at": seen.clock_seen_at and seen.clock_seen_at.isoformat(),
    }
    return checks, details
