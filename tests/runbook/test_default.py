"""The runbook we ship is whole: every audience, stage and severity finds its words in it."""

import pytest

from app.content import choosing, slots
from app.runbook import default, facts, lacks
from app.runbook.model import Runbook, Severity, Template, TemplateStage
from app.words import INCIDENT_ROAD, Audience, Stage

SHIPPED = default.default()
EMPTY = Runbook("Empty", True)


def test_it_is_a_runbook_that_is_wholly_understood():
    assert SHIPPED.is_runbook
    assert SHIPPED.not_understood == ()
    assert SHIPPED.review_form is not None
    assert SHIPPED.review_within_hours == 72
    assert [role.name for role in SHIPPED.roles] == [
        "Incident Commander",
        "Technical Lead",
        "Communications Lead",
        "Scribe",
    ]


def test_its_severities_have_all_their_clocks():
    assert [severity.key for severity in SHIPPED.severities] == ["SEV1", "SEV2", "SEV3", "SEV4"]
    for severity in SHIPPED.severities:
        assert severity.name
        assert severity.response_minutes
        assert severity.resolution_minutes
        assert severity.update_every_minutes


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("severity", ["SEV1", "SEV2", "SEV3", "SEV4"])
@pytest.mark.parametrize("stage", INCIDENT_ROAD)
@pytest.mark.parametrize("audience", list(Audience))
def test_every_audience_has_words_at_every_stage_and_severity(audience, stage, severity, first):
    choice = choosing.choose(
        EMPTY, SHIPPED, audience=audience, stage=stage, severity_key=severity, first=first
    )

    assert choice.origin == "default"
    assert stage in choice.template.serves


def test_the_second_word_differs_from_the_first():
    def chosen(audience, *, first):
        return choosing.choose(
            EMPTY, SHIPPED, audience=audience, stage=Stage.INVESTIGATING, severity_key="1",
            first=first,
        ).template.name  # fmt: skip

    for audience in Audience:
        assert chosen(audience, first=True) != chosen(audience, first=False)


def test_all_its_blanks_mean_something_we_know_or_ask():
    for template in SHIPPED.templates:
        for name in slots.facts_of(template):
            assert name in facts.CATALOGUE or name == "other:what people will notice"


def test_every_audience_has_words_for_maintenance():
    names = [t.name for t in SHIPPED.templates if t.stage is TemplateStage.OTHER]

    for phase in ("Scheduled", "in Progress", "Completed"):
        assert sum(phase in name for name in names) == len(Audience)


def test_a_runbook_without_cadence_follows_the_default_rank_by_rank():
    runbook = Runbook("Ours", True, severities=(Severity("P1"), Severity("P2", None)))

    assert lacks.cadence_minutes(runbook, SHIPPED, "P1") == lacks.Cadence(30, "default")
    assert lacks.cadence_minutes(runbook, SHIPPED, "P2") == lacks.Cadence(60, "default")


def test_a_runbook_with_a_cadence_keeps_it():
    runbook = Runbook("Ours", True, severities=(Severity("P1", update_every_minutes=45),))

    assert lacks.cadence_minutes(runbook, SHIPPED, "P1") == lacks.Cadence(45, "runbook")


def test_the_promise_in_the_first_message_holds_for_the_first_update():
    declared = Template(
        "Declared", Audience.INTERNAL, TemplateStage.INITIAL, (Stage.INVESTIGATING,), None,
        "Next update in 15 minutes.", (), 1, severities=("P1",), first_only=True,
        promise_minutes=15,
    )  # fmt: skip
    runbook = Runbook(
        "Ours", True, severities=(Severity("P1"), Severity("P2")), templates=(declared,)
    )

    assert lacks.cadence_minutes(runbook, SHIPPED, "P1", first=True).minutes == 15
    assert lacks.cadence_minutes(runbook, SHIPPED, "P1").minutes == 30
    assert lacks.cadence_minutes(runbook, SHIPPED, "P2", first=True).minutes == 60


def test_a_runbook_without_severities_uses_those_of_the_default():
    assert lacks.severities(EMPTY, SHIPPED).origin == "default"
    assert lacks.severity(EMPTY, SHIPPED, "SEV2").name == "High"
