"""Components in the console."""

from app.db import db
from app.domain import components
from app.models import Component, Group
from tests.factories import down, first_component, make_incident


def names():
    return [row.name for row in components.every()]


def test_components_are_created_and_ordered(ada):
    ada.post("/console/components/new", {"name": "Payments"})
    payments = db.session.query(Component).filter_by(name="Payments").one()

    ada.post("/console/components/order", {"what": f"component-{payments.code}", "direction": "up"})

    assert names() == ["Website", "Payments", "Text messages"]
    first = first_component()
    ada.post("/console/components/order", {"what": f"component-{first.code}", "direction": "up"})
    assert names()[0] == "Website"


def test_a_group_is_made_filled_moved_renamed_and_removed(ada):
    ada.post("/console/components/groups/new", {"group_name": "Messages"})
    group = db.session.query(Group).one()
    code = group.code
    ada.post("/console/components/new", {"name": "Email", "group": code})

    ada.post("/console/components/order", {"what": f"group-{code}", "direction": "up"})
    assert names() == ["Website", "Email", "Text messages"]
    ada.post(f"/console/components/groups/{code}", {"name": "Mails"})
    assert "Mails" in ada.get("/console/components").text
    ada.post(f"/console/components/groups/{code}/remove")

    assert db.session.query(Group).count() == 0
    assert "Email" in names()


def test_its_words_make_the_sentence(ada):
    component = first_component()
    form = {"name": "Website", "spoken": "Our website", "words_slow": "is crawling"}

    ada.post(f"/console/components/{component.code}", form)

    page = ada.get(f"/console/components/{component.code}")
    assert page.words("example-slow") == "Our website is crawling."
    assert page.words("example-down") == "Our website is down."


def test_it_is_hidden_archived_and_restored(ada):
    component = first_component()
    code = component.code

    ada.post(f"/console/components/{code}", {"name": "Website", "hidden": "1"})
    assert "hidden" in ada.get("/console/components").words(f"component-{code}")
    ada.post(f"/console/components/{code}/archive")
    assert "Website" not in names()
    ada.post(f"/console/components/{code}/restore")

    assert "Website" in names()


def test_its_state_is_shown_as_it_follows_from_incidents(ada):
    component = first_component()
    make_incident(impacts=down(component))

    page = ada.get("/console/components")

    assert "Down" in page.words(f"component-{component.code}")


def test_a_name_is_needed_and_what_was_typed_stays(ada):
    component = first_component()

    page = ada.post(
        f"/console/components/{component.code}", {"name": "", "words_slow": "naps"}, status=422
    )
    ada.post("/console/components/new", {"name": "x" * 101}, status=422)

    assert page.words("w-name")
    assert page.field("words_slow") == "naps"


def test_nothing_moves_that_is_not_there(ada):
    ada.post("/console/components/order", {"what": "component-nothing"}, status=404)
    ada.post("/console/components/order", {"what": "group-nothing"}, status=404)


def test_how_it_is_counted_and_shown_is_kept_and_shown_again(ada):
    address = f"/console/components/{first_component().code}"
    form = {"name": "Website", "start_date": "2026-01-05", "only_when_hurt": "1"}

    ada.post(address, form)
    db.session.expire_all()

    component = first_component()
    assert (component.shows_uptime, component.only_when_hurt) == (False, True)
    assert f"{component.start_date:%Y-%m-%d}" == "2026-01-05"
    page = ada.get(address).text
    assert 'value="2026-01-05"' in page
    assert f"/components/{component.code}/badge.svg" in page


def test_it_cannot_be_counted_from_a_day_that_lies_ahead(ada):
    address = f"/console/components/{first_component().code}"

    ada.post(address, {"name": "Website", "start_date": "2199-01-05"}, status=422)

    assert first_component().start_date is None
