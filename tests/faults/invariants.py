"""What must hold after every fault, whichever it was: one checker, I1 to I8."""

from collections import Counter, defaultdict

from sqlalchemy import func, select, text

from app import publication
from app.db import db
from app.domain import organisation, tokens
from app.models import (
    Announcement,
    Delivery,
    DeliveryState,
    Message,
    Subscriber,
    Update,
    subscription,
)
from tests.faults.house import of

FINAL = set(DeliveryState) - {DeliveryState.OWED}


class Broken(AssertionError):
    """An invariant does not hold; the message says which, and where."""


def check(house, incident, *, expected, repeats=0, never=(), may_wait=0):
    """Check all that must hold of an incident's updates; return how many were repeated.

    `expected` are the recipients of each update by its number, `never` those that may get
    nothing, `may_wait` how many may still be owed. Repeats are allowed up to their number.
    """
    db.session.rollback()
    rows = _rows(incident)
    copies = _copies(house, rows)
    _count(house.tally, rows, copies, repeats, may_wait)
    every_recipient_has_one_row(rows, expected)  # I1
    every_row_is_final(rows, may_wait)  # I2
    what_was_sent_was_taken(rows, copies)  # I3
    repeated = few_are_repeated(copies, repeats)  # I4
    nobody_is_told_who_may_not_be(copies, never)  # I5
    updates_come_in_order(house, rows)  # I6
    the_page_says_what_the_database_says(house)  # I7
    the_database_is_whole()  # I8
    return repeated


def recipients(component):
    """Who asked about a component, as the ledger names them."""
    found = (
        select(Subscriber.code)
        .join(subscription, subscription.c.subscriber_id == Subscriber.id)
        .where(subscription.c.component_id == component)
        .where(Subscriber.confirmed_at.is_not(None))
    )
    return {f"subscriber:{code}" for code in db.session.scalars(found)}


def _rows(incident):
    """Number, code, recipient and state of every delivery to customers."""
    return db.session.execute(
        select(Update.number, Update.code, Delivery.recipient, Delivery.state, Announcement.code)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .join(Message, Announcement.message_id == Message.id)
        .join(Update, Message.update_id == Update.id)
        .where(Announcement.id.in_(of(incident)), Announcement.internal.is_(False))
    ).all()


def _names(rows):
    """Which update and recipient a Message-ID, or the id of a webhook's event, stands for."""
    names = {}
    for number, code, recipient, _, announcement in rows:
        known = tokens.fingerprint(recipient)
        names[f"u.{code}.{known}"] = names[f"{announcement}.{known}"] = (number, recipient)
    return names


def _order(house, rows):
    """Each mail of these deliveries that was taken, in the order of taking."""
    names = _names(rows)
    known = (note["id"].partition("@")[0] for note in house.provider.taken())
    return [names[name] for name in known if name in names]


def _copies(house, rows):
    return Counter(_order(house, rows))


def _count(tally, rows, copies, repeats, may_wait):
    waiting = sum(row[3] not in FINAL for row in rows)
    tally.deliveries += len(rows)
    tally.lost += len(_untaken(rows, copies)) + max(0, waiting - may_wait)
    tally.repeated += copies.total() - len(copies)
    tally.bound += repeats


def _untaken(rows, copies):
    """Those that are noted as sent, though nobody took them."""
    sent = [row for row in rows if row[3] is DeliveryState.SENT]
    return [row for row in sent if not copies[row[0], row[2]]]


def every_recipient_has_one_row(rows, expected):
    found = defaultdict(list)
    for number, _, recipient, *_ in rows:
        found[number].append(recipient)
    for number, wanted in expected.items():
        if sorted(found[number]) != sorted(wanted):
            raise Broken(f"I1: update {number} has {len(found[number])} rows for {len(wanted)}")


def every_row_is_final(rows, may_wait):
    waiting = sum(row[3] not in FINAL for row in rows)
    if waiting > may_wait:
        raise Broken(f"I2: {waiting} deliveries have no end")


def what_was_sent_was_taken(rows, copies):
    lost = _untaken(rows, copies)
    if lost:
        raise Broken(f"I3: {len(lost)} are noted as sent, and nobody took them")


def few_are_repeated(copies, allowed):
    repeated = copies.total() - len(copies)
    if repeated > allowed:
        raise Broken(f"I4: {repeated} were repeated, and {allowed} may be")
    return repeated


def nobody_is_told_who_may_not_be(copies, never):
    told = {recipient for _, recipient in copies} & set(never)
    if told:
        raise Broken(f"I5: {len(told)} were told who may not be")


def updates_come_in_order(house, rows):
    newest = {}
    seen = set()
    for number, recipient in _order(house, rows):
        if (number, recipient) in seen:
            continue  # a repeat of what came before is counted elsewhere
        seen.add((number, recipient))
        if newest.get(recipient, 0) > number:
            raise Broken(f"I6: update {number} came after {newest[recipient]}")
        newest[recipient] = number


def the_page_says_what_the_database_says(house):
    publisher = publication.of(house.app)
    publisher.publish()
    db.session.rollback()
    state = publisher.store.state()
    if state.number != organisation.current().changes or publisher.store.faults():
        raise Broken("I7: the publication is behind the database")


def the_database_is_whole():
    if db.engine.dialect.name == "sqlite":
        said = db.session.scalar(text("PRAGMA integrity_check"))
        strays = db.session.execute(text("PRAGMA foreign_key_check")).all()
        if said != "ok" or strays:
            raise Broken(f"I8: the database is damaged: {said}, {len(strays)} strays")
    for named, kept in (
        (Delivery.announcement_id, Announcement.id),
        (Delivery.subscriber_id, Subscriber.id),
    ):
        strays = select(func.count()).where(named.is_not(None), named.not_in(select(kept)))
        if count := db.session.scalar(strays):
            raise Broken(f"I8: {count} deliveries name by {named.key} what is gone")
    db.session.rollback()
