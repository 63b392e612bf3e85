"""Components and groups: create, rename, order, hide, archive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import clock
from app.db import db, transaction
from app.domain import audit, changes
from app.errors import Rejected
from app.models import Account, Component, Group

LONGEST_NAME = 100


@dataclass(frozen=True)
class Shown:
    """How a component is counted and shown."""

    since: datetime | None = None
    """None counts from its creation."""
    uptime: bool = True
    only_when_hurt: bool = False


def every(*, archived: bool = False) -> list[Component]:
    """Components in the order of the page, hidden ones too; archived ones only when asked."""
    rows = db.session.scalars(select(Component).order_by(Component.position, Component.id))
    found = [row for row in rows if archived or row.archived_at is None]
    return sorted(found, key=_place)


def public(code: str) -> Component | None:
    """The component of this code, where the public may see it."""
    found = db.session.scalar(select(Component).where(Component.code == code))
    return found if found and found.is_public else None


def groups() -> list[Group]:
    return list(db.session.scalars(select(Group).order_by(Group.position, Group.id)))


def _place(component: Component) -> tuple[int, int, int, int]:
    group = component.group
    if group is None:
        return component.position, 0, component.id, 0
    return group.position, group.id, component.position, component.id


def create(*, name: str, group: Group | None = None, by: Account | None) -> Component:
    name = _name(name)
    with transaction() as session:
        component = Component(name=name, group=group, position=_next_position(group))
        session.add(component)
        session.flush()
        _changed("component created", by, component)
    return component


def create_group(*, name: str, by: Account | None) -> Group:
    group = Group(name=_name(name))
    with transaction() as session:
        group.position = _next_position(None)
        session.add(group)
        session.flush()
        audit.record("group created", by=by, group=group.id)
        changes.record()
    return group


def create_from_lines(lines: str, *, by: Account | None) -> list[Component]:
    """Create components, one a line; a line with indented lines below it is a group.

    Raise Rejected when there is none, or a name is too long.
    """
    rows = [line.expandtabs(4) for line in lines.splitlines() if line.strip()]
    if not rows:
        raise Rejected(components="Name at least one thing that you run, one a line.")
    made: list[Component] = []
    group: Group | None = None
    with transaction():
        for row, below in zip(rows, [*rows[1:], ""], strict=True):
            if row.startswith(" ") and group is not None:
                made.append(create(name=row, group=group, by=by))
            elif below.startswith(" "):
                group = create_group(name=row, by=by)
            else:
                group = None
                made.append(create(name=row, by=by))
    return made


def change(
    component: Component,
    *,
    name: str,
    description: str,
    spoken: str,
    words_slow: str,
    words_down: str,
    group: Group | None,
    hidden: bool,
    by: Account,
    shown: Shown | None = None,
) -> None:
    """Change what is said of a component; without `shown`, how it is shown stays as it is."""
    new_name = _name(name)
    if shown and shown.since and shown.since > clock.now():
        raise Rejected(start_date="It cannot be counted from a day that lies ahead.")
    with transaction():
        if component.group_id != (group.id if group else None):
            component.position = _next_position(group)
        component.name = new_name
        component.description = description.strip()
        component.spoken = spoken.strip()
        component.words_slow = words_slow.strip()
        component.words_down = words_down.strip()
        component.group_id = group.id if group else None
        component.hidden = hidden
        if shown:
            component.start_date = shown.since
            component.shows_uptime = shown.uptime
            component.only_when_hurt = shown.only_when_hurt
        _changed("component changed", by, component)


def rename_group(group: Group, *, name: str, by: Account) -> None:
    new_name = _name(name)
    with transaction():
        group.name = new_name
        audit.record("group renamed", by=by, group=group.id)
        changes.record()


def remove_group(group: Group, *, by: Account) -> None:
    """Take a group away; its components stay, on their own, where it stood."""
    with transaction() as session:
        for component in list(group.components):
            component.group_id = None
            component.position = group.position
        audit.record("group removed", by=by, name=group.name)
        session.flush()
        session.expire(group)
        session.delete(group)
        changes.record()


def order(siblings: Sequence[Component | Group], *, by: Account) -> None:
    """Put components and groups that share a place into this order."""
    with transaction():
        for position, row in enumerate(siblings):
            row.position = position
        audit.record("components ordered", by=by)
        changes.record()


def archive(component: Component, *, by: Account) -> None:
    """Stop offering a component; what was said of it stays in the history."""
    with transaction():
        component.archived_at = component.archived_at or clock.now()
        _changed("component archived", by, component)


def restore(component: Component, *, by: Account) -> None:
    with transaction():
        component.archived_at = None
        _changed("component restored", by, component)


def _changed(action: str, by: Account | None, component: Component) -> None:
    audit.record(action, by=by, component=component.id)
    changes.record()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Rejected(name="What is it called?")
    if len(name) > LONGEST_NAME:
        raise Rejected(name=f"Use at most {LONGEST_NAME} characters.")
    return name


def _next_position(group: Group | None) -> int:
    within = select(func.max(Component.position)).where(
        Component.group_id == group.id if group else Component.group_id.is_(None)
    )
    last = db.session.scalar(within)
    if group is None:
        top = db.session.scalar(select(func.max(Group.position)))
        last = max((value for value in (last, top) if value is not None), default=None)
    return 0 if last is None else last + 1
