"""Which way mail goes: the first one, or around it while it fails."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import NamedTuple

import structlog

from app.delivery.channel import Channel, DeliveryFailed, Failure, name_of
from app.domain import transports
from app.domain.claims import Claim
from app.models import Transport

log = structlog.get_logger("app.delivery")

MEMORY = 5
MOST_FAILURES = 3
"""Failed calls among the last few from which on a way is said to fail."""
LONG_WAIT = 60.0
"""Seconds: who asks us to wait so long has said that it fails."""
PROBES = 3
"""Successes after which a way is trusted again."""
CREDIT = 10
"""New recipients that may be refused in a row, after one was taken, before the way is blamed."""


class Route(NamedTuple):
    """A way out, to be used for the next messages."""

    channel: Channel
    name: str
    is_proven: bool
    """Else one message tries it first."""


class Routes:
    """The ways out for mails, the first before the second. Used by one thread."""

    def __init__(self, first: Channel, second: Channel | None = None) -> None:
        self._first, self._second = first, second
        self._name = name_of(first)
        self._went_well: deque[bool] = deque(maxlen=MEMORY)
        self._probes = 0
        self._credit: Counter[str] = Counter()

    @property
    def channels(self) -> list[Channel]:
        return [self._first, *([self._second] if self._second else [])]

    def choose(self) -> Route | None:
        """The way for the next messages; None while every way is paused."""
        known = transports.every()
        row = known.get(self._name)
        if row is not None and row.is_down and self._second is not None:
            if self._probes or transports.may_probe(self._name):
                return Route(self._first, self._name, False)
            return _open(self._second, known)
        return _open(self._first, known)

    def went_well(self, name: str, was_paused: bool) -> None:
        """Note that a call of this way succeeded."""
        self._credit[name] = CREDIT
        if name != self._name:
            if was_paused:
                transports.works(name)
            return
        self._went_well.append(True)
        if not was_paused:
            return
        row = transports.every().get(name)
        if row is None or not row.is_down:
            transports.works(name)
            return
        self._probes += 1
        if self._probes >= PROBES:
            self._probes = 0
            if transports.lead_back(name):
                self._went_well.clear()
                log.warning("mail is led the first way again", transport=name)

    def judged(self, name: str, failure: DeliveryFailed, claims: Sequence[Claim]) -> DeliveryFailed:
        """The failure, blamed on the way or on its recipient where a server leaves that open.

        While others are taken it is the recipient's, who is tried again later. Whoever was tried
        before says nothing new of the way.
        """
        if failure.blames_way or failure.kind is Failure.PERMANENT:
            return failure
        of_way = not claims[0].attempts and not self._credit[name]
        if not claims[0].attempts and self._credit[name]:
            self._credit[name] -= 1
        kind = failure.kind if of_way else Failure.TEMPORARY
        return DeliveryFailed(
            failure.reason,
            kind,
            retry_after=failure.retry_after,
            is_ambiguous=failure.is_ambiguous,
            blames_way=of_way,
        )

    def failed(self, name: str, failure: DeliveryFailed) -> bool:
        """Note a failed call; lead mail around this way when it fails too often: then True."""
        if not failure.blames_way or name != self._name:
            return False
        self._probes = 0
        self._went_well.append(False)
        fails = self._went_well.count(False) >= MOST_FAILURES
        fails = fails or failure.kind is Failure.OURS or (failure.retry_after or 0) >= LONG_WAIT
        if not fails or self._second is None or not transports.lead_away(name):
            return False
        self._went_well.clear()
        log.warning("mail is led around a way that fails", transport=name)
        return True


def _open(channel: Channel, known: dict[str, Transport]) -> Route | None:
    name = name_of(channel)
    row = known.get(name)
    if transports.is_paused(row):
        return None
    return Route(channel, name, row is None or row.paused_since is None)
