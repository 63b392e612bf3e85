"""What the composer starts from, and what follows from what was typed."""

from dataclasses import replace
from datetime import timedelta

from app import clock
from app.content import composer
from app.domain import organisation
from app.domain.incidents import Words
from app.words import Audience, Stage
from tests.factories import RUNBOOK, down, first_component, make_incident, make_organisation

PROMISING = RUNBOOK + (
    "\n### Customer email: update\n```\nWe are on it. Next update in [X] minutes.\n```\n"
)


REVIEWING = (
    RUNBOOK + "\n## Post-Incident Review\n\n### Review Meeting (Within 48 hours)\n\nWe meet.\n"
)


def write(incident, **typed):
    ours = organisation.current()
    started = composer.begin(ours, incident)
    now = clock.now().replace(second=7)
    return composer.write(ours, incident, replace(started, **typed), author=None, now=now)


def test_what_was_new_is_not_told_again_by_the_next_update(app):
    incident = make_incident(facts={"changed": "The network is fine.", "impact": "It is slow."})

    started = composer.begin(organisation.current(), incident)

    assert started.facts == {"impact": "It is slow."}


def test_what_is_resolved_works_again_and_is_still_named(app):
    make_organisation()
    incident = make_incident(stage=Stage.MONITORING, impacts=down(first_component()))

    started = composer.begin(organisation.current(), incident)
    written = write(incident)

    assert (started.stage, started.impacts) == (Stage.RESOLVED, {})
    assert written.situation.components == (first_component().name,)


def test_the_words_before_tell_what_would_be_repeated(app):
    incident = make_incident(words={Audience.PUBLIC: Words("", "We look.", "First notice")})

    assert write(incident).situation.earlier_templates == {Audience.PUBLIC: "First notice"}


def test_the_review_is_due_as_the_runbook_has_it(app):
    make_organisation(runbook_text=REVIEWING)
    incident = make_incident()

    resolved = write(incident, stage=Stage.RESOLVED)

    assert resolved.situation.review_by == resolved.now + timedelta(hours=48)
    assert write(incident).situation.review_by is None


def test_a_message_says_the_wait_that_was_chosen_though_the_moment_is_rounded_up(app):
    make_organisation(runbook_text=PROMISING)
    incident = make_incident()

    written = write(incident, stage=Stage.IDENTIFIED, promise_minutes=30)

    assert written.promise_at > written.now + timedelta(minutes=30)
    assert "Next update in 30 minutes." in written.draft(Audience.CUSTOMER).body
