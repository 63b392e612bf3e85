"""Runbooks in many manners: what is read of each, by name, audience, stage, line and subject."""

from pathlib import Path

import pytest

from app.runbook import blanks, document, reader, templates
from app.runbook.model import Severity

SAMPLES = Path(__file__).parent / "samples"
SEVERITIES = tuple(Severity(str(number)) for number in (1, 2, 3, 4))

EXPECTED = {
    "advice.md": [
        ("Investigating", "public", "initial", 25, None),
        ("Resolved", "public", "resolved", 29, None),
    ],
    "aligned_in_fence.md": [
        ("Status page (investigating)", "public", "initial", 11, None),
        ("Status page (resolved)", "public", "resolved", 12, None),
    ],
    "bold_leads_in_quotes.md": [
        ("Investigating", "public", "initial", 38, None),
        ("Identified", "public", "update", 40, None),
        ("Monitoring", "public", "update", 42, None),
        ("Resolved", "public", "resolved", 44, None),
        (
            "Email to merchants (SEV0 and SEV1)",
            "customer",
            "initial",
            50,
            "[Acme] Problem with {{affected_service}}",
        ),
        ("Slack (#incidents)", "internal", "initial", 63, None),
    ],
    "german_prose.md": [
        ("Statusseite – Erstmeldung", "public", "initial", 18, None),
        ("Statusseite – Entwarnung", "public", "resolved", 21, None),
        (
            "Kundenmail – Zwischenstand",
            "customer",
            "update",
            26,
            "Störung <Dienst> – Zwischenstand",
        ),
    ],
    "html_table.md": [
        ("Investigating (status page)", "public", "initial", 16, None),
        ("Resolved (status page)", "public", "resolved", 18, None),
    ],
    "angle_marks.md": [
        ("Slack (#war-room)", "internal", "initial", 20, None),
        ("Status Page — Investigating", "public", "initial", 30, "<Service> degraded"),
        ("Status Page — Resolved", "public", "resolved", 37, "<Service> degraded"),
        ("Email to account managers", "internal", "initial", 45, None),
        ("All-clear", None, "resolved", 55, None),
        ("Post-incident email", "customer", "other", 79, "Summary of the incident on <date>"),
    ],
    "capitals.md": [
        ("Investigating (status page + email)", "public", "initial", 10, None),
        ("Update (status page + email)", "public", "update", 16, None),
        ("Resolved (status page + email)", "public", "resolved", 22, None),
        ("Page message", "internal", "initial", 30, None),
        ("SMS to executives", "internal", "initial", 36, None),
    ],
    "details.md": [
        ("Initial message", None, "initial", 13, None),
        ("📣 Internal announcement", "internal", "initial", 22, None),
        ("Customer Support macro", "customer", "initial", 30, None),
        ("SMS (max 160 characters)", "customer", "initial", 37, None),
        ("Investigating", "public", "initial", 41, None),
        ("Identified", "public", "update", 43, None),
        ("Resolved", "public", "resolved", 45, None),
    ],
    "french_and_spanish.md": [
        ("Début d'incident", "public", "initial", 9, None),
        ("Point d'étape", "public", "update", 15, None),
        ("Fin d'incident", "public", "resolved", 20, None),
        ("Courriel initial", "customer", "initial", 29, "Perturbation de [service]"),
        ("Correo a clientes: resolución", "customer", "resolved", 40, "Servicio restablecido"),
    ],
    "german.md": [
        ("Erstmeldung", "customer", "initial", 12, "Störung bei [Dienst]"),
        ("Zwischenstand", "customer", "update", 27, "Zwischenstand zur Störung bei [Dienst]"),
        ("Entwarnung", "customer", "resolved", 36, "Störung behoben"),
        ("Erstmeldung", "public", "initial", 42, None),
        ("Entwarnung", "internal", "resolved", 48, None),
    ],
    "german_quotes.md": [
        ("Kundeninformation – Erstmeldung", "customer", "initial", 9, "Einschränkung bei <Dienst>"),
        (
            "Kundeninformation – Entwarnung",
            "customer",
            "resolved",
            17,
            "Einschränkung bei <Dienst> behoben",
        ),
        ("Interne Meldung (Teams)", "internal", "initial", 23, None),
    ],
    "indented.md": [
        ("Internal: engineering channel", "internal", "initial", 9, None),
        ("Customer email", "customer", "initial", 19, "We're aware of an issue with {service}"),
        ("Customer email (resolved)", "customer", "resolved", 31, "{service} is back"),
        ("Handover", "internal", "other", 45, None),
        ("Maintenance notice", None, "other", 59, None),
    ],
    "labelled.md": [
        ("Initial (within 15 minutes)", "customer", "initial", 13, "[Product] outage"),
        ("Update (hourly)", "customer", "update", 21, "[Product] outage - update [n]"),
        ("Final", "customer", "resolved", 30, "[Product] restored"),
        ("Internal bridge script", "internal", "initial", 40, None),
    ],
    "list_and_shared_fence.md": [
        ("Initial", "customer", "initial", 12, None),
        ("Update", "customer", "update", 13, None),
        ("Resolved", "customer", "resolved", 14, None),
        ("Incident opened", "internal", "initial", 20, None),
        ("Incident update", "internal", "update", 25, None),
        ("Incident closed", "internal", "resolved", 30, None),
        (
            "Stakeholder briefing (email)",
            "internal",
            "initial",
            38,
            "Incident [ID] - executive summary",
        ),
        ("Invite template", "internal", "other", 49, None),
    ],
    "nested_and_table.md": [
        ("Slack — initial alert (#incidents)", "internal", "initial", 10, None),
        ("Slack — hourly update", "internal", "update", 17, None),
        (
            "Customer email — all clear",
            "customer",
            "resolved",
            26,
            "[RESOLVED] [Service] incident on [date]",
        ),
        ("Investigating", "public", "initial", 36, None),
        ("Identified", "public", "update", 37, None),
        ("Monitoring", "public", "update", 38, None),
        ("Resolved", "public", "resolved", 39, None),
    ],
    "no_runbook.md": [],
    "norwegian.md": [
        ("Første varsel", "internal", "initial", 12, None),
        ("Driftsforstyrrelse løst", "customer", "resolved", 25, "Løst: [tjeneste]"),
        ("Undersøker", "public", "initial", 34, None),
        ("Løst", "public", "resolved", 38, None),
    ],
    "numbered.md": [
        ("Executive Notification", "internal", "initial", 10, "[SEV LEVEL] - [Incident Name]"),
        ("Customer-Facing Update", "customer", "update", 22, "Service issue update"),
        ("Final Notification", None, "resolved", 33, None),
    ],
    "paragraphs.md": [
        ("Status page: investigating", "public", "initial", 9, None),
        ("Status page: monitoring", "public", "update", 13, None),
        ("Tweet", "public", "initial", 17, None),
        ("Slack kickoff", "internal", "initial", 22, None),
        ("[UPDATE] [service] outage", "customer", "update", 34, "[UPDATE] [service] outage"),
        ("[RESOLVED] [service] outage", "customer", "resolved", 37, "[RESOLVED] [service] outage"),
        ("Internal", "internal", "resolved", 44, None),
        ("External", "customer", "resolved", 47, None),
    ],
    "policy.md": [
        ("Internal Communication", "internal", "initial", 14, None),
        ("Initial email", "customer", "initial", 36, "Issue with {{product_name}}"),
        ("Resolution email", "customer", "resolved", 48, "{{product_name}} issue resolved"),
        ("Investigating", "public", "initial", 54, None),
        ("Identified", "public", "update", 55, None),
        ("Resolved", "public", "resolved", 56, None),
        (
            "Regulator notification (within 72 hours)",
            None,
            "initial",
            64,
            "Personal data breach notification - [company]",
        ),
    ],
    "portuguese_and_swedish.md": [
        ("Aviso inicial", "customer", "initial", 10, "Instabilidade em [serviço]"),
        ("Resolução", "customer", "resolved", 21, "Serviço normalizado"),
        ("Atualização", "internal", "update", 30, None),
        ("Uppdatering", "customer", "update", 45, "Uppdatering om [tjänst]"),
        ("Opdatering", "public", "update", 54, None),
    ],
    "quotes.md": [
        ("Investigating", "public", "initial", 9, None),
        ("Identified", "public", "update", 13, None),
        ("Resolved", "public", "resolved", 17, None),
        (
            "Emails",
            "customer",
            "initial",
            26,
            "[Acme] Disruption of {service}",
        ),
    ],
    "quotes_in_lists.md": [
        ("Initial", "internal", "initial", 6, None),
        ("Resolved", "internal", "resolved", 9, None),
        ("Investigating", "public", "initial", 15, None),
        ("Resolved", "public", "resolved", 16, None),
    ],
    "subject_and_body.md": [
        ("Outage email", "customer", "initial", 8, "Service issue with [service]"),
        ("Outage email (closing)", "customer", "resolved", 16, "[service] restored"),
        ("[severity] [title]", "internal", "initial", 24, None),
        ("[title] is resolved after [duration].", "internal", "resolved", 29, None),
    ],
}


def read(name):
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return text, templates.read(document.parse(text), SEVERITIES, {})


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_runbook_in_its_own_manner_is_read(name):
    _, found = read(name)

    assert [
        (each.name, each.audience, each.stage, each.line, each.subject) for each in found.templates
    ] == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_body_begins_at_its_line_and_its_blanks_are_its_own(name):
    text, found = read(name)
    lines = text.split("\n")

    for each in found.templates:
        opening = each.body.split("\n")[0].strip()
        assert opening.strip('"') in lines[each.line - 1]
        assert each.blanks == blanks.distinct(f"{each.subject or ''}\n{each.body}")
        assert each.line in found.used_lines


def test_severities_come_from_a_heading_above():
    _, found = read("list_and_shared_fence.md")

    assert found.templates[0].severities == ("1", "2")


def test_a_form_for_the_review_is_kept_apart():
    _, found = read("list_and_shared_fence.md")

    assert found.review_form is not None
    assert found.review_form.startswith("Title:")


@pytest.mark.parametrize(
    ("name", "clocks"),
    [
        ("aligned_in_fence.md", {"SEV-1": (15, None, 30), "SEV-2": (60, None, 240)}),
        ("bold_leads_in_quotes.md", {"SEV0": (None, 60, 15), "SEV1": (5, 240, 30)}),
        ("german_prose.md", {"1": (10, 120, 30), "2": (30, 480, 60), "3": (None, None, None)}),
        ("html_table.md", {"L1": (10, None, 20), "L2": (60, None, 120)}),
    ],
)
def test_clocks_are_read_from_prose_html_and_aligned_text(name, clocks):
    read = reader.read((SAMPLES / name).read_text()).severities

    found = {
        one.key: (one.response_minutes, one.resolution_minutes, one.update_every_minutes)
        for one in read
    }
    assert {key: found.get(key) for key in clocks} == clocks
