"""Messages to places of their own: webhooks, chats and phones, several at once.

One place that is slow or dead holds up one of the threads, and nobody else.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from app.db import db
from app.delivery.channel import Channel, DeliveryFailed
from app.delivery.hand import Hand
from app.delivery.letters import Letters
from app.domain import claims as holding
from app.domain import outbox, quarantine, transports
from app.domain.claims import Claim
from app.domain.flights import Flights
from app.models import Channel as Kind

AT_ONCE = 32
"""One that hangs takes one of them until its deadline: of so many, three per cent."""
KEPT = AT_ONCE // 2
"""Places kept for what customers are told: the endpoints of strangers may all hang."""
ONE_PROVIDER = {Kind.SMS}
"""Channels whose recipients are all reached through one provider: its trouble is everybody's.

Elsewhere each place is paused by itself: what is wrong with the organisation's own Slack is no
trouble of a subscriber's.
"""

Outcome = str | DeliveryFailed | Exception | None
"""The provider's answer, a failure, a fault of ours, or None when it was not wanted any more."""


class Endpoints:
    """What one worker hands over through channels whose recipients have places of their own."""

    def __init__(
        self, app: Flask, hand: Hand, channels: Mapping[Kind, Channel], flights: Flights
    ) -> None:
        self._app = app
        self._hand = hand
        self._flights = flights
        self._channels = channels
        self._pool: ThreadPoolExecutor | None = None
        self._flying: dict[Future[Outcome], tuple[Kind, Claim]] = {}
        self._own = threading.local()

    def round(self, patience: float) -> bool:
        """Note what has come back and send more; waits so long for one to come back."""
        self._collect(patience if len(self._flying) >= AT_ONCE else 0.0)
        taken = False
        known = transports.every()
        for kind, channel in self._channels.items():
            room = AT_ONCE - len(self._flying)
            if room and not (kind in ONE_PROVIDER and transports.is_paused(known.get(kind.value))):
                batch = self._claimed(kind, room)
                taken = taken or bool(batch)
                for claim in batch:
                    self._begin(kind, channel, claim)
        if not taken and self._flying:
            self._collect(patience)
        return taken or bool(self._flying)

    def _claimed(self, kind: Kind, room: int) -> list[Claim]:
        if room > KEPT:
            return holding.claim(self._hand.worker, room - KEPT, channel=kind)
        told = outbox.RANK_OF_QUESTIONS
        return holding.claim(self._hand.worker, room, channel=kind, below=told)

    def tell(self) -> None:
        """Tell the database what became of all that have come back."""
        self._collect(0.0)
        self._hand.settle()

    def close(self) -> None:
        """Wait for what is on its way."""
        while self._flying:
            self._collect(1.0)
        self._hand.settle()
        if self._pool is not None:
            self._pool.shutdown()
        for channel in self._channels.values():
            channel.close()

    def _begin(self, kind: Kind, channel: Channel, claim: Claim) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="endpoint")
        self._flying[self._pool.submit(self._send, channel, claim)] = (kind, claim)

    def _send(self, channel: Channel, claim: Claim) -> Outcome:
        """Hand one message over, in a thread of the pool."""
        with self._app.app_context():
            try:
                post = self._letters().addressed(claim)
                with self._flights.carrying(claim.id):
                    if not holding.wanted([claim]):
                        return None
                    db.session.remove()  # hands the connection back: the other side may be slow
                    self._hand.begin([claim])
                    answer = channel.send(post)
            except Exception as fault:  # it is noted in the worker's own thread
                return fault
            finally:
                db.session.remove()
            self._hand.sent_by_call([claim], answer)
            return answer

    def _letters(self) -> Letters:
        if not hasattr(self._own, "letters"):
            self._own.letters = Letters()
        letters: Letters = self._own.letters
        return letters

    def _collect(self, seconds: float) -> None:
        """Note the outcome of each that has come back."""
        if not self._flying:
            return
        done, _ = wait(self._flying, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            kind, claim = self._flying.pop(future)
            self._note(kind, claim, future.result())
        self._hand.settle()

    def _note(self, kind: Kind, claim: Claim, outcome: Outcome) -> None:
        if isinstance(outcome, DeliveryFailed):
            shared = kind in ONE_PROVIDER
            self._hand.failed([claim], outcome, kind.value, is_shared=shared)
        elif isinstance(outcome, (OperationalError, InterfaceError)):
            self._hand.give_back(claim)  # the database was away: no fault of this delivery
        elif isinstance(outcome, Exception):
            self._hand.broke(claim)
        elif outcome is not None:
            self._hand.note([claim], outcome, kind.value)
            quarantine.endpoint_worked([claim])
            if kind in ONE_PROVIDER or not claim.recipient.startswith("subscriber:"):
                self._works(kind)

    @staticmethod
    def _works(kind: Kind) -> None:
        row = transports.every().get(kind.value)
        if row is not None and row.paused_since is not None:
            transports.works(kind.value)
