"""Which fact a blank means, by its words, its label, its sentence and the stage."""

import pytest

from app.runbook import blanks, facts
from app.runbook.model import TemplateStage

INITIAL, UPDATE = TemplateStage.INITIAL, TemplateStage.UPDATE
RESOLVED, OTHER = TemplateStage.RESOLVED, TemplateStage.OTHER


def bound(line, stage=UPDATE, *, in_subject=False):
    return [
        facts.bind(
            blank,
            stage=stage,
            line_text=line,
            in_subject=in_subject,
            after=line[blank.end :].split("\n")[0],
        )
        for blank in blanks.find(line)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Started at: [timestamp]", "started"),
        ("Resolved at: [timestamp]", "resolved"),
        ("Updated at: [timestamp]", "updated"),
        ("Total duration: [timeframe]", "duration"),
        ("Estimated resolution: [timeframe]", "eta"),
        ("ETA: [estimated resolution time]", "eta"),
        ("Duration: [X hours/minutes]", "duration"),
        ("has been resolved as of [time].", "resolved"),
        ("Next update in [X] minutes.", "next_update_minutes"),
        ("Next update in [X] hours.", "next_update_hours"),
        ("Next Update: [time]", "next_update"),
        ("You will hear from us again by [time of the next update].", "next_update"),
        ("We will provide updates every [frequency] until resolved.", "frequency"),
        ("Updates every [X] minutes", "frequency_minutes"),
        ("Severity: P[X]", "severity"),
        ("INCIDENT - SEV [1/2/3/4]", "severity"),
        ("Severity: [Critical/High/Low]", "severity_name"),
        ("Status: [Investigating/Mitigating/Monitoring]", "stage"),
        ("Current Status: [status description]", "status"),
        ("War Room: #incident-[timestamp]", "channel"),
        ("Incident Channel: #incident-[id]", "channel"),
        ("Incident Commander: @[name]", "commander"),
        ("IC: <@handle>", None),
        ("Tech Lead: [name]", "role:tech lead"),
        ("Thank you to all responders: [list contributors]", "responders"),
        ("Post-mortem scheduled for [date/time].", "review_time"),
        ("Post-Incident Review: [scheduled time]", "review_time"),
        ("Title: [Brief description]", "title"),
        ("We are investigating reports of [issue description].", "issue"),
        ("We are currently experiencing [brief description of issue]", "issue"),
        ("affecting [specific functionality].", "components"),
        ("Affected services: [list]", "components"),
        ("Customer Impact: [description]", "impact"),
        ("Impact: [What users experienced]", "impact"),
        ("Customer Impact: [final impact assessment]", "impact"),
        ("Current Actions: [what we're doing now]", "actions"),
        ("Root Cause: [brief description]", "cause"),
        ("Root Cause: [brief, non-technical explanation]", "cause"),
        ("Resolution: [what was done]", "fix"),
        ("Resolution: [What we did to fix it]", "fix"),
        ("[What we're doing to prevent recurrence]", "prevention"),
        ("Update: [what's changed]", "changed"),
        ("Update: ____", "changed"),
        ("Workaround: [workaround]", "workaround"),
        ("please contact [contact information].", "contact"),
        ("Incident [INCIDENT-ID]", "incident_code"),
        ("{affected_services} is down", "components"),
        ("{incidentCommander}", "commander"),
        ("Ursache: [kurze Beschreibung]", "cause"),
        ("Nächste Meldung: [Uhrzeit]", "next_update"),
        ("Beginn: [Uhrzeit]", "started"),
        ("Durée : [durée]", "duration"),
        ("Début : [heure]", "started"),
        ("Påvirkning: [beskrivelse]", "impact"),
        ("Favourite colour: [colour]", "other:colour"),
    ],
)
def test_a_blank_is_bound_by_what_stands_in_and_before_it(line, expected):
    assert bound(line) == ([expected] if expected else [])


def test_the_two_ends_of_a_span_are_two_facts():
    assert bound("from [start time] to [end time] UTC", RESOLVED) == ["started", "resolved"]
    assert bound("from [start] to [end]", OTHER) == ["window_start", "window_end"]


def test_a_bare_timestamp_goes_by_the_stage():
    assert bound("[timestamp]", INITIAL) == ["started"]
    assert bound("[timestamp]", RESOLVED) == ["resolved"]
    assert bound("[timestamp]", UPDATE) == ["updated"]


def test_a_brief_description_in_a_subject_is_the_title():
    assert bound("Service Update - [Brief Description]", in_subject=True) == ["title"]
    assert bound("Service Disruption - [Date]", in_subject=True) == ["date"]


def test_hours_and_minutes_of_a_duration_are_filled_apart():
    assert bound("Duration: [X] hours [Y] minutes", RESOLVED) == ["duration_hours", "duration_rest"]


def test_a_fact_of_the_runbook_alone_is_asked_in_its_own_words():
    asked = facts.fact("other:favourite colour")

    assert asked.question == "Favourite colour?"
    assert not asked.known


def test_every_fact_in_the_catalogue_has_a_question():
    for name, fact in facts.CATALOGUE.items():
        assert fact.name == name
        assert fact.question.endswith("?")


def test_asked_facts_have_an_order_of_their_own():
    assert set(facts.ORDER) == {fact.name for fact in facts.CATALOGUE.values() if not fact.known}
