"""A deadline for one mail on a connection that carries many."""

import smtplib
import socket
import threading
import time
from contextlib import suppress

LOOK = 0.25
"""Seconds between looks whether a mail takes too long."""


class Watchdog:
    """Cuts the connection when one message takes too long, however slowly bytes drip in."""

    def __init__(self) -> None:
        self._until = 0.0
        self._server: smtplib.SMTP | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.has_bitten = False

    @property
    def left(self) -> float:
        """Seconds that are left of what the present mail may take."""
        return max(0.0, self._until - time.monotonic())

    def begin(self, seconds: float) -> None:
        self.has_bitten = False
        self._until = time.monotonic() + seconds
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True, name="watchdog")
            self._thread.start()

    def hold(self, server: smtplib.SMTP | None) -> None:
        """Watch this connection from now on."""
        self._server = server

    def end(self) -> None:
        self._until = 0.0

    def stop(self) -> None:
        self._stop.set()
        self._stop, self._thread = threading.Event(), None

    def _watch(self) -> None:
        stop, pause = self._stop, 0.0
        while not stop.wait(pause):
            until, server = self._until, self._server
            pause = min(LOOK, max(0.01, until - time.monotonic())) if until else LOOK
            if not until or time.monotonic() < until:
                continue
            self.has_bitten = True
            sock = getattr(server, "sock", None)
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
