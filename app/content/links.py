"""Every address that leaves in a message: from the configured public address, never a request's."""

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
