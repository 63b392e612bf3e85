"""Creating, ordering, hiding and archiving components."""

import pytest

from app.db import db
from app.domain import components
from app.errors import Rejected
from app.models import Account
from tests.factories import make_organisation


@pytest.fixture
def ada(app):
    make_organisation(component_lines="A\nB\nC")
    return db.session.get(Account, 1)


def names():
    return [component.name for component in components.every()]


def test_components_stand_in_the_order_they_are_put_in(ada):
    a, b, c = components.every()

    components.order([c, a, b], by=ada)

    assert names() == ["C", "A", "B"]


def test_a_group_stands_among_the_components(ada):
    group = components.create_group(name="Later", by=ada)
    components.create(name="D", group=group, by=ada)
    a, b, c, _d = components.every()

    components.order([group, a, b, c], by=ada)

    assert names() == ["D", "A", "B", "C"]


def test_removing_a_group_keeps_its_components(ada):
    group = components.create_group(name="Group", by=ada)
    components.create(name="D", group=group, by=ada)

    components.remove_group(group, by=ada)

    assert names() == ["A", "B", "C", "D"]
    assert components.groups() == []


def test_an_archived_component_is_offered_nowhere_and_can_come_back(ada):
    a = components.every()[0]

    components.archive(a, by=ada)
    gone = names()
    components.restore(a, by=ada)

    assert gone == ["B", "C"]
    assert names() == ["A", "B", "C"]


def test_a_component_needs_a_name(ada):
    with pytest.raises(Rejected, match="called"):
        components.create(name="  ", by=ada)
    with pytest.raises(Rejected, match="at most"):
        components.create(name="x" * 101, by=ada)


def test_moving_to_another_group_puts_it_last_there(ada):
    group = components.create_group(name="Group", by=ada)
    components.create(name="D", group=group, by=ada)
    a = components.every()[0]

    components.change(
        a,
        name="A",
        description="",
        spoken="",
        words_slow="",
        words_down="",
        group=group,
        hidden=False,
        by=ada,
    )

    assert names() == ["B", "C", "D", "A"]
