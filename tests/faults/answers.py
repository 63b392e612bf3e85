"""Providers that are slow, broken, unclear or gone."""

import time
from datetime import timedelta
from statistics import median

from sqlalchemy import select

from app.db import db
from app.domain import ledger
from app.models import Delivery, DeliveryState, Subscriber, Transport, subscription
from tests.faults.house import PATIENCE, of, unknown
from tests.faults.invariants import check, recipients
from tests.faults.registry import fault
from tests.waiting import eventually

SEND = "/v3/mail/send"
MOST_SLOWER = 0.1
"""By how much one dead endpoint may hold up the others."""


@fault("F6")
def asked_to_wait(house):
    """SendGrid answers 429 for ten minutes, and says until when."""
    for header in ("Retry-After", "X-RateLimit-Reset"):
        at = 0 if header == "Retry-After" else int(time.time())
        headers = {header: str(at + 600)}
        house.provider.behave(http={SEND: {"status": 429, "headers": headers}})
        component = house.people(house.size.people)
        incident = house.incident(component)
        house.work(email="sendgrid")
        _others_go_out(house)
        first = len(house.provider.asked(SEND))
        for ahead in (60, 300, 540):
            house.work(email="sendgrid", ahead=ahead)
        early = len(house.provider.asked(SEND)) - first
        assert early == 0, f"{early} calls before the reset"
        house.provider.still()
        house.work(email="sendgrid", ahead=605)
        for ahead in (700, 1200):  # what was refused waits its own pause as well
            house.work(email="sendgrid", ahead=ahead)
        check(house, incident, expected={1: recipients(component)})
    return "0 calls before the reset, by either header; 0 lost"


def _others_go_out(house):
    """What goes another way is told meanwhile."""
    component = house.people(house.size.people, hooks=True)
    incident = house.incident(component)
    house.work(email="sendgrid")
    check(house, incident, expected={1: recipients(component)})


@fault("F7")
def broken_for_half_an_hour(house):
    """The provider answers 500, 502 and 503 for half an hour."""
    horizon = sum(ledger.PAUSES, timedelta()) * (1 - ledger.JITTER)
    assert horizon >= timedelta(hours=4), f"we give up after {horizon}"
    component = house.people(house.size.people)
    house.provider.behave(http={SEND: {"status": 500}})
    incident = house.incident(component)
    for number, ahead in enumerate(range(0, 1800, 120)):
        house.provider.still(http={SEND: {"status": (500, 502, 503)[number % 3]}})
        house.work(email="sendgrid", ahead=ahead)
    asked = len(house.provider.asked(SEND))
    house.provider.still()
    for ahead in (1800, 2700, 3600, 5400):
        house.work(email="sendgrid", ahead=ahead)
    check(house, incident, expected={1: recipients(component)})
    return f"{asked} calls in the half hour, 0 lost; tried for {horizon} at least"


@fault("F8")
def refused(house):
    """The provider refuses: 400 and 413 blame the message, 401 and 403 blame us."""
    for status in (400, 413):
        incident, _ = _refused(house, status)
        assert house.states(incident) == {"failed": house.size.people}, status
    for status in (401, 403):
        incident, component = _refused(house, status)
        states, tries = house.states(incident), _tries(incident)
        assert (set(states), tries) == ({"owed"}, {0}), f"{status} burned a try: {states}, {tries}"
        house.provider.still()
        for ahead in (90, 700, 4000):  # the key has been put right
            house.work(email="sendgrid", ahead=ahead)
        check(house, incident, expected={1: recipients(component)})
    return "400 and 413 fail at once, 401 and 403 burn no try and lose nothing"


def _refused(house, status):
    house.provider.behave(http={SEND: {"status": status}})
    component = house.people(house.size.people)
    incident = house.incident(component)
    house.work(email="sendgrid")
    if status in (400, 413):  # each alone, where it is not said which of them is to blame
        for ahead in (60, 200, 600):
            house.work(email="sendgrid", ahead=ahead)
    return incident, component


def _tries(incident):
    db.session.rollback()
    tries = select(Delivery.attempts).where(Delivery.announcement_id.in_(of(incident)))
    return set(db.session.scalars(tries))


@fault("F9")
def the_answer_is_lost(house):
    """Every third mail is taken, and the answer never comes."""
    house.provider.behave(smtp={"drop every": 3})
    component = house.people(house.size.people)
    incident = house.incident(component)
    for ahead in (0, 100, 300, 700, 1500, 3000, 6000, 12000):
        house.work(ahead=ahead)
    dropped = house.provider.dropped()
    noted = unknown(incident)
    assert noted == dropped, f"{dropped} answers were lost, {noted} are noted as unknown"
    house.provider.still()
    house.work(ahead=20000)
    repeated = check(house, incident, expected={1: recipients(component)}, repeats=dropped)
    return f"{dropped} answers lost: 0 mails lost, {repeated} repeated"


@fault("F12")
def some_are_taken(house):
    """An SMTP server takes some, refuses one, greylists one and hangs up on the next."""
    component = house.people(house.size.people)
    incident = house.incident(component)
    addresses = _addresses(component)
    house.provider.behave(
        smtp={
            "rcpt": {addresses[1]: "550 5.1.1 no such person"},
            "greylist": [addresses[2]],
            "drop every": house.size.people // 2,  # after it was taken
        }
    )
    house.work()
    house.work(ahead=100)
    dropped = house.provider.dropped()
    assert dropped, "it hung up on nobody"
    house.provider.still()
    for ahead in (300, 900):
        house.work(ahead=ahead)
    check(house, incident, expected={1: recipients(component)}, repeats=dropped)
    outcome = _outcome(incident)
    assert outcome.pop(addresses[1]) is DeliveryState.FAILED
    assert set(outcome.values()) == {DeliveryState.SENT}
    return "one failed for good, one came later, all others were taken"


def _addresses(component):
    db.session.rollback()
    found = select(Subscriber.address).join(
        subscription, subscription.c.subscriber_id == Subscriber.id
    )
    return list(
        db.session.scalars(
            found.where(subscription.c.component_id == component).order_by(Subscriber.id)
        )
    )


def _outcome(incident):
    db.session.rollback()
    mine = Delivery.announcement_id.in_(of(incident))
    rows = db.session.execute(select(Delivery.address, Delivery.state).where(mine)).all()
    return {row.address: row.state for row in rows}


@fault("F13")
def one_dead_endpoint(house):
    """One webhook among very many never answers."""
    pairs = house.size.pairs
    took = {True: [], False: []}
    for number in range(pairs):  # in turns, and each first as often: the machine has moods
        for has_dead in (True, False) if number % 2 else (False, True):
            took[has_dead].append(_others(house, has_dead=has_dead))
    without, with_it = median(took[False]), median(took[True])
    more = with_it / without - 1
    seen = (
        f"95 % of the others after {without:.2f} s without it and {with_it:.2f} s with it, "
        f"{more:+.0%} (medians of {pairs})"
    )
    if house.size.name == "full":
        assert more <= MOST_SLOWER, f"{seen}; {took}"
    _quarantined(house)
    return seen


def _others(house, *, has_dead):
    """Seconds until 95 % of those that answer were told."""
    component = house.people(house.size.endpoints, hooks=True)
    dead = "/" + _addresses(component)[0].rpartition("/")[2] if has_dead else "/nobody"
    # They take so long to answer that who waits for them is not kept busy: then it does not show
    # what else the machine does, and it shows most what a place that is taken costs.
    slow = {"pause": 0.6} if house.size.name == "full" else {}
    house.provider.behave(http={"/": slow, dead: {"hang": True}})
    alive = house.size.endpoints - has_dead
    incident, since = house.incident(component), time.time()
    house.start(threads=1)
    assert eventually(lambda: house.states(incident).get("sent", 0) >= alive, PATIENCE, 0.5)
    house.kill_all()
    took = sorted(note["at"] - since for note in house.provider.taken())
    check(house, incident, expected={1: recipients(component)}, may_wait=int(has_dead))
    house.forget()
    return took[alive * 95 // 100 - 1]


def _quarantined(house):
    """An endpoint that fails ten times, and for more than an hour, is told nothing any more."""
    component = house.people(1, hooks=True)
    house.provider.behave(http={"/": {"status": 500}})
    house.incident(component)
    own = house.worker()
    for ahead in (0, 40, 120, 280, 660, 1400, 2900, 5100, 9500, 14000, 18500):
        house.work(own, ahead=ahead)  # after each pause between two tries, jitter included
    own.close()
    ours = select(Subscriber.quarantined_at).join(
        subscription, subscription.c.subscriber_id == Subscriber.id
    )
    db.session.rollback()
    assert db.session.scalar(ours.where(subscription.c.component_id == component))


@fault("F14")
def both_ways_are_down(house):
    """Both ways for mail are down; then the first comes back, flickers, and stays."""
    component = house.people(house.size.people)
    broken = {"smtp": {"reset": "connect"}, "http": {SEND: {"status": 503}}}
    flickers = {"smtp": {"reset": "connect"}}
    house.provider.behave(**broken)
    own = house.worker(email_fallback="sendgrid")
    incident, switches, was_down = house.incident(component), 0, False
    minutes = 40 if house.size.name == "full" else 20
    for minute in range(minutes):
        down = broken if minute < 7 else flickers if minute % 2 and minute < 30 else {}
        house.provider.still(**down)
        if minute in (8, 12, 16):
            house.more(incident)
        house.work(own, ahead=minute * 60)
        is_down = _is_down()
        switches += is_down != was_down
        was_down = is_down
    for hour in (1, 2, 3):
        house.work(own, ahead=hour * 3600)
    own.close()
    assert switches <= minutes / 5, f"{switches} switches in {minutes} minutes"
    expected = {number: recipients(component) for number in (1, 2, 3, 4)}
    check(house, incident, expected=expected)
    return f"{switches} switches in {minutes} minutes; 0 lost, 0 sent twice"


def _is_down():
    db.session.rollback()
    row = db.session.get(Transport, "smtp")
    return row is not None and row.is_down
