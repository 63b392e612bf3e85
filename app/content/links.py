"""Every address that leaves in a message: from the configured public address, never a request's."""

from collections.abc import Collection

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


def personal(code: str, names: Collection[str], *, key: str) -> dict[str, str]:
    """A subscriber's own links by their names, those that are among `names`."""
    base = settings().public_url
    return {
        name: f"{base}{path}{tokens.make(purpose, code, key=key)}"
        for name, (path, purpose) in _PERSONAL.items()
        if name in names
    }
