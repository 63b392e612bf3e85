"""Manners of writing severities, clocks, duties, roles and reviews, each in a few lines."""

import pytest

from app.runbook import read


def clocks_of(text):
    return {
        s.key: (s.response_minutes, s.resolution_minutes, s.update_every_minutes)
        for s in read(text).severities
    }


def duties_of(text):
    return {(o.severity, o.within_minutes) for o in read(text).obligations}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (("## Severities\n- SEV1: all down\n## Page\n- SEV1: Update within 5 minutes, then every "
         "20 minutes"), (None, None, 20)),
        (("## Severities\n- **SEV1 (Critical)**: all down\n  - **Response**: Immediate page to the "
         "whole team\n  - **SLO**: Ack < 10m, Resolve < 3h."), (10, 180, None)),
        ("## Severities\n### Sev1 - Critical\n- **Response time**: Immediate (5 minutes)\n",
         (5, None, None)),
        (("### SEV1 - Critical\n**Response time:**\n- Detection: immediate\n- Acknowledgment: < 5 "
         "minutes\n- Resolution: < 1 hour\n\n**Communication:**\n- External: within 30 minutes\n"
         "- Status page: updated immediately\n"), (5, 60, None)),
        (("| Level | Ack / Response / Resolve | Updates |\n|---|---|---|\n"
         "| SEV1 | 5 min / 15 min / 4 h | at least hourly |\n"), (15, 240, 60)),
    ],
)  # fmt: skip
def test_the_clocks_of_one_severity(text, expected):
    assert list(clocks_of(f"# Incident plan\n{text}").values()) == [expected]


def test_severities_side_by_side_in_one_item():
    text = "# Incident plan\n- Sev1: response ≤1h, resolution ≤8h; Sev2: response ≤4h; Sev3: none"

    assert clocks_of(text) == {
        "Sev1": (60, 480, None),
        "Sev2": (240, None, None),
        "Sev3": (None, None, None),
    }


def test_a_name_may_open_the_definition():
    text = (
        "# Incident plan\n| Severity | Impact | Response time |\n|---|---|---|\n"
        "| SEV1 | Critical - nothing works | 5 min |\n| SEV2 | Cosmetic | 1 day |\n"
    )

    found = [(s.name, s.definition) for s in read(text).severities]

    assert found == [("Critical", "nothing works"), ("Cosmetic", "Cosmetic")]


def test_a_word_that_goes_on_is_no_name():
    text = "# Incident plan\n## Severity\n- P0: Everything is down\n- P1: Major feature broken\n"

    assert [s.name for s in read(text).severities] == [None, None]


def test_steps_of_support_are_no_severities():
    text = (
        "# Incident plan\n## Severity\n- P1: respond in 5 minutes\n- P2: respond in 1 hour\n"
        "## Escalation\n1. Not resolved in 10 min: tech lead (Level 2)\n"
    )

    assert clocks_of(text) == {"P1": (5, None, None), "P2": (60, None, None)}
    assert duties_of(text) == {(None, 10)}


def test_figures_that_are_measured_are_no_duties():
    text = (
        "# Incident plan\n- P0: all down\n- P1: half down\n"
        "## Success criteria\n- MTTR: < 1 hour for P0, < 4 hours for P1\n"
    )

    assert duties_of(text) == set()


def test_a_column_of_who_is_told_holds_duties():
    text = (
        "# Incident plan\n| Severity | Response time | Who is told |\n|---|---|---|\n"
        "| SEV1 | 5 min | Board within 1h |\n| SEV2 | 10 min | - |\n"
    )

    assert ("SEV1", 60) in duties_of(text)


def test_roles_may_be_names_alone():
    text = "# Incident plan\n## Roles\n- Incident Commander\n- Comms Lead\n- Database expert\n"

    assert [r.name for r in read(text).roles] == [
        "Incident Commander",
        "Comms Lead",
        "Database expert",
    ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("## Postmortem\nPublish within 5 business days; draft within 48 hours.\n", 48),
        (("## Postmortem\n| Severity | Needed | Due |\n|---|---|---|\n| P1 | Yes | 36 hours |\n"
         "| P2 | Yes | 5 days |\n"), 36),
        ("## Postmortem\nPublish within 5 business days.\n", None),
    ],
)  # fmt: skip
def test_when_the_review_is_due(text, hours):
    assert read(f"# Incident plan\n{text}").review_within_hours == hours


TIMELINE = """\
# Incident communication policy

#### SEV-1 (Critical: all down)

| Time | Action | Owner |
|---|---|---|
| T+0 | Declared in the channel | Anybody |
| T+15 min | Status page says so | Comms |
| T+30 min | Directors and the board know | IC |
| Every 20 min | Status page update | Comms |
| Resolution +2 hrs | Letter to customers | Comms |
"""


def test_a_timeline_of_one_severity_holds_its_duties_and_its_rhythm():
    assert duties_of(TIMELINE) == {("SEV-1", 15), ("SEV-1", 30)}
    assert clocks_of(TIMELINE) == {"SEV-1": (None, None, 20)}


def test_a_rule_in_a_quote_is_read_and_no_message():
    text = (
        "# Incident communication\n> **Core rule**: Update the status page every 5 minutes "
        "during Sev1, every 15 minutes during Sev2.\n\n## Levels\n- **Sev1**: all\n- **Sev2**: some"
    )

    assert clocks_of(text) == {"Sev1": (None, None, 5), "Sev2": (None, None, 15)}
    assert read(text).templates == ()


@pytest.mark.parametrize(
    "text",
    [
        "## Roles\nIncident Commander, Scribe, Legal\n",
        (
            "## Contacts\n| Role | Primary | Backup |\n|---|---|---|\n"
            "| Incident Commander | A | B |\n| Scribe | C | D |\n| Legal | E | F |\n"
        ),
    ],
)
def test_roles_in_a_row_and_in_a_list_of_stand_ins(text):
    found = read(f"# Incident plan\n{text}").roles

    assert [role.name for role in found] == ["Incident Commander", "Scribe", "Legal"]


def test_two_words_in_brackets_are_one_name():
    text = "# Incident plan\n- **P1 (High/Major)**: down\n- **P2 (Low)**: slow\n"

    assert [s.name for s in read(text).severities] == ["High/Major", "Low"]


def test_a_table_inside_a_list_is_a_table():
    text = (
        "# Incident plan\n1. Declare\n2. Severity\n\n   | Level | Ack | Comms |\n   |---|---|---|\n"
        "   | Sev 0 | 2m | 15m |\n   | Sev 1 | 5m | 30m |\n\n3. Tell\n"
    )

    assert clocks_of(text) == {"Sev 0": (2, None, 15), "Sev 1": (5, None, 30)}


def test_a_level_in_bold_with_its_key_in_brackets_heads_what_follows():
    text = (
        "# Incident plan\n**Critical** (SEV-1)\n: All is down. We respond in 10 minutes.\n\n"
        "**Major** (SEV-2)\n: Half is down. We respond in 30 minutes and post updates hourly.\n"
    )

    assert clocks_of(text) == {"SEV-1": (10, None, None), "SEV-2": (30, None, 60)}
