"""Mails: handed over one after another, or many in a call while the next are made ready."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy.exc import InterfaceError, OperationalError

from app import clock
from app.content.email import Email, Letter
from app.db import db
from app.delivery.channel import DEADLINE, Bulk, Call, DeliveryFailed, Failure
from app.delivery.hand import Hand
from app.delivery.heart import Heart
from app.delivery.letters import Letters, calls
from app.delivery.routes import Route, Routes
from app.domain import claims as holding
from app.domain import holdings, ledger, outbox
from app.domain.claims import Check, Claim
from app.domain.flights import SLICE, Flights
from app.models import Channel as Kind

BATCH = 200
"""Mails claimed at once where each is handed over by itself; settled at least once a second."""
QUESTIONS = 10
"""Of what strangers cause, claimed at once: an update waits for no more than so many of them."""
SETTLE_AFTER = 1.0
LOOK_AFTER = 0.25
"""Seconds between looks for deliveries that were owed before, while others are written."""


class Mail(NamedTuple):
    """A mail ready to go, and the claim it belongs to."""

    claim: Claim
    email: Email


class Flight(NamedTuple):
    """A call on its way."""

    route: Route
    claims: list[Claim]
    call: Call[str]


class Mails:
    """The mails of one worker. Whatever happens, each claim is settled or given back."""

    def __init__(
        self, hand: Hand, letters: Letters, routes: Routes, heart: Heart, flights: Flights
    ) -> None:
        self._hand = hand
        self._flights = flights
        self._heart = heart
        self._letters = letters
        self._routes = routes
        self._known = outbox.Known()
        self._look_at = 0.0
        self._ready: deque[list[Claim]] = deque()
        self._flight: Flight | None = None
        self._went_well = True
        self._holds = False

    def round(self, stop: threading.Event) -> bool:
        """Take what is owed and hand it over; False when there was nothing."""
        busy = self._round(stop)
        if not busy:
            self._let_go()
        return busy

    def _round(self, stop: threading.Event) -> bool:
        self._hand.settle()  # what could not be told to the database before
        route = self._routes.choose()
        if route is None:
            self._land()
            self._give_back()
            return bool(outbox.expand())
        if isinstance(route.channel, Bulk):
            return self._in_calls(route, route.channel, stop)
        self._land()
        self._give_back()
        batch = self._taken(route, BATCH)
        self._one_by_one(route, batch or [], stop)
        return batch is not None

    def tell(self) -> None:
        """Wait for what is on its way, and tell the database all that was handed over."""
        self._land()
        self._hand.settle()

    def close(self) -> None:
        """Wait for what is on its way, and give the rest back."""
        self.tell()
        self._give_back()
        self._let_go()
        for channel in self._routes.channels:
            channel.close()

    def _taken(self, route: Route, most: int) -> list[Claim] | None:
        """Claims of what was owed before, or of what is written now; None when there is nothing."""
        now, name = time.monotonic(), route.name
        limit = most if route.is_proven else 1
        queued = partial(holding.claim, self._hand.worker, channel=Kind.EMAIL, transport=name)
        if now >= self._look_at:
            if found := queued(limit, below=outbox.RANK_OF_QUESTIONS):
                return found
            self._look_at = now + LOOK_AFTER
        directly = {Kind.EMAIL} if route.is_proven else set()
        written = outbox.expand_for(self._hand.worker, directly, page=most, known=self._known)
        if not written:
            self._look_at = 0.0
        self._holds = self._holds or bool(written)
        # What strangers cause comes when no update has pages to be written any more.
        return queued(min(limit, QUESTIONS)) or None if written is None else written

    def _one_by_one(self, route: Route, batch: list[Claim], stop: threading.Event) -> None:
        settled_at = time.monotonic()
        waiting = deque(batch)
        try:
            with holding.checking() as still_wanted:
                while waiting and not stop.is_set() and _may_begin(waiting[0]):
                    self._flights.take_off(every=SLICE)
                    goes_on = self._hand_over(route, waiting[0], still_wanted)
                    waiting.popleft()
                    if not goes_on:
                        break  # the way is paused
                    if time.monotonic() - settled_at > SETTLE_AFTER:
                        self._hand.settle()
                        self._heart.beat()
                        settled_at = time.monotonic()
        finally:
            self._flights.land()
            # Kept until it is given back: with the database away that is a later round.
            if waiting:
                self._ready.append(list(waiting))
            self._hand.settle()
            self._give_back()

    def _hand_over(self, route: Route, claim: Claim, still_wanted: Check) -> bool:
        """Hand one mail over, or note why that failed; False when the way is to be left alone."""
        for mail in self._addressed([claim]):
            if not still_wanted([claim]):
                return True
            self._hand.begin([claim])
            try:
                answer = route.channel.send(mail.email)
            except DeliveryFailed as failure:
                return self._failed(route, [claim], failure)
            except (OperationalError, InterfaceError):
                raise  # the database is away; that is no fault of this delivery
            except Exception:
                self._hand.broke(claim)
                return True
            self._hand.sent([claim], answer, route.name)
            self._routes.went_well(route.name, not route.is_proven)
        return True

    def _addressed(self, claims: Sequence[Claim]) -> list[Mail]:
        """The mails of claims that are told the same; what cannot be made ready is set aside."""
        try:
            letter = self._letters.of(claims[0])  # one for all: a call carries one letter
            assert isinstance(letter, Letter)  # noqa: S101  # as the composer of mails says
            emails = letter.addressed_all([(claim.recipient, claim.address) for claim in claims])
            return list(map(Mail, claims, emails))
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # A bug must not stop the queue: this message waits, the others go on.
            if len(claims) == 1:
                self._hand.broke(claims[0])
                return []
        return [mail for claim in claims for mail in self._addressed([claim])]

    def _in_calls(self, route: Route, channel: Bulk, stop: threading.Event) -> bool:
        """Make the next call ready while one is on its way, then wait for that and send it.

        Never more than one: so each call leaves the same time to make the next one ready.
        """
        batch: list[Claim] | None = []
        if not self._ready and not stop.is_set():
            batch = self._taken(route, channel.most)
            self._ready.extend(calls(batch or [], channel.most))
        if not self._ready:
            was_flying = self._land()
            return was_flying or batch is not None
        claims = self._ready.popleft()
        try:
            mails = self._addressed(claims)
            packed = channel.pack([mail.email for mail in mails]) if mails else None
            may_go = self._land_well(route) and not stop.is_set() and _may_begin(claims[0])
            if packed is None or not may_go:
                ledger.hand_back([mail.claim for mail in mails])
                self._give_back()
                return True
            self._launch(route, channel, mails, packed)
        except (OperationalError, InterfaceError):
            self._ready.appendleft(claims)  # the database is away; what it said is still true
            raise
        self._hand.settle()
        return True

    def _launch(self, route: Route, channel: Bulk, mails: list[Mail], packed: object) -> None:
        """Begin a call with those that are still wanted at this moment."""
        self._flights.take_off()
        wanted = holding.wanted([mail.claim for mail in mails])
        if len(wanted) < len(mails):
            ids = {claim.id for claim in wanted}
            mails = [mail for mail in mails if mail.claim.id in ids]
            if not mails:
                return
            packed = channel.pack([mail.email for mail in mails])
        claims = [mail.claim for mail in mails]
        self._hand.begin(claims)
        self._flight = Flight(route, claims, channel.begin(packed))

    def _land_well(self, route: Route) -> bool:
        """Wait for the call on its way; False when the next should not follow it."""
        flight = self._flight
        if flight is None:
            return True
        self._land()
        return self._went_well and flight.route.name == route.name

    def _land(self) -> bool:
        """Wait for the call on its way and note what became of it."""
        flight, self._flight = self._flight, None
        if flight is None:
            self._flights.land()  # nobody was left to be told
            return False
        self._went_well = True
        try:
            answer = self._landed(flight.call)
        except DeliveryFailed as failure:
            self._went_well = failure.kind is Failure.PERMANENT
            self._failed(flight.route, flight.claims, failure)
        else:
            self._hand.sent(flight.claims, answer, flight.route.name)
            self._routes.went_well(flight.route.name, not flight.route.is_proven)
        return True

    def _landed(self, call: Call[str]) -> str:
        db.session.remove()  # hands the connection back: the provider may be slow
        try:
            return call.result()
        finally:
            self._flights.land()

    def _failed(self, route: Route, claims: list[Claim], failure: DeliveryFailed) -> bool:
        """Note a failure; False when the way is to be left alone."""
        failure = self._routes.judged(route.name, failure, claims)
        if failure.kind is Failure.PERMANENT and len(claims) > 1:
            claims = self._blamed(claims, failure)
        if claims:
            self._hand.failed(claims, failure, route.name)
        is_led_away = self._routes.failed(route.name, failure)
        return not is_led_away and failure.kind not in (Failure.OURS, Failure.UNREACHABLE)

    def _blamed(self, claims: list[Claim], failure: DeliveryFailed) -> list[Claim]:
        """Those that a refusal is about; the others are sent again, in halves if need be."""
        guilty = [claim for at, claim in enumerate(claims) if at in failure.culprits]
        others = [claim for at, claim in enumerate(claims) if at not in failure.culprits]
        self._hand.journal.forget([claim.id for claim in others])
        half = (len(others) + 1) // 2
        parts = [others] if guilty else [others[:half], others[half:]]
        self._ready.extendleft(part for part in parts if part)
        return guilty

    def _let_go(self) -> None:
        """Say that the pages we wrote are dealt with, when nothing of them is in hand."""
        if self._holds and not self._ready and self._flight is None and self._hand.is_empty:
            holdings.let_go(self._hand.worker)
            self._holds = False

    def _give_back(self) -> None:
        while self._ready:
            ledger.hand_back(self._ready[0])
            self._ready.popleft()


def _may_begin(claim: Claim) -> bool:
    """Whether one more send would end within the lease."""
    return claim.lease_until - clock.now() > timedelta(seconds=DEADLINE * 2)
