"""Behind the web server's loop: documents at hand, and Flask in threads for all else."""

import asyncio
from collections.abc import Callable, Iterable
from wsgiref.types import WSGIApplication

from a2wsgi import WSGIMiddleware
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from app.publication.answers import Answer

BODY_SECONDS = 60.0
"""How long a request's body may take: who dribbles holds a connection so long, and no thread."""
ALL_BODIES = 64 * 1024 * 1024
"""Bytes of all bodies that are being received; who comes when there are more comes again."""
MOST_IN_HAND = 500
"""Requests that wait for a thread or have one; more are turned away at once."""

AtHand = Callable[[str, str], Answer | None]


class TooSlow(Exception):
    """The body did not arrive in time."""


class Gone(Exception):
    """Who asked has left."""


class Front:
    """An ASGI application: it takes a request whole, then lets the WSGI application answer.

    A thread is only held while there is something to do, so nobody can take them all by
    sending slowly. The protocol asks `at_hand` first and comes here with what is not.
    """

    def __init__(
        self,
        inside: WSGIApplication,
        at_hand: AtHand,
        *,
        threads: int,
        largest_body: int,
        most_connections: int,
    ) -> None:
        self.at_hand = at_hand
        self.largest_body = largest_body
        self.most_connections = most_connections
        self.is_leaving = False
        """Whether this process stops: what is still asked is answered, as the last on its line."""
        self._inside = WSGIMiddleware(inside, workers=threads)  # type: ignore[arg-type]  # same shapes, two names
        self._in_hand = 0
        self._receiving = 0

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        assert scope["type"] == "http"  # noqa: S101 - the server is told to offer nothing else
        if self._in_hand >= MOST_IN_HAND or self._receiving > ALL_BODIES:
            await _say(send, 503, b"Too much is going on. Try again in a moment.")
            return
        try:
            body = await self._whole_body(scope, receive)
        except TooSlow:
            await _say(send, 408, b"The request did not arrive in time.")
            return
        except Gone:
            return
        self._in_hand += 1
        try:
            await self._inside(_measured(scope, body), _repeated(body), send)  # type: ignore[arg-type]  # same shapes, two names
        finally:
            self._in_hand -= 1

    async def _whole_body(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> bytes:
        """All of the body; of one that is too large only enough for Flask to refuse it."""
        if _declared(scope["headers"]) > self.largest_body:
            return b""
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while len(body) <= self.largest_body:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Gone
                    part = message.get("body", b"")
                    body += part
                    self._receiving += len(part)
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            raise TooSlow from None
        finally:
            self._receiving -= len(body)
        return bytes(body)


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """The length that a body is said to have; the parser let nothing but a number through."""
    return next((int(value) for name, value in headers if name == b"content-length"), 0)


def _repeated(body: bytes) -> Callable[[], object]:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _measured(scope: HTTPScope, body: bytes) -> HTTPScope:
    """The request with the length of its body, also when it came in chunks and said none."""
    if all(name != b"transfer-encoding" for name, _ in scope["headers"]):
        return scope
    unsaid = [pair for pair in scope["headers"] if pair[0] != b"transfer-encoding"]
    return {**scope, "headers": [*unsaid, (b"content-length", b"%d" % len(body))]}


async def _say(send: ASGISendCallable, status: int, words: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(words)),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words, "more_body": False})
