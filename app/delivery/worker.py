"""Hands over what the outbox owes. Any number of workers may run at once."""

import threading
import time
from collections.abc import Mapping

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from app.db import db
from app.delivery import journal
from app.delivery.channel import Channel
from app.delivery.endpoints import Endpoints
from app.delivery.hand import Hand
from app.delivery.heart import Heart
from app.delivery.journal import Journal
from app.delivery.letters import Letters
from app.delivery.mails import Mails
from app.delivery.routes import Routes
from app.domain import deliveries, holdings, ledger, outbox, provider_events, purging, retraction
from app.domain.flights import Flights
from app.models import Channel as Kind
from app.signals import owed

log = structlog.get_logger("app.delivery")

POLL = 0.5
"""Seconds between looks at the database when nothing wakes us."""
CHORES = 30.0
"""Seconds between looks for workers that died and sign-ups that nobody confirmed."""
FORGET = 3600.0
"""Seconds between looks for addresses that the ledger need not name any more."""
PATIENCE = 0.25
"""Seconds to wait for one of the endpoints, where no mail waits meanwhile."""
A_MOMENT = 1.0
"""Seconds without the database that are no absence: a lock that somebody held for long."""
OTHERS_TELL = 6.0
"""Seconds that all workers have at most to tell a database that is back what they have sent.

A little more than it takes to give up one way to it and to try the next."""


class Worker:
    """Expands announcements, claims deliveries, hands them over and settles them.

    Runs in one thread, with channels of its own: one for mails, a `second` way for them when
    that one fails, and those whose recipients have places of their own.
    """

    def __init__(
        self,
        app: Flask,
        channels: Mapping[Kind, Channel],
        second: Channel | None = None,
        heart: Heart | None = None,
    ) -> None:
        self._app = app
        self._heart = heart or Heart()
        self._chores_at = 0.0
        self._forget_at = 0.0
        self._away_since: float | None = None
        self._take_at = 0.0
        self._folder = app.config["ALLCLEAR"].data_dir / "workers"
        self._journal = Journal(self._folder)
        self._hand = Hand(self._journal)
        flights = Flights(self._journal.worker)
        others: dict[Kind, Channel] = dict(channels)
        others.pop(Kind.EMAIL, None)
        self._endpoints = Endpoints(app, self._hand, others, flights) if others else None
        self._others = tuple(others)
        self._mails = None
        if Kind.EMAIL in channels:
            routes = Routes(channels[Kind.EMAIL], second)
            self._mails = Mails(self._hand, Letters(), routes, self._heart, flights)

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
        """Finish what is on its way, and let go of everything."""
        with self._app.app_context():
            try:
                for part in (self._mails, self._endpoints):
                    if part is not None:
                        part.close()
            except Exception:
                log.exception("a worker could not finish what it had in hand")
            finally:
                db.session.remove()
        self._journal.close(keep=not self._hand.is_empty)

    def _wait(self, stop: threading.Event, woken: threading.Event) -> None:
        until = time.monotonic() + POLL
        while time.monotonic() < until and not stop.is_set() and not woken.wait(0.25):
            pass
        woken.clear()

    def _round(self, stop: threading.Event) -> bool:
        """Do what there is to do once; False when there was nothing."""
        with self._app.app_context():
            try:
                is_due = time.monotonic() >= self._chores_at
                if is_due or self._away_since is not None:
                    self._tell()
                if time.monotonic() < self._take_at:
                    return False
                if is_due:
                    self._chores()
                busy = self.work(stop)
                self._heart.beat()
                return busy
            except (OperationalError, InterfaceError) as error:
                # The database may be gone for a while. The worker must outlive that: it is
                # what sends the news about it.
                self._heart.misses(error)
                self._away_since = self._away_since or time.monotonic()
                return False
            except Exception:
                log.exception("a round of deliveries failed")
                return False
            finally:
                db.session.remove()

    def work(self, stop: threading.Event | None = None) -> bool:
        """Hand over one batch of mails, and what fits of the others; False when idle."""
        stop = stop or threading.Event()
        # Pages of mails are written by who sends them, and bear its claim from the first moment.
        busy = self._mails.round(stop) if self._mails else outbox.expand(only=self._others)
        if self._endpoints is not None and not stop.is_set():
            busy = self._endpoints.round(0.0 if busy else PATIENCE) or busy
        return busy

    def _tell(self) -> None:
        """Tell the database all that it does not know yet of what was handed over.

        While it was away leases ran out, of what was sent as well. So before anybody takes what
        seems to be left behind, each tells what it has, and leaves the others time for that.
        """
        for part in (self._mails, self._endpoints):
            if part is not None:
                part.tell()
        if self._away_since is not None:
            db.session.execute(select(1))
            gone = time.monotonic() - self._away_since
            self._take_at = time.monotonic() + (min(gone, OTHERS_TELL) if gone > A_MOMENT else 0)
            self._away_since = None

    def _chores(self) -> None:
        for dead in journal.of_the_dead(self._folder):
            ledger.recover(dead.worker, sent=dead.sent, begun=dead.begun)
            log.info("recovered", worker=dead.worker, sent=len(dead.sent))
        holdings.sweep()
        retraction.sweep()
        purging.purge()
        if time.monotonic() >= self._forget_at:
            while deliveries.forget_old_addresses():
                pass
            provider_events.forget_old()
            self._forget_at = time.monotonic() + FORGET
        self._chores_at = time.monotonic() + CHORES
