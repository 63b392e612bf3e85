"""The composer in a real browser: live, once, and nothing typed is lost."""

import pytest

from app.db import db
from app.models import Announcement, Incident, Update
from app.words import Stage
from tests.factories import (
    PASSWORD,
    RUNBOOK,
    down,
    first_component,
    make_incident,
    make_maintenance,
    make_organisation,
    post,
)
from tests.web.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.once]
WITH_BOXES = RUNBOOK + "\n## Investigation\n\n- [ ] Look at the logs\n- [ ] Ask the supplier\n"


@pytest.fixture
def address(app, address):
    """The application on a port of this machine, set up with a runbook that has boxes."""
    make_organisation(runbook_text=WITH_BOXES)
    return address


@pytest.fixture
def visit(visit, address):
    """Sign in and open a path of the console."""

    def open_page(path, **visitor):
        page = visit("/console/sign-in", **visitor)
        sign_in(page)
        page.goto(address + path)
        return page

    return open_page


def sign_in(page):
    page.fill("#email", "ada@example.org")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/incidents**")


def room(**changes):
    facts = {"issue": "late messages"}
    incident = make_incident(impacts=down(first_component()), facts=facts, **changes)
    return f"/console/incidents/{incident.code}"


def updates():
    db.session.rollback()
    return db.session.query(Update).count()


def test_every_audience_follows_what_is_typed(visit):
    page = visit(room())

    page.locator("[name=fact_actions]").fill("asking our carrier")

    page.locator("#message-internal mark", has_text="sking our carrier").wait_for()
    page.get_by_label("Customers").first.uncheck()
    page.get_by_role("button", name="Post to 2 audiences").wait_for()


def test_words_are_edited_beside_the_others_and_go_back_to_the_template(visit):
    page = visit(room())

    page.locator("#message-public").get_by_role("button", name="Edit the words").click()
    page.locator("[name=body_public]").fill("Our own words.")
    page.locator("[name=fact_actions]").fill("something")
    page.locator("#message-internal mark", has_text="omething").wait_for()
    kept = page.locator("[name=body_public]").input_value()
    page.get_by_role("button", name="Use the template again").click()
    page.locator("#message-public").get_by_role("button", name="Edit the words").wait_for()

    assert kept == "Our own words."


def test_a_double_click_and_the_keyboard_post_once(visit):
    page = visit(room())

    page.locator("#post").dblclick(no_wait_after=True)
    page.wait_for_url("**/console/incidents/*")
    page.get_by_text("Posted to").wait_for()
    page.locator("[name=fact_actions]").press("Control+Enter")
    page.get_by_text("Posted to").wait_for()
    page.wait_for_function("document.querySelectorAll('#story > ol > li').length === 3")

    assert updates() == 3


def test_text_comes_back_after_a_session_that_ended_while_writing(visit):
    page = visit(room())
    page.locator("[name=fact_actions]").fill("typed for ten minutes")
    page.wait_for_timeout(500)
    page.context.clear_cookies()

    page.locator("#post").click()
    page.get_by_text("kept in this browser").wait_for()
    sign_in(page)

    page.get_by_text("It is not posted yet").wait_for()
    assert page.locator("[name=fact_actions]").input_value() == "typed for ten minutes"
    assert updates() == 1


def test_text_that_was_left_is_offered_and_forgotten_when_posted(visit):
    path = room()
    page = visit(path)
    page.locator("[name=fact_actions]").fill("half a sentence")
    page.wait_for_timeout(500)
    address = page.url

    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    page.locator("#message-internal mark", has_text="alf a sentence").wait_for()
    page.locator("#post").click()
    page.get_by_text("Posted to").wait_for()
    page.goto(address)

    page.locator("#composer").wait_for()
    assert page.get_by_role("button", name="Put it back").count() == 0


def test_what_resolved_an_incident_does_not_come_back_when_it_is_reopened(visit):
    page = visit(room())
    page.get_by_role("radio", name="Resolved").check()
    page.locator("[name=fact_cause]").fill("An expired certificate.")
    page.locator("[name=fact_fix]").fill("We renewed it.")
    page.wait_for_timeout(500)
    page.locator("#post").click()
    page.get_by_text("Posted to").wait_for()

    page.get_by_role("link", name="Reopen it with an update").click()
    page.locator("#composer").wait_for()

    assert page.get_by_role("radio", name="Investigating").is_checked()
    assert page.get_by_role("button", name="Put it back").count() == 0
    assert page.get_by_text("is back").count() == 0


def test_what_is_resolved_works_until_another_stage_is_chosen_after_all(visit):
    page = visit(room(stage=Stage.MONITORING))
    impact = page.locator(f"[name=impact_{first_component().code}]")
    preset = impact.input_value()

    page.get_by_role("radio", name="Monitoring").check()
    hurt = impact.input_value()
    page.get_by_role("radio", name="Resolved").check()

    assert (preset, hurt, impact.input_value()) == ("operational", "major_outage", "operational")


def test_a_tick_beside_the_composer_leaves_what_is_typed_alone(visit):
    page = visit(room())
    page.locator("[name=fact_actions]").fill("half a sentence")
    page.locator("#side summary", has_text="Other checklists").or_(
        page.locator("#side h3", has_text="Investigation")
    ).first.click()

    page.get_by_role("button", name="Done: Look at the logs").click()
    page.locator("#side .ticked", has_text="Look at the logs").first.wait_for(state="attached")

    assert page.locator("[name=fact_actions]").input_value() == "half a sentence"


def test_news_of_others_shows_while_one_is_writing(visit):
    path = room()
    page = visit(path)
    incident = db.session.query(Incident).one()
    post(incident, stage=Stage.IDENTIFIED)

    page.locator("[name=fact_actions]").fill("slower")

    page.get_by_text("Posted while you were writing").wait_for()


def test_without_script_an_update_is_previewed_edited_and_posted(visit):
    page = visit(room(), java_script_enabled=False)

    page.locator("[name=fact_actions]").fill("asking our carrier")
    page.locator(".see").get_by_role("button", name="Preview").click()
    page.locator("#message-internal mark", has_text="sking our carrier").wait_for()
    page.locator("#message-public").get_by_role("button", name="Edit the words").click()
    page.locator("[name=body_public]").fill("Our own words.")
    page.locator("#post").click()
    page.get_by_text("Posted to 3 audiences").wait_for()

    assert updates() == 2


def test_everybody_can_use_every_page(visit):
    path = room()
    post(db.session.query(Incident).one(), stage=Stage.RESOLVED)
    path_of_open = room(title="Search is slow")
    planned = f"/console/maintenance/{make_maintenance().code}"
    told = db.session.query(Announcement).first()
    component = f"/console/components/{first_component().code}"
    page = visit(path)
    home = page.url.removesuffix(path)

    rest = ("", "/severity", "/details")
    works = ("", "/move", "/cancel", "/details")
    names = (
        *("incidents", "incidents/new", "maintenance", "maintenance/new", "components", "runbook"),
        *("drill", "deliveries", "deliveries/quarantine", "mails", "settings", "people"),
        *("people/1", "account", f"deliveries/{told.code}"),
    )
    pages = [
        path,
        f"{path}/messages/1",
        *(path_of_open + part for part in rest),
        *(planned + part for part in works),
    ]
    for one in [*pages, component, *(f"/console/{name}" for name in names)]:
        assert page.goto(home + one).ok, one
        assert faults(page) == [], one


def test_every_page_of_the_console_can_be_reached_on_a_phone(visit):
    page = visit("/console/incidents", viewport={"width": 390, "height": 844})

    for link in page.locator(".nav a").all():
        box = link.bounding_box()
        assert box["x"] >= 0, link.inner_text()
        assert box["x"] + box["width"] <= 390, link.inner_text()
