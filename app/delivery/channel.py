"""What every channel must do, whichever provider is behind it."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from app.content.email import Email
from app.content.posts import Post

__all__ = ["DEADLINE", "Bulk", "Call", "Channel", "DeliveryFailed", "Failure", "Post", "within"]

T = TypeVar("T")

DEADLINE = 15.0
"""Seconds that handing one message over may take in all, bytes that drip in or not.

A send that is begun ends within twice of that, whatever its size, and is begun only where the
lease lasts so long."""


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

    def __init__(
        self,
        reason: str,
        kind: Failure,
        *,
        retry_after: float | None = None,
        is_ambiguous: bool = False,
        blames_way: bool | None = None,
        culprits: Collection[int] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        self.retry_after = retry_after
        """Seconds that the provider asked us to wait."""
        self.is_ambiguous = is_ambiguous
        """It may have been taken all the same: the answer was lost on the way."""
        of_way = (Failure.UNREACHABLE, Failure.OURS)
        self.blames_way = kind in of_way if blames_way is None else blames_way
        """Whether it speaks of the way out, not of this one message or its recipient."""
        self.culprits = frozenset(culprits)
        """Which messages of a call are to blame, by their place in it, where that is known."""

    @property
    def outcome(self) -> str:
        """The word for the ledger."""
        return "ambiguous" if self.is_ambiguous else self.kind.value


class Channel(Protocol):
    """One way to hand messages over.

    Those for mails are used by one thread; all others by several threads at once.
    """

    def send(self, post: Post) -> str:
        """Hand it over and return the provider's answer or id, or raise DeliveryFailed."""

    def close(self) -> None:
        """Let go of connections; the next message opens them again."""


class Call(Generic[T]):
    """A call that has begun, in a thread of its own; after so many seconds it is given up.

    Timeouts of sockets count from the last byte, so a server that sends one now and then could
    hold a worker for ever. What is given up ends by itself.
    """

    def __init__(self, call: Callable[[], T], seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._outcome: list[T] = []
        self._faults: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True, name="call")
        self._thread.start()

    def result(self) -> T:
        """The call's result, once there is one; raise TimeoutError when there is none in time."""
        self._thread.join(max(0.0, self._until - time.monotonic()))
        if self._faults:
            raise self._faults[0]
        if not self._outcome:
            raise TimeoutError("no answer in time")
        return self._outcome[0]

    def _run(self, call: Callable[[], T]) -> None:
        try:
            self._outcome.append(call())
        except BaseException as fault:  # it is raised again above, in the thread that waits
            self._faults.append(fault)


@runtime_checkable
class Bulk(Channel, Protocol):
    """A channel that hands over many mails of one letter in one call."""

    most: int
    """Mails that one call may carry."""

    def pack(self, mails: Sequence[Email]) -> Any:
        """What one call carries: mails of one letter, each to another address."""

    def begin(self, packed: Any) -> Call[str]:
        """Begin to hand it over; the call's result is the answer, or DeliveryFailed is raised."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """The call's result; after so many seconds it is given up, however slowly bytes drip in."""
    return Call(call, seconds).result()


def name_of(channel: Channel) -> str:
    """What the ledger calls a way out: `smtp`, `sendgrid`, `slack`, …"""
    return str(getattr(channel, "name", type(channel).__name__.lower()))
