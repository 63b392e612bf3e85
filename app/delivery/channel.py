"""What every channel must do, whichever provider is behind it."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar

from app.content.posts import Post

__all__ = ["DEADLINE", "Channel", "DeliveryFailed", "Failure", "Post", "within"]

T = TypeVar("T")

DEADLINE = 30.0
"""Seconds that handing one message over may take in all; much shorter than a lease."""


class Failure(StrEnum):
    """Whose fault it is that a message was not taken."""

    TEMPORARY = "temporary"
    """This message may be taken later."""
    PERMANENT = "permanent"
    """This message will never be taken by this recipient."""
    UNREACHABLE = "unreachable"
    """The provider is not there: others need not be tried for a moment."""
    OURS = "ours"
    """Our key or our settings are wrong: everything waits, and nothing counts as tried."""


class DeliveryFailed(Exception):
    """The provider did not take the message."""

    def __init__(self, reason: str, kind: Failure, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        self.retry_after = retry_after
        """Seconds that the provider asked us to wait."""


class Channel(Protocol):
    """One way to hand messages over. Used by one thread."""

    def send(self, post: Post) -> str:
        """Hand it over and return the provider's answer or id, or raise DeliveryFailed."""

    def close(self) -> None:
        """Let go of connections; the next message opens them again."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """The call's result; after so many seconds it is given up, however slowly bytes drip in.

    Timeouts of sockets count from the last byte, so a server that sends one now and then could
    hold a worker for ever. What is given up ends by itself in a thread of its own.
    """
    outcome: list[T] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as fault:  # it is raised again below, in the thread that waits
            faults.append(fault)

    thread = threading.Thread(target=run, daemon=True, name="call")
    thread.start()
    thread.join(seconds)
    if faults:
        raise faults[0]
    if not outcome:
        raise TimeoutError("no answer in time")
    return outcome[0]
