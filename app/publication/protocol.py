"""The doorway in the web server's loop: a document is answered where its request is read."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from app.publication import negotiation
from app.publication.answers import Answer
from app.publication.front import Front

PATIENCE = 15.0
"""Seconds for a connection without a request, and for a head from its first byte to its last."""
STALLED = 30.0
"""Seconds after which who does not read what was sent is hung up on."""
LAST_CALL = 1.0
"""Seconds for which a process that stops still hears who is connected: a request may be coming."""
MOST_HEADERS = 100
LARGEST_HEAD = 32 * 1024
SLACK = 1024 * 1024
"""Bytes around a body of the largest size: how it is cut into chunks, and what follows it."""
NOT_AT_ONCE = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))


class Answered:
    """Stands where uvicorn keeps the request in hand: it has been answered."""

    response_complete = True
    disconnected = False
    keep_alive = True
    message_event = asyncio.Event()


ANSWERED = cast(RequestResponseCycle, Answered())


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which answers what is at hand by itself and hands on the rest.

    It relies on uvicorn calling the parser's callbacks in this order for each request, and
    queueing a request while the one before it is in hand: `tests/publication/test_protocol.py`
    holds every version of it to that.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._front = cast(Front, self.config.app)
        self._since = self.loop.time()
        """Since when we have waited for the client's next head, or for its end."""
        self._stalled: float | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._is_in_body = False
        self._unfinished = 0
        """Bytes of the present head or body, beside those that came with its beginning."""

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is being done for this connection."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = self.loop.time()
        self._watch = self.loop.call_later(PATIENCE, self._look)
        if len(self.connections) > self._front.most_connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self.is_waiting:
            self.loop.call_later(LAST_CALL, self._leave)
        else:
            super().shutdown()

    def _leave(self) -> None:
        if self.is_waiting and not self._is_in_head:
            self.transport.close()

    def pause_writing(self) -> None:
        self._stalled = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        was_inside = self._is_in_head or self._is_in_body
        if self._is_in_body and self.is_waiting:
            return  # the answer was given before the end; nothing more of it is of interest
        super().data_received(data)
        if not (was_inside and (self._is_in_head or self._is_in_body)):
            self._unfinished = 0
            return
        self._unfinished += len(data)
        if self._is_in_head and self._unfinished > LARGEST_HEAD:
            self._refuse(431)
        elif self._unfinished > self._front.largest_body + SLACK:
            self.transport.abort()

    def on_message_begin(self) -> None:
        # What Flask needs beyond this is made when it is Flask's turn.
        self.url = b""
        self.headers = []
        self._is_in_head = True
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_in_head:  # what trails a body is no header, whatever its name
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._is_in_head, self._is_in_body = False, True
        if self.transport.is_closing():
            return
        asked = dict(self.headers)
        answer = self._at_hand(asked)
        if answer and len(asked) == len(self.headers) and NOT_AT_ONCE.isdisjoint(asked):
            self._answer(answer, asked)
        elif len(self.headers) > MOST_HEADERS or self._head_size() > LARGEST_HEAD:
            self._refuse(431)
        else:
            self._hand_on()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_body = False
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._since = self.loop.time()
        super().on_response_complete()

    def _at_hand(self, asked: Mapping[bytes, bytes]) -> Answer | None:
        """The answer to a plain GET or HEAD, when it may be given now and needs no waiting."""
        if not self.is_waiting or self.pipeline or self.flow.write_paused:
            return None
        if self.parser.get_method() not in (b"GET", b"HEAD"):
            return None
        path, _, query = self.url.decode("latin-1").partition("?")
        if path == "/":
            accepted, agent = asked.get(b"accept", b""), asked.get(b"user-agent", b"")
            path = negotiation.path_for(path, accepted.decode("latin-1"), agent.decode("latin-1"))
        return self._front.at_hand(path, query)

    def _answer(self, answer: Answer, asked: Mapping[bytes, bytes]) -> None:
        form, is_known = answer.choose(
            asked.get(b"accept-encoding", b"").decode("latin-1"),
            _text(asked.get(b"if-none-match")),
            _text(asked.get(b"if-modified-since")),
        )
        is_last = self._front.is_leaving or not self.parser.should_keep_alive()
        is_last = is_last or self.parser.get_http_version() == "1.0"
        head = [STATUS_LINE[304 if is_known else 200]]
        head += [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]  # the date
        head += [form.unchanged_head if is_known else form.full_head]
        head += [b"connection: close\r\n\r\n" if is_last else b"\r\n"]
        has_body = not is_known and self.parser.get_method() == b"GET"
        self.transport.writelines((b"".join(head), form.body) if has_body else (b"".join(head),))
        self.cycle = ANSWERED
        self.server_state.total_requests += 1
        self._since = self.loop.time()
        if is_last:
            self.transport.close()

    def _hand_on(self) -> None:
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        # To WSGI, X_Forwarded_For is X-Forwarded-For, which a proxy in front has not seen.
        self.headers += [pair for pair in headers if b"_" not in pair[0]]
        self.expect_100_continue = (b"expect", b"100-continue") in (
            (name, value.lower()) for name, value in headers
        )
        super().on_headers_complete()
        if self._front.is_leaving and self.cycle is not None:
            self.cycle.keep_alive = False

    def _refuse(self, status: int) -> None:
        self.cycle = self.cycle or ANSWERED
        self.transport.write(
            STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n"
        )
        self.transport.close()

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _look(self) -> None:
        """Hang up on who keeps us waiting, then look again."""
        now = self.loop.time()
        if self._stalled is not None and now - self._stalled >= STALLED:
            self.transport.abort()
            return
        if self.is_waiting and now - self._since >= PATIENCE:
            if self.transport.is_closing():
                self.transport.abort()  # what was sent last is not being read either
                return
            self.transport.close()
            self._since = now
        self._watch = self.loop.call_later(PATIENCE / 3, self._look)

    def _make_room(self) -> None:
        """Hang up on one who waits for nothing, or on who came last."""
        others = (cast(Protocol, one) for one in self.connections if one is not self)
        next((one for one in others if one.is_waiting), self).transport.abort()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
