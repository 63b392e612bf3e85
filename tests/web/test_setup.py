"""Setting a new instance up in the browser."""

from io import BytesIO

import pytest
from sqlalchemy import select

from app.config import settings as current_settings
from app.db import db
from app.domain import components, organisation
from app.models import Account, Component
from tests.factories import PASSWORD, RUNBOOK, make_organisation

LINES = "Website\nMessages\n  Text messages\n  Email"
DETAILS = {
    "name": "Dirt Free",
    "website": "",
    "contact": "help@example.org",
    "time_zone": "Europe/Berlin",
    "language": "de",
    "components": LINES,
    "which": "shipped",
}
ACCOUNT = {"person": "Ada", "email": "ada@example.org", "password": PASSWORD, "do": "finish"}


@pytest.fixture
def link(app):
    return f"/setup/{organisation.setup_token(current_settings().key())}"


def test_a_minute_of_answers_makes_a_status_page_and_a_signed_in_account(stranger, link):
    page = stranger.get(link)
    assert page.field("time_zone") == "UTC"

    shown = stranger.post(link, DETAILS, status=200)
    assert "Severity" in shown.text or "SEV1" in shown.text
    assert organisation.current() is None
    stranger.post(link, DETAILS | ACCOUNT)

    inside = stranger.get("/console/incidents")
    assert "Still to do" in inside.text
    assert db.session.scalars(select(Account)).one().signed_in_at
    assert organisation.current().time_zone == "Europe/Berlin"
    assert organisation.current().language == "de"
    assert [row.name for row in components.every()] == ["Website", "Text messages", "Email"]


def test_an_uploaded_runbook_is_shown_before_it_is_taken_and_carried_along(stranger, link):
    upload = DETAILS | {"which": "own", "runbook": (BytesIO(RUNBOOK.encode()), "our runbook.md")}

    shown = stranger.post(link, upload, status=200, content_type="multipart/form-data")

    assert "Critical" in shown.text
    assert "from the shipped runbook" in shown.text
    carried = {name: shown.field(name) for name in (*DETAILS, "runbook_text", "source")}
    stranger.post(link, carried | ACCOUNT, content_type="multipart/form-data")
    assert organisation.current().runbook.source == "our runbook.md"
    assert organisation.current().runbook.text == RUNBOOK


def test_going_back_keeps_everything(stranger, link):
    own = DETAILS | {"which": "own", "runbook_text": RUNBOOK, "source": "our runbook.md"}

    page = stranger.post(link, own | {"do": "back"}, status=200)

    assert page.field("name") == "Dirt Free"
    assert page.field("components") == LINES
    assert page.field("runbook_text") == RUNBOOK
    assert page.field("source") == "our runbook.md"


def test_everything_that_is_missing_is_said_at_once_and_nothing_typed_is_lost(stranger, link):
    page = stranger.post(
        link,
        DETAILS
        | {
            "name": "",
            "components": " ",
            "website": "example.org",
            "which": "own",
            "runbook_text": "# Readme\n\nInstall it.",
        },
        status=422,
    )

    for field in ("name", "components", "website", "runbook"):
        assert page.words(f"w-{field}"), field
    assert page.field("runbook_text").startswith("# Readme")
    assert page.field("website") == "example.org"


def test_a_short_password_is_said_where_it_is_typed(stranger, link):
    page = stranger.post(link, DETAILS | ACCOUNT | {"password": "short"}, status=422)

    assert "10 characters" in page.words("w-password")
    assert page.field("email") == "ada@example.org"
    assert db.session.query(Account).count() == 0
    assert db.session.query(Component).count() == 0


def test_there_is_no_set_up_once_it_is_done(stranger, link):
    make_organisation()

    stranger.get(link, status=404)
    stranger.post(link, DETAILS | ACCOUNT, status=404)


def test_whoever_loses_the_race_finds_nothing_and_leaves_nothing(stranger, link, monkeypatch):
    make_organisation()
    first = organisation.current().name
    monkeypatch.setattr(organisation, "current", lambda: None)

    stranger.post(link, DETAILS | ACCOUNT | {"email": "late@example.org"}, status=404)

    monkeypatch.undo()
    assert organisation.current().name == first
    assert [account.email for account in db.session.query(Account)] == ["ada@example.org"]


@pytest.mark.parametrize("token", ["x", "0" * 40, "ä", "%00"])
def test_a_wrong_link_shows_nothing(stranger, token):
    stranger.get(f"/setup/{token}", status=404)


def test_set_up_from_another_site_is_refused(stranger, link):
    stranger.post(link, DETAILS, status=403, headers={"Origin": "https://evil.example"})


def test_the_pages_before_set_up_set_no_cookie(stranger, link):
    assert "Set-Cookie" not in stranger.get(link).response.headers
    assert "Set-Cookie" not in stranger.post(link, DETAILS, status=200).response.headers


def test_who_was_slower_with_the_same_address_finds_nothing_there(stranger, link, monkeypatch):
    def raced(**details):
        monkeypatch.undo()
        make_organisation(account_email=details["account_email"])
        return organisation.set_up(**details)

    monkeypatch.setattr(organisation, "set_up", raced)

    stranger.post(link, DETAILS | ACCOUNT, status=404)
