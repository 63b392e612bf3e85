"""How messages went, in words: whom they reached, who still waits, and who is not told and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.domain import progress
from app.domain.progress import Progress, Why, Whys
from app.models import Announcement, Channel, DeliveryState, Incident

WHOM = {
    Channel.SLACK: "subscribers in Slack",
    Channel.TEAMS: "subscribers in Teams",
    Channel.WEBHOOK: "webhooks",
    Channel.SMS: "phones",
}


@dataclass(frozen=True)
class Outcome:
    """How one message went; nothing is said of one that tells nobody by itself, as on the page.

    While it is under way, its words will be others soon.
    """

    words: str
    is_under_way: bool
    announcements: Sequence[Announcement]


def of_incident(incident: Incident) -> dict[int, Outcome]:
    """How each message of an incident went, by the message's id."""
    return _of([message.id for update in incident.updates for message in update.messages])


def of_message(message_id: int) -> Outcome:
    return _of([message_id])[message_id]


def _of(ids: Sequence[int]) -> dict[int, Outcome]:
    found = select(Announcement).where(Announcement.message_id.in_(ids)).order_by(Announcement.id)
    rows = list(db.session.scalars(found))
    come = progress.of_each(rows)
    whys = progress.reasons(come)
    by_message: dict[int, list[Announcement]] = {one: [] for one in ids}
    for row in rows:
        by_message[row.message_id or 0].append(row)
    return {
        one: Outcome(
            " · ".join(f"{_whom(row)}: {said(row, come[row.id], whys[row.id])}" for row in told),
            any(come[row.id].is_under_way for row in told),
            told,
        )
        for one, told in by_message.items()
    }


def _whom(announcement: Announcement) -> str:
    if announcement.internal:
        return "Slack" if announcement.channel is Channel.SLACK else "addresses"
    return WHOM.get(announcement.channel, "subscribers")


def said(announcement: Announcement, come: Progress, whys: Whys) -> str:
    """ "told 3 of 5; 1 owed: “It answered 500”; 1 not told: in quarantine": all are counted."""
    if not come.everyone:
        if announcement.cancelled_at:
            return "taken back before anybody was told"
        return "nobody to tell" if come.is_expanded else "about to be told"
    parts = [f"told {come.sent:,} of {come.everyone:,}{_counted(announcement, come)}"]
    for state, count, word, quote in (
        (DeliveryState.OWED, come.owed, "owed", "“{}”"),
        (DeliveryState.FAILED, come.failed, "failed", "“{}”"),
        (DeliveryState.CANCELLED, come.cancelled, "not told", "{}"),
    ):
        if count:
            parts.append(f"{count:,} {word}{_because(count, whys.get(state, ()), quote)}")
    if come.superseded:
        parts.append(f"{come.superseded:,} left to a later update")
    return "; ".join(parts)


def _counted(announcement: Announcement, come: Progress) -> str:
    if announcement.cancelled_at and not announcement.expanded_at:
        return " counted when it was taken back"
    return "" if come.is_expanded else " so far"


def _because(count: int, whys: Iterable[Why], quote: str) -> str:
    """The reason that all share; otherwise the most frequent ones, each with how many."""
    named = [(quote.format(why.reason.rstrip(".")), why.many) for why in whys]
    if not named:
        return ""
    if named[0][1] == count:
        return f": {named[0][0]}"
    return " (" + ", ".join(f"{many:,} {reason}" for reason, many in named[:2]) + ")"
