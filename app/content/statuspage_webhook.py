"""What Statuspage's webhooks say, as plain values: the same keys in the same order.

There is no `type`: who receives one tells an incident from a component by its keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app import codes
from app.content import statuspage
from app.content.statuspage import Values, Whose
from app.models import Component, Incident, Update
from app.words import Impact

DOCUMENTATION = "https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/"
NOBODY = [{"name": "No components were affected by this update."}]
"""What a webhook says in the place of no components; the API says null there."""


@dataclass(frozen=True)
class Envelope:
    """What stands around every event: who it is for, when it is sent, how the page stands."""

    whose: Whose
    unsubscribe: str
    """The address of this subscriber's own link to leave."""
    generated_at: datetime
    page_status: tuple[str, str]
    """Indicator and words, as `statuspage_impacts.page_status` gives them."""

    def around(self, **event: Values) -> Values:
        indicator, description = self.page_status
        return {
            "meta": {
                "unsubscribe": self.unsubscribe,
                "documentation": DOCUMENTATION,
                "generated_at": statuspage.utc(self.generated_at),
            },
            "page": {
                "id": self.whose.code,
                "status_indicator": indicator,
                "status_description": description,
            },
            **event,
        }


def incident_event(envelope: Envelope, told: Incident, states: Mapping[int, Impact]) -> Values:
    """Something was said of an incident or a maintenance: all of it, its updates newest first."""
    return envelope.around(incident=incident(envelope.whose, told, states))


def component_event(
    envelope: Envelope, part: Component, *, said: Update, old: Impact, new: Impact
) -> Values:
    """An update changed a component's state."""
    part_values = statuspage.component(envelope.whose, part, new)
    at = statuspage.utc(said.published_at)
    component = {key: part_values[key] for key in _COMPONENT} | {
        "created_at": statuspage.utc(part.created_at),
        "updated_at": at,
    }
    change = {
        "old_status": old.value,
        "new_status": new.value,
        "created_at": at,
        "component_type": "Component",
        "id": codes.code_of(f"{said.code}:{part.code}"),
        "component_id": part.code,
    }
    return envelope.around(component=component, component_update=change)


def incident(whose: Whose, told: Incident, states: Mapping[int, Impact]) -> Values:
    """An incident with the keys that it has in webhooks and at `/incidents/<code>.json`."""
    public = statuspage.incident(whose, told, states)
    values = {
        "scheduled_for": None,
        "scheduled_until": None,
        **public,
        "scheduled_remind_prior": told.is_maintenance and told.remind_minutes is not None,
        "scheduled_reminded_at": whose.time_or_null(told.reminded_at),
        "impact_override": told.impact_override or None,
        "scheduled_auto_in_progress": told.is_maintenance and told.starts_itself,
        "scheduled_auto_completed": told.is_maintenance and told.ends_itself,
        "metadata": {},
        "reminder_intervals": None,
        "incident_updates": [_update(one) for one in public["incident_updates"]],
    }
    return {key: values[key] for key in _INCIDENT}


def _update(public: Values) -> Values:
    more = {
        "wants_twitter_update": False,
        "twitter_updated_at": None,
        "affected_components": public["affected_components"] or NOBODY,
    }
    return {key: (public | more)[key] for key in _UPDATE}


_COMPONENT = (
    "status", "name", "created_at", "updated_at", "position", "description", "showcase", "id",
    "page_id", "group_id",
)  # fmt: skip
_INCIDENT = (
    "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact",
    "shortlink", "scheduled_for", "scheduled_until", "scheduled_remind_prior",
    "scheduled_reminded_at", "impact_override", "scheduled_auto_in_progress",
    "scheduled_auto_completed", "metadata", "started_at", "reminder_intervals", "id", "page_id",
    "incident_updates", "components",
)  # fmt: skip
_UPDATE = (
    "status", "body", "created_at", "wants_twitter_update", "twitter_updated_at", "updated_at",
    "display_at", "affected_components", "deliver_notifications", "custom_tweet", "id",
    "incident_id",
)  # fmt: skip
