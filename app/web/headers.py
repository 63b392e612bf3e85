"""The headers of every response: one policy, no cookie on public pages, no cache inside."""

import structlog
from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from app.config import settings
from app.content import policy

log = structlog.get_logger("app.web")


def init_app(app: Flask) -> None:
    """Call this first: what is registered first runs last, after every header is set."""
    app.session_interface = InsideSessions()
    app.after_request(_finish)


class InsideSessions(SecureCookieSessionInterface):
    """Sessions that leave no trace on public pages."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if is_public(request):
            if session.modified:
                log.error("a public page tried to set a cookie", rule=str(request.url_rule))
            return
        super().save_session(app, session, response)


def is_public(asked: Request) -> bool:
    """Whether anybody may read the answer: pages of the public side and our static files.

    What belongs to no blueprint at all (an unknown address) is public, but for the console's.
    """
    if asked.blueprints:
        return asked.blueprints[-1] == "public"
    return not asked.path.startswith(("/console", "/setup"))


def _finish(response: Response) -> Response:
    wanted = policy.headers(settings().public_url)
    response.headers.extend(
        {name: value for name, value in wanted.items() if name not in response.headers}
    )
    if is_public(request) and "Set-Cookie" in response.headers:
        log.error("a public page tried to set a cookie", rule=str(request.url_rule))
        del response.headers["Set-Cookie"]
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = policy.BRIEFLY
    elif not (is_public(request) and response.cache_control.public):
        response.headers["Cache-Control"] = "no-store, private"
    return response
