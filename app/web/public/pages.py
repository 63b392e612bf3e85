"""Answers the documents of the public side."""

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.domain import organisation
from app.publication import documents

bp = Blueprint("pages", __name__)

FRESH = 15
"""Seconds that a cache may keep a document without asking whether it changed."""


@bp.get("/")
@bp.get("/history")
@bp.get("/history/<part>")
@bp.get("/incidents/<part>")
@bp.get("/feed.rss")
@bp.get("/feed.atom")
def show(part: str = "") -> ResponseReturnValue:
    document = documents.render(request.path)
    if document is not None:
        return _answer(document)
    if organisation.current() is None:
        return _not_yet()
    abort(404)


def _answer(document: documents.Document) -> Response:
    response = Response(document.body, content_type=document.content_type)
    response.set_etag(document.etag)
    response.last_modified = document.last_modified
    response.cache_control.public = True
    response.cache_control.max_age = FRESH
    response.cache_control.stale_if_error = 24 * 3600
    response.make_conditional(request)
    return response


def _not_yet() -> Response:
    response = make_response(render_template("errors/503.html"), 503)
    response.headers["Retry-After"] = "60"
    return response
