"""How bad things are in Statuspage's words: of an update, of an incident, of the whole page."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain import impacts
from app.models import Component, Incident, Update
from app.words import Impact

Change = dict[str, str | None]
"""What one update changed of a component: its code, name, and state before and after."""

_OF_SOME = {
    Impact.UNDER_MAINTENANCE: ("maintenance", "Service Under Maintenance"),
    Impact.DEGRADED: ("minor", "Partially Degraded Service"),
    Impact.PARTIAL: ("minor", "Minor Service Outage"),
    Impact.MAJOR: ("major", "Partial System Outage"),
}
_OF_ALL = {
    Impact.DEGRADED: ("minor", "Degraded System Service"),
    Impact.PARTIAL: ("major", "Partial System Outage"),
    Impact.MAJOR: ("critical", "Major System Outage"),
}
ALL_WELL = ("none", "All Systems Operational")


def page_status(states: Sequence[Impact]) -> tuple[str, str]:
    """Indicator and words for a page whose components are in these states.

    The worst decides, and whether every component is as bad as that. An incident that names no
    component changes nothing.
    """
    worst = max(states, key=lambda state: state.rank, default=Impact.OPERATIONAL)
    if worst is Impact.OPERATIONAL:
        return ALL_WELL
    if len(states) == 1 and worst is Impact.DEGRADED:
        return _OF_SOME[worst]
    is_all = all(state is worst for state in states)
    return _OF_ALL[worst] if is_all and worst in _OF_ALL else _OF_SOME[worst]


def impact(told: Incident, updates: Sequence[Update]) -> str:
    """The worst that any public component was ever said to be; it does not get better again."""
    if told.impact_override:
        return told.impact_override
    return impacts.calculated(
        [state for one in updates for state in _said(one).values()],
        is_maintenance=told.is_maintenance,
    )


def touched(told: Incident, updates: Sequence[Update]) -> list[Component]:
    """The public components of the incident, in the order first named."""
    seen: dict[str, Component] = {}
    for one in reversed(updates):
        for said in one.impacts:
            if said.component.is_public:
                seen.setdefault(said.component.code, said.component)
    first = (told.imported or {}).get("components", [])
    return [seen.pop(code) for code in first if code in seen] + list(seen.values())


def changes(updates: Sequence[Update]) -> dict[int, list[Change] | None]:
    """By the id of each public update, what it changed; None, and never [], where nothing.

    `updates` are those of one incident, newest first.
    """
    found: dict[int, list[Change] | None] = {}
    before: dict[int, Impact] = {}
    names: dict[int, Component] = {}
    for one in reversed(updates):
        now = _said(one)
        names |= {said.component_id: said.component for said in one.impacts}
        kept = _kept(one)
        found[one.id] = (
            [
                {
                    "code": names[component_id].code,
                    "name": full_name(names[component_id]),
                    "old_status": before.get(component_id, Impact.OPERATIONAL).value,
                    "new_status": now.get(component_id, Impact.OPERATIONAL).value,
                }
                for component_id in [*now, *(each for each in before if each not in now)]
            ]
            if kept is None
            else kept["affected_components"]
        ) or None
        before = {key: state for key, state in now.items() if state is not Impact.OPERATIONAL}
    return found


def full_name(part: Component) -> str:
    """ "Group - Component", or the name of one that stands alone."""
    return f"{part.group.name} - {part.name}" if part.group else part.name


def _said(one: Update) -> dict[int, Impact]:
    """What an update says of public components; where it is over, all are well."""
    return {
        said.component_id: said.impact if one.stage.is_open else Impact.OPERATIONAL
        for said in one.impacts
        if said.component.is_public
    }


def _kept(one: Update) -> Mapping[str, Any] | None:
    """What the page that it was imported from said, without components that are hidden now."""
    kept = one.imported
    if kept is None or "affected_components" not in kept:
        return None
    away = {said.component.code for said in one.impacts if not said.component.is_public}
    listed = [each for each in kept["affected_components"] or [] if each.get("code") not in away]
    return {"affected_components": listed}
