"""Calls to addresses that others chose: guarded, so that none leads into our own network.

The name is resolved once, every address that it has is checked, and one of those is connected
to: a name that leads elsewhere a moment later gains nothing. No redirect is followed, no proxy of
the environment is used, and a call ends at its deadline however slowly bytes drip in.
"""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from app.delivery.channel import within
from app.delivery.watchdog import cut
from app.domain.endpoints import Rules, Unfit, fit

Network = IPv4Network | IPv6Network
CONNECT = 5.0
DEADLINE = 10.0
LONGEST_REPLY = 65_536
LONGEST_WAIT = 24 * 3600.0
"""Seconds for which we leave an address alone at most, whatever it asks for."""
AGENT = "Allclear"
# What `ipaddress` of Python 3.11 calls global, or the library lets pass, and is not.
BLOCKED: tuple[Network, ...] = (
    *EXTRA_BLOCKED_NET_RANGES,
    *map(
        ip_network,
        (
            "0.0.0.0/8",
            "168.63.129.16/32",  # Azure's own server on each machine
            "192.0.0.0/24",
            "224.0.0.0/3",
            "::/96",
            "::ffff:0:0/96",
            "::ffff:0:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2002::/16",
            "fec0::/10",
            "ff00::/8",
        ),
    ),
)


class Refused(Exception):
    """We do not call this address."""


class NoAnswer(Exception):
    """Nobody answered; the words name no address, because it may be a secret."""

    def __init__(self, words: str, *, is_asked: bool) -> None:
        super().__init__(words)
        self.is_asked = is_asked
        """Somebody was connected to, and may have taken what was sent all the same."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes
    """At most 64 KB, and only where it was asked for; never shown to anybody."""

    @property
    def retry_after(self) -> float | None:
        """Seconds that we are asked to wait; whoever answers may write anything there."""
        asked = self.headers.get("Retry-After", "")
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", asked):
            return None
        return min(max(1.0, float(asked)), LONGEST_WAIT)


class Client:
    """Calls addresses that fit the rules and lead nowhere else than outside, or to `allowed`."""

    def __init__(
        self, rules: Rules, *, allowed: Sequence[str] = (), deadline: float = DEADLINE
    ) -> None:
        self._rules = rules
        self._allowed = tuple(ip_network(network) for network in allowed)
        self._deadline = deadline

    def post(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        rules: Rules | None = None,
        read: bool = False,
    ) -> Reply:
        """Post it and return the answer, its body with `read`. Raise Refused or NoAnswer."""
        return self._call("POST", address, body, headers, rules or self._rules, read)

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Fetch it and return the answer with its body. Raise Refused or NoAnswer."""
        return self._call("GET", address, None, headers or {}, self._rules, True)

    def _call(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: Mapping[str, str],
        rules: Rules,
        read: bool,
    ) -> Reply:
        try:
            fitting = fit(address, rules)
        except Unfit as unfit:
            raise Refused(str(unfit)) from None
        call = _Call(self._allowed)
        try:
            return within(
                self._deadline, lambda: call.run(method, fitting, body, dict(headers), read)
            )
        except (OSError, requests.RequestException, HTTPError, ValueError) as error:
            if call.refused:
                raise Refused(call.refused) from None
            call.give_up()  # only then it is certain whether anybody was asked
            # The library's own words name the address.
            raise NoAnswer(_plain(error, call.is_asked), is_asked=call.is_asked) from None
        finally:
            call.end()


class _Call:
    """One call, with a session of its own that ends with it.

    Its thread may live on when it has ended, and look a name up: it connects to nobody then, and
    sends nothing.
    """

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        self._allowed = allowed
        self._lock = threading.Lock()
        self._has_ended = False
        self._handles: list[socket.socket] = []
        self.refused = ""
        self.is_asked = False

    def run(
        self, method: str, address: str, body: bytes | None, headers: dict[str, str], read: bool
    ) -> Reply:
        with requests.Session() as session:
            session.trust_env = False
            for scheme in ("https://", "http://"):
                session.mount(scheme, _Adapter(self))
            with session.request(
                method,
                address,
                data=body,
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"} | headers,
                timeout=(CONNECT, DEADLINE),
                allow_redirects=False,
                stream=True,
            ) as answer:
                reply = answer.raw.read(LONGEST_REPLY, decode_content=False) if read else b""
                return Reply(answer.status_code, answer.headers, reply)

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to an address that was checked a moment before, and to no other."""
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not addresses or not all(is_outside(known, self._allowed) for known in addresses):
            self.refused = "This address leads into a network that we do not call."
            raise OSError(self.refused)
        fault: OSError = OSError("no address")
        for family, kind, protocol, _name, where in found[:3]:
            made = socket.socket(family, kind, protocol)
            made.settimeout(CONNECT)
            self._hold(made)
            try:
                made.connect(where)
            except OSError as error:
                made.close()
                fault = error
            else:
                return made
        raise fault

    def _hold(self, made: socket.socket) -> None:
        with self._lock:
            if self._has_ended:
                made.close()
                raise TimeoutError("given up")
            # TLS takes the socket over; with a second handle the call can still be ended.
            self._handles.append(made.dup())

    def asks(self) -> None:
        """From here on something is sent; raise TimeoutError when the call was given up."""
        with self._lock:
            if self._has_ended:
                raise TimeoutError("given up")
            self.is_asked = True

    def give_up(self) -> None:
        """End it, and send nothing more of what waits in this machine."""
        self._end(cut)

    def end(self) -> None:
        """End what is still going on: a read that waits for the next byte ends at once."""
        self._end(lambda handle: handle.shutdown(socket.SHUT_RDWR))

    def _end(self, how: Callable[[socket.socket], None]) -> None:
        with self._lock:
            self._has_ended = True
            handles, self._handles = self._handles, []
        for handle in handles:
            with suppress(OSError):
                how(handle)
            handle.close()


class _Adapter(HTTPAdapter):
    """Connects by way of its call."""

    def __init__(self, call: _Call) -> None:
        self._call = call
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        call = self._call

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return call.connect(self.host, int(self.port or 80))

            def connect(self) -> None:
                super().connect()
                call.asks()  # which comes next

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return call.connect(self.host, int(self.port or 443))

            def connect(self) -> None:
                super().connect()
                call.asks()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def is_outside(address: IPv4Address | IPv6Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address is of the open internet, or of a network that a setting allows."""
    if any(address in network for network in allowed):
        return True
    if any(address in network for network in BLOCKED):
        return False
    return address.is_global and not address.is_multicast


def _plain(error: Exception, is_asked: bool) -> str:
    """What went wrong, in words of ours."""
    text = repr(error)
    if isinstance(error, TimeoutError | requests.Timeout):
        return "no answer in time"
    if is_asked:
        return "the connection ended before it answered"
    if isinstance(error, requests.exceptions.SSLError | ssl.SSLError):
        return "its certificate is not valid"
    if isinstance(error, socket.gaierror) or "gaierror" in text:
        return "its name is not known"
    return "it could not be reached"
