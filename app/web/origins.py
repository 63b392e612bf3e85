"""Requests that change something must come from our own pages."""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_wtf.csrf import CSRFProtect

from app.config import settings

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Prepare the tokens of forms; the console's guard checks them after the sign-in.

    A token lives as long as its session: an incident's page may stay open all night. Where a
    request comes from is checked by its Origin, which a reverse proxy leaves alone.
    """
    app.config.from_mapping(
        WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False
    )
    csrf.init_app(app)
    # A context processor of the library would make a token, and a cookie, for every template.
    del app.jinja_env.globals["csrf_meta_tag"]


def check_origin() -> None:
    """Refuse a changing request that says that it comes from elsewhere, or hides where from."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    origin = request.headers.get("Origin")
    if origin is None and request.referrer:
        parts = urlsplit(request.referrer)
        origin = f"{parts.scheme}://{parts.netloc}"
    if origin is not None and not is_ours(origin):
        abort(403, "This request came from another site.")


def check_token() -> None:
    """Refuse a changing request without the token of this session's forms."""
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()


def is_ours(origin: str) -> bool:
    """Whether an origin is the public address or the one that this request was sent to."""
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https"):
        return False
    return parts.netloc in (urlsplit(settings().public_url).netloc, request.host)


def safe_path(target: str | None, *, otherwise: str) -> str:
    """A path of the console to go on to; anything that a browser may read as elsewhere is not."""
    if not target or not target.startswith("/console") or not target.isprintable():
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or "\\" in target or "//" in parts.path:
        return otherwise
    return target
