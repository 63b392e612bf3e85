"""The words that every layer shares: stages, impacts, audiences."""

from enum import StrEnum


class Stage(StrEnum):
    """Where an incident stands. A runbook may call a stage otherwise; this is our word for it."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"

    @property
    def is_open(self) -> bool:
        return self is not Stage.RESOLVED


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
