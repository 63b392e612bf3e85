"""What Statuspage's public API says of our records: the same keys, in the same order, no others.

Its words are used for its values. Only what the public may see is said: hidden components,
updates for colleagues and what was taken back are not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.content import markdown, statuspage_impacts
from app.content.statuspage_impacts import Change
from app.content.times import Zone
from app.models import Component, Group, Incident, Update
from app.words import Audience, Impact, Stage

Values = dict[str, Any]
IN_UTC = ("UTC", "Etc/UTC")
MONITORED = (Stage.MONITORING, Stage.VERIFYING)


@dataclass(frozen=True)
class Whose:
    """Whose page it is, and how its times are written."""

    code: str
    name: str
    address: str
    """The public address, without a slash at its end."""
    zone_name: str
    zone: Zone

    def time(self, moment: datetime) -> str:
        """A moment in the page's zone, to the millisecond."""
        text = moment.astimezone(self.zone.info).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z") if self.zone_name in IN_UTC else text

    def time_or_null(self, moment: datetime | None) -> str | None:
        return self.time(moment) if moment else None


def utc(moment: datetime) -> str:
    """A moment as webhooks write most of theirs, whatever the page's zone is."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page(whose: Whose, updated_at: datetime) -> Values:
    return {
        "id": whose.code,
        "name": whose.name,
        "url": whose.address,
        "time_zone": "Etc/UTC" if whose.zone_name in IN_UTC else whose.zone_name,
        "updated_at": whose.time(updated_at),
    }


def component(whose: Whose, part: Component, state: Impact) -> Values:
    return {
        "id": part.code,
        "name": part.name,
        "status": state.value,
        "created_at": whose.time(part.created_at),
        "updated_at": whose.time(part.updated_at),
        "position": part.position + 1,
        "description": part.description or None,
        "showcase": part.shows_uptime,
        "start_date": f"{whose.zone.day_of(part.start_date)}" if part.start_date else None,
        "group_id": part.group.code if part.group else None,
        "page_id": whose.code,
        "group": False,
        "only_show_if_degraded": part.only_when_hurt,
    }


def group(
    whose: Whose, together: Group, members: Sequence[Component], states: Mapping[int, Impact]
) -> Values:
    """A group with its public components; it is as bad as the worst of them."""
    said = together.imported or {}
    worst = max((state_of(part, states) for part in members), key=lambda state: state.rank)
    return {
        "id": together.code,
        "name": together.name,
        "status": worst.value,
        "created_at": whose.time(together.created_at),
        "updated_at": whose.time(moment(said, "updated_at") or together.created_at),
        "position": together.position + 1,
        "description": said.get("description"),
        "showcase": said.get("showcase", False),
        "start_date": said.get("start_date"),
        "group_id": None,
        "page_id": whose.code,
        "group": True,
        "only_show_if_degraded": said.get("only_show_if_degraded", False),
        "components": [part.code for part in members],
    }


def state_of(part: Component, states: Mapping[int, Impact]) -> Impact:
    return states.get(part.id, Impact.OPERATIONAL)


def in_order(rows: Iterable[Component | Group]) -> list[Component | Group]:
    """Components and groups as they are listed: by position, whatever they stand in."""
    return sorted(rows, key=lambda row: (row.position, _place(row), row.id))


def incident(whose: Whose, told: Incident, states: Mapping[int, Impact]) -> Values:
    """An incident that the public was told of; a maintenance has two keys more."""
    updates = public_updates(told)
    said = told.imported or {}
    values = {
        "id": told.code,
        "name": told.title,
        "status": status(updates[0]),
        "created_at": whose.time(told.opened_at),
        "updated_at": whose.time(updated_at(told)),
        "monitoring_at": whose.time_or_null(monitoring_at(updates)),
        "resolved_at": whose.time_or_null(resolved_at(updates)),
        "impact": statuspage_impacts.impact(told, updates),
        "shortlink": said.get("shortlink") or f"{whose.address}/incidents/{told.code}",
        "started_at": whose.time(started_at(told)),
        "page_id": whose.code,
        "incident_updates": incident_updates(whose, told),
        "components": [
            component(whose, part, state_of(part, states))
            for part in statuspage_impacts.touched(told, updates)
        ],
    }
    if told.scheduled_for:
        values["scheduled_for"] = whose.time(told.scheduled_for)
        values["scheduled_until"] = whose.time_or_null(told.scheduled_until)
    return values


def incident_updates(whose: Whose, told: Incident) -> list[Values]:
    """What the public was told, newest first."""
    updates = public_updates(told)
    changes = statuspage_impacts.changes(updates)
    return [_update(whose, one, changes[one.id]) for one in updates]


def _update(whose: Whose, said: Update, changes: list[Change] | None) -> Values:
    kept = said.imported or {}
    return {
        "id": said.code,
        "status": status(said),
        "body": body(said),
        "incident_id": said.incident.code,
        "created_at": whose.time(moment(kept, "created_at") or said.published_at),
        "updated_at": whose.time(changed_at(said)),
        "display_at": whose.time(said.published_at),
        "affected_components": changes,
        "deliver_notifications": delivers(said),
        "custom_tweet": kept.get("custom_tweet"),
        "tweet_id": kept.get("tweet_id"),
    }


def public_updates(told: Incident) -> list[Update]:
    """What the status page was told and nobody took back, newest first."""
    return [one for one in told.public_updates if one.retracted_at is None]


def status(said: Update) -> str:
    """The stage, or what we keep no stage for: a post-mortem of a page that was imported."""
    word: str = (said.imported or {}).get("status") or said.stage.value
    return word


def body(said: Update) -> str:
    """The words without marks; what was imported stands as it was, until it is corrected."""
    message = said.message(Audience.PUBLIC)
    if message is None:
        return ""
    is_as_it_was = said.imported is not None and not message.revisions
    return message.body if is_as_it_was else markdown.plain(message.body)


def delivers(said: Update) -> bool:
    """Whether subscribers were written to."""
    kept = said.imported or {}
    return bool(kept.get("deliver_notifications", said.message(Audience.CUSTOMER) is not None))


def changed_at(said: Update) -> datetime:
    """When it was said, or last corrected."""
    message = said.message(Audience.PUBLIC)
    corrected = [one.at for one in message.revisions] if message else []
    return max([moment(said.imported, "updated_at") or said.published_at, *corrected])


def updated_at(told: Incident) -> datetime:
    """When the public last heard of it: what only colleagues were told does not count."""
    heard = [changed_at(one) for one in public_updates(told)]
    return max([moment(told.imported, "updated_at") or told.opened_at, *heard])


def started_at(told: Incident) -> datetime:
    """When it began; of a maintenance, when it was announced."""
    if kept := moment(told.imported, "started_at"):
        return kept
    return public_updates(told)[-1].published_at if told.is_maintenance else told.occurred_at


def monitoring_at(updates: Sequence[Update]) -> datetime | None:
    """When it was first watched, or verified."""
    seen = (one.published_at for one in reversed(updates) if one.stage in MONITORED)
    return next(seen, None)


def resolved_at(updates: Sequence[Update]) -> datetime | None:
    """When it was said to be over; a post-mortem after that does not move it."""
    if updates[0].stage.is_open:
        return None
    over = [one for one in updates if status(one) != "postmortem"]
    return next(iter(over), updates[0]).published_at


def moment(kept: Mapping[str, Any] | None, name: str) -> datetime | None:
    """A moment among what an import kept."""
    text = (kept or {}).get(name)
    return datetime.fromisoformat(text) if text else None


def _place(row: Component | Group) -> int:
    """Where the page that it was imported from had it, among those of one position."""
    place: int = (row.imported or {}).get("place", -1)
    return place
