"""Pages of deliveries in the hands of who wrote them: no other worker sees those in the queue.

A delivery that is written, handed over and settled by one worker never stands in the queue: that
spares the database most of what writing it costs. What is left of a page goes there when the
worker is done with it, when it has died, or when its lease has run out.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, insert, select
from sqlalchemy import update as change

from app import clock
from app.db import db, transaction
from app.domain.claims import IS_OWED, IS_QUEUED, Claim
from app.models import Delivery, Holding

_TAKE = insert(Holding)


def take(claims: list[Claim]) -> None:
    """Note a page that has just been written, in the transaction around it."""
    if not claims:
        return
    ids = [claim.id for claim in claims]
    page = {
        "worker": claims[0].worker,
        "announcement_id": claims[0].announcement_id,
        "first_id": min(ids),
        "last_id": max(ids),
        "lease_until": claims[0].lease_until,
    }
    db.session.connection().execute(_TAKE, page)


def let_go(worker: str) -> None:
    """Give up all pages of a worker: what is still owed of them waits in the queue."""
    _let_go(Holding.worker == worker)


def sweep() -> None:
    """Give up the pages whose lease has run out."""
    _let_go(Holding.lease_until < clock.now())


def _let_go(which: ColumnElement[bool]) -> None:
    if db.session.scalar(select(Holding.id).where(which).limit(1)) is None:
        return
    with transaction() as session:
        mine = select(Holding.id).where(which).with_for_update(skip_locked=True)
        ids = session.scalars(mine).all()  # another may be at it: each page is given up once
        left = (
            select(Delivery.id)
            .join(Holding, Delivery.id.between(Holding.first_id, Holding.last_id))
            .where(Holding.id.in_(ids), Delivery.claimed_by == Holding.worker, IS_OWED)
        )
        session.execute(
            change(Delivery)
            .where(Delivery.id.in_(left), IS_OWED, ~IS_QUEUED)
            .values(queued=True, claimed_by="", lease_until=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(delete(Holding).where(Holding.id.in_(ids)))


def are_held(announcement_ids: Sequence[int]) -> bool:
    """Whether somebody holds pages of one of these announcements."""
    held = exists().where(Holding.announcement_id.in_(announcement_ids))
    return bool(db.session.scalar(select(held)))
