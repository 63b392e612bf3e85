"""How often people are told: the runbook's severities and the promises that follow from them."""

from dataclasses import dataclass

from app.content import choosing
from app.content.choosing import Origin
from app.runbook import default
from app.runbook.model import Runbook, Severity
from app.words import Audience, Stage

FALLBACK_MINUTES = 60
"""The promise where no runbook says anything."""


def severities(runbook: Runbook) -> tuple[Severity, ...]:
    """The runbook's severities, or the default runbook's where it names none."""
    return runbook.severities or default.default().severities


@dataclass(frozen=True)
class Wait:
    """Minutes between updates, and whose they are."""

    minutes: int
    origin: Origin


def cadence(runbook: Runbook, severity_key: str) -> int:
    """Minutes between updates at a severity."""
    return _cadence(runbook, severity_key).minutes


def promise_minutes(runbook: Runbook, severity_key: str, *, stage: Stage, first: bool) -> int:
    """Minutes to the next update."""
    return usual(runbook, severity_key, stage=stage, first=first).minutes


def usual(runbook: Runbook, severity_key: str, *, stage: Stage, first: bool) -> Wait:
    """The wait for the next update: what the templates' own words promise, else the cadence."""
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
            return Wait(choice.template.promise_minutes, "runbook")
    return _cadence(runbook, severity_key)


def review_hours(runbook: Runbook, severity_key: str) -> int | None:
    """Hours from the end to the review that the runbook asks for at a severity."""
    fitting = (
        review.within_hours
        for review in runbook.reviews
        if not review.severities or severity_key in review.severities
    )
    return min(fitting, default=None)


def _cadence(runbook: Runbook, severity_key: str) -> Wait:
    """The runbook's, else that of the default's level.

    Levels of two runbooks correspond by their place in the order.
    """
    levels = severities(runbook)
    place = next((at for at, level in enumerate(levels) if level.key == severity_key), 0)
    if levels and (minutes := levels[place].update_every_minutes):
        return Wait(minutes, "runbook" if runbook.severities else "default")
    shipped = default.default().severities
    if not shipped:
        return Wait(FALLBACK_MINUTES, "default")
    level = shipped[min(place, len(shipped) - 1)]
    return Wait(level.update_every_minutes or FALLBACK_MINUTES, "default")
