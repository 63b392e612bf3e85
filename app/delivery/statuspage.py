"""Fetches the public API of another status page, to bring it in."""

import json
import socket
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress

from app.delivery.channel import within
from app.errors import Rejected

NAMES = ("summary", "components", "incidents", "scheduled-maintenances")
"""The documents that hold everything that the API tells."""
TIMEOUT = (5.0, 20.0)
DEADLINE = 60.0
LARGEST = 32 * 1024 * 1024
CHUNK = 65_536
# What the library lets pass and leads inside: addresses of IPv4 written as IPv6, Azure's own.
GAPS = tuple(
    map(ip_network, ("::/96", "::ffff:0:0:0/96", "fec0::/10", "168.63.129.16/32", "0.0.0.0/8"))
)


def fetch(
    address: str,
    *,
    stand_in: requests.Session | None = None,
    step: Callable[[str], object] = lambda _place: None,
) -> list[tuple[str, Any]]:
    """The documents of the page at this address, each with its own; `step` hears of each.

    An address that ends in .json is that one document. Raise Rejected with what went wrong.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http") or parts.username:
        raise Rejected(form=f"{address} is no address of a page. Write https://status.example.org")
    places = [address]
    if not parts.path.endswith(".json"):
        places = [f"{parts.scheme}://{parts.netloc}/api/v2/{name}.json" for name in NAMES]
    found = []
    with stand_in or _session() as session:
        for place in places:
            step(place)
            if stand_in is None:
                _check(host, place)
            found.append((place, parse(place, _get(session, place))))
    return found


def parse(place: str, text: bytes) -> Any:
    """The values of a JSON text; raise Rejected with the place of what is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Rejected(form=f"{place} is no JSON. Is this a page of Statuspage?") from None


def _get(session: requests.Session, place: str) -> bytes:
    try:
        return within(DEADLINE, lambda: _read(session, place))
    except InvalidIPAddress:
        raise _inside(place) from None
    except (requests.RequestException, OSError) as error:
        raise Rejected(form=f"{place} could not be reached: {type(error).__name__}.") from error


def _read(session: requests.Session, place: str) -> bytes:
    with session.get(
        place,
        stream=True,
        allow_redirects=False,
        timeout=TIMEOUT,
        headers={"Accept": "application/json"},
    ) as answer:
        if 300 <= answer.status_code < 400:
            leads_to = answer.headers.get("Location", "elsewhere")[:200]
            raise Rejected(form=f"{place} leads to {leads_to}. Import that address.")
        if answer.status_code != 200:
            raise Rejected(form=f"{place} answered {answer.status_code}.")
        read = bytearray()
        for chunk in answer.iter_content(CHUNK):
            read += chunk
            if len(read) > LARGEST:
                raise Rejected(form=f"{place} is larger than {LARGEST // 1024**2} MiB.")
        return bytes(read)


def _check(host: str, place: str) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Rejected(form=f"{place} could not be reached: nobody knows that name.") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if any(one in gap for one in addresses for gap in GAPS if gap.version == one.version):
        raise _inside(place)


def _inside(place: str) -> Rejected:
    return Rejected(
        form=f"{place} leads into our own network. Save what it answers as files, and import those."
    )


def _session() -> requests.Session:
    session: requests.Session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=TIMEOUT,
        )
    )
    session.trust_env = False
    return session
