"""SendGrid's own client over one connection that stays open from call to call."""

import http.client
import io
import select
import ssl
import time
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from python_http_client.client import Client
from python_http_client.exceptions import handle_error

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


class _Line:
    """The connection, shared by the clients that the library makes on the way to an address."""

    def __init__(self, host: str, timeout: float) -> None:
        self._parts = urlsplit(host)
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None
        self._used_at = 0.0
        self.is_asked = False

    def ask(self, request: Any) -> _Answer:
        self.is_asked = False
        connection = self._connected()
        self.is_asked = True
        try:
            connection.request(
                request.get_method(),
                request.selector,
                body=request.data,
                headers=dict(request.header_items()),
            )
            answer = connection.getresponse()
            body = answer.read(LONGEST_ANSWER)
        finally:
            if connection is not self._connection:
                connection.close()  # it was given up meanwhile
        self.is_asked = False
        if answer.will_close or not answer.isclosed():
            self.close()
        self._used_at = time.monotonic()
        return _Answer(answer.status, answer.headers, body)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def abandon(self) -> None:
        """Leave the connection to whoever still waits on it, and open another for the next."""
        self._connection = None

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is not None and self._is_stale(self._connection):
            self.close()
        if self._connection is None:
            self._connection = self._made()
            self._connection.connect()
        return self._connection

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


class KeptOpen(Client):  # type: ignore[misc]  # the library has no types
    """The library's client; only what carries its requests is ours."""

    def __init__(self, client: Client, timeout: float, line: _Line | None = None) -> None:
        super().__init__(
            client.host,
            client.request_headers,
            client._version,
            client._url_path,
            client.append_slash,
            timeout,
        )
        self._line = line or _Line(client.host, timeout)

    @property
    def is_asked(self) -> bool:
        """Whether a request is on its way that was not answered yet."""
        return self._line.is_asked

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._line.close()

    def abandon(self) -> None:
        """Open another connection for the next call, whatever becomes of this one."""
        self._line.abandon()

    def _build_client(self, name: str | None = None) -> "KeptOpen":
        return KeptOpen(super()._build_client(name), self.timeout, self._line)

    def _make_request(self, opener: Any, request: Any, timeout: float | None = None) -> _Answer:
        try:
            answer = self._line.ask(request)
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from error
        if answer.getcode() >= 400:
            body = io.BytesIO(answer.read())
            raise handle_error(
                HTTPError(request.full_url, answer.getcode(), "", answer.info(), body)
            )
        return answer
