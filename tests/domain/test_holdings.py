"""Pages in the hands of who wrote them: out of the queue, and back when they are given up."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app import clock
from app.db import db, transaction
from app.domain import claims, health, holdings, ledger, outbox, retraction
from app.domain.ledger import Sent
from app.models import Account, Channel, Delivery, DeliveryState, Holding, Incident
from tests.factories import make_incident, make_subscriber, post

EMAIL = Channel.EMAIL


@pytest.fixture
def page(app):
    """Three deliveries as their writer holds them."""
    for _ in range(3):
        make_subscriber()
    make_incident()
    return outbox.expand_for("writer", {EMAIL})


def queued():
    db.session.rollback()
    return db.session.scalars(select(Delivery.id).where(Delivery.queued).order_by(Delivery.id))


def first_incident():
    return db.session.scalars(select(Incident)).first()


def pages():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Holding))


def claim(worker="other"):
    return claims.claim(worker, 10, channel=EMAIL)


def test_what_its_writer_sends_never_stands_in_the_queue(page):
    assert queued().all() == []
    assert claim() == []

    ledger.settle([Sent(one, "250 OK") for one in page])
    holdings.let_go("writer")

    assert queued().all() == []
    assert pages() == 0
    assert {row.state for row in db.session.scalars(select(Delivery))} == {DeliveryState.SENT}


def test_what_a_writer_gives_back_or_postpones_waits_in_the_queue(page):
    back, late, kept = page

    ledger.hand_back([back])
    ledger.postpone([late], "421 later")

    assert queued().all() == [back.id, late.id]
    assert [one.id for one in claim()] == [back.id]
    assert claims.is_wanted(kept)


def test_what_failed_or_was_cancelled_is_not_queued(page):
    failed, *_others = page
    ledger.fail([failed], "550 no")
    retraction.retract(first_incident().updates[0], by=db.session.get(Account, 1))

    holdings.let_go("writer")

    assert queued().all() == []


def test_a_page_of_a_writer_that_died_is_for_others(page):
    sent, begun, _ = page

    ledger.recover("writer", sent={sent.id: "250 OK"}, begun={sent.id, begun.id})

    assert pages() == 0
    assert {one.id for one in claim()} == {one.id for one in page} - {sent.id}


def test_a_page_is_for_others_when_the_lease_has_run_out(page):
    holdings.sweep()
    assert queued().all() == [], "it was taken from its writer too early"

    with clock.pretend(clock.now() + claims.LEASE + timedelta(seconds=1)):
        holdings.sweep()
        taken = claim()
        assert not any(claims.is_wanted(one) for one in page), "its writer would send it too"

    assert [one.id for one in taken] == [one.id for one in page]


def test_a_page_that_nobody_gives_up_is_told_as_late(page):
    moment = clock.now() + claims.LEASE + health.LATE + timedelta(seconds=1)

    with clock.pretend(moment):
        assert health.look().is_late


def test_two_who_give_up_the_same_pages_take_nothing_from_who_claims_them(app, page):
    """One sweeps while another has swept, and a third holds the deliveries already."""
    barrier = threading.Barrier(2)

    def sweep():
        with app.app_context(), clock.pretend(clock.now() + claims.LEASE + timedelta(seconds=1)):
            barrier.wait()
            holdings.sweep()
            db.session.remove()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = claim("third")
    holdings.sweep()

    assert len(taken) == 3
    assert all(claims.is_wanted(one) for one in taken)


def test_a_later_update_waits_in_the_queue_while_the_earlier_one_is_held(page):
    post(first_incident())

    assert outbox.expand_for("writer", {EMAIL}) == []
    assert claim() == [], "the earlier one is still on its way"

    ledger.settle([Sent(one, "250 OK") for one in page])
    assert len(claim()) == 3


def test_settling_writes_no_index_anew(page):
    """On PostgreSQL the row stays on its place ("HOT"); SQLite has no such figure."""
    if db.engine.dialect.name != "postgresql":
        indexed = db.session.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'index'"))
        assert not any("state" in (sql or "") for sql in indexed if "delivery" in (sql or ""))
        return

    with transaction() as session:
        ledger.settle([Sent(one, "250 OK") for one in page])
        changed = session.execute(text(_CHANGED)).one()

    assert tuple(changed) == (3, 3)


_CHANGED = """
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'delivery'
"""


def test_what_a_worker_of_the_version_before_settled_is_not_late(page):
    """It knows of no queue: what it has sent still stands there."""
    db.session.execute(update(Delivery).values(state=DeliveryState.SENT, queued=True))
    db.session.commit()
    holdings.let_go("writer")

    with clock.pretend(clock.now() + health.LATE * 2):
        assert not health.look().is_late
        assert claim() == []


def test_who_sent_a_page_may_say_so_after_it_was_given_up_unless_another_has_it(page, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + claims.LEASE * 2)
    holdings.sweep()
    [taken] = claims.claim("other", 1, channel=EMAIL)

    ledger.settle([Sent(one, "250 OK", "smtp") for one in page])

    db.session.rollback()
    known = {row.id: row.state for row in db.session.scalars(select(Delivery))}
    assert known.pop(taken.id) is DeliveryState.OWED
    assert set(known.values()) == {DeliveryState.SENT}
    assert queued().all() == [taken.id]
