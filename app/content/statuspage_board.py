"""Statuspage's documents: what is read once for all of them, and what stands in each."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from app.content import pages, public_incidents, statuspage, statuspage_impacts, times
from app.content.statuspage import Values, Whose
from app.domain import components, status
from app.models import Component, Group, Incident, Organisation
from app.words import Impact

LENGTH = 50
"""Incidents in a list; so many are recorded of Statuspage."""


def whose(organisation: Organisation, public_url: str, now: datetime) -> Whose:
    return Whose(
        code=organisation.code,
        name=pages.site(organisation, now).name,
        address=public_url,
        zone_name=organisation.time_zone,
        zone=times.zone(organisation.time_zone, now),
    )


class Board:
    """How things stand at one moment, read when it is first asked for and then kept."""

    def __init__(self, organisation: Organisation, public_url: str, now: datetime) -> None:
        self.whose = whose(organisation, public_url, now)
        self._set_up_at = organisation.set_up_at

    @cached_property
    def groups(self) -> list[Group]:
        return components.groups()

    @cached_property
    def parts(self) -> list[Component]:
        """The public components."""
        _ = self.groups  # read first: the order of components asks for each one's group
        return [one for one in components.every() if one.is_public]

    @cached_property
    def unresolved(self) -> list[Incident]:
        """The incidents that the public knows as open, newest first."""
        return _newest_first(_open(status.open_incidents()))

    @cached_property
    def active(self) -> list[Incident]:
        """Maintenance that is under way."""
        return _newest_first(_open(status.active_maintenances()))

    @cached_property
    def upcoming(self) -> list[Incident]:
        """Maintenance that is still to come."""
        return _newest_first(_open(status.upcoming_maintenances()))

    @cached_property
    def states(self) -> dict[int, Impact]:
        """The worst that anything open says of each public component, by its id."""
        worst: dict[int, Impact] = {}
        for one in [*self.unresolved, *self.active]:
            for component_id, impact in public_incidents.impacts(one).items():
                if impact.rank > worst.get(component_id, Impact.OPERATIONAL).rank:
                    worst[component_id] = impact
        return worst

    @cached_property
    def page_status(self) -> tuple[str, str]:
        """Indicator and words for the page as a whole."""
        return statuspage_impacts.page_status(
            [statuspage.state_of(part, self.states) for part in self.parts]
        )

    @cached_property
    def incidents(self) -> list[Incident]:
        """The newest incidents, open or not; none that is a maintenance."""
        return _told(status.newest_public(LENGTH))

    @cached_property
    def maintenances(self) -> list[Incident]:
        return _told(status.newest_maintenances(LENGTH))

    @cached_property
    def updated_at(self) -> datetime:
        """When anything on the page last changed."""
        changed = [part.updated_at for part in self.parts]
        told = [
            *(*self.unresolved, *self.active, *self.upcoming),
            *(*self.incidents, *self.maintenances),
        ]
        return max([self._set_up_at, *changed, *map(statuspage.updated_at, told)])

    @cached_property
    def _written(self) -> dict[int, Values]:
        return {}

    def write(self, told: Sequence[Incident]) -> list[Values]:
        """Incidents as values; one that stands in several lists is written once."""
        for one in told:
            if one.id not in self._written:
                self._written[one.id] = statuspage.incident(self.whose, one, self.states)
        return [self._written[one.id] for one in told]


def summary(board: Board) -> Values:
    return {
        **_page(board),
        "components": _components(board),
        "incidents": board.write(board.unresolved),
        "scheduled_maintenances": board.write([*board.active, *board.upcoming]),
        **_status(board),
    }


def page_status(board: Board) -> Values:
    return {**_page(board), **_status(board)}


def component_list(board: Board) -> Values:
    return {**_page(board), "components": _components(board)}


def incident_list(board: Board) -> Values:
    return {**_page(board), "incidents": board.write(board.incidents)}


def unresolved(board: Board) -> Values:
    return {**_page(board), "incidents": board.write(board.unresolved)}


def maintenance_list(board: Board) -> Values:
    return {**_page(board), "scheduled_maintenances": board.write(board.maintenances)}


def upcoming(board: Board) -> Values:
    return {**_page(board), "scheduled_maintenances": board.write(board.upcoming)}


def active(board: Board) -> Values:
    return {**_page(board), "scheduled_maintenances": board.write(board.active)}


def one_incident(board: Board, told: Incident) -> Values:
    """An incident by itself. It depends on nothing else, so that only its own news change it."""
    states = own_states(told)
    return {
        "page": statuspage.page(board.whose, statuspage.updated_at(told)),
        "incident": statuspage.incident(board.whose, told, states),
    }


def own_states(told: Incident) -> dict[int, Impact]:
    """What an incident itself says of components: once it is over, all are well."""
    return public_incidents.impacts(told)


def _page(board: Board) -> Values:
    return {"page": statuspage.page(board.whose, board.updated_at)}


def _status(board: Board) -> Values:
    indicator, description = board.page_status
    return {"status": {"indicator": indicator, "description": description}}


def _components(board: Board) -> list[Values]:
    members = {group.id: [part for part in board.parts if part.group_id == group.id]
               for group in board.groups}  # fmt: skip
    shown = [group for group in board.groups if members[group.id]]
    return [
        statuspage.group(board.whose, row, _ordered(members[row.id]), board.states)
        if isinstance(row, Group)
        else statuspage.component(board.whose, row, statuspage.state_of(row, board.states))
        for row in statuspage.in_order([*board.parts, *shown])
    ]


def _ordered(parts: Sequence[Component]) -> list[Component]:
    return [row for row in statuspage.in_order(parts) if isinstance(row, Component)]


def _open(found: Sequence[Incident]) -> list[Incident]:
    told = [one for one in found if statuspage.public_updates(one)]
    return [one for one in told if public_incidents.is_open(one)]


def _told(found: Sequence[Incident]) -> list[Incident]:
    return _newest_first(one for one in found if statuspage.public_updates(one))


def _newest_first(found: Iterable[Incident]) -> list[Incident]:
    return sorted(found, key=lambda one: (one.opened_at, one.id), reverse=True)
