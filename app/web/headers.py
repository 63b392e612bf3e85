"""The headers of every response: one policy, no cookie on public pages, no cache inside."""

import structlog
from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from app.config import settings

log = structlog.get_logger("app.web")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
FOR_ALL = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Our own forms keep their origin; nobody else learns where a reader comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Call this first: what is registered first runs last, after every header is set."""
    app.session_interface = InsideSessions()
    app.after_request(_finish)


class InsideSessions(SecureCookieSessionInterface):
    """Sessions that leave no trace on public pages."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if is_public(request):
            if session.modified:
                log.error("a public page tried to set a cookie", path=request.path)
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
    response.headers.extend(
        {name: value for name, value in FOR_ALL.items() if name not in response.headers}
    )
    if settings().public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    if is_public(request) and "Set-Cookie" in response.headers:
        log.error("a public page tried to set a cookie", path=request.path)
        del response.headers["Set-Cookie"]
    if request.endpoint == "static" and response.status_code < 400:
        # With its fingerprint in the address a file never changes under it.
        kept = f"max-age={A_YEAR}, immutable" if request.args.get("v") else "max-age=300"
        response.headers["Cache-Control"] = f"public, {kept}"
    elif not (is_public(request) and response.cache_control.public):
        response.headers["Cache-Control"] = "no-store, private"
    return response
