"""Stand-ins that take what a fan-out sends, each in a process of its own, and count it."""

import asyncio
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from aiosmtpd.smtp import SMTP

LATENCY = 0.05
"""Seconds until the stand-in of SendGrid answers."""


class Count:
    """What a sink took, seen from this process."""

    def __init__(self, port: int, taken: "Synchronized[int]", times: Any) -> None:
        self.port = port
        self._taken, self._times = taken, times

    @property
    def taken(self) -> int:
        return int(self._taken.value)

    @property
    def first(self) -> float:
        return float(self._times[0])

    @property
    def last(self) -> float:
        return float(self._times[1])

    def clear(self) -> None:
        self._taken.value = 0
        self._times[0] = self._times[1] = 0.0


class _Taker:
    def __init__(self, taken: Any, times: Any) -> None:
        self._taken, self._times = taken, times

    def add(self, count: int) -> None:
        now = time.time()
        if not self._taken.value:
            self._times[0] = now
        self._taken.value += count
        self._times[1] = now

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # As the servers of this world offer it, and this library does without saying so.
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.add(1)
        return f"250 OK queued as {self._taken.value}"


def _smtp(port: int, taken: Any, times: Any) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        taker = _Taker(taken, times)
        server = await loop.create_server(lambda: SMTP(taker, loop=loop), "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


def _sendgrid(port: int, taken: Any, times: Any) -> None:
    taker = _Taker(taken, times)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = 0
        while head := await _head(reader):
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            await asyncio.sleep(LATENCY)
            taker.add(body.count(b'"to": ['))
            number += 1
            writer.write(
                b"HTTP/1.1 202 Accepted\r\nX-Message-Id: m%d\r\nContent-Length: 0\r\n\r\n" % number
            )
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", port, limit=2**26)
        await server.serve_forever()

    asyncio.run(serve())


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


@contextmanager
def _running(serve: Callable[[int, Any, Any], None]) -> Iterator[Count]:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = int(trial.getsockname()[1])
    context = multiprocessing.get_context("spawn")
    taken, times = context.Value("q", 0, lock=False), context.Array("d", 2, lock=False)
    process = context.Process(target=serve, args=(port, taken, times), daemon=True)
    process.start()
    _wait_for(port)
    try:
        yield Count(port, taken, times)
    finally:
        process.terminate()
        process.join(10)


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the sink does not listen")


@contextmanager
def smtp() -> Iterator[Count]:
    """A real SMTP server that throws away what it takes."""
    with _running(_smtp) as count:
        yield count


@contextmanager
def sendgrid() -> Iterator[Count]:
    """Answers each call of SendGrid's API after the latency, and counts its recipients."""
    with _running(_sendgrid) as count:
        yield count
