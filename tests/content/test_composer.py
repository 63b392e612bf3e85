"""What the composer starts from, and what follows from what was typed."""

from dataclasses import replace
from datetime import timedelta

from app import clock
from app.content import composer
from app.domain import organisation
from app.words import Audience, Stage
from tests.factories import RUNBOOK, make_incident, make_organisation

PROMISING = RUNBOOK + (
    "\n### Customer email: update\n```\nWe are on it. Next update in [X] minutes.\n```\n"
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


def test_a_message_says_the_wait_that_was_chosen_though_the_moment_is_rounded_up(app):
    make_organisation(runbook_text=PROMISING)
    incident = make_incident()

    written = write(incident, stage=Stage.IDENTIFIED, promise_minutes=30)

    assert written.promise_at > written.now + timedelta(minutes=30)
    assert "Next update in 30 minutes." in written.draft(Audience.CUSTOMER).body
