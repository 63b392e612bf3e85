"""The doorway in front of Flask: a known address is answered from memory, all else goes on."""

import mimetypes
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.config import ROOT
from app.content import assets, policy
from app.publication import negotiation
from app.publication.answers import Answer, pack
from app.publication.documents import Document
from app.publication.store import Store


class Doorway:
    """Answers documents and static files without a database, a template or a view."""

    def __init__(self, inside: WSGIApplication, store: Store, headers: Mapping[str, str]) -> None:
        self._inside = inside
        self._store = store
        self._files = dict(_files(headers))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            path = negotiation.path_for(
                environ["PATH_INFO"] or "/",
                environ.get("HTTP_ACCEPT", ""),
                environ.get("HTTP_USER_AGENT", ""),
            )
            query = environ.get("QUERY_STRING", "")
            answer = self._store.find(path) or self._file(path, query)
            if answer is not None:
                return answer(environ, start_response)
        return self._inside(environ, start_response)

    def at_hand(self, path: str, query: str) -> Answer | None:
        """What a GET or HEAD of this address is answered with, when that needs no waiting."""
        return self._store.at_hand(path) or self._file(path, query)

    def watch(self, stop: threading.Event) -> None:
        """Keep what is at hand up to date until `stop`: the folder may have other writers."""
        self._store.watch(stop)

    def _file(self, path: str, query: str) -> Answer | None:
        if not path.startswith("/static/"):
            return None
        # Only under the fingerprint of these very bytes may a cache keep them for ever.
        return self._files.get(f"{path}?{query}") or self._files.get(path)


def _files(headers: Mapping[str, str]) -> Iterable[tuple[str, Answer]]:
    """Each static file as an answer, under its address with the fingerprint and without."""
    for file in (ROOT / "static").rglob("*.*"):
        name = file.relative_to(ROOT / "static").as_posix()
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if content_type.startswith("text/"):
            content_type += "; charset=utf-8"
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        document = Document(f"/static/{name}", file.read_bytes(), content_type, changed)
        packed = pack(document.body)
        yield document.path, Answer(document, packed, headers, policy.BRIEFLY)
        yield assets.asset(name), Answer(document, packed, headers, policy.FOR_EVER)
