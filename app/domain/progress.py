"""How far announcements have come: who was told, who was not and why, and how fast it went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from sqlalchemy import case, func, select

from app.db import db
from app.domain.claims import TAKEN_BACK
from app.domain.deliveries import IN_QUARANTINE
from app.models import Announcement, Delivery, DeliveryState

MOST_REASONS = 5
UNTOLD = (DeliveryState.OWED, DeliveryState.FAILED, DeliveryState.CANCELLED)


@dataclass(frozen=True)
class Progress:
    """How many recipients of an announcement are where."""

    owed: int = 0
    sent: int = 0
    failed: int = 0
    cancelled: int = 0
    superseded: int = 0
    is_expanded: bool = True
    """Whether every recipient is counted already."""

    @property
    def everyone(self) -> int:
        return self.owed + self.sent + self.failed + self.cancelled + self.superseded

    @property
    def is_under_way(self) -> bool:
        """Whether it will come further by itself."""
        return not self.is_expanded or self.owed > 0


class Why(NamedTuple):
    """A reason, and how many share it."""

    reason: str
    many: int


Whys = Mapping[DeliveryState, Sequence[Why]]


@dataclass(frozen=True)
class Pace:
    """Seconds until so many of all recipients had it; None where it has not come so far."""

    half: float | None = None
    most: float | None = None
    """95 of a hundred."""
    last: float | None = None
    """Whoever was told last; nobody is owed it any more."""


def of(announcement: Announcement) -> Progress:
    return of_each([announcement])[announcement.id]


def of_each(announcements: Sequence[Announcement]) -> dict[int, Progress]:
    """The counts of each announcement, by its id."""
    counted = db.session.execute(
        select(Delivery.announcement_id, Delivery.state, func.count())
        .where(Delivery.announcement_id.in_([row.id for row in announcements]))
        .group_by(Delivery.announcement_id, Delivery.state)
    ).all()
    by_id: dict[int, dict[str, int]] = {row.id: {} for row in announcements}
    for announcement_id, state, count in counted:
        by_id[announcement_id][state.value] = count
    return {
        row.id: Progress(
            **by_id[row.id],
            is_expanded=row.expanded_at is not None or row.cancelled_at is not None,
        )
        for row in announcements
    }


def reasons(come: Mapping[int, Progress]) -> dict[int, Whys]:
    """Why recipients still wait, were given up or are not told, the most frequent reasons first.

    By the announcement's id, in one statement; where everybody was told nothing is asked.
    """
    some = [one for one, far in come.items() if far.owed or far.failed or far.cancelled]
    found: dict[int, dict[DeliveryState, list[Why]]] = {one: defaultdict(list) for one in come}
    if not some:
        return dict(found)
    why = case(
        (Delivery.reason.startswith(IN_QUARANTINE), "in quarantine"),
        (Delivery.reason == TAKEN_BACK, "taken back"),
        else_=Delivery.reason,
    )
    each = (
        select(Delivery.announcement_id, Delivery.state, why.label("why"))
        .where(
            Delivery.announcement_id.in_(some), Delivery.state.in_(UNTOLD), Delivery.reason != ""
        )
        .subquery()
    ).c
    group = (each.announcement_id, each.state)
    order = (func.count().desc(), each.why)
    place = func.row_number().over(partition_by=group, order_by=order).label("place")
    counted = select(*each, func.count().label("many"), place).group_by(*each).subquery()
    rows = select(counted).where(counted.c.place <= MOST_REASONS).order_by(counted.c.place)
    for row in db.session.execute(rows):
        found[row.announcement_id][row.state].append(Why(row.why, row.many))
    return dict(found)


def pace(announcement: Announcement, come: Progress) -> Pace:
    """How fast an announcement went out to all whom it is for, as far as that is known."""
    if not come.sent or announcement.expanded_at is None:
        return Pace()
    times = (
        select(Delivery.settled_at)
        .where(
            Delivery.announcement_id == announcement.id,
            Delivery.state == DeliveryState.SENT,
        )
        .order_by(Delivery.settled_at)
    )

    def after(place: int) -> float | None:
        if place > come.sent:
            return None
        at = db.session.scalar(times.offset(place - 1).limit(1))
        return (at - announcement.created_at).total_seconds() if at else None

    half, most = (ceil(come.everyone * share) for share in (0.5, 0.95))
    return Pace(after(half), after(most), None if come.owed else after(come.sent))
