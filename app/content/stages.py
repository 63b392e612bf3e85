"""How a stage is called: by the runbook's own word, else by ours in the language that is spoken."""

from app.content.language import gettext as _
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


def word(runbook: Runbook, stage: Stage) -> str:
    """The runbook's word for a stage; where it says what we say, ours, which is translated."""
    ours, own = NAMES[stage], runbook.stage_words.get(stage)
    return own if own and own.casefold() != ours.casefold() else _(ours)
