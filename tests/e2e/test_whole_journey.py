"""The whole of it in a real browser: set-up, a subscriber, an incident, and what everyone read."""

import email
import re
from email.policy import default

import feedparser
import pytest

from tests.cli import running
from tests.runbook import shared
from tests.waiting import eventually

pytestmark = pytest.mark.browser

COMPONENTS = "Scheduling\nMessages\n  Text messages\n  Email\nPayments"
PASSWORD = "a long enough password"


def set_up(page, instance, runbook):
    link = re.search(r"http://\S+/setup/\S+", instance.printed).group()
    page.goto(link)
    page.get_by_label("Name", exact=True).fill("Dirt Free CRM")
    page.get_by_label("Contact for customers").fill("help@example.org")
    page.get_by_label("Components").fill(COMPONENTS)
    page.get_by_text("Our own").click()
    page.get_by_label("Markdown file", exact=True).set_input_files(
        {"name": "runbook.md", "mimeType": "text/markdown", "buffer": runbook.encode()}
    )
    page.get_by_role("button", name="Show what is understood").click()
    page.get_by_role("heading", name="Incident Response Runbook").wait_for()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the status page").click()
    page.wait_for_url("**/console/incidents")
    return link


def subscribe(browser, instance, address):
    """A visitor of their own signs up, and presses the button behind the link in the mail."""
    context = browser.new_context()
    visitor = context.new_page()
    visitor.goto(f"{instance.url}/")
    visitor.get_by_role("link", name="Get updates").first.click()
    visitor.get_by_label("Email", exact=False).first.fill(address)
    visitor.wait_for_timeout(2500)  # a form that is filled faster than a person can is not taken
    visitor.get_by_role("button", name="Get updates").click()
    visitor.get_by_role("heading", level=1).wait_for()
    assert eventually(lambda: instance.mails, within=20)
    link = re.search(r"http://\S+/s/confirm/[\w.-]+", text_of(instance.mails[0][1])).group()
    visitor.goto(link)
    visitor.wait_for_timeout(500)
    visitor.get_by_role("button", name="Yes, write to me").click()
    visitor.get_by_role("heading", level=1).wait_for()
    assert context.cookies() == []
    context.close()


def text_of(content):
    mail = email.message_from_bytes(content, policy=default)
    return mail.get_body(("plain",)).get_content()


def updates_to(instance, address):
    mails = [email.message_from_bytes(content, policy=default) for _, content in instance.mails]
    return [mail for mail in mails if mail["To"] == address and mail["List-Unsubscribe"]]


def fill(page, **facts):
    for label, words in facts.items():
        page.locator(f"[name=fact_{label}]").fill(words)


def post(page, stage):
    page.locator(f"input[name=stage][value={stage}]").check(force=True)
    page.wait_for_timeout(900)  # the preview follows what was typed


def send(page, button):
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    page.get_by_text("posted").or_(page.get_by_text("Posted to")).first.wait_for()


def test_the_whole_journey_from_the_runbook_to_the_inbox(browser, page, instance):
    link = set_up(page, instance, shared.text("dirt-free-crm.md"))
    assert running.get(link)[0] == 404
    subscribe(browser, instance, "reader@example.org")

    page.goto(f"{instance.url}/console/incidents/new")
    page.get_by_label("What is happening?").fill("Text messages are not being delivered")
    page.get_by_text("Severity 1", exact=False).first.click()
    page.locator("select", has_text="Works").nth(1).select_option("major_outage")
    page.wait_for_timeout(900)
    fill(page, issue="a carrier that rejects our text messages")
    page.wait_for_timeout(900)
    send(page, "Open and post")

    post(page, "identified")
    fill(page, actions="moving to a second number pool")
    send(page, "Post to")
    post(page, "monitoring")
    send(page, "Post to")
    during = running.get(f"{instance.url}/")[1]
    post(page, "resolved")
    fill(page, cause="our carrier blocked one number pool", fix="a second number pool is in use")
    send(page, "Post to")
    code = re.search(r"incidents/([0-9a-z]{12})", page.url).group(1)

    assert "Everything else works" in during
    assert "Next update by" in during
    after = running.get(f"{instance.url}/")[1]
    assert "Everything works" in after
    history = running.get(f"{instance.url}/incidents/{code}")[1]
    assert "The issue has been resolved. All services are operating normally." in history
    for feed in ("feed.rss", "feed.atom"):
        parsed = feedparser.parse(running.get(f"{instance.url}/{feed}")[1])
        assert not parsed.bozo
        assert len(parsed.entries) == 4
        assert len({entry.id for entry in parsed.entries}) == 4
    assert eventually(lambda: len(updates_to(instance, "reader@example.org")) == 4, within=30)
    mails = updates_to(instance, "reader@example.org")
    assert mails[0]["Subject"].startswith("Service Update - ")
    assert mails[3]["Subject"].startswith("Service Restored - ")
    bodies = [mail.get_body(("plain",)).get_content() for mail in mails]
    assert all("Next update by" in body for body in bodies[:3])
    assert "Root Cause: Our carrier blocked one number pool" in bodies[3]
    assert len({mail["References"].split()[0] for mail in mails}) == 1
