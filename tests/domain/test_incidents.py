"""Opening incidents and posting updates."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import db
from app.domain import incidents, outbox, status
from app.domain.incidents import Words
from app.errors import Conflict, Rejected
from app.models import Announcement, Incident, Update
from app.words import Audience, Impact, Stage
from tests.factories import down, first_component, make_incident, make_organisation, post


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_the_same_form_sent_twice_posts_once(app):
    incident = make_incident()

    first = post(incident, form_key="k1")
    second = post(incident, form_key="k1", seen=1)

    assert second.id == first.id
    assert count(Update) == 2
    assert count(Announcement) == 2


def test_the_same_form_that_opens_an_incident_opens_one(app):
    first = make_incident(form_key="k1")

    second = make_incident(form_key="k1")

    assert second.id == first.id
    assert count(Incident) == 1


def test_the_same_form_with_other_words_is_not_taken_for_a_second_click(app):
    incident = make_incident()
    post(incident, form_key="k1", facts={"cause": "a full disk"})

    with pytest.raises(Conflict, match="with other words"):
        post(incident, form_key="k1", seen=1, facts={"cause": "a broken disk"})

    assert count(Update) == 2


def test_words_changed_by_hand_are_other_words_too(app):
    incident = make_incident()
    by_hand = Words("", "Read this.", origin="hand")
    post(incident, form_key="k1", words={Audience.PUBLIC: by_hand})

    with pytest.raises(Conflict):
        post(
            incident,
            form_key="k1",
            seen=1,
            words={Audience.PUBLIC: replace(by_hand, body="Read that.")},
        )


def test_who_was_told_that_it_began_is_told_that_it_is_over(app):
    incident = make_incident()
    colleagues = {Audience.INTERNAL: Words("", "Over and done.")}

    with pytest.raises(Rejected) as rejected:
        post(incident, stage=Stage.RESOLVED, words=colleagues)

    assert "Tell it too" in rejected.value.errors["audiences"]
    assert incident.is_open


def test_what_only_colleagues_knew_ends_without_the_page(app):
    colleagues = {Audience.INTERNAL: Words("", "Looks odd.")}
    incident = make_incident(words=colleagues)

    post(incident, stage=Stage.RESOLVED, words=colleagues)

    assert not incident.is_open


def test_the_same_form_sent_many_times_at_once_posts_once(app):
    incident_id = make_incident().id
    db.session.commit()  # the threads have sessions of their own
    start = threading.Barrier(4)
    outcomes = []

    def send():
        with app.app_context():
            mine = db.session.get(Incident, incident_id)
            start.wait()
            outcomes.append(post(mine, form_key="k1", seen=1).id)
            db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 4
    assert len(set(outcomes)) == 1
    db.session.commit()  # lets go of what this thread saw before
    assert count(Update) == 2


def test_who_posts_second_is_told_that_somebody_was_faster(app):
    incident = make_incident()
    post(incident, seen=1)

    with pytest.raises(Conflict):
        post(incident, seen=1)

    assert count(Update) == 2


def test_a_resolved_incident_takes_no_update_until_it_is_reopened(app):
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED)

    with pytest.raises(Rejected, match="Reopen"):
        post(incident, stage=Stage.MONITORING)
    post(incident, stage=Stage.INVESTIGATING, reopen=True)

    assert incident.is_open
    assert incident.resolved_at is None


def test_what_is_resolved_is_not_reopened_as_resolved(app):
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED)

    with pytest.raises(Rejected, match="resolved already"):
        post(incident, stage=Stage.RESOLVED, reopen=True)

    assert incident.newest == 2


def test_nothing_is_posted_when_the_outbox_cannot_be_written(app, monkeypatch):
    incident = make_incident()

    def broken(_update):
        raise OSError("disk full")

    monkeypatch.setattr(outbox, "announce", broken)
    with pytest.raises(OSError, match="disk full"):
        post(incident)

    assert count(Update) == 1
    assert db.session.get(Incident, incident.id).stage is Stage.INVESTIGATING


def test_a_components_state_follows_from_what_is_open(app):
    make_organisation()
    component = first_component()
    incident = make_incident(impacts=down(component))
    make_incident(impacts={component.id: Impact.DEGRADED})

    during = status.states(status.open_incidents())
    post(incident, stage=Stage.RESOLVED, impacts={})
    after = status.states(status.open_incidents())

    assert during == {component.id: Impact.MAJOR}
    assert after == {component.id: Impact.DEGRADED}


def test_what_only_colleagues_were_told_changes_nothing_for_the_public(app):
    make_organisation()
    words = {Audience.INTERNAL: incidents.Words("", "Only for us")}

    incident = make_incident(impacts=down(first_component()), words=words)

    assert status.states([incident]) == {}
    assert status.states([incident], public=False) != {}


def test_a_correction_keeps_the_earlier_words(app):
    update = make_incident().updates[0]
    message = update.message(Audience.PUBLIC)

    incidents.correct(message, subject="", body="Better words", reason="typo", author=update.author)

    assert message.body == "Better words"
    assert [revision.earlier_body for revision in message.revisions] == ["We are looking into it."]


def test_a_resolved_incident_affects_nothing_any_more(app):
    make_organisation()
    incident = make_incident(impacts=down(first_component()))

    resolved = post(incident, stage=Stage.RESOLVED, impacts=down(first_component()))

    assert resolved.impacts == []
    assert [component.name for component in status.affected(incident)] == ["Website"]


def test_a_promise_in_the_past_is_refused(app):
    with pytest.raises(Rejected, match="future"):
        make_incident(promise_at=clock.now() - timedelta(minutes=1))


def test_an_update_must_tell_somebody_something(app):
    make_organisation()

    with pytest.raises(Rejected, match="audience"):
        make_incident(words={})
    with pytest.raises(Rejected, match="empty"):
        make_incident(words={Audience.PUBLIC: incidents.Words("", " ")})
