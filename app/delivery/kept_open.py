"""SendGrid's own client over one connection that stays open from call to call."""

import http.client
import io
import select
import ssl
import threading
import time
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from python_http_client.client import Client
from python_http_client.exceptions import handle_error

from app.delivery.watchdog import cut

LONGEST_IDLE = 20.0
"""Seconds after which a connection is not trusted to be open still."""
LONGEST_ANSWER = 65_536


class _Answer:
    """An answer as the library reads it."""

    def __init__(self, status: int, headers: Message, body: bytes) -> None:
        self._status, self._headers, self._body = status, headers, body

    def getcode(self) -> int:
        return self._status

    def info(self) -> Message:
        return self._headers

    def read(self) -> bytes:
        return self._body


class Line:
    """A connection that stays open between calls. A call has it for itself, and gives it back."""

    def __init__(self, host: str, timeout: float) -> None:
        self._parts = urlsplit(host)
        self._timeout = timeout
        self._kept: http.client.HTTPConnection | None = None
        self._used_at = 0.0

    def take(self) -> http.client.HTTPConnection:
        """The one that was kept, or a new one that is still to be connected."""
        kept, self._kept = self._kept, None
        if kept is not None and not self._is_stale(kept):
            return kept
        if kept is not None:
            kept.close()
        return self._made()

    def keep(self, connection: http.client.HTTPConnection) -> None:
        self.close()
        self._kept, self._used_at = connection, time.monotonic()

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _made(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=self._timeout)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=context)

    def _is_stale(self, connection: http.client.HTTPConnection) -> bool:
        """Whether the other side has closed it: something to read, where nothing was asked."""
        if time.monotonic() - self._used_at > LONGEST_IDLE or connection.sock is None:
            return True
        return bool(select.select([connection.sock], [], [], 0)[0])


class Turn:
    """One call on a line. When it was given up it sends nothing more, whatever its thread does."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._connection = line.take()
        self._lock = threading.Lock()
        self._is_given_up = False
        self._is_good = False
        self.is_asked = False
        """The request has begun to leave; after `give_up` this does not change any more."""

    def ask(self, request: Any) -> _Answer:
        """Send it and wait for the answer, in the thread of the call."""
        connection = self._connection
        try:
            if connection.sock is None:
                connection.connect()
            self._begin()
            connection.request(
                request.get_method(),
                request.selector,
                body=request.data,
                headers=dict(request.header_items()),
            )
            answer = connection.getresponse()
            body = answer.read(LONGEST_ANSWER)
        except BaseException:
            connection.close()
            raise
        self._is_good = answer.isclosed() and not answer.will_close
        return _Answer(answer.status, answer.headers, body)

    def end(self) -> None:
        """Give the connection back to the line, when it is good for another call."""
        if self._is_given_up:
            return  # its thread closes it
        if self._is_good:
            self._line.keep(self._connection)
        else:
            self._connection.close()

    def give_up(self) -> None:
        with self._lock:
            self._is_given_up = True
            if self._connection.sock is not None:
                cut(self._connection.sock)

    def _begin(self) -> None:
        with self._lock:
            if self._is_given_up:
                raise TimeoutError("given up")
            self.is_asked = True


class KeptOpen(Client):  # type: ignore[misc]  # the library has no types
    """The library's client for one call; only what carries its request is ours."""

    def __init__(self, client: Client, turn: Turn) -> None:
        super().__init__(
            client.host,
            client.request_headers,
            client._version,
            client._url_path,
            client.append_slash,
            client.timeout,
        )
        self._turn = turn

    def _build_client(self, name: str | None = None) -> "KeptOpen":
        return KeptOpen(super()._build_client(name), self._turn)

    def _make_request(self, opener: Any, request: Any, timeout: float | None = None) -> _Answer:
        try:
            answer = self._turn.ask(request)
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from error
        if answer.getcode() >= 400:
            body = io.BytesIO(answer.read())
            raise handle_error(
                HTTPError(request.full_url, answer.getcode(), "", answer.info(), body)
            )
        return answer
