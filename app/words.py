"""The words that every layer shares: stages, impacts, audiences."""

from enum import StrEnum


class Stage(StrEnum):
    """Where an incident or a maintenance stands, in our word; a runbook may call it otherwise."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"

    @property
    def is_open(self) -> bool:
        return self not in (Stage.RESOLVED, Stage.COMPLETED)

    @property
    def is_under_way(self) -> bool:
        """Whether a maintenance at this stage is being done."""
        return self in (Stage.IN_PROGRESS, Stage.VERIFYING)

    @property
    def word(self) -> str:
        """ "In progress": our word for people, where a runbook has none."""
        return self.value.replace("_", " ").capitalize()

    @property
    def is_of_maintenance(self) -> bool:
        return self in MAINTENANCE_ROAD

    @property
    def road(self) -> tuple["Stage", ...]:
        """The stages among which this one stands, first to last."""
        return MAINTENANCE_ROAD if self.is_of_maintenance else INCIDENT_ROAD


INCIDENT_ROAD = (Stage.INVESTIGATING, Stage.IDENTIFIED, Stage.MONITORING, Stage.RESOLVED)
MAINTENANCE_ROAD = (Stage.SCHEDULED, Stage.IN_PROGRESS, Stage.VERIFYING, Stage.COMPLETED)


class Impact(StrEnum):
    """What an update says of a component, mildest first."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL = "partial_outage"
    MAJOR = "major_outage"

    @property
    def rank(self) -> int:
        return list(Impact).index(self)


class Audience(StrEnum):
    """Who a message is for: the status page, customers by email, colleagues."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    INTERNAL = "internal"


LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Every language that the public side and mails speak, by its own name."""


def N_(text: str) -> str:  # the name that gettext's tools know
    """The text as it is, marked to be translated where it is shown."""
    return text
