"""What a worker has in hand: begun, handed over, and not yet told to the database."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from app.db import db
from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.journal import Journal
from app.domain import ledger, quarantine, transports
from app.domain.claims import Claim
from app.domain.ledger import Sent, Tried

log = structlog.get_logger("app.delivery")

MOST_FAULTS = 3
"""Times that a delivery may break the worker's own code before it is given up."""
PAUSE_OURS = timedelta(seconds=60)

Step = Callable[[], object]


class Hand:
    """Notes outcomes in the journal at once, and in the database a little later.

    Only `begin` and `sent_by_call` may be called by other threads than the worker's own.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._sent: list[Sent] = []
        self._untold: deque[Step] = deque()

    @property
    def worker(self) -> str:
        return self.journal.worker

    @property
    def is_empty(self) -> bool:
        return not self._sent and not self._untold

    def begin(self, claims: Sequence[Claim]) -> None:
        self.journal.begin([claim.id for claim in claims])

    def sent_by_call(self, claims: Sequence[Claim], answer: str) -> None:
        """Note in the journal that these have left."""
        self.journal.sent([claim.id for claim in claims], answer)

    def note(self, claims: Sequence[Claim], answer: str, transport: str) -> None:
        """Keep for the database what the journal knows already."""
        self._sent += [Sent(claim, answer, transport) for claim in claims]

    def sent(self, claims: Sequence[Claim], answer: str, transport: str) -> None:
        self.sent_by_call(claims, answer)
        self.note(claims, answer, transport)

    def settle(self) -> None:
        """Tell the database, then forget: what is told twice changes nothing."""
        self._tell()
        if self._sent:
            ledger.settle(self._sent)
            self.journal.forget([one.claim.id for one in self._sent])
            self._sent.clear()

    def failed(
        self, claims: Sequence[Claim], failure: DeliveryFailed, name: str, *, is_shared: bool = True
    ) -> None:
        """Note a failure. `is_shared` when others go the same way, and wait with these."""
        log.warning("delivery failed", count=len(claims), kind=failure.kind, transport=name)
        asked = timedelta(seconds=failure.retry_after) if failure.retry_after else None
        tried = Tried(failure.reason, failure.outcome, name, asked)
        steps: list[Step] = []
        if failure.kind is Failure.OURS:
            steps.append(partial(transports.pause, name, failure.reason, ours=True, asked=asked))
            # The next try is somebody else's: one who is refused alone must not stop them all.
            wait = asked or PAUSE_OURS if len(claims) == 1 or not is_shared else None
            steps.append(partial(ledger.hand_back, claims, reason=failure.reason, pause=wait))
        elif failure.kind is Failure.PERMANENT:
            steps.append(partial(ledger.fail, claims, tried))
            if is_shared:
                steps.append(partial(quarantine.refused, claims, failure.reason))
        elif failure.kind is Failure.UNREACHABLE and is_shared:
            steps.append(partial(transports.pause, name, failure.reason, asked=asked))
            # Where nobody was reached, one stands for all: only it counts an attempt.
            counted = claims if failure.is_ambiguous else claims[:1]
            steps.append(partial(ledger.postpone, counted, tried))
            steps.append(partial(ledger.hand_back, claims[len(counted) :]))
        else:
            steps.append(partial(ledger.postpone, claims, tried))
        if not is_shared and claims[0].recipient.startswith("subscriber:"):
            steps.append(partial(quarantine.endpoint_failed, claims[0], failure.reason))
        self._tell(claims, *steps)

    def broke(self, claim: Claim) -> None:
        """Set a delivery aside that broke our own code: it waits, and the others go on."""
        log.exception("delivery could not be prepared", delivery=claim.id)
        db.session.remove()
        tried = Tried("Something in Allclear broke while preparing this.", "ours")
        give_up = claim.attempts + 1 >= MOST_FAULTS
        self._tell([claim], partial(ledger.fail if give_up else ledger.postpone, claim, tried))

    def give_back(self, claim: Claim) -> None:
        """Give up a claim without a try that counts."""
        self._tell([claim], partial(ledger.hand_back, [claim]))

    def _tell(self, claims: Sequence[Claim] = (), *steps: Step) -> None:
        """Tell the database what failed, step by step, then forget those claims.

        What it could not be told, because it was away, is told before anything else.
        """
        if claims:
            forget = partial(self.journal.forget, [claim.id for claim in claims])
            self._untold.extend((*steps, forget))
        while self._untold:
            step = self._untold.popleft()
            try:
                step()
            except (OperationalError, InterfaceError):
                self._untold.appendleft(step)
                raise
