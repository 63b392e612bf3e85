"""Rehearsing a runbook as values."""

from datetime import UTC, datetime, timedelta

from app import runbook
from app.content import composer, drill
from app.runbook import default
from app.words import INCIDENT_ROAD, Audience, Stage
from tests.factories import RUNBOOK

BEGINS = datetime(2030, 5, 6, 9, 0, tzinfo=UTC)


def rehearse(text=RUNBOOK):
    return drill.rehearse(runbook.read(text), begins=BEGINS)


def test_every_severity_goes_through_every_stage():
    acts = rehearse().acts

    assert [act.severity.key for act in acts] == ["1", "2"]
    for act in acts:
        assert [scene.stage for scene in act.scenes] == [Stage.INVESTIGATING, *INCIDENT_ROAD]
        assert all(set(scene.drafts) == set(Audience) for scene in act.scenes)


def test_each_update_comes_when_it_was_promised():
    scenes = rehearse().acts[0].scenes

    assert scenes[0].promise_at == BEGINS + timedelta(minutes=30)
    assert [scene.at for scene in scenes[1:]] == [scene.promise_at for scene in scenes[:-1]]
    assert scenes[-1].promise_at is None


def test_nothing_but_news_is_asked_twice():
    for act in rehearse().acts:
        asked = [
            question.name
            for scene in act.scenes
            for question in scene.asked
            if question.name not in composer.NEWS
        ]
        assert len(asked) == len(set(asked))


def test_a_message_says_whose_template_it_is():
    scenes = rehearse().acts[0].scenes

    assert scenes[0].drafts[Audience.PUBLIC].origin == "runbook"
    assert scenes[2].drafts[Audience.PUBLIC].origin == "default"


def test_what_is_due_is_listed_with_its_time():
    dues = rehearse(default.text()).acts[0].dues

    assert any(due.at == BEGINS + timedelta(minutes=15) for due in dues)
    assert [due.at for due in dues] == sorted(due.at for due in dues)


def test_borrowed_words_are_noted_and_no_problem():
    rehearsal = rehearse()

    assert rehearsal.problems == ()
    assert any(note.startswith("Colleagues: no template for") for note in rehearsal.notes)


def test_the_default_runbook_borrows_nothing():
    rehearsal = rehearse(default.text())

    assert rehearsal.problems == ()
    assert not [note for note in rehearsal.notes if "default runbook" in note]


def test_a_blank_that_only_this_runbook_knows_is_asked_and_filled():
    text = RUNBOOK.replace("It works again since [time].", "Ask for voucher [voucher colour] now.")

    scenes = rehearse(text).acts[0].scenes

    asked = [question for scene in scenes for question in scene.asked]
    body = scenes[-1].drafts[Audience.CUSTOMER].body
    assert any("voucher" in question.text.lower() for question in asked)
    assert "[voucher colour]" not in body
