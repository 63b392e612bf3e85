"""The web server inside our own process: granian, with its workers as threads."""

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server import MTServer

from app.errors import CannotStart

THREADS = 12
"""Requests that run at the same time; more wait their turn."""
PATIENCE_SECONDS = 8
"""How long a stop waits for requests and messages in hand."""


class ThreadServer(MTServer):
    """Granian's server with threads. One process holds everything, so that nothing outlives it:
    a kill leaves no worker behind, and a commit wakes the delivery beside it.
    """

    def __init__(self, *, stop: threading.Event, **options: Any) -> None:
        super().__init__(**options)
        self._stop = stop

    def _check_gil(self) -> None:
        """Threads serve well here with the interpreter's lock too: a page is finished bytes."""

    def signal_handler_interrupt(self, *_args: object, **_more: object) -> None:
        if not self._stop.is_set():
            self._stop.set()
            _end_after(PATIENCE_SECONDS)
        self.interrupt_signal = True
        self.main_loop_interrupt.set()

    signal_handler_reload = signal_handler_interrupt


def serve(
    app: Callable[..., Any], *, bind: str, stop: threading.Event, ready: Callable[[], object]
) -> None:
    """Answer requests until SIGTERM or SIGINT, which set `stop`.

    `ready` is called once somebody answers.
    """
    host, port = address(bind)
    server = ThreadServer(
        stop=stop,
        target="allclear",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        blocking_threads=THREADS,
        log_enabled=False,
    )
    watch = threading.Thread(target=_once_listening, args=[host, port, ready], daemon=True)
    server.on_startup(watch.start)
    server.serve(target_loader=lambda: app, wrap_loader=False)


def address(bind: str) -> tuple[str, int]:
    """The IP address and port behind `bind`; raise CannotStart when we cannot listen there."""
    host, _, port = bind.rpartition(":")
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            # Not SO_REUSEPORT, with which two servers would share the port in silence.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
            trial.listen(1)
    except OSError as error:
        raise CannotStart(
            f"Cannot listen on {bind}: {(error.strerror or str(error)).lower()}. "
            "Stop what is listening there, or choose another: allclear serve --bind 127.0.0.1:8001"
        ) from error
    return str(place[0]), int(port)


def _once_listening(host: str, port: int, ready: Callable[[], object]) -> None:
    """Call `ready` when the port answers: who reads the address opens it at once."""
    place = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    for _ in range(200):
        try:
            socket.create_connection((place, port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    ready()


def _end_after(seconds: float) -> None:
    """Leave even when a request never ends; what it had not committed is undone."""
    end = threading.Timer(seconds, os._exit, [0])
    end.daemon = True
    end.start()
