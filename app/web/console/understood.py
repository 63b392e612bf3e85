"""What was understood of a runbook, as people are shown it before and after it is taken."""

from dataclasses import dataclass
from datetime import timedelta

from app.content import cadences, choosing, composer, values
from app.content.choosing import Choice
from app.runbook import default
from app.runbook.model import Criterion, ErrorBudget, Obligation, Runbook, Template, TemplateStage
from app.web.filters import severity
from app.words import INCIDENT_ROAD, Audience, Stage

STAGES = {
    TemplateStage.INITIAL: "first update",
    TemplateStage.UPDATE: "update",
    TemplateStage.RESOLVED: "resolved",
    TemplateStage.OTHER: "something else",
}


@dataclass(frozen=True)
class Step:
    """A stage in the runbook's word, and whose template speaks to each audience there."""

    word: str
    own_word: bool
    choices: dict[Audience, Choice]


def steps(runbook: Runbook) -> list[Step]:
    """The first update and those after it; at the highest severity, which has most templates."""
    levels = cadences.severities(runbook)
    key = levels[0].key if levels else None
    found = [_step(runbook, Stage.INVESTIGATING, key, first=True)]
    return [*found, *(_step(runbook, stage, key, first=False) for stage in INCIDENT_ROAD)]


def _step(runbook: Runbook, stage: Stage, key: str | None, *, first: bool) -> Step:
    word = "First update" if first else composer.stage_word(runbook, stage)
    choices = {
        audience: choosing.choose(
            runbook,
            default.default(),
            audience=audience,
            stage=stage,
            severity_key=key,
            first=first,
        )
        for audience in Audience
    }
    return Step(word, stage in runbook.stage_words and not first, choices)


def cadence(runbook: Runbook, key: str) -> tuple[int, bool]:
    """Minutes between updates at a severity, and whether that comes from the shipped runbook."""
    own = runbook.severity(key)
    return cadences.cadence(runbook, key), not (own and own.update_every_minutes)


def obligations(runbook: Runbook) -> list[tuple[str, list[Obligation]]]:
    """Timed obligations by severity; "" for those of every severity."""
    found: dict[str, list[Obligation]] = {}
    for obligation in runbook.obligations:
        found.setdefault(obligation.severity or "", []).append(obligation)
    return list(found.items())


def meant_for(template: Template) -> str:
    """When a template speaks, in words: "update, for P1 and P2"."""
    keys = values.listed(tuple(severity(key) for key in template.severities))
    return f"{STAGES[template.stage]}, for {keys or 'every severity'}"


def escalation(runbook: Runbook) -> list[tuple[str, list[Criterion]]]:
    """Reasons to escalate under the headings they stand below."""
    found: dict[str, list[Criterion]] = {}
    for criterion in runbook.escalation:
        found.setdefault(criterion.kind, []).append(criterion)
    return list(found.items())


def allowed(budget: ErrorBudget) -> str:
    """How long a service may be down: "43.2 minutes", "4 hours"."""
    if budget.minutes and budget.minutes % 60 == 0:
        return values.span(timedelta(minutes=budget.minutes))
    return f"{budget.minutes:g} minute{'' if budget.minutes == 1 else 's'}"
