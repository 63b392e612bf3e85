"""What templates are read as: real runbooks, and what is no template."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.runbook import document, mending, templates
from app.runbook.model import Severity, TemplateStage
from app.words import Audience, Stage
from tests.runbook import shared

NUMBERED = tuple(Severity(str(number)) for number in (1, 2, 3, 4))
OPEN = (Stage.INVESTIGATING, Stage.IDENTIFIED, Stage.MONITORING)


def read(text, severities=NUMBERED, stage_words=None):
    return templates.read(document.parse(text), severities, stage_words or {})


def only(text, **options):
    (template,) = read(text, **options).templates
    return template


def under(heading, body, info=""):
    return f"# Runbook\n\n## Communication Templates\n\n### {heading}\n\n```{info}\n{body}\n```\n"


def test_the_eight_templates_of_dirt_free_are_read():
    text = mending.mend(shared.text("dirt-free-crm.md"))

    found = {template.name: template for template in read(text).templates}

    assert [(name, each.audience, each.stage.value, each.line) for name, each in found.items()] == [
        ("Incident Declaration (Slack)", Audience.INTERNAL, "initial", 333),
        ("Status Update Template", Audience.INTERNAL, "update", 349),
        ("Resolution Notification", Audience.INTERNAL, "resolved", 364),
        ("Service Disruption Notice", Audience.CUSTOMER, "initial", 383),
        ("Service Restoration Notice", Audience.CUSTOMER, "resolved", 403),
        ("Initial Update", Audience.PUBLIC, "initial", 422),
        ("In Progress Update", Audience.PUBLIC, "update", 430),
        ("Resolution Update", Audience.PUBLIC, "resolved", 439),
    ]
    assert found["Incident Declaration (Slack)"].first_only
    assert found["Service Disruption Notice"].serves == OPEN
    assert found["Service Disruption Notice"].subject == "Service Update - [Brief Description]"
    assert found["Status Update Template"].serves == OPEN
    assert found["In Progress Update"].serves == (Stage.IDENTIFIED,)
    assert found["Initial Update"].serves == (Stage.INVESTIGATING,)
    assert found["Resolution Update"].blanks == ("timeframe", "timestamp")


def test_the_four_templates_and_the_form_of_intelliflow_are_read_apart():
    severities = tuple(Severity(f"P{number}") for number in (1, 2, 3, 4))
    text = mending.mend(shared.text("intelliflow-crm.md"))

    found = read(text, severities, {Stage.IDENTIFIED: "Mitigating"})

    assert [(each.name, each.audience, each.stage.value, each.severities, each.line)
            for each in found.templates] == [
        ("Initial Notification (P1/P2)", Audience.INTERNAL, "initial", ("P1", "P2"), 246),
        ("Status Update", Audience.INTERNAL, "update", (), 261),
        ("Resolution Notification", Audience.INTERNAL, "resolved", (), 278),
        ("Customer Communication (P1)", Audience.CUSTOMER, "resolved", ("P1",), 296),
    ]  # fmt: skip
    assert found.templates[0].promise_minutes == 15
    assert found.templates[0].serves == (Stage.INVESTIGATING,)
    assert found.templates[1].serves == OPEN
    assert found.review_form is not None
    assert found.review_form.startswith("# Incident Post-Mortem")
    assert found.not_understood == ()


def test_the_lines_of_a_message_are_used_up_with_their_fence():
    found = read(under("Internal", "We are looking into [issue]."))

    assert found.used_lines == frozenset({7, 8, 9})


@pytest.mark.parametrize(
    ("info", "body"),
    [
        ("bash", "kubectl delete pod <pod name>"),
        ("", "# Restart\nkubectl rollout restart deployment/<name>"),
        ("", "$ curl https://a.example/<id>"),
        ("", "SELECT * FROM jobs WHERE id = <id>;"),
        ("sql", "SELECT 1"),
        ("json", '{"text": "[title]"}'),
        ("", '{"text": "We are down: [title]."}'),
        ("yaml", "title: [x]"),
        ("", "- [ ] Tell customers about [issue].\n- [ ] Update the status page."),
        ("", "IF severity is P1 THEN tell customers\nELSE wait for [time]"),
        ("", "On-call --> Team lead\nTeam lead --> [CTO]"),
        ("", "On-call [name]\n   │\n   └── Lead [name]"),
        ("", "/incident declare [title]\n/incident close"),
        ("", "Phone: [phone]\nEmail: [email]\nSlack: [handle]"),
        ("", "HH:MM - Alert fired\nHH:MM - [what was done]"),
        ("", "2026-01-01T10:00:00 ERROR cannot reach [host]"),
    ],
)
def test_code_checklists_drawings_and_cards_are_no_templates(info, body):
    assert read(under("Notification", body, info)).templates == ()


def test_a_review_form_is_no_message():
    body = "# Post-mortem of [incident]\n## Timeline\n## Root cause\n## Action items\n"

    found = read(under("Post-Mortem Template", body, "markdown"))

    assert found.templates == ()
    assert found.review_form is not None


def test_a_letter_to_a_regulator_is_for_no_audience_of_ours():
    body = "To: regulator@example.org\nSubject: Breach at [company]\n\nDear customer office,"

    assert only(under("Regulator notification", body)).audience is None


def test_a_filled_in_example_is_no_template():
    text = "## Customer messages\n\nExample:\n\n```\nHello,\n\nWe are looking into it.\n```\n"

    assert read(text).templates == ()


def test_a_note_in_a_quote_is_no_template():
    assert read("## Templates for customers\n\n> **Note:** fill in [time] first.\n").templates == ()


def test_instructions_above_templates_are_no_template():
    text = "## Templates\n\nReplace everything in [brackets] with the [facts] you have.\n"

    assert read(text).templates == ()


def test_a_template_may_have_no_blank():
    template = only(under("Status page: monitoring", "A fix is in place and we are monitoring."))

    assert template.blanks == ()
    assert template.audience is Audience.PUBLIC
    assert template.serves == (Stage.MONITORING,)


@pytest.mark.parametrize(
    ("heading", "stage"),
    [
        ("Initial notification", "initial"),
        ("First update to customers", "initial"),
        ("Investigating", "initial"),
        ("Service disruption notice", "initial"),
        ("Status update", "update"),
        ("Identified", "update"),
        ("Mitigating", "update"),
        ("Follow-up to the first notice", "update"),
        ("Resolution update", "resolved"),
        ("All clear", "resolved"),
        ("Service restored", "resolved"),
        ("Scheduled maintenance", "other"),
        ("Escalation to management", "other"),
        ("Post-mortem invitation", "other"),
        ("Erstmeldung", "initial"),
        ("Zwischenstand", "update"),
        ("Entwarnung", "resolved"),
        ("Point d'étape", "update"),
        ("Incident résolu", "resolved"),
        ("Actualización", "update"),
        ("Atualização", "update"),
        ("Driftsforstyrrelse løst", "resolved"),
        ("Första meddelandet", "initial"),
    ],
)
def test_the_stage_comes_from_the_heading(heading, stage):
    assert only(under(heading, "About [service]: [words].")).stage.value == stage


@pytest.mark.parametrize(
    ("body", "stage"),
    [
        ("We experienced an outage from [start time] to [end time].", "resolved"),
        ("The outage of [service] has been resolved.", "resolved"),
        ("Status: [Investigating/Identified/Resolved]\nINCIDENT UPDATE", "update"),
        ("We have identified the cause of the trouble with [service].", "update"),
        ("We are currently experiencing trouble with [service] until resolved.", "initial"),
    ],
)
def test_where_the_heading_is_silent_the_words_tell_the_stage(body, stage):
    assert only(under("Message to customers", body)).stage.value == stage


@pytest.mark.parametrize(
    ("heading", "audience"),
    [
        ("Slack message", Audience.INTERNAL),
        ("Stakeholder email", Audience.INTERNAL),
        ("Intern", Audience.INTERNAL),
        ("Email to clients", Audience.CUSTOMER),
        ("Kundeninformation", Audience.CUSTOMER),
        ("Statusseite", Audience.PUBLIC),
        ("Page de statut", Audience.PUBLIC),
        ("Tweet", Audience.PUBLIC),
        ("Something else", None),
    ],
)
def test_the_audience_comes_from_the_heading(heading, audience):
    found = read(under(heading, "About [service]: [words]."))

    assert found.templates[0].audience is audience
    assert bool(found.not_understood) is (audience is None)


def test_a_subject_inside_the_body_is_taken_off():
    template = only(under("Customers", "Subject: Trouble with [service]\n\nHello,\n\n[words]"))

    assert (template.subject, template.line) == ("Trouble with [service]", 10)
    assert template.body == "Hello,\n\n[words]"
    assert template.blanks == ("service", "words")


def test_a_subject_above_the_fence_is_found():
    text = (
        "## Customer emails\n\n**Subject:** `Trouble with [service]`\n\n```\nHello [name],\n```\n"
    )

    assert only(text).subject == "Trouble with [service]"


def test_severities_in_a_heading_are_found_by_key_and_by_name():
    named = (Severity("SEV1", "Critical"), Severity("SEV2", "High"), Severity("SEV3", "Low"))

    def keys(heading):
        return only(under(heading, "We are down: [issue]."), severities=named).severities

    assert keys("Internal (SEV-1/SEV-2)") == ("SEV1", "SEV2")
    assert keys("Internal for Severity 2 and above") == ("SEV1", "SEV2")
    assert keys("Internal (Critical)") == ("SEV1",)
    assert keys("Internal P1-P3") == ("SEV1", "SEV2", "SEV3")
    assert keys("Internal") == ()


def test_a_choice_with_resolved_serves_it_only_without_a_template_of_its_own():
    update = "```\nStatus: [Investigating/Identified/Monitoring/Resolved]\n[words]\n```\n"
    closing = "**Resolved**\n```\nAll is well again: [words].\n```\n"

    alone = only(f"## Internal templates\n\n**Update**\n{update}")
    first, _ = read(f"## Internal templates\n\n**Update**\n{update}\n{closing}").templates

    assert alone.serves == (*OPEN, Stage.RESOLVED)
    assert first.serves == OPEN


@given(st.text(alphabet="#`*->[]_ \nabcSubject:1.|~", max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_a_crash(text):
    found = read(text)

    assert all(template.line >= 1 for template in found.templates)
    assert all(isinstance(template.stage, TemplateStage) for template in found.templates)
