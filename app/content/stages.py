"""How a stage is called: by the runbook's own word, else by ours in the language that is spoken."""

from app.content.language import gettext as _
from app.models import Update
from app.runbook.model import Runbook
from app.words import N_, Stage

NAMES = {
    Stage.INVESTIGATING: N_("Investigating"),
    Stage.IDENTIFIED: N_("Identified"),
    Stage.MONITORING: N_("Monitoring"),
    Stage.RESOLVED: N_("Resolved"),
    Stage.SCHEDULED: N_("Scheduled"),
    Stage.IN_PROGRESS: N_("In progress"),
    Stage.VERIFYING: N_("Verifying"),
    Stage.COMPLETED: N_("Completed"),
}

EVENTS = {"moved": N_("Moved"), "cancelled": N_("Cancelled"), "reminder": N_("Reminder")}
"""What happens to a maintenance beside its stages."""


def word(runbook: Runbook, stage: Stage) -> str:
    """The runbook's word for a stage; where it says what we say, ours, which is translated."""
    ours, own = NAMES[stage], runbook.stage_words.get(stage)
    return own if own and own.casefold() != ours.casefold() else _(ours)


def of(update: Update) -> str:
    """The word over an update; a maintenance that was moved or called off says so."""
    event = update.facts.get("event", "") if update.stage.is_of_maintenance else ""
    return _(EVENTS[event]) if event in EVENTS else word(update.incident.runbook.read, update.stage)
