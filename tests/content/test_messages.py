"""What each audience is told: choosing, filling, and the whole composed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content import choosing, filling, messages, values
from app.content.situations import Situation
from app.runbook import default, reader
from app.runbook.model import Runbook, Template, TemplateStage
from app.words import INCIDENT_ROAD, Audience, Stage
from tests.runbook import shared

START = datetime(2026, 11, 21, 13, 4, tzinfo=UTC)
NOW = START + timedelta(minutes=27)
OPEN = (Stage.INVESTIGATING, Stage.IDENTIFIED, Stage.MONITORING)

TYPED = {
    "issue": "text messages that do not arrive",
    "impact": "text messages to customers are not going out",
    "actions": "switching to the second provider\nclearing the queue",
    "eta": "16:00 UTC",
    "cause": "A certificate had expired.",
    "fix": "We renewed the certificate.",
    "prevention": "We now watch the expiry dates.",
    "changed": "we have found an expired certificate",
}


def make_template(body="Something broke.", **changes):
    values = {
        "name": "A template",
        "audience": Audience.CUSTOMER,
        "stage": TemplateStage.UPDATE,
        "serves": OPEN,
        "subject": None,
        "body": body,
        "blanks": (),
        "line": 1,
    }
    return Template(**(values | changes))


def make_situation(**changes):
    values = {
        "title": "Text messages are not going out",
        "stage": Stage.INVESTIGATING,
        "first": True,
        "started_at": START,
        "published_at": NOW,
        "organisation": "Acme",
        "severity_key": "1",
        "components": ("SMS", "Reminders"),
        "next_update_at": NOW + timedelta(minutes=60),
        "update_every_minutes": 60,
        "commander": "Ada",
        "channel": "#incident-7",
        "contact": "help@acme.example",
        "responders": ("Ada", "Bo"),
        "review_at": NOW + timedelta(days=1),
    }
    return Situation(**(values | changes))


def runbook_of(*templates):
    return Runbook("Ours", True, templates=templates)


def fill(body, **stated):
    return filling.fill(make_template(body), stated)


def choose(runbook, stage=Stage.INVESTIGATING, *, first=False, severity="1"):
    return choosing.choose(
        runbook,
        default.default(),
        audience=Audience.CUSTOMER,
        stage=stage,
        severity_key=severity,
        first=first,
    )


# Choosing


def test_the_first_update_prefers_the_template_that_declares():
    update = make_template(name="Update")
    declaration = make_template(name="Declared", stage=TemplateStage.INITIAL, first_only=True)

    assert choose(runbook_of(update, declaration), first=True).template is declaration
    assert choose(runbook_of(update, declaration), first=False).template is update


def test_a_declaration_never_follows_up():
    declaration = make_template(stage=TemplateStage.INITIAL, first_only=True)

    assert choose(runbook_of(declaration), first=False).origin == "default"


def test_a_template_that_serves_the_stage_by_its_words_stands_in():
    notice = make_template(name="Notice", stage=TemplateStage.INITIAL)

    choice = choose(runbook_of(notice), Stage.MONITORING)

    assert (choice.template, choice.origin) == (notice, "runbook")


def test_the_more_exact_words_win():
    general = make_template(name="General")
    exact = make_template(name="Exact", serves=(Stage.IDENTIFIED,))

    assert choose(runbook_of(general, exact), Stage.IDENTIFIED).template is exact
    assert choose(runbook_of(general, exact), Stage.MONITORING).template is general


def test_a_template_for_other_severities_is_passed_over():
    grave = make_template(name="Grave", severities=("1",))
    any_other = make_template(name="Any")

    assert choose(runbook_of(any_other, grave), severity="1").template is grave
    assert choose(runbook_of(any_other, grave), severity="3").template is any_other


def test_a_tweet_gives_way_to_words_for_the_status_page():
    tweet = make_template(name="Tweet", channel="social")
    page = make_template(name="Page")

    assert choose(runbook_of(tweet, page)).template is page
    assert choose(runbook_of(tweet)).template is tweet


def test_a_script_for_the_phone_is_no_message():
    script = make_template(name="Call script", channel="phone")

    assert choose(runbook_of(script)).origin == "default"


# Filling


def test_values_go_where_the_blanks_are():
    filled = fill("Trouble with [affected services] since [start time].",
                  components="SMS", started="13:04 UTC")  # fmt: skip

    assert filled.body == "Trouble with SMS since 13:04 UTC."
    assert ("SMS", "components") in filled.segments
    assert filled.missing == ()


def test_a_label_without_its_fact_is_left_out_with_its_line():
    filled = fill("Hello,\n\nImpact: [customer impact]\nETA: [eta]\n\nBye", eta="soon")

    assert filled.body == "Hello,\n\nETA: soon\n\nBye"


def test_a_label_above_an_empty_line_goes_with_it():
    filled = fill("Hello,\n\nImpact:\n[customer impact]\n\nFix:\n[what was done]\n\nBye", fix="A.")

    assert filled.body == "Hello,\n\nFix:\nA.\n\nBye"


def test_a_sentence_with_an_empty_blank_is_missing_its_fact():
    filled = fill("We are sorry that [affected services] do not work.")

    assert filled.body == "We are sorry that [affected services] do not work."
    assert [asked.name for asked in filled.missing] == ["components"]
    assert filled.missing[0].required


def test_a_blank_that_ends_a_wrapped_sentence_belongs_to_it():
    filled = fill(
        "We are sorry to tell you about trouble with\n[affected services]\nthat we found."
    )

    assert [asked.name for asked in filled.missing] == ["components"]


@pytest.mark.parametrize("said", ["late - not lost", "ready at the latest on 1. Dezember"])
def test_a_dash_or_a_number_within_a_line_is_no_bullet(said):
    kept = values.fit("impact", said, (), before="Deliveries are ", after=" now.", alone=False)

    assert kept == said


def test_hyphens_stay_in_actions_that_are_told_line_by_line():
    body = "Now:\n- [action 1]\n- [action 2]"

    told = fill(body, actions="- re-indexing the search\nasking - again").body

    assert told == "Now:\n- Re-indexing the search\n- Asking - again"


def test_bullets_of_actions_are_dealt_one_a_line():
    body = "Now:\n- [action 1]\n- [action 2]\n\nBye"

    assert fill(body, actions="a\nb\nc").body == "Now:\n- A\n- B\n- C\n\nBye"
    assert fill(body, actions="- a").body == "Now:\n- A\n\nBye"
    assert fill(body).body == "Bye"


def test_numbers_of_dealt_actions_go_on():
    body = "Now:\n1. [action 1]\n2. [action 2]"

    assert fill(body, actions="a\nb\nc").body == "Now:\n1. A\n2. B\n3. C"


@pytest.mark.parametrize(
    ("body", "stated", "expected"),
    [
        ("SEV [1/2/3/4]", {"severity": "1"}, "SEV 1"),
        ("SEV [1/2/3/4]", {"severity": "P2"}, "SEV 2"),
        ("Severity: P[X]", {"severity": "P1"}, "Severity: P1"),
        ("Severity: P[X]", {"severity": "3"}, "Severity: P3"),
        ("Severity: [severity]", {"severity": "SEV-1"}, "Severity: SEV-1"),
        ("Status: [Investigating/Mitigating]", {"stage": "Identified"}, "Status: Mitigating"),
        ("Status: [investigating/fixing]", {"stage": "Investigating"}, "Status: investigating"),
        ("Room: #incident-[id]", {"channel": "#incident-42"}, "Room: #incident-42"),
        ("Room: #incident-[id]", {"channel": "#fire"}, "Room: #fire"),
        ("Room: #[channel]", {"channel": "#fire"}, "Room: #fire"),
        ("IC: @[name]", {"commander": "@ada"}, "IC: @ada"),
        ("to [end time] UTC.", {"resolved": "14:31 UTC"}, "to 14:31 UTC."),
        ("The cause was [root cause].", {"cause": "a full disk."}, "The cause was a full disk."),
        ("It hit [impact] badly today.", {"impact": "everyone."}, "It hit everyone badly today."),
        ("Sorry. [impact]", {"impact": "mail is late"}, "Sorry. Mail is late"),
        ("[impact]", {"impact": "iPhones cannot sign in"}, "iPhones cannot sign in"),
        ("[impact]", {"impact": "https://a.example is down"}, "https://a.example is down"),
        ("Impact: [impact]", {"impact": "one\ntwo"}, "Impact: One; two"),
        ("Updates: [frequency]", {"frequency": "hour"}, "Updates: every hour"),
        ("Updates every [frequency]", {"frequency": "hour"}, "Updates every hour"),
        ("[title] ([incident id])", {"title": "Mail"}, "Mail"),
        ("Since [start time] ([channel])", {"started": "13:04"}, "Since 13:04"),
        ("IC: @[name], Scribe: @[name]", {"commander": "Ada"}, "IC: @Ada"),
        ("IC: @[name], Scribe: @[name]", {"role:scribe": "Bo"}, "Scribe: @Bo"),
        ("Update #[n] (13:04)", {"update_number": "2"}, "Update #2 (13:04)"),
        ("Hi [first name],", {}, "Hi,"),
        ("Dear [customer name],", {}, "Dear customer,"),
        ("Dear [customer name],", {"recipient": "Ms Lovelace"}, "Dear Ms Lovelace,"),
    ],
)
def test_a_value_fits_into_the_words_around_it(body, stated, expected):
    assert fill(body, **stated).body == expected


PAYLOADS = ["[impact]", "{{ 7*7 }}", "{% raw %}", "${HOME}", "<title>", "{{ title }}", "____"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_value_that_looks_like_a_blank_stays_as_typed(payload):
    filled = fill("Trouble with [title], noticed as: [impact].", title=payload, impact="no mail")

    assert filled.body == f"Trouble with {payload}, noticed as: no mail."


@given(st.text(alphabet="[]{}<>$%#_ abc", min_size=1, max_size=60).filter(str.strip))
def test_any_value_comes_out_literally(value):
    filled = fill("Title: [title]!", title=value)

    assert filled.body == f"Title: {value.strip()}!"


@given(st.text(alphabet="[]{}<>:.-_\n abTX1", max_size=300), st.text(max_size=40))
@settings(deadline=None)
def test_any_template_can_be_filled(body, value):
    filled = fill(body, title=value, impact=value, components=value)

    assert "".join(text for text, _ in filled.segments) == filled.body
    assert "\n\n\n" not in filled.body or "\n\n\n" in value


# Writing times


def test_times_and_spans_are_written_for_people():
    zone = values.ZoneInfo("Europe/Berlin")

    assert values.clock_time(START, NOW, zone) == "14:04 CET"
    assert values.clock_time(START - timedelta(days=1), NOW, zone) == "20 November, 14:04 CET"
    assert values.span(timedelta(minutes=43)) == "43 minutes"
    assert values.span(timedelta(minutes=87)) == "1 h 27 min"
    assert values.span(timedelta(hours=2)) == "2 hours"
    assert values.span(timedelta(days=2, hours=3)) == "2 days 3 h"
    assert [values.every(n) for n in (15, 60, 120, 1440, 10080)] == [
        "15 minutes", "hour", "2 hours", "day", "week",
    ]  # fmt: skip
    assert values.listed(("A", "B", "C")) == "A, B and C"


# Composing


def compose(runbook, situation=None, typed=TYPED):
    return messages.compose(runbook, default.default(), situation or make_situation(), typed)


def test_every_audience_gets_its_own_words_from_the_same_facts():
    composed = compose(runbook_of())

    assert set(composed.drafts) == set(Audience)
    assert all("SMS and Reminders" in draft.body for draft in composed.drafts.values())
    assert {draft.origin for draft in composed.drafts.values()} == {"default"}
    assert composed.missing == ()


def test_the_public_page_has_no_subject_and_mail_always_has_one():
    drafts = compose(runbook_of(make_template("We are on it."))).drafts

    assert drafts[Audience.PUBLIC].subject is None
    assert drafts[Audience.CUSTOMER].subject == "[Acme] Text messages are not going out"


def test_a_message_without_a_promise_gets_one_before_its_sign_off():
    body = "Hello,\n\nWe are on it.\n\nBest regards,\nAcme Team"

    drafts = compose(runbook_of(make_template(body))).drafts

    assert drafts[Audience.CUSTOMER].body == (
        "Hello,\n\nWe are on it.\n\nNext update by 14:31 UTC.\n\nBest regards,\nAcme Team"
    )


def test_a_list_at_the_end_is_no_sign_off():
    body = "Doing now:\n- [action 1]\n- [action 2]"

    drafts = compose(runbook_of(make_template(body)), typed={"actions": "a\nb"}).drafts

    assert drafts[Audience.CUSTOMER].body == "Doing now:\n- A\n- B\n\nNext update by 14:31 UTC."


def test_a_dash_with_a_name_is_a_sign_off():
    body = "We are on it.\n\n- The Acme Team"

    drafts = compose(runbook_of(make_template(body))).drafts

    assert drafts[Audience.CUSTOMER].body == (
        "We are on it.\n\nNext update by 14:31 UTC.\n\n- The Acme Team"
    )


@pytest.mark.parametrize("body", ["Next update: [time]", "Next update in [X] minutes."])
def test_a_message_that_promises_by_itself_is_left_alone(body):
    drafts = compose(runbook_of(make_template(body))).drafts

    assert "Next update by" not in drafts[Audience.CUSTOMER].body


def test_no_update_is_promised_when_it_is_waived_or_over():
    runbook = runbook_of(make_template("We are on it. We will provide updates every [frequency]."))
    waived = make_situation(next_update_at=None, waived=True)

    drafts = compose(runbook, waived).drafts

    assert drafts[Audience.CUSTOMER].body == "We are on it."


def test_a_promise_in_fixed_words_says_what_is_promised_now():
    template = make_template("Next update in 15 minutes.", promise_minutes=15)
    situation = make_situation(next_update_at=NOW + timedelta(minutes=30))

    drafts = compose(runbook_of(template), situation).drafts

    assert drafts[Audience.CUSTOMER].body == "Next update in 30 minutes."


@pytest.mark.parametrize(
    ("body", "minutes", "expected"),
    [
        ("Next update in [X] minutes.", 30, "Next update in 30 minutes."),
        ("Next update in [X] minutes.", 1, "Next update in 1 minute."),
        ("Next update in [X] minutes.", 120, "Next update in 2 hours."),
        ("Next update in [X] minutes.", 1440, "Next update in 1 day."),
        ("Next update in [X] minutes.", 10080, "Next update in 1 week."),
        ("Next update in [X] hours.", 30, "Next update in 30 minutes."),
        ("Next update in [X] hours.", 60, "Next update in 1 hour."),
        ("Next update in [X] hours.", 240, "Next update in 4 hours."),
        ("We write every [X] minutes.", 1440, "We write every day."),
    ],
)
def test_a_wait_is_said_as_it_was_chosen_and_as_people_say_it(body, minutes, expected):
    situation = make_situation(
        next_update_at=NOW + timedelta(minutes=minutes, seconds=59),
        next_update_minutes=minutes,
        update_every_minutes=minutes,
    )

    drafts = compose(runbook_of(make_template(body)), situation).drafts

    assert drafts[Audience.CUSTOMER].body.split("\n")[0] == expected


def test_a_time_of_another_day_reads_well_after_at():
    runbook = runbook_of(make_template("It began at [start time] and went on."))
    yesterday = make_situation(started_at=START - timedelta(days=1), next_update_at=None)
    today = make_situation(next_update_at=None)

    bodies = [compose(runbook, at).drafts[Audience.CUSTOMER].body for at in (today, yesterday)]

    assert bodies == [
        "It began at 13:04 UTC and went on.",
        "It began on 20 November at 13:04 UTC and went on.",
    ]


def test_words_that_said_the_same_before_say_what_is_new():
    body = "We are on it.\n\nWe will provide the next update by [time].\n\nAcme Support Team"
    same = {Audience.CUSTOMER: "A template"}
    situation = make_situation(first=False, earlier_templates=same)

    told = compose(runbook_of(make_template(body)), situation, {"changed": "one node is back."})
    silent = compose(runbook_of(make_template(body)), situation, {})

    assert told.drafts[Audience.CUSTOMER].body == (
        "We are on it.\n\nOne node is back.\n\n"
        "We will provide the next update by 14:31 UTC.\n\nAcme Support Team"
    )
    assert "changed" in {question.name for question in silent.questions}
    assert "changed" not in {question.name for question in silent.missing}


def test_what_is_new_comes_before_a_promise_that_is_added():
    situation = make_situation(first=False, earlier_templates={Audience.CUSTOMER: "A template"})

    drafts = compose(
        runbook_of(make_template("We are on it.")), situation, {"changed": "A."}
    ).drafts

    assert drafts[Audience.CUSTOMER].body == "We are on it.\n\nA.\n\nNext update by 14:31 UTC."


def test_who_is_told_what_is_being_done_is_not_told_twice_what_is_new():
    template = make_template("We are on it.\n\nDoing now:\n- [action 1]")
    situation = make_situation(first=False, earlier_templates={Audience.CUSTOMER: "A template"})

    drafts = compose(runbook_of(template), situation, {"changed": "A.", "actions": "b"}).drafts

    assert "A." not in drafts[Audience.CUSTOMER].body


REVIEWED = (
    "It is over.\nPost-mortem scheduled for [date/time].\nPost-incident review: [scheduled time]"
)


def test_the_review_is_by_default_due_when_the_runbook_wants_it():
    template = make_template(REVIEWED, serves=(Stage.RESOLVED,), stage=TemplateStage.RESOLVED)
    due = make_situation(stage=Stage.RESOLVED, review_at=None, review_by=NOW + timedelta(hours=72))

    composed = compose(runbook_of(template), due)

    assert composed.drafts[Audience.CUSTOMER].body == (
        "It is over.\nPost-mortem scheduled for 24 November at the latest.\n"
        "Post-incident review: 24 November at the latest"
    )


def test_a_sentence_about_a_review_that_nobody_planned_is_left_out():
    template = make_template(REVIEWED, serves=(Stage.RESOLVED,), stage=TemplateStage.RESOLVED)
    unplanned = make_situation(stage=Stage.RESOLVED, review_at=None)

    composed = compose(runbook_of(template), unplanned)

    assert composed.drafts[Audience.CUSTOMER].body == "It is over."
    assert composed.missing == ()


def test_an_incident_that_is_reopened_begins_anew():
    again = make_situation(first=False, again=True)

    composed = compose(runbook_of(), again, {"changed": "The errors are back."})

    for audience in (Audience.PUBLIC, Audience.CUSTOMER):
        assert "still" not in composed.drafts[audience].body
        assert "The errors are back." in composed.drafts[audience].body


def test_questions_are_asked_once_and_say_who_needs_them():
    runbook = runbook_of(
        make_template("Sorry about the [brief description of issue] today."),
        make_template("Issue: [issue]\nETA: [eta]", audience=Audience.INTERNAL),
    )

    composed = compose(runbook, typed={"eta": "soon"})
    asked = {question.name: question for question in composed.questions}

    assert [question.name for question in composed.questions].count("issue") == 1
    assert asked["issue"].used_by == ("customer", "internal")
    assert asked["issue"].required
    assert asked["eta"].value == "soon"
    assert not asked["eta"].required
    assert [question.name for question in composed.missing] == ["issue"]


def test_a_question_shows_the_sentence_it_is_for():
    runbook = runbook_of(make_template("Hello. We are looking into [issue description] now. Bye."))

    (asked,) = [each for each in compose(runbook).questions if each.name == "issue"]

    assert asked.hint == "For “We are looking into … now.”"


def test_roles_go_by_their_names_however_these_are_spelt():
    runbook = runbook_of(make_template("Tech lead: [name]", audience=Audience.INTERNAL))
    situation = make_situation(roles={"Technical Lead": "Grace"})

    drafts = compose(runbook, situation).drafts

    assert drafts[Audience.INTERNAL].body.startswith("Tech lead: Grace")


def test_what_is_known_is_asked_only_when_a_sentence_lacks_it():
    runbook = runbook_of(
        make_template("Please write to [contact information] for help.\nIC: [commander name]")
    )
    situation = make_situation(contact=None, commander=None)

    composed = compose(runbook, situation)

    asked = {question.name for question in composed.questions}
    assert "contact" in asked
    assert "commander" not in asked


def test_what_people_type_overrules_what_is_known():
    composed = compose(runbook_of(), typed={"components": "Mail"})

    assert "trouble" not in composed.drafts[Audience.PUBLIC].body
    assert "Mail" in composed.drafts[Audience.PUBLIC].body


def test_an_incident_without_components_asks_what_is_affected():
    composed = compose(runbook_of(), make_situation(components=()), typed={})

    assert "components" in {question.name for question in composed.missing}


@pytest.mark.parametrize("name", ["dirt-free-crm.md", "intelliflow-crm.md"])
def test_real_runbooks_compose_at_every_stage_and_severity(name):
    runbook = reader.read(shared.text(name))
    for severity in runbook.severities:
        for stage in INCIDENT_ROAD:
            situation = make_situation(
                stage=stage,
                first=stage is Stage.INVESTIGATING,
                severity_key=severity.key,
                next_update_at=NOW + timedelta(minutes=60) if stage.is_open else None,
            )
            composed = compose(runbook, situation)
            assert composed.missing == ()
            for draft in composed.drafts.values():
                assert "[" not in draft.body
                assert ".." not in draft.body
                assert "  " not in draft.body


def test_composing_is_quick_enough_for_every_keystroke():
    situation = make_situation()
    compose(runbook_of(), situation)
    began = datetime.now(UTC)

    for _ in range(20):
        compose(runbook_of(), situation)

    assert (datetime.now(UTC) - began) / 20 < timedelta(milliseconds=25)


def test_another_time_zone_is_written_as_such():
    situation = replace(make_situation(), time_zone="America/New_York")

    drafts = compose(runbook_of(make_template("Started at: [timestamp]")), situation).drafts

    assert drafts[Audience.CUSTOMER].body.startswith("Started at: 08:04 EST")


def test_what_we_add_to_a_message_is_in_the_organisations_language():
    german = """# Handbuch

## Vorlagen

### E-Mail an Kunden: erste Meldung
```
Betreff: Störung

Die Störung begann um [start time].

Mit freundlichen Grüßen
```
"""
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    situation = Situation(
        title="Suche gestört",
        stage=Stage.INVESTIGATING,
        first=True,
        started_at=now - timedelta(days=1),
        published_at=now,
        organisation="Beispiel",
        severity_key="1",
        next_update_at=now + timedelta(minutes=30),
        time_zone="Europe/Berlin",
        language="de",
    )

    body = compose_german(german, situation).drafts[Audience.CUSTOMER].body

    assert "Die Störung begann am 20. November um 13:00 MEZ." in body
    assert "Die nächste Meldung folgt bis 13:30 MEZ.\n\nMit freundlichen Grüßen" in body


def compose_german(text, situation):
    return messages.compose(reader.read(text), default.default(), situation, {})
