"""What became of claims: settled, postponed, given up or handed back, in sets.

Each verb takes as many deliveries as there are and costs a few statements, never one for each.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from secrets import SystemRandom
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, insert, or_, select
from sqlalchemy import update as change

from app import clock
from app.db import db, transaction
from app.domain import holdings, order, remarks
from app.domain.claims import BY_ENDS, BY_IDS, IS_OWED, IS_QUEUED, Claim, chunks, ends_of
from app.models import Attempt, Delivery, DeliveryState

PAUSES = tuple(
    timedelta(seconds=pause)
    for pause in (30, 60, 120, 300, 600, 1200, 1800, 3600, 3600, 3600, 3600)
)
"""Between one attempt and the next: more than five hours in all, four even with the jitter."""
JITTER = 0.2

_random = SystemRandom()


class Sent(NamedTuple):
    """What was handed over, with the provider's answer or id."""

    claim: Claim
    answer: str
    transport: str = ""


def settle(sent: Sequence[Sent]) -> None:
    """Note what was handed over in one transaction.

    A delivery that another worker took over meanwhile is left to that one. What waits in the
    queue again, because its lease ran out, or was cancelled while it was on its way, is noted as
    sent, because it was.
    """
    if not sent:
        return
    now = clock.now()
    alone: list[dict[str, Any]] = []
    with transaction() as session:
        connection = session.connection()
        for (answer, transport, worker), group in groupby(
            sent, key=lambda one: (one.answer, one.transport, one.claim.worker)
        ):
            ids = [one.claim.id for one in group]
            said = {"answer": remarks.kept(answer), "by": transport}
            values = {"now": now, "worker": worker, **said}
            if len(ids) == 1:
                alone.append({"one": ids[0], **values})
                continue
            if (ends := ends_of(ids)) is not None:
                connection.execute(_SETTLE_PAGE, ends | values)
                continue
            for chunk in chunks(ids):
                connection.execute(_SETTLE_MANY, {"ids": chunk, **values})
        if alone:
            connection.execute(_SETTLE_ONE, alone)


def _is_left_to(worker: Any) -> ColumnElement[bool]:
    """Whether no other worker has it: who sent it may say so, though its lease ran out."""
    return or_(Delivery.claimed_by == worker, and_(Delivery.claimed_by == "", IS_OWED))


_settled = (
    change(Delivery)
    .where(_is_left_to(bindparam("worker")))
    .values(
        state=DeliveryState.SENT,
        settled_at=bindparam("now"),
        provider_id=bindparam("answer"),
        transport=bindparam("by"),
        attempts=Delivery.attempts + 1,
        queued=False,
        claimed_by="",
        lease_until=None,
        reason="",
    )
)
_SETTLE_ONE = _settled.where(Delivery.id == bindparam("one"))
_SETTLE_MANY = _settled.where(BY_IDS)
_SETTLE_PAGE = _settled.where(BY_ENDS)


class Tried(NamedTuple):
    """What became of an attempt that failed."""

    reason: str
    outcome: str = "temporary"
    transport: str = ""
    pause: timedelta | None = None
    """How long the provider asked us to wait at least."""


def postpone(claims: Claim | Collection[Claim], tried: Tried | str) -> None:
    """Try again later, or give up those whose tries are used up."""
    claims, tried = _these(claims), _this(tried)
    given_up = [claim for claim in claims if claim.attempts >= len(PAUSES)]
    if given_up:
        fail(given_up, tried)
    now = clock.now()
    rest = sorted(set(claims) - set(given_up), key=lambda claim: claim.attempts)
    with transaction():
        for attempts, group in groupby(rest, key=lambda claim: claim.attempts):
            together = list(group)
            # One pause for all that were refused together: they are tried together again.
            wait = PAUSES[attempts] * (1 + _random.uniform(-JITTER, JITTER))
            stays = {"transport": tried.transport} if tried.outcome == "ambiguous" else {}
            _finish(
                together,
                due_at=now + max(wait, tried.pause or wait),
                attempts=attempts + 1,
                reason=remarks.kept(tried.reason),
                **stays,
            )
            _note(together, tried, now)
        order.overtaken([one.id for one in rest], {one.announcement_id for one in rest})


def fail(claims: Claim | Collection[Claim], tried: Tried | str) -> None:
    """Stop trying; a person may ask to try again."""
    claims, tried = _these(claims), _this(tried)
    now = clock.now()
    with transaction():
        _finish(
            claims,
            state=DeliveryState.FAILED,
            queued=False,
            settled_at=now,
            attempts=Delivery.attempts + 1,
            reason=remarks.kept(tried.reason),
        )
        _note(claims, tried, now)


def hand_back(
    claims: Collection[Claim], *, reason: str | None = None, pause: timedelta | None = None
) -> None:
    """Give up claims without having tried: no attempt is counted, and they are due as before.

    With a `pause` they are due after it.
    """
    if not claims:
        return
    told: dict[str, object] = {} if reason is None else {"reason": remarks.kept(reason)}
    if pause is not None:
        told["due_at"] = clock.now() + pause
    with transaction():
        _finish(claims, **told)


def _finish(claims: Collection[Claim], **values: object) -> None:
    """Write an outcome, unless another worker took a delivery over."""
    for worker, group in groupby(claims, key=lambda claim: claim.worker):
        for chunk in chunks([claim.id for claim in group]):
            _run(
                change(Delivery)
                .where(Delivery.id.in_(chunk), IS_OWED, Delivery.claimed_by == worker)
                .values({"claimed_by": "", "lease_until": None, "queued": True} | values)
            )


def _note(claims: Collection[Claim], tried: Tried, now: datetime) -> None:
    """Keep each failed attempt, with what was answered."""
    rows = [
        {
            "delivery_id": claim.id,
            "at": now,
            "transport": tried.transport,
            "outcome": tried.outcome,
            "answer": remarks.kept(tried.reason),
        }
        for claim in claims
    ]
    if rows:
        db.session.execute(insert(Attempt), rows)


def recover(worker: str, *, sent: Mapping[int, str], begun: Collection[int]) -> None:
    """Finish for a worker that died: note what it had sent, free what it held.

    Only the deliveries it had begun count an attempt, so that one which kills each worker
    that touches it moves out of the others' way.
    """
    now = clock.now()
    mine = (Delivery.claimed_by == worker, IS_OWED)
    with transaction() as session:
        for chunk in chunks(sorted(sent)):
            answers = {one: remarks.kept(sent[one]) for one in chunk}
            _run(
                change(Delivery)
                .where(Delivery.id.in_(chunk), _is_left_to(worker))
                .values(
                    state=DeliveryState.SENT,
                    settled_at=now,
                    attempts=Delivery.attempts + 1,
                    provider_id=_by_id(answers),
                    reason="",
                    queued=False,
                    claimed_by="",
                    lease_until=None,
                )
            )
        for chunk in chunks(sorted(set(begun) - set(sent))):
            seen = select(Delivery.id, Delivery.attempts).where(Delivery.id.in_(chunk), *mine)
            _after_crash(worker, session.execute(seen).all(), now)
        _run(change(Delivery).where(IS_QUEUED, *mine).values(claimed_by="", lease_until=None))
        holdings.let_go(worker)


def _by_id(answers: Mapping[int, str]) -> Any:
    said = set(answers.values())
    return said.pop() if len(said) == 1 else case(answers, value=Delivery.id, else_="")


def _after_crash(worker: str, rows: Iterable[Any], now: datetime) -> None:
    """Count an attempt of what was begun, and let it wait longer each time."""
    for attempts, group in groupby(sorted(rows, key=lambda row: row[1]), key=lambda row: row[1]):
        claims = [Claim(row[0], 0, "", "", attempts, "", None, "", worker, now) for row in group]
        if attempts >= len(PAUSES):
            fail(claims, Tried("The worker stopped each time while sending this.", "ambiguous"))
            continue
        reason = "The worker stopped while sending this."
        due_at = now + timedelta(seconds=attempts**2)
        _finish(claims, due_at=due_at, attempts=attempts + 1, reason=reason)
        _note(claims, Tried(reason, "ambiguous"), now)


def _these(claims: Claim | Collection[Claim]) -> list[Claim]:
    return [claims] if isinstance(claims, Claim) else list(claims)


def _this(tried: Tried | str) -> Tried:
    return Tried(tried) if isinstance(tried, str) else tried


def _run(statement: Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
