"""What we keep: tables and read-only properties."""

from app.models.account import Account, Audit, Role
from app.models.component import Component, Group
from app.models.incident import Incident, Note, Obligation, Series, Tick
from app.models.organisation import Organisation
from app.models.outbox import (
    Announcement,
    AnnouncementKind,
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    Holding,
    ProviderEvent,
    Thread,
    Transport,
)
from app.models.pulse import Pulse
from app.models.runbook import RunbookVersion
from app.models.subscriber import Subscriber, Suppression, subscription
from app.models.update import ImpactOnComponent, Message, Revision, Update

__all__ = [
    "Account",
    "Announcement",
    "AnnouncementKind",
    "Attempt",
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
    "ProviderEvent",
    "Pulse",
    "Revision",
    "Role",
    "RunbookVersion",
    "Series",
    "Subscriber",
    "Suppression",
    "Thread",
    "Tick",
    "Holding",
    "Transport",
    "Update",
    "subscription",
]
