"""The public pages in a real browser: the script only adds, and nothing keeps anybody out."""

import time
from datetime import UTC, timedelta

import pytest

from app import clock
from app.db import db, transaction
from app.domain import organisation, retraction, tokens
from app.domain.tokens import Purpose
from app.models import Account
from app.words import Stage
from tests.factories import (
    down,
    first_component,
    make_incident,
    make_maintenance,
    make_organisation,
    make_subscriber,
    post,
)
from tests.web.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.once]


def open_incident(**changes):
    make_organisation(component_lines="Website\nSearch")
    due = clock.now() + timedelta(minutes=45, seconds=30)
    return make_incident(impacts=down(first_component()), promise_at=due, **changes)


def test_without_script_everything_is_there(visit):
    incident = open_incident()

    page = visit("/", java_script_enabled=False)

    assert page.locator("h1").inner_text() == "Website is down. Everything else works."
    assert " UTC" in page.locator(".promise time").inner_text()
    page.get_by_role("link", name=incident.title).first.click()
    assert page.locator(".updates > li").count() == 1
    assert not page.get_by_role("button", name="Copy link").is_visible()


def test_with_script_times_are_the_readers_own(visit):
    incident = open_incident()
    began = incident.occurred_at.astimezone(UTC)

    page = visit("/", timezone_id="Asia/Tokyo")

    shown = page.locator(".stamp time").first
    there = (began + timedelta(hours=9)).replace(tzinfo=None)
    assert f"{there:%H:%M} GMT+9" in shown.inner_text()
    assert (f"{there.day} {there:%B}" in shown.inner_text()) == (there.date() != began.date())
    assert shown.get_attribute("title") == f"{began:%H:%M} UTC"
    assert ", in 45 minutes" in page.locator(".promise").inner_text()
    assert page.locator("[data-zone]").inner_text() == "Times in GMT+9, your zone"


def test_the_link_to_an_update_can_be_copied(visit):
    incident = open_incident()
    code = incident.updates[0].code

    page = visit(
        f"/incidents/{incident.code}#{code}", permissions=["clipboard-read", "clipboard-write"]
    )
    page.locator(f"[id='{code}']").hover()
    page.get_by_role("button", name="Copy link").click()

    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"http://127.0.0.1:8000/incidents/{incident.code}#{code}"


def test_nothing_keeps_anybody_out(visit, address):
    incident = open_incident(title="Unbrokenlongwordsthatgoonandonandonandonandonandon stop")
    settled = make_incident(title="Search was slow")
    post(settled, stage=Stage.RESOLVED)
    retraction.retract(post(incident), by=db.session.get(Account, 1))
    own = f"/s/{tokens.make(Purpose.MANAGE, make_subscriber().code)}"
    asked = make_subscriber(confirmed_at=None)
    page = visit("/", bypass_csp=True)

    ways = [f"/subscribe?channel={channel}" for channel in ("email", "slack", "teams", "webhook")]
    paths = [
        *("/", "/history", "/uptime", "/nothing", f"/components/{first_component().code}"),
        *(f"/incidents/{one.code}" for one in (incident, settled, make_maintenance())),
        *(own, f"/s/confirm/{tokens.make(Purpose.CONFIRM, asked.code)}", *ways),
    ]
    for path in paths:
        page.goto(address + path)
        assert faults(page, narrowest=True) == [], path


def test_nothing_keeps_anybody_out_in_german(visit, address):
    incident = open_incident(title="Unbrokenlongwordsthatgoonandonandonandonandonandon stop")
    with transaction():
        organisation.current().language = "de"
    page = visit("/", bypass_csp=True)

    for path in ("/", f"/incidents/{incident.code}", "/uptime", "/subscribe"):
        page.goto(address + path)
        assert page.locator("html").get_attribute("lang") == "de", path
        assert faults(page, narrowest=True) == [], path


def test_nothing_moves_once_it_can_be_read(visit, address):
    open_incident()
    page = visit("/nothing", viewport={"width": 390, "height": 800}, timezone_id="Asia/Kolkata")
    page.route("**/public*.js*", lambda route: (time.sleep(0.5), route.continue_()))

    page.goto(address)  # with the script coming late, and other times than the page's

    assert "GMT+5:30" in page.locator(".promise").inner_text()
    moved = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )
    assert moved == 0
