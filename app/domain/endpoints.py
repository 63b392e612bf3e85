"""Addresses on the web that a subscriber gives us: which ones we may call at all.

What stands here reads the text alone. Where a name leads to is checked when connecting, by
`app/delivery/http.py`, because a name may lead elsewhere by then.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.config import Settings
from app.words import N_

LONGEST = 2_000
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_INNER = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Unfit(ValueError):
    """We do not call this address; the message says why, in words for who typed it."""


@dataclass(frozen=True)
class Rules:
    """What an address may be."""

    plain_http: bool = False
    ports: tuple[int, ...] = (443, 8443)
    """Empty means any."""
    hosts: tuple[str, ...] = ()
    """Empty means any; else these alone, and what is below them."""
    exact: bool = False
    """The hosts alone, and nothing below them."""
    inner: bool = False
    """Whether names of one's own network are taken, such as `receiver` or `hooks.internal`."""


SLACK = Rules(ports=(443,), hosts=("hooks.slack.com",), exact=True)
TEAMS = Rules(ports=(443,), hosts=("webhook.office.com", "logic.azure.com", "powerplatform.com"))


def webhooks(settings: Settings) -> Rules:
    """What a webhook's address may be, as the settings have it."""
    return Rules(
        plain_http=settings.webhook_http,
        ports=tuple(settings.webhook_ports),
        inner=bool(settings.webhook_allow),
    )


def fit(text: str, rules: Rules) -> str:
    """The address in its one spelling; raise Unfit for one that we do not call."""
    if not text or len(text) > LONGEST or not text.isascii() or not text.isprintable():
        raise Unfit(N_("This is no web address that we can call."))
    if re.search(r"[\s\\]", text):
        raise Unfit(N_("A web address has no spaces and no backslashes."))
    try:
        parts = urlsplit(text)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as error:
        raise Unfit(N_("This is no web address that we can call.")) from error
    if parts.scheme not in (("https", "http") if rules.plain_http else ("https",)):
        raise Unfit(N_("The address starts with https://"))
    if "@" in parts.netloc or "%" in parts.netloc or parts.netloc.endswith(":"):
        raise Unfit(N_("A web address names no user and no password here."))
    _check_host(host, rules)
    usual = 443 if parts.scheme == "https" else 80
    if rules.ports and (port or usual) not in (*rules.ports, *((80,) if usual == 80 else ())):
        raise Unfit(N_("We do not call this port."))
    where = f"[{host}]" if ":" in host else host
    where += f":{port}" if port not in (None, usual) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{where}{parts.path or '/'}{query}"


def _check_host(host: str, rules: Rules) -> None:
    labels = host.split(".")
    if ":" in host or _NUMBER.fullmatch(labels[-1]):
        _check_number(host, rules)
        return
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise Unfit(N_("This is no name of a server."))
    if not rules.inner and (len(labels) == 1 or labels[-1] in _INNER):
        raise Unfit(N_("This server cannot be reached from outside."))
    if rules.hosts and not any(_is_below(labels, name, rules.exact) for name in rules.hosts):
        raise Unfit(N_("This is no address of a webhook there."))


def _check_number(host: str, rules: Rules) -> None:
    """What stands there as a number is known to lead inside without asking anybody."""
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if address is None or str(address) != host or rules.hosts:
        raise Unfit(N_("This is no name of a server."))
    if not rules.inner and (not address.is_global or address.is_multicast):
        raise Unfit(N_("This server cannot be reached from outside."))


def _is_below(labels: list[str], name: str, exact: bool) -> bool:
    wanted = name.split(".")
    return labels == wanted if exact else labels[-len(wanted) :] == wanted
