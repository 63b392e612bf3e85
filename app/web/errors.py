"""Error pages: what happened in plain words, and what to do now."""

from datetime import timedelta
from typing import Any

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    InternalServerError,
    ServiceUnavailable,
)

from app import clock
from app.content import language, pages, times
from app.content.language import gettext as _
from app.db import db
from app.domain import organisation
from app.web.limits import limiter
from app.words import LANGUAGES, N_

log = structlog.get_logger("app.web")

PAGES = {
    400: (
        N_("This request cannot be understood"),
        N_("Go back, load the page again and try once more."),
    ),
    403: (N_("This is not yours to do"), ""),
    404: (
        N_("There is nothing here"),
        N_("The address may be mistyped, or what was here has gone."),
    ),
    405: (N_("This address takes no such request"), N_("Go back and load the page again.")),
    409: (N_("Somebody was faster"), N_("Load the page again to see how things stand.")),
    413: (N_("This is too large"), N_("Send at most 2 MiB at once. A runbook may have 1 MiB.")),
    429: (N_("That was too often"), N_("Wait a few minutes, then try again.")),
    500: (N_("Something broke on our side"), N_("It has been noted. Try again in a moment.")),
    503: (
        N_("The database does not answer"),
        N_("Nothing was changed. Readers see what was published last. Try again in a moment."),
    ),
}
STALE = (
    N_("This page is older than your sign-in"),
    N_(
        "Nothing was sent. Go back and load the page again; what you typed is kept in this browser."
    ),
)


def init_app(app: Flask) -> None:
    """Answer every refusal and every fault with a page of our own."""
    app.register_error_handler(HTTPException, _show)
    app.register_error_handler(OperationalError, _wait)
    app.register_error_handler(DataError, _refuse)
    app.log_exception = _note  # type: ignore[assignment, method-assign]  # it names the path


def _note(fault: Any) -> None:
    log.error("a request broke", rule=_rule(), exc_info=fault)


def _rule() -> str:
    """What was asked for: not its path, in which the key of a subscriber may stand."""
    return str(request.url_rule or "an unknown address")


def _wait(error: OperationalError) -> ResponseReturnValue:
    log.error("the database does not answer", rule=_rule(), why=type(error.orig).__name__)
    return _show(ServiceUnavailable(retry_after=30))


def _refuse(error: DataError) -> ResponseReturnValue:
    """Somebody sent what PostgreSQL cannot hold, such as the character NUL."""
    log.warning("a value cannot be held", rule=_rule(), why=type(error.orig).__name__)
    db.session.rollback()
    return _show(BadRequest())


def _show(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if 300 <= status < 400:
        return error
    title, advice = PAGES.get(status, PAGES[400 if status < 500 else 500])
    if isinstance(error, CSRFError):
        title, advice = STALE
    elif status == 403 and error.description:
        advice = error.description
    if isinstance(error, InternalServerError):
        log.error("request failed", rule=_rule(), method=request.method)
    inside = request.path.startswith(("/console", "/setup"))
    site = None if inside else _site(asks=status < 500)
    page = render_template(
        "errors/error.html" if inside else "errors/public.html",
        status=status,
        title=_(title),
        advice=_until_free() if status == 429 else _(advice) if advice else "",
        inside=inside,
        site=site,
        # Who asked too often goes back to what was asked for.
        back="/subscribe" if status == 429 and request.path == "/subscribe" else "",
    )
    headers = [pair for pair in error.get_headers() if pair[0].lower() in ("allow", "retry-after")]
    return page, status, headers


def _until_free() -> str:
    """How long who asked too often waits until one more is taken."""
    reached = limiter.current_limit
    if reached is None:
        return _(PAGES[429][1])
    left = timedelta(seconds=reached.reset_at - clock.now().timestamp())
    return _("Wait %(span)s, then try again.", span=times.length(left))


def _site(*, asks: bool) -> pages.Site | None:
    """Whose page this is, in whose language; None before set-up, and while nobody can be asked."""
    try:
        ours = organisation.current() if asks else None
    except SQLAlchemyError:
        db.session.rollback()
        ours = None
    if ours is None:
        language.speak(request.accept_languages.best_match(LANGUAGES) or language.SOURCE)
        return None
    language.speak(ours.language)
    return pages.site(ours, clock.now())
