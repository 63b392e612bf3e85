"""What we run, as a page shows it: components in their groups, with states and records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.content import characters, sentence
from app.content.language import gettext as _
from app.content.sentence import Tone
from app.content.uptime import Record, Records
from app.models import Component, Group
from app.words import N_, Impact

FEW = 12
"""Up to so many components every group stands open."""
STATES = {
    Impact.OPERATIONAL: N_("Working"),
    Impact.UNDER_MAINTENANCE: N_("Being worked on"),
    Impact.DEGRADED: N_("Slow"),
    Impact.PARTIAL: N_("Partly down"),
    Impact.MAJOR: N_("Down"),
}


@dataclass(frozen=True)
class Part:
    """A component and its state."""

    name: str
    path: str
    description: str
    tone: Tone
    state: str
    record: Record | None


@dataclass(frozen=True)
class PartGroup:
    """Components that stand together; without a name, one that stands alone."""

    name: str
    parts: tuple[Part, ...]
    tone: Tone
    state: str
    is_spread: bool
    record: Record | None


def word(impact: Impact) -> str:
    """What a component is while this is said of it: "Working", "Down"."""
    return _(STATES[impact])


def path(component: Component) -> str:
    return f"/components/{component.code}"


def name(component: Component) -> str:
    return characters.one_line(component.name)


def together(
    components: Sequence[Component], groups: Sequence[Group]
) -> list[tuple[str, list[Component]]]:
    """Components in the order of the page, those of a group under its name."""
    names = {group.id: characters.one_line(group.name) for group in groups}
    found: dict[tuple[int, int], list[Component]] = {}
    for one in components:
        key = (one.group_id, 0) if one.group_id else (0, one.id)
        found.setdefault(key, []).append(one)
    return [(names.get(group_id, ""), members) for (group_id, _alone), members in found.items()]


def shown(
    components: Sequence[Component],
    groups: Sequence[Group],
    impacts: Mapping[int, Impact],
    records: Records,
) -> tuple[PartGroup, ...]:
    """What stands on the page now: some components only while something is wrong with them."""
    seen = [one for one in components if not one.only_when_hurt or one.id in impacts]
    few = len(seen) <= FEW
    return tuple(
        _group(name, members, impacts, records, few=few) for name, members in together(seen, groups)
    )


def show(component: Component, impact: Impact, record: Record | None) -> Part:
    return Part(
        name=name(component),
        path=path(component),
        description=characters.one_line(component.description),
        tone=sentence.TONES[impact],
        state=word(impact),
        record=record,
    )


def _group(
    title: str,
    members: Sequence[Component],
    impacts: Mapping[int, Impact],
    records: Records,
    *,
    few: bool,
) -> PartGroup:
    states = [impacts.get(one.id, Impact.OPERATIONAL) for one in members]
    worst = max(states, key=lambda impact: impact.rank)
    return PartGroup(
        name=title,
        parts=tuple(
            show(one, state, records.of(one)) for one, state in zip(members, states, strict=True)
        ),
        tone=sentence.TONES[worst],
        state=word(worst),
        is_spread=few or worst is not Impact.OPERATIONAL,
        record=records.together(members) if title else None,
    )
