"""The public pages in a real browser: the script only adds, and nothing keeps anybody out."""

from datetime import UTC, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from app import clock
from app.words import Stage
from tests.factories import down, first_component, make_incident, make_organisation, post

pytestmark = pytest.mark.browser


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(visit, scheme):
    incident = open_incident()
    settled = make_incident(title="Search was slow")
    post(settled, stage=Stage.RESOLVED)

    for path in ("/", "/history", f"/incidents/{incident.code}", "/nothing"):
        page = visit(path, color_scheme=scheme, bypass_csp=True)

        found = Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == [], path


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_no_page_is_wider_than_its_window(visit, width):
    incident = open_incident(title="Unbrokenlongwordsthatgoonandonandonandonandonandon stop")

    for path in ("/", "/history", f"/incidents/{incident.code}", "/nothing"):
        page = visit(path, viewport={"width": width, "height": 700})

        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_nothing_moves_once_it_can_be_read(visit):
    open_incident()

    page = visit("/", viewport={"width": 390, "height": 800})

    moved = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )
    assert moved < 0.01
