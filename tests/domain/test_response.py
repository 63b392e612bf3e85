"""Severity, roles, notes, obligations and ticks of an incident."""

import threading
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.domain import response
from app.errors import Rejected
from app.models import Account, Incident
from app.words import Stage
from tests.factories import make_incident, make_organisation, post

WANTED = """# Incident response runbook

## Severity 1 (Critical) - Response Time: 15 minutes

- Executive notification within 30 minutes
- Hourly status updates

## Severity 2 (High) - Response Time: 30 minutes

- Manager notification within 1 hour

## Incident Commander

Leads the incident.

## Review

A post-incident review is held within 48 hours.
"""


@pytest.fixture
def incident(app):
    make_organisation(runbook_text=WANTED)
    return make_incident(severity_key="1")


@pytest.fixture
def ada(incident):
    return db.session.get(Account, 1)


def open_obligations(incident):
    db.session.expire_all()
    return {row.text for row in incident.obligations if not row.dropped}


def test_what_the_runbook_wants_is_owed_from_when_we_knew(incident):
    [owed] = incident.obligations

    assert owed.text == "Executive notification within 30 minutes"
    assert owed.due_at == incident.aware_at + timedelta(minutes=30)


def test_another_severity_brings_its_own_obligations(incident, ada):
    response.change_severity(incident, severity_key="2", by=ada)

    assert open_obligations(incident) == {"Manager notification within 1 hour"}


def test_an_obligation_that_was_done_is_kept_when_the_severity_changes(incident, ada):
    response.settle(incident.obligations[0], done=True, by=ada)

    response.change_severity(incident, severity_key="2", by=ada)

    assert "Executive notification within 30 minutes" in open_obligations(incident)


def test_a_severity_that_the_runbook_does_not_know_is_refused(incident, ada):
    with pytest.raises(Rejected, match="runbook's severities"):
        response.change_severity(incident, severity_key="9", by=ada)


def test_resolving_owes_the_review_once(incident):
    post(incident, stage=Stage.RESOLVED)
    post(incident, stage=Stage.MONITORING, reopen=True)
    post(incident, stage=Stage.RESOLVED)

    db.session.expire_all()
    reviews = [row for row in incident.obligations if row.text == "Post-incident review"]
    assert [row.due_at for row in reviews] == [incident.resolved_at + timedelta(hours=48)]


def test_a_box_is_ticked_once_and_can_be_unticked(incident, ada):
    response.tick(incident, line=12, done=True, by=ada)
    response.tick(incident, line=12, done=True, by=ada)
    ticked = [tick.line for tick in incident.ticks]
    response.tick(incident, line=12, done=False, by=ada)

    db.session.expire_all()
    assert ticked == [12]
    assert incident.ticks == []


def test_a_role_is_given_and_taken_away(incident, ada):
    response.assign(incident, role="Incident Commander", person=" R. Alvarez ", by=ada)
    given = dict(incident.roles)
    response.assign(incident, role="Incident Commander", person="", by=ada)

    assert given == {"Incident Commander": "R. Alvarez"}
    assert incident.roles == {}


def test_giving_the_role_settles_what_the_runbook_asks_of_it(app):
    asks = WANTED.replace("Executive notification", "Incident commander assigned")
    make_organisation(runbook_text=asks)
    incident = make_incident(severity_key="1")
    ada = db.session.get(Account, 1)
    before = incident.obligations[0].done_at

    response.assign(incident, role="Incident Commander", person="R. Alvarez", by=ada)

    assert before is None
    assert incident.obligations[0].done_by == ada


@pytest.mark.parametrize(
    "wanted",
    [
        "Customers notified within 30 minutes",
        "First message to customers within 30 minutes",
        "Status page updated within 30 minutes",
        "Unknown root cause after 30 minutes: escalate",
    ],
)
def test_posting_settles_what_posting_does(app, wanted):
    asks = WANTED.replace("Executive notification within 30 minutes", wanted)
    make_organisation(runbook_text=asks)
    incident = make_incident(severity_key="1")

    post(incident, stage=Stage.IDENTIFIED)

    db.session.expire_all()
    [owed] = incident.obligations
    assert owed.done_at is not None


def test_posting_settles_nothing_else(incident):
    post(incident, stage=Stage.IDENTIFIED)

    db.session.expire_all()
    assert incident.obligations[0].done_at is None


def test_details_change_and_what_they_were_is_on_record(incident, ada):
    began = clock.now() - timedelta(hours=1)

    response.change_details(
        incident, title="Better title", channel="#inc", occurred_at=began, review_at=None, by=ada
    )

    assert (incident.title, incident.channel, incident.occurred_at) == (
        "Better title",
        "inc",
        began,
    )


def test_it_cannot_have_begun_in_the_future(incident, ada):
    with pytest.raises(Rejected, match="future"):
        response.change_details(
            incident,
            title="Title",
            channel="",
            occurred_at=clock.now() + timedelta(hours=1),
            review_at=None,
            by=ada,
        )


def test_a_note_needs_words(incident, ada):
    with pytest.raises(Rejected):
        response.note(incident, text="  ", author=ada)
    response.note(incident, text="Carrier called back", author=ada)

    assert [note.text for note in db.session.get(Incident, incident.id).notes] == [
        "Carrier called back"
    ]


def test_a_box_that_several_tick_at_once_is_ticked_once(app):
    code = make_incident().id
    db.session.remove()
    at_once, broken = threading.Barrier(4), []

    def tick():
        with app.app_context():
            incident, ada = db.session.get(Incident, code), db.session.get(Account, 1)
            at_once.wait(5)
            try:
                response.tick(incident, line=3, done=True, by=ada)
            except Exception as fault:
                broken.append(fault)

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    incident = db.session.get(Incident, code)
    assert broken == []
    assert [row.line for row in incident.ticks] == [3]
    response.tick(incident, line=3, done=False, by=db.session.get(Account, 1))
    assert incident.ticks == []
