"""What a runbook leaves open, taken from the default runbook and marked as coming from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.runbook.model import Runbook, Severity

Origin = Literal["runbook", "default"]


@dataclass(frozen=True)
class Cadence:
    """How many minutes may pass between updates, and whose rule that is."""

    minutes: int
    origin: Origin


@dataclass(frozen=True)
class Severities:
    """The levels to choose from, and whose they are."""

    severities: Sequence[Severity]
    origin: Origin


def severities(runbook: Runbook, default: Runbook) -> Severities:
    """The runbook's levels, or the default's where it has none."""
    if runbook.severities:
        return Severities(runbook.severities, "runbook")
    return Severities(default.severities, "default")


def severity(runbook: Runbook, default: Runbook, key: str | None) -> Severity | None:
    """The level of that key among those to choose from."""
    offered = severities(runbook, default).severities
    return next((level for level in offered if level.key == key), None)


def cadence_minutes(
    runbook: Runbook, default: Runbook, severity_key: str | None, *, first: bool = False
) -> Cadence | None:
    """How soon the next update is due at a severity.

    A promise that stands in the words of the runbook's first message holds for that one. Where
    the runbook is silent, the default's level of the same rank speaks; None when both are.
    """
    own = severities(runbook, default)
    level = next((level for level in own.severities if level.key == severity_key), None)
    if level is not None and level.update_every_minutes:
        return Cadence(level.update_every_minutes, own.origin)
    if first and (minutes := _promised_at_first(runbook, severity_key)):
        return Cadence(minutes, "runbook")
    if minutes := _default_minutes(own.severities, default, level):
        return Cadence(minutes, "default")
    return None


def _promised_at_first(runbook: Runbook, severity_key: str | None) -> int | None:
    promised = (
        template.promise_minutes
        for template in runbook.templates
        if template.first_only
        and template.promise_minutes
        and (not template.severities or severity_key in template.severities)
    )
    return next(promised, None)


def _default_minutes(
    own: Sequence[Severity], default: Runbook, level: Severity | None
) -> int | None:
    """The cadence of the default's level of the same rank, the gravest first."""
    cadences = [each.update_every_minutes for each in default.severities]
    if not cadences:
        return None
    rank = own.index(level) if level is not None else 0
    return cadences[min(rank, len(cadences) - 1)]
