"""Brings components and groups of another page in, under the codes that they have there."""

from collections.abc import Mapping
from datetime import datetime, time

from sqlalchemy import select

from app.db import db
from app.domain import windows
from app.domain.source import Source, SourceComponent, iso
from app.models import Component, Group

UNNAMED = "Other"


def bring_in(source: Source, time_zone: str) -> int:
    """Make what is not here yet, in the transaction around; return how many were made.

    What is here under its code stays as it is. A component of our own with the same name in the
    same group takes the code over.
    """
    places = {code: place for place, code in enumerate(source.parts)}
    groups = {group.code: group for group in db.session.scalars(select(Group))}
    count = 0
    for code in [*_groups(source), *_only_named(source)]:
        if code not in groups:
            groups[code] = _group(source, code, places)
            db.session.add(groups[code])
            count += 1
    db.session.flush()
    known = {part.code for part in db.session.scalars(select(Component))}
    for part in source.parts.values():
        if not part.group and part.id not in known:
            _component(part, groups, places[part.id], time_zone)
            count += 1
    db.session.flush()
    return count


def _groups(source: Source) -> list[str]:
    return [part.id for part in source.parts.values() if part.group]


def _only_named(source: Source) -> list[str]:
    """Codes of groups that components name, and nothing else is known of."""
    named = (part.group_id for part in source.parts.values())
    return [code for code in dict.fromkeys(named) if code and code not in source.parts]


def _group(source: Source, code: str, places: Mapping[str, int]) -> Group:
    said = source.parts.get(code)
    if said is None:
        name = _name_in_updates(source, code) or UNNAMED
        return Group(code=code, name=name, position=len(places), imported={})
    return Group(
        code=code,
        name=said.name,
        position=said.position - 1,
        created_at=said.created_at,
        imported={
            "updated_at": iso(said.updated_at),
            "description": said.description,
            "showcase": said.showcase,
            "start_date": f"{said.start_date}" if said.start_date else None,
            "only_show_if_degraded": said.only_show_if_degraded,
            "place": places[code],
        },
    )


def _name_in_updates(source: Source, code: str) -> str:
    """The group's name as updates have it: "Group - Component"."""
    ends = {part.id: f" - {part.name}" for part in source.parts.values() if part.group_id == code}
    for incident in source.incidents.values():
        for told in incident.incident_updates:
            for change in told.affected_components or []:
                end = ends.get(change.code or "")
                if end and change.name.endswith(end):
                    return change.name.removesuffix(end)
    return ""


def _component(
    said: SourceComponent, groups: Mapping[str, Group], place: int, time_zone: str
) -> None:
    group = groups[said.group_id] if said.group_id else None
    row = _of_our_own(said.name, group)
    if row is None:
        row = Component()
        db.session.add(row)
    row.code = said.id
    row.name = said.name
    row.description = said.description or ""
    row.group_id = group.id if group else None
    row.position = said.position - 1
    row.start_date = _midnight(said, time_zone)
    row.shows_uptime = said.showcase
    row.only_when_hurt = said.only_show_if_degraded
    row.created_at = said.created_at
    row.updated_at = said.updated_at
    row.imported = {"place": place}


def _of_our_own(name: str, group: Group | None) -> Component | None:
    rows = db.session.scalars(
        select(Component).where(Component.name == name, Component.archived_at.is_(None))
    )
    for row in rows:
        mine, theirs = row.group.name if row.group else "", group.name if group else ""
        if row.imported is None and mine == theirs:
            return row
    return None


def _midnight(said: SourceComponent, time_zone: str) -> datetime | None:
    if said.start_date is None:
        return None
    return datetime.combine(said.start_date, time(), windows.zone(time_zone))
