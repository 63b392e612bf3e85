"""Every address that leaves in a message: from the configured public address, never a request's."""

from collections.abc import Callable, Collection, Sequence

from app.config import settings
from app.domain import tokens
from app.domain.tokens import Purpose


def to(path: str) -> str:
    """The full address of a path of ours."""
    return settings().public_url + path


def home() -> str:
    return to("/")


def subscribe() -> str:
    return to("/subscribe")


def incident(code: str) -> str:
    return to(f"/incidents/{code}")


def console_incident(code: str) -> str:
    return to(f"/console/incidents/{code}")


def confirm(code: str) -> str:
    return to(f"/s/confirm/{tokens.make(Purpose.CONFIRM, code)}")


def manage(code: str) -> str:
    return to(f"/s/{tokens.make(Purpose.MANAGE, code)}")


def leave(code: str) -> str:
    return to(f"/u/{tokens.make(Purpose.LEAVE, code)}")


_PERSONAL = {
    "confirm": ("/s/confirm/", Purpose.CONFIRM),
    "manage": ("/s/", Purpose.MANAGE),
    "leave": ("/u/", Purpose.LEAVE),
}


Maker = Callable[[Sequence[str]], list[str]]
"""Makes the links of many subscribers from their codes."""


def makers(names: Collection[str], *, key: str) -> list[tuple[str, Maker]]:
    """For those of a subscriber's own links that are named: what makes them from the codes."""
    return [
        (name, _maker(settings().public_url + path, purpose, key))
        for name, (path, purpose) in _PERSONAL.items()
        if name in names
    ]


def _maker(start: str, purpose: Purpose, key: str) -> Maker:
    return lambda codes: [start + token for token in tokens.make_all(purpose, codes, key=key)]
