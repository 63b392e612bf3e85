"""A line between a worker and its provider that is as bad as a fault wants it."""

import contextlib
import math
import socket
import struct
import threading
import time

ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER: closing the socket resets the connection."""


class Line:
    """Carries bytes between who connects to `port` and a port of the provider.

    What is wrong with it bears the names and the meaning of Toxiproxy's toxics: `latency`,
    `timeout`, `reset_peer` and `slow_close` in seconds, `bandwidth` in bytes a second, `slicer` and
    `limit_data` in bytes. https://github.com/Shopify/toxiproxy#toxics
    """

    def __init__(self, to):
        self._to = to
        self._there, self._back = {}, {}
        self._ears = socket.create_server(("127.0.0.1", 0))
        self.port = self._ears.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def be(self, there=None, back=None):
        """From the next connection on, by the direction to the provider and back from it."""
        self._there, self._back = there or {}, back or {}

    def close(self):
        self._ears.shutdown(socket.SHUT_RDWR)
        self._ears.close()

    def _listen(self):
        while True:
            try:
                near, _ = self._ears.accept()
            except OSError:
                return  # closed
            far = socket.create_connection(("127.0.0.1", self._to))
            ends = (near, far, self._there, self._back)
            threading.Thread(target=_connect, args=ends, daemon=True).start()


def _connect(near, far, there, back):
    """Carry what comes both ways until one of them ends."""
    ways = [
        threading.Thread(target=_carry, args=way, daemon=True)
        for way in ((near, far, there), (far, near, back))
    ]
    for way in ways:
        way.start()
    for way in ways:
        way.join()
    for end in (near, far):  # no sooner: a number that is free again may be another connection's
        if "reset_peer" in there or "reset_peer" in back:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        end.close()


def _carry(source, sink, toxic):
    """Carry what comes one way until it ends; then the other way ends too."""
    left = toxic.get("limit_data", math.inf)
    with contextlib.suppress(OSError):  # whoever held the end has closed it
        sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while left > 0 and (data := source.recv(2**16)):
            if "timeout" in toxic or "reset_peer" in toxic:
                break  # nothing comes through
            time.sleep(toxic.get("latency", 0))
            data = data[: min(left, len(data))]
            left -= len(data)
            for piece in _slices(data, toxic.get("slicer", len(data))):
                sink.sendall(piece)
                time.sleep(len(piece) / toxic.get("bandwidth", math.inf))
    time.sleep(toxic.get("timeout", toxic.get("reset_peer", toxic.get("slow_close", 0))))
    how = socket.SHUT_RD if "reset_peer" in toxic else socket.SHUT_RDWR  # a reset says no goodbye
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(how)


def _slices(data, length):
    return [data[start : start + length] for start in range(0, len(data), length)]
