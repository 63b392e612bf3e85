"""A deadline for one mail on a connection that carries many, and how connections are cut."""

import smtplib
import socket
import struct
import threading
import time
from contextlib import suppress

LOOK = 0.25
"""Seconds between looks whether a mail takes too long."""
_THROW_AWAY = struct.pack("ii", 1, 0)


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
                cut(sock)


def cut(sock: socket.socket) -> None:
    """Cut a connection that another thread uses: it wakes up, and nothing more is sent.

    Not even what this machine holds for a slow reader: that is thrown away when the other thread
    closes its end.
    """
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _THROW_AWAY)
        # Not that of TLS, which would forget its keys first: the rest would be sent in the clear.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
