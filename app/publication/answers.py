"""A document as a finished answer: its bytes, and the headers of every way to ask for it."""

import gzip
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header, parse_date, parse_etags

from app.content import policy

if TYPE_CHECKING:
    from app.publication.documents import Document

WORTH_PACKING = 256
"""Bytes; what is smaller fits into a packet anyway."""


class Answer:
    """One document, ready to be sent: a WSGI application without anything to decide."""

    def __init__(
        self,
        document: "Document",
        packed: bytes,
        headers: Mapping[str, str],
        cache: str = policy.FRESH,
    ) -> None:
        self.etag = document.etag
        self.content_type = document.content_type
        self._modified = document.last_modified.astimezone(UTC).replace(microsecond=0)
        kept = {
            **headers,
            **dict(document.headers),
            "Cache-Control": cache,
            "Last-Modified": http_date(self._modified),
            "Vary": "Accept-Encoding",
        }
        self.body = document.body
        self._bodies = {False: document.body, True: packed}
        self._tags = {False: f'"{self.etag}"', True: f'"{self.etag}-gz"'}
        self._unchanged = {way: [*kept.items(), ("ETag", tag)] for way, tag in self._tags.items()}
        self._full = {
            way: [
                *self._unchanged[way],
                ("Content-Type", document.content_type),
                ("Content-Length", str(len(body))),
                *([("Content-Encoding", "gzip")] if way else []),
            ]
            for way, body in self._bodies.items()
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        is_packed = bool(self._bodies[True]) and takes_gzip(accepted)
        if self._is_known(environ, is_packed):
            start_response("304 Not Modified", self._unchanged[is_packed].copy())
            return ()
        start_response("200 OK", self._full[is_packed].copy())
        return () if environ["REQUEST_METHOD"] == "HEAD" else (self._bodies[is_packed],)

    def _is_known(self, environ: WSGIEnvironment, is_packed: bool) -> bool:
        """Whether who asks has these bytes already; a tag says it better than a date."""
        tags = environ.get("HTTP_IF_NONE_MATCH")
        if tags is not None:
            if tags == self._tags[is_packed]:
                return True
            known = parse_etags(tags)
            # Either form will do: a proxy may have packed or unpacked it on the way.
            return any(known.contains_weak(tag.strip('"')) for tag in self._tags.values())
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since is None:
            return False
        moment = _moment(since)
        return moment is not None and moment >= self._modified


def pack(body: bytes) -> bytes:
    """The gzip form, the same for the same bytes; empty where it is not worth it."""
    if len(body) < WORTH_PACKING:
        return b""
    packed = gzip.compress(body, 9, mtime=0)
    return packed if len(packed) < len(body) else b""


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted, Accept).quality("gzip") > 0


@lru_cache(maxsize=256)
def _moment(date: str) -> datetime | None:
    return parse_date(date)
