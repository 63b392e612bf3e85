"""How Allclear is, for load balancers and monitors: words, numbers and no secrets."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError

from app import clock, publication
from app.domain import health, organisation

bp = Blueprint("health", __name__)

PATHS = ("/healthz", "/healthz/web")


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
    """200 when all is well, 503 when somebody should look; the words say at what."""
    try:
        report = _report()
    except (OperationalError, InterfaceError):
        report = {"problems": ["the database does not answer"], "database": "away"}
    report["status"] = "failing" if report["problems"] else "ok"
    return jsonify(report), 503 if report["problems"] else 200


def _report() -> dict[str, object]:
    ours, now = organisation.current(), clock.now()
    seen = health.look()
    published = publication.standing()
    is_set_up = ours is not None
    problems = {
        "the publication is behind": is_set_up and not published.is_current(ours, now),
        "documents could not be rendered": bool(published.faults),
        "messages are late": seen.is_late,
        "no worker works": is_set_up and not seen.workers,
        "no clock runs": is_set_up and not seen.is_clock_alive,
    }
    return {
        "problems": [what for what, is_so in problems.items() if is_so],
        "database": "ok",
        "is_set_up": is_set_up,
        "publication": {"as_of": published.as_of or None, "faults": published.faults},
        "delivery": {"owed": seen.owed, "oldest_seconds": seen.oldest_seconds},
        "workers": seen.workers,
        "worker_seen_at": seen.worker_seen_at and seen.worker_seen_at.isoformat(),
        "clock_seen_at": seen.clock_seen_at and seen.clock_seen_at.isoformat(),
    }
