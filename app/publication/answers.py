"""A document as a finished answer: its bytes, and the headers of every way to ask for it."""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header, parse_date, parse_etags

from app.content import policy

if TYPE_CHECKING:
    from app.publication.documents import Document

WORTH_PACKING = 256
"""Bytes; what is smaller fits into a packet anyway."""
BROTLI_QUALITY = 5
"""Smaller than gzip's best, in less time; beyond, each step costs more than it saves."""
LONGEST = 2048
"""Characters of a header that we read: who sends more gets the bytes, not our time."""
SUFFIXES = {"br": "-br", "gzip": "-gz", "": ""}
"""How the forms' tags end: other bytes have another tag. The smallest form stands first."""


@dataclass(frozen=True)
class Packed:
    """The compressed forms of some bytes; empty where a form is not worth it."""

    gzip: bytes = b""
    brotli: bytes = b""


class Form:
    """A document's bytes in one encoding, with the headers of its two answers."""

    def __init__(
        self, body: bytes, tag: str, kept: Iterable[tuple[str, str]], more: Mapping[str, str]
    ) -> None:
        self.body = body
        self.tag = tag
        self.unchanged = [*kept, ("ETag", tag)]
        self.full = [*self.unchanged, *more.items(), ("Content-Length", str(len(body)))]
        self.unchanged_head = _as_sent(self.unchanged)
        self.full_head = _as_sent(self.full)


class Answer:
    """One document, ready to be sent: a WSGI application without anything to decide."""

    def __init__(
        self,
        document: "Document",
        packed: Packed,
        headers: Mapping[str, str],
        cache: str = policy.FRESH,
    ) -> None:
        self.etag = document.etag
        self.content_type = document.content_type
        self.body = document.body
        self._modified = document.last_modified.astimezone(UTC).replace(microsecond=0)
        said = {
            **headers,
            "Cache-Control": cache,
            **dict(document.headers),
            "Last-Modified": http_date(self._modified),
            "Vary": "Accept-Encoding",
        }
        kept = [(name, value) for name, value in said.items() if value]  # a document may say less
        bodies = {"br": packed.brotli, "gzip": packed.gzip, "": document.body}
        self._forms = {
            encoding: Form(
                body,
                f'"{self.etag}{SUFFIXES[encoding]}"',
                kept,
                {"Content-Type": document.content_type}
                | ({"Content-Encoding": encoding} if encoding else {}),
            )
            for encoding, body in bodies.items()
            if body or not encoding
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        form, is_known = self.choose(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
        )
        if is_known:
            start_response("304 Not Modified", form.unchanged.copy())
            return ()
        start_response("200 OK", form.full.copy())
        return () if environ["REQUEST_METHOD"] == "HEAD" else (form.body,)

    def choose(self, accepted: str, tags: str | None, since: str | None) -> tuple[Form, bool]:
        """The form for who asks so, and whether they have these bytes already."""
        forms = self._forms
        form = next(forms[encoding] for encoding in taken(accepted) if encoding in forms)
        if tags is not None:  # a tag says it better than a date
            return form, tags == form.tag or self._has_one_of(tags)
        moment = _moment(since) if since is not None else None
        return form, moment is not None and moment >= self._modified

    def _has_one_of(self, tags: str) -> bool:
        known = parse_etags(tags[:LONGEST])
        # Any form will do: a proxy may have packed or unpacked it on the way.
        return any(known.contains_weak(f"{self.etag}{end}") for end in SUFFIXES.values())


def pack(body: bytes) -> Packed:
    """The compressed forms, the same for the same bytes."""
    if len(body) < WORTH_PACKING:
        return Packed()
    zipped = gzip.compress(body, 9, mtime=0)
    smaller = brotli.compress(body, quality=BROTLI_QUALITY)
    return Packed(
        zipped if len(zipped) < len(body) else b"",
        smaller if len(smaller) < min(len(zipped), len(body)) else b"",
    )


@lru_cache(maxsize=256)
def taken(accepted: str) -> Sequence[str]:
    """The encodings that are accepted, the best first; plain bytes are always the last resort."""
    wanted = parse_accept_header(accepted[:LONGEST], Accept)
    found = [name for name in ("br", "gzip") if wanted.quality(name) > 0]
    return (*sorted(found, key=wanted.quality, reverse=True), "")


@lru_cache(maxsize=256)
def _moment(date: str) -> datetime | None:
    return parse_date(date[:LONGEST])


def _as_sent(headers: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
