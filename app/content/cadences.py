"""How often people are told: the runbook's severities and the promises that follow from them."""

from app.content import choosing
from app.runbook import default
from app.runbook.model import Runbook, Severity
from app.words import Audience, Stage

FALLBACK_MINUTES = 60
"""The promise where no runbook says anything."""


def severities(runbook: Runbook) -> tuple[Severity, ...]:
    """The runbook's severities, or the default runbook's where it names none."""
    return runbook.severities or default.default().severities


def cadence(runbook: Runbook, severity_key: str) -> int:
    """Minutes between updates at a severity: the runbook's, else those of the default's level.

    Levels of two runbooks correspond by their place in the order.
    """
    levels = severities(runbook)
    place = next((at for at, level in enumerate(levels) if level.key == severity_key), 0)
    if levels and (minutes := levels[place].update_every_minutes):
        return minutes
    shipped = default.default().severities
    if not shipped:
        return FALLBACK_MINUTES
    return shipped[min(place, len(shipped) - 1)].update_every_minutes or FALLBACK_MINUTES


def promise_minutes(runbook: Runbook, severity_key: str, *, stage: Stage, first: bool) -> int:
    """Minutes to the next update: what the templates' own words promise, else the cadence."""
    for audience in Audience:
        choice = choosing.choose(
            runbook,
            default.default(),
            audience=audience,
            stage=stage,
            severity_key=severity_key,
            first=first,
        )
        if choice.origin == "runbook" and choice.template.promise_minutes:
            return choice.template.promise_minutes
    return cadence(runbook, severity_key)
