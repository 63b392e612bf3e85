"""Hands over what the outbox owes. Any number of workers may run at once."""

import threading
import time
from collections.abc import Mapping
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from app import clock
from app.content import posts
from app.content.posts import Composed, Post
from app.db import db
from app.delivery import journal
from app.delivery.channel import DEADLINE, Channel, DeliveryFailed, Failure
from app.delivery.heart import Heart
from app.delivery.journal import Journal
from app.domain import ledger, outbox, subscribers
from app.domain.ledger import Claim
from app.models import Announcement
from app.models import Channel as Kind
from app.signals import owed

log = structlog.get_logger("app.delivery")

BATCH = 100
"""Deliveries claimed at once; settled together, at least once a second."""
POLL = 2.0
"""Seconds between looks at the database when nothing wakes us."""
CHORES = 30.0
"""Seconds between looks for workers that died and sign-ups that nobody confirmed."""
MOST_FAULTS = 3
"""Times that a delivery may break the worker's own code before it is given up."""
PAUSE_OURS = 60.0
PAUSES_UNREACHABLE = (5.0, 10.0, 20.0, 40.0, 60.0)


class Worker:
    """Expands announcements, claims deliveries, hands them over and settles them.

    Runs in one thread, with channels of its own.
    """

    def __init__(
        self, app: Flask, channels: Mapping[Kind, Channel], heart: Heart | None = None
    ) -> None:
        self._app = app
        self._heart = heart or Heart()
        self._channels = channels
        self._letters: dict[int, Composed] = {}
        self._paused_until = dict.fromkeys(channels, 0.0)
        self._misses = dict.fromkeys(channels, 0)
        self._chores_at = 0.0
        self._folder = app.config["ALLCLEAR"].data_dir / "workers"
        self._journal = Journal(self._folder)
        self._sent: list[tuple[Claim, str]] = []
        """Handed over, and in the journal, but not yet told to the database."""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is in hand then is finished first."""
        woken = threading.Event()

        def wake(_sender: object) -> None:
            woken.set()

        owed.connect(wake)
        try:
            while not stop.is_set():
                if not self._round(stop):
                    self._wait(stop, woken)
        finally:
            owed.disconnect(wake)
            self.close()

    def close(self) -> None:
        """Let go of everything."""
        for channel in self._channels.values():
            channel.close()
        self._journal.close(keep=bool(self._sent))

    def _wait(self, stop: threading.Event, woken: threading.Event) -> None:
        until = time.monotonic() + POLL
        while time.monotonic() < until and not stop.is_set() and not woken.wait(0.25):
            pass
        woken.clear()

    def _round(self, stop: threading.Event) -> bool:
        """Do what there is to do once; False when there was nothing."""
        with self._app.app_context():
            try:
                if time.monotonic() >= self._chores_at:
                    self._chores()
                busy = self.work(stop)
                self._heart.beat()
                return busy
            except Exception:
                # The database may be gone for a while. The worker must outlive that: it is
                # what sends the news about it.
                log.exception("a round of deliveries failed")
                return False
            finally:
                db.session.remove()

    def work(self, stop: threading.Event | None = None) -> bool:
        """Expand one page and hand over one batch of each channel; False when idle."""
        self._settle()  # what could not be told to the database before
        busy = outbox.expand()
        for kind in self._channels:
            if time.monotonic() >= self._paused_until[kind]:
                batch = ledger.claim(self._journal.worker, BATCH, channel=kind)
                self._deliver(kind, batch, stop or threading.Event())
                busy = busy or bool(batch)
        return busy

    def _deliver(self, kind: Kind, batch: list[Claim], stop: threading.Event) -> None:
        """Hand over a batch. Whatever happens, each claim is settled or given back."""
        self._letters.clear()  # a correction made meanwhile goes out in its new words
        settled_at = time.monotonic()
        waiting = list(reversed(batch))
        try:
            while waiting and not stop.is_set() and self._may_begin(kind, waiting[-1]):
                self._hand_over(kind, waiting.pop())
                if time.monotonic() - settled_at > 1:
                    self._settle()
                    self._heart.beat()
                    settled_at = time.monotonic()
        finally:
            self._settle()
            if waiting:
                ledger.hand_back(waiting)

    def _may_begin(self, kind: Kind, claim: Claim) -> bool:
        """Whether one more send would end within the lease, and the channel is there."""
        if time.monotonic() < self._paused_until[kind]:
            return False
        return claim.lease_until - clock.now() > timedelta(seconds=DEADLINE * 2)

    def _hand_over(self, kind: Kind, claim: Claim) -> None:
        """Hand one message over, or note why that failed."""
        try:
            if not ledger.is_wanted(claim):
                return
            post = self._post(claim)
            self._journal.begin(claim.id)
            answer = self._channels[kind].send(post)
        except DeliveryFailed as failure:
            self._note(kind, claim, failure)
        except (OperationalError, InterfaceError):
            raise  # the database is away; that is no fault of this delivery
        except Exception:
            # A bug must not stop the queue: this message waits, the others go on.
            log.exception("delivery could not be prepared", delivery=claim.id)
            db.session.remove()
            reason = "Something in Allclear broke while preparing this."
            give_up = claim.attempts + 1 >= MOST_FAULTS
            (ledger.fail if give_up else ledger.postpone)(claim, reason)
        else:
            self._journal.sent(claim.id, answer)
            self._sent.append((claim, answer))
            self._misses[kind] = 0

    def _post(self, claim: Claim) -> Post:
        letter = self._letters.get(claim.announcement_id)
        if letter is None:
            announcement = db.session.get_one(Announcement, claim.announcement_id)
            letter = self._letters[claim.announcement_id] = posts.compose(announcement)
            db.session.remove()  # hands the connection back: the provider may be slow
        return letter.addressed(claim.recipient, claim.address)

    def _note(self, kind: Kind, claim: Claim, failure: DeliveryFailed) -> None:
        log.warning("delivery failed", delivery=claim.id, kind=failure.kind.value)
        asked = timedelta(seconds=failure.retry_after) if failure.retry_after else None
        if failure.kind is Failure.PERMANENT:
            ledger.fail(claim, failure.reason)
        elif failure.kind is Failure.OURS:
            self._pause(kind, PAUSE_OURS, failure)
            ledger.hand_back([claim], reason=failure.reason, pause=timedelta(seconds=PAUSE_OURS))
        else:
            ledger.postpone(claim, failure.reason, pause=asked)
        if failure.kind is Failure.UNREACHABLE:
            miss = min(self._misses[kind], len(PAUSES_UNREACHABLE) - 1)
            self._misses[kind] += 1
            self._pause(kind, failure.retry_after or PAUSES_UNREACHABLE[miss], failure)

    def _pause(self, kind: Kind, seconds: float, failure: DeliveryFailed) -> None:
        self._paused_until[kind] = time.monotonic() + seconds
        log.warning("channel paused", channel=kind.value, seconds=seconds, kind=failure.kind.value)

    def _settle(self) -> None:
        """Tell the database, then forget: what is told twice changes nothing."""
        ledger.settle(self._sent)
        self._sent.clear()
        self._journal.clear()

    def _chores(self) -> None:
        for dead in journal.of_the_dead(self._folder):
            ledger.recover(dead.worker, sent=dead.sent, begun=dead.begun)
            log.info("recovered", worker=dead.worker, sent=len(dead.sent))
        subscribers.purge()
        self._chores_at = time.monotonic() + CHORES
