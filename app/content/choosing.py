"""Which template speaks to an audience at a stage: the runbook's own, or the default's."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.runbook.model import Runbook, Template, TemplateStage
from app.words import Audience, Stage

Origin = Literal["runbook", "default"]


@dataclass(frozen=True)
class Choice:
    """A template and whose it is."""

    template: Template
    origin: Origin


def choose(
    runbook: Runbook,
    default: Runbook,
    *,
    audience: Audience,
    stage: Stage,
    severity_key: str | None,
    first: bool,
    again: bool = False,
) -> Choice:
    """The template for an audience: the runbook's that fits best, else the default runbook's.

    `again` is for an incident that is reopened: to the outside, the default's words for its
    beginning fit that, and "we are still looking" does not.
    """
    sources: tuple[tuple[Origin, Runbook], ...] = (("runbook", runbook), ("default", default))
    for origin, source in sources:
        # A severity means something only to the runbook that it comes from.
        key = severity_key if source is runbook else None
        begins = again and origin == "default" and audience is not Audience.INTERNAL
        if found := _best(source.templates, audience, stage, key, first or begins):
            return Choice(found, origin)
    raise LookupError(f"no template for {audience} at {stage}")


@lru_cache(maxsize=1024)
def _best(
    templates: tuple[Template, ...],
    audience: Audience,
    stage: Stage,
    severity_key: str | None,
    first: bool,
) -> Template | None:
    fitting = _fitting(templates, audience, stage, severity_key, first)
    return min(fitting, key=lambda template: _rank(template, stage, first), default=None)


def _fitting(
    templates: tuple[Template, ...],
    audience: Audience,
    stage: Stage,
    severity_key: str | None,
    first: bool,
) -> Iterator[Template]:
    for template in templates:
        if template.audience is not audience or stage not in template.serves:
            continue
        # A script is read out on the phone: it makes no message.
        if template.channel == "phone":
            continue
        if template.severities and severity_key not in template.severities:
            continue
        if first or not template.first_only:
            yield template


def _rank(template: Template, stage: Stage, first: bool) -> tuple[bool, bool, bool, int]:
    """Lower is better: the usual channel, the right part of the incident, the most exact words."""
    wanted = TemplateStage.INITIAL if first else TemplateStage.UPDATE
    if stage is Stage.RESOLVED:
        wanted = TemplateStage.RESOLVED
    return (
        not _is_usual(template),
        template.stage is not wanted and not (first and template.first_only),
        not template.severities,
        len(template.serves),
    )


def _is_usual(template: Template) -> bool:
    """Whether it is for all of its audience, where we reach it: no tweet, no note to the board."""
    narrow = ("executive", "leadership", "management", "board", "tweet", "sms", "macro")
    name = template.name.lower()
    return template.channel not in ("social", "sms", "phone") and not any(
        word in name for word in narrow
    )
