"""People and settings in the console."""

from io import BytesIO

from PIL import Image

from app.db import db
from app.domain import accounts, organisation
from app.models import Account, Announcement
from tests.factories import PASSWORD
from tests.web.visiting import Visitor

HOOK = "https://hooks.slack.com/services/T0/B0/secret-of-ours"
DETAILS = {"name": "Example", "time_zone": "UTC"}


def test_an_administrator_creates_an_account_that_can_sign_in(app, ada):
    ada.post(
        "/console/people",
        {"name": "Grace", "email": "grace@example.org", "role": "responder", "password": PASSWORD},
    )

    Visitor(app).sign_in(email="grace@example.org")
    assert "Grace" in ada.get("/console/people").text


def test_what_is_wrong_with_a_new_account_is_said_and_the_rest_kept(ada):
    page = ada.post(
        "/console/people", {"name": "Grace", "email": "no", "password": PASSWORD}, status=422
    )
    twice = ada.post(
        "/console/people",
        {"name": "Ada", "email": "ada@example.org", "password": PASSWORD},
        status=422,
    )

    assert page.words("w-email")
    assert page.field("name") == "Grace"
    assert "already" in twice.words("w-email")


def test_the_last_administrator_stays(ada):
    page = ada.post("/console/people/1", {"role": "responder", "active": "1"}, status=422)

    assert "administrator" in page.words("w-role")


def test_another_password_ends_the_sessions_of_that_account(app, ada):
    ada.post(
        "/console/people",
        {"name": "Grace", "email": "grace@example.org", "role": "responder", "password": PASSWORD},
    )
    grace = Visitor(app)
    grace.sign_in(email="grace@example.org")
    number = accounts.by_email("grace@example.org").id

    ada.post(f"/console/people/{number}/password", {"password": "another long one"})

    assert grace.client.get("/console/incidents").status_code == 302
    ada.get("/console/people")


def test_who_changes_their_own_password_among_the_people_stays_signed_in(ada):
    number = db.session.query(Account).one().id

    ada.post(f"/console/people/{number}/password", {"password": "another long one"})

    ada.get("/console/people")


def test_the_webhook_is_kept_and_never_shown_again(ada):
    ada.post("/console/settings", DETAILS | {"slack_webhook": HOOK})
    ada.post("/console/settings", DETAILS | {"slack_webhook": "", "contact": "call us"})

    page = ada.get("/console/settings")

    assert organisation.current().slack_webhook == HOOK
    assert "secret-of" not in page.text
    ada.post("/console/settings", DETAILS | {"forget_slack": "1"})
    assert organisation.current().slack_webhook == ""


def test_wrong_settings_are_said_at_their_field(ada):
    page = ada.post(
        "/console/settings",
        DETAILS | {"slack_webhook": "https://evil.example/x"},
        status=422,
    )
    wrong = ada.post(
        "/console/settings", DETAILS | {"internal_emails": "a@example.org\nno"}, status=422
    )
    zone = ada.post("/console/settings", DETAILS | {"time_zone": "Mars/Base"}, status=422)

    assert page.words("w-slack_webhook")
    assert "no is no email" in wrong.words("w-internal_emails")
    assert wrong.field("internal_emails") == "a@example.org\nno"
    assert zone.words("w-time_zone")


def test_a_trial_is_owed_only_where_there_is_somebody_to_tell(ada):
    ada.post("/console/settings/try", {"channel": "slack"}, status=422)
    ada.post("/console/settings", DETAILS | {"internal_emails": "ops@example.org"})

    ada.post("/console/settings/try", {"channel": "email"})

    assert db.session.query(Announcement).count() == 1


def test_the_page_is_dressed_by_settings(app, ada):
    kept = BytesIO()
    Image.new("RGB", (200, 50), "navy").save(kept, "PNG")
    look = {
        "language": "de",
        "accent": "#ffcc00",
        "links": "Imprint | https://example.org/imprint",
        "footer": "Example Ltd",
        "security_contact": "security@example.org",
        "partial_percent": "50",
        "late_updates": "supersede",
        "logo": (BytesIO(kept.getvalue()), "logo.png"),
    }

    ada.post("/console/settings", DETAILS | look)
    page = ada.get("/console/settings")

    ours = organisation.current()
    assert (ours.language, ours.partial_percent, ours.late_updates) == ("de", 50, "supersede")
    assert page.field("links") == "Imprint | https://example.org/imprint"
    assert "1.4 to 1" in page.text
    assert "Show the name instead" in page.text
    assert ada.client.get("/logo.webp").mimetype == "image/webp"
    assert 'lang="en"' in page.text


def test_a_look_that_cannot_be_is_said_at_its_field_and_what_was_typed_stays(ada):
    wrong = {"accent": "blue", "links": "Imprint", "partial_percent": "many", "footer": "Ltd"}
    wrong["logo"] = (BytesIO(b"<svg/>"), "logo.svg")

    page = ada.post("/console/settings", DETAILS | wrong, status=422)

    for name in ("accent", "links", "partial_percent", "logo"):
        assert page.words(f"w-{name}")
    assert page.field("accent") == "blue"
    assert page.field("footer") == "Ltd"
    assert organisation.current().footer == ""
