"""What a post costs does not grow with the past: no question is answered by walking through it."""

import pytest
from sqlalchemy import event

from app import clock
from app.db import db
from app.domain import organisation, status
from app.publication import documents, touched
from app.words import Stage
from tests.factories import down, first_component, make_incident, make_organisation, post

GROWING = ("incident", "update", "message", "impact")


@pytest.fixture
def asked(app):
    """Every question that is put to the database, with its values."""
    found = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, *_: found.append((statement, values)),
    )
    return found


def walked(statement, values):
    """The steps of SQLite's plan that go through a whole table, or its whole index."""
    if db.engine.dialect.name != "sqlite":
        return []  # PostgreSQL chooses by what is in its tables, which is not much here
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    steps = [row[3] for row in plan]
    if "LIMIT" in statement and "USE TEMP B-TREE FOR ORDER BY" not in steps:
        return []  # an index gives the newest first, and the first few are enough
    through_all = [f"SCAN {table}" for table in GROWING] + ["scheduled_for=?"]
    return [step for step in steps if any(part in step for part in through_all)]


def test_nothing_that_a_post_renders_walks_through_the_past(asked):
    make_organisation(component_lines="Website")
    part = first_component()
    post(make_incident(impacts=down(part)), stage=Stage.RESOLVED, impacts={})
    incident = make_incident(impacts=down(part))
    post(incident, impacts=down(part))
    code = incident.code
    db.session.expunge_all()
    asked.clear()

    ours, now = organisation.current(), clock.now()
    kept = {}
    for path in [*documents.lasting(), *touched.by_changes(ours, now, after=ours.changes - 1)]:
        documents.render(path, now, kept)
    touched.next_promise(now)
    touched.open_now()
    status.by_code(code)

    questions = [one for one in asked if one[0].startswith("SELECT")]
    assert len(questions) > 20
    through = {
        statement: steps for statement, values in questions if (steps := walked(statement, values))
    }
    assert through == {}
