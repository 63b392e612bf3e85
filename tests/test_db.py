"""Transactions: all or nothing, one visible block, and what follows a commit."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.db import after_commit, db, transaction
from app.models import Component
from app.signals import published
from tests.factories import make_component, make_incident, make_subscriber


def test_an_inner_block_joins_the_outer_and_is_undone_with_it(app):
    told = []

    def stumble():
        with transaction():
            make_component(name="Search")
            after_commit(lambda: told.append("search"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()

    assert db.session.query(Component).count() == 0
    assert told == []


def test_what_follows_a_commit_happens_after_it_and_cannot_undo_or_hide_it(app):
    told = []

    def fail(_what):
        raise RuntimeError("a receiver broke")

    with published.connected_to(fail), transaction() as session:
        session.add(Component(name="Search"))
        after_commit(lambda: published.send("components"))
        after_commit(lambda: told.append(db.session.query(Component).count()))

    assert told == [1]


def test_an_update_is_posted_although_somebody_who_hears_of_it_breaks(app):
    def fail(_what):
        raise RuntimeError("a receiver broke")

    with published.connected_to(fail):
        incident = make_incident()

    assert incident.newest == 1


def test_rows_changed_outside_of_a_block_are_noticed(app):
    db.session.add(Component(name="Search"))

    with pytest.raises(RuntimeError, match="before transaction"), transaction():
        pass


def test_errors_of_the_database_keep_the_values_to_themselves(app):
    make_subscriber(address="ada@example.org")

    with pytest.raises(IntegrityError) as refused:
        make_subscriber(address="ada@example.org")

    assert "parameters hidden" in str(refused.value)
