"""The web server inside our own process: uvicorn, with a protocol that answers documents itself."""

import os
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import TYPE_CHECKING, cast

from uvicorn import Config, Server

from app import LARGEST_REQUEST
from app.errors import CannotStart
from app.publication.front import Front
from app.publication.protocol import PATIENCE, Protocol
from app.publication.wsgi import Doorway

if TYPE_CHECKING:
    from flask import Flask

THREADS = 12
"""Requests of the console and the like that run at the same time; more wait their turn."""
PATIENCE_SECONDS = 8
"""How long a stop waits for requests and messages in hand."""
FIRST_HANDED = 3
"""Where a socket is that was opened for us."""
FILES = 65_536
"""Open files and connections we ask the system for; it may allow fewer."""
OTHER_FILES = 200
"""What we keep free of them for the database, for mails and for what we call."""


class OneProcess(Server):
    """uvicorn, stopped by an event. One process holds everything, so that nothing outlives it:
    a kill leaves no worker behind, and a commit wakes the delivery beside it.
    """

    def __init__(
        self, config: Config, *, stop: threading.Event, ready: Callable[[], object]
    ) -> None:
        super().__init__(config)
        self._stop = stop
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        cast(Front, self.config.app).is_leaving = True
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._stop.is_set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            which: signal.signal(which, self._end) for which in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for which, handler in before.items():
                signal.signal(which, handler)

    def _end(self, *_args: object) -> None:
        if not self._stop.is_set():
            self._stop.set()
            _end_after(PATIENCE_SECONDS)


def serve(app: "Flask", *, bind: str, stop: threading.Event, ready: Callable[[], object]) -> None:
    """Answer requests until `stop` is set, which SIGTERM and SIGINT do.

    `ready` is called once we listen.
    """
    doorway = app.wsgi_app
    most = _open_files() - OTHER_FILES
    front = Front(
        app,
        doorway.at_hand if isinstance(doorway, Doorway) else _nothing,
        threads=THREADS,
        largest_body=LARGEST_REQUEST,
        most_connections=most,
    )
    if isinstance(doorway, Doorway):
        threading.Thread(target=doorway.watch, args=[stop], name="watch", daemon=True).start()
    with _listening(bind) as listener:
        # In a context of its own: what our caller has pushed, such as an application context,
        # would be every request's, and with it one `g` and one session for all of them.
        Context().run(OneProcess(configured(front), stop=stop, ready=ready).run, [listener])


def configured(front: Front) -> Config:
    return Config(
        front,
        http=Protocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        proxy_headers=False,  # ProxyFix knows how many proxies there are
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="error",
        timeout_keep_alive=int(PATIENCE),
        timeout_graceful_shutdown=PATIENCE_SECONDS - 2,
    )


def address(bind: str) -> tuple[str, int]:
    """The IP address and port behind `bind`; raise CannotStart when we cannot listen there."""
    with _listening(bind) as trial:
        place = trial.getsockname()
    return str(place[0]), int(place[1])


def _listening(bind: str) -> socket.socket:
    """A socket that listens: the one that we were handed, or one of our own.

    What systemd holds outlives us. Who connects while we are restarted waits in its line, and is
    answered by who comes next.
    """
    handed = _handed()
    return handed if handed is not None else _bound(bind)


def _handed() -> socket.socket | None:
    """The socket that was opened for us, as sd_listen_fds(3) has it; there may be only one."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    if os.environ.get("LISTEN_FDS") != "1":
        raise CannotStart("Allclear listens on one address: name one ListenStream in its socket.")
    listener = socket.socket(fileno=os.dup(FIRST_HANDED))
    if listener.family not in (socket.AF_INET, socket.AF_INET6):
        listener.close()
        raise CannotStart("Allclear listens on an address and a port: ListenStream=127.0.0.1:8000")
    return listener


def _bound(bind: str) -> socket.socket:
    host, _, port = bind.rpartition(":")
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            # Not SO_REUSEPORT, with which two servers would share the port in silence.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(2048)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise CannotStart(
            f"Cannot listen on {bind}: {(error.strerror or str(error)).lower()}. "
            "Stop what is listening there, or choose another: allclear serve --bind 127.0.0.1:8001"
        ) from error
    return listener


def _open_files() -> int:
    """How many files and connections may be open at once, after asking for many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(wanted, soft)


def _nothing(_path: str, _query: str) -> None:
    """What is at hand of an application without a doorway."""


def _end_after(seconds: float) -> None:
    """Leave even when a request never ends; what it had not committed is undone."""
    end = threading.Timer(seconds, os._exit, [0])
    end.daemon = True
    end.start()
