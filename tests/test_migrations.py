"""Migrations keep what is there."""

import flask_migrate
import pytest
from sqlalchemy import select, text

from app.db import db
from app.models import (
    Announcement,
    AnnouncementKind,
    Channel,
    Component,
    Organisation,
    subscription,
)
from tests.factories import make_component, make_organisation, make_subscriber


@pytest.fixture
def earlier(app):
    """Goes back to the tables of an earlier version, and forward again."""

    def go(revision):
        db.session.remove()
        flask_migrate.downgrade(revision=revision)
        flask_migrate.upgrade()

    return go


def test_changing_tables_loses_no_row_that_belongs_to_theirs(app, earlier):
    make_organisation()
    part = make_component()
    subscriber = make_subscriber(components=[part], everything=False)
    db.session.add(
        Announcement(
            kind=AnnouncementKind.CONFIRM, channel=Channel.EMAIL, subscriber_id=subscriber.id
        )
    )
    db.session.commit()
    person, component = subscriber.id, part.id

    earlier("0002")

    assert db.session.execute(select(subscription)).all() == [(person, component)]
    assert db.session.scalars(select(Announcement)).one().subscriber_id == person
    assert db.session.get(Component, component).shows_uptime is True
    assert len(db.session.get(Organisation, 1).code) == 12


def test_references_are_checked_again_after_a_migration(app, earlier):
    earlier("0002")

    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
