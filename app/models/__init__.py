"""What we keep: tables and read-only properties."""

from app.models.account import Account, Audit, Role
from app.models.component import Component, Group
from app.models.incident import Incident, Note, Obligation, Tick
from app.models.organisation import Organisation
from app.models.outbox import (
    Announcement,
    AnnouncementKind,
    Channel,
    Delivery,
    DeliveryState,
)
from app.models.runbook import RunbookVersion
from app.models.subscriber import Subscriber, subscription
from app.models.update import ImpactOnComponent, Message, Revision, Update

__all__ = [
    "Account",
    "Announcement",
    "AnnouncementKind",
    "Audit",
    "Channel",
    "Component",
    "Delivery",
    "DeliveryState",
    "Group",
    "ImpactOnComponent",
    "Incident",
    "Message",
    "Note",
    "Obligation",
    "Organisation",
    "Revision",
    "Role",
    "RunbookVersion",
    "Subscriber",
    "Tick",
    "Update",
    "subscription",
]
