"""Answers what is not published yet: before set-up, and while the past is filled in."""

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import publication
from app.content import language
from app.domain import organisation
from app.words import LANGUAGES

bp = Blueprint("pages", __name__)


@bp.get("/")
@bp.get("/history")
@bp.get("/history/<part>")
@bp.get("/incidents/<part>")
@bp.get("/feed.rss")
@bp.get("/feed.atom")
@bp.get("/feed.json")
@bp.get("/history.rss")
@bp.get("/history.atom")
@bp.get("/components/<path:part>")
@bp.get("/api/v2/<path:part>")
@bp.get("/brand.css")
@bp.get("/logo.webp")
def show(part: str = "") -> ResponseReturnValue:
    if organisation.current() is None:
        return _not_yet()
    return publication.of(current_app).answer(request.path) or abort(404)


def _not_yet() -> Response:
    language.speak(request.accept_languages.best_match(LANGUAGES) or language.SOURCE)
    response = make_response(render_template("errors/503.html"), 503)
    response.headers["Retry-After"] = "60"
    return response
