"""Jobs wake workers of all machines on PostgreSQL; nothing depends on them."""

import threading

import pytest
from sqlalchemy import text

from app.db import db, transaction
from app.delivery import listening
from app.domain import calls, outbox
from app.migrating import ROOT
from app.models import Delivery
from app.signals import owed
from tests.factories import make_incident, make_organisation, make_subscriber, post
from tests.waiting import eventually

SCHEMA = (ROOT / "migrations" / "jobs" / "03.04.00.sql").read_text("utf-8")


@pytest.fixture
def jobs(app):
    """Counts the jobs that wait; tests with this fixture are PostgreSQL's."""

    def count(status="todo"):
        db.session.rollback()
        counted = text("SELECT count(*) FROM procrastinate_jobs WHERE status::text = :status")
        return db.session.scalar(counted, {"status": status})

    return count


def test_our_migration_makes_what_the_library_wants():
    from procrastinate.schema import SchemaManager

    # A newer library has a newer file: add a migration that runs the steps between the two.
    assert SchemaManager.get_schema() == SCHEMA


def test_a_job_is_committed_with_what_it_calls_for(jobs):
    make_incident()

    assert jobs() >= 1


def test_a_job_is_undone_with_what_it_called_for(jobs):
    def undone():
        with transaction():
            calls.workers("test")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()

    assert jobs() == 0


def test_news_is_posted_although_nobody_can_be_called(jobs):
    incident = make_incident()
    db.session.execute(text("ALTER TABLE procrastinate_jobs RENAME TO gone"))
    db.session.commit()

    update = post(incident)

    assert update.number == 2
    while outbox.expand():
        pass


def test_a_page_of_deliveries_is_a_few_jobs_and_not_one_for_each(jobs):
    for _ in range(12):
        make_subscriber()
    make_incident()
    before = jobs()

    outbox.expand(page=10)

    assert jobs() == before + 1
    assert db.session.query(Delivery).count() == 10


def test_whoever_listens_wakes_workers_and_leaves_no_job(app, jobs):
    woken, stop = threading.Event(), threading.Event()

    def wake(sender):
        if sender == "job":
            woken.set()

    owed.connect(wake)
    thread = listening.start(app, stop)
    try:
        make_organisation()
        with transaction():
            calls.workers("test")
        assert woken.wait(20)
        assert eventually(lambda: jobs() + jobs("doing") == 0)
    finally:
        owed.disconnect(wake)
        stop.set()
        thread.join(10)


def test_jobs_of_workers_that_died_are_forgotten_and_those_that_wait_are_kept(jobs):
    with transaction():
        calls.workers("test", deliveries=1000)
    db.session.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'doing'"
            " WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
        )
    )
    db.session.commit()

    calls.forget_dead()

    assert (jobs(), jobs("doing")) == (1, 0)
