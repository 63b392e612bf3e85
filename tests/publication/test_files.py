"""The documents beside the pages, as they are published and answered."""

import pytest

from app import publication
from app.config import settings as current_settings
from app.db import transaction
from app.domain import components, organisation
from app.domain.incidents import Words
from app.publication import documents, touched
from app.words import Audience, Impact, Stage
from tests.factories import down, first_component, make_incident, make_organisation, post


@pytest.fixture
def ours(app):
    return make_organisation(component_lines="Website\nMail\nSearch")


def text_of(path):
    return documents.render(path).body.decode()


def test_badges_say_the_page_and_each_component(ours):
    website, mail, _ = components.every()
    make_incident(impacts={website.id: Impact.DEGRADED})

    assert "Example status: Something is slow" in text_of("/badge.svg")
    assert "Website: Slow" in text_of(f"/components/{website.code}/badge.svg")
    assert "Mail: Working" in text_of(f"/components/{mail.code}/badge.svg")
    assert "max-age=60" in documents.render("/badge.svg").headers["Cache-Control"]


def test_a_hidden_component_has_no_badge_and_no_page(ours):
    website = first_component()
    with transaction():
        website.hidden = True

    assert documents.render(f"/components/{website.code}/badge.svg") is None
    assert documents.render(f"/components/{website.code}") is None


def test_the_text_says_what_the_page_says_and_steers_no_terminal(ours):
    make_incident(
        title="Mail is \x1b[31mlate",
        impacts=down(first_component()),
        words={Audience.PUBLIC: Words("", "We look **into** it.\x1b[2J\x07")},
    )

    text = text_of("/index.txt")

    assert "Website is down. Everything else works." in text
    assert "We look into it." in text
    assert "http://127.0.0.1:8000/subscribe" in text
    assert "\x1b" not in text
    assert "\x07" not in text


def test_a_terminal_reads_the_front_page_as_text_that_no_cache_gives_to_others(ours, client):
    publication.of(client.application).publish()

    terminal = client.get("/", headers={"User-Agent": "curl/8.5.0", "Accept": "*/*"})
    browser = client.get("/", headers={"User-Agent": "Mozilla/5.0", "Accept": "text/html,*/*"})

    assert terminal.mimetype == "text/plain"
    assert "Everything works." in terminal.text
    assert "private" in terminal.headers["Cache-Control"]
    assert browser.mimetype == "text/html"
    assert "public" in browser.headers["Cache-Control"]
    assert "User-Agent" not in browser.headers["Vary"]


def test_only_the_frame_may_be_framed_and_it_can_do_nothing(ours, client):
    publication.of(client.application).publish()

    frame, page = client.get("/embed/frame"), client.get("/history")

    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "form-action 'none'" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "<form" not in frame.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in frame.headers


def test_the_frame_shows_only_while_something_is_wrong(ours):
    assert "data-shows" not in text_of("/embed/frame")

    make_incident(impacts=down(first_component()))

    assert 'data-shows="Website is down. Everything else works."' in text_of("/embed/frame")


def test_security_txt_is_there_once_somebody_is_named(ours):
    assert documents.render("/.well-known/security.txt") is None
    with transaction():
        ours.security_contact = "security@example.org"

    assert "Contact: mailto:security@example.org" in text_of("/.well-known/security.txt")


def test_the_sitemap_holds_what_the_public_may_find(ours):
    told = make_incident()
    secret = make_incident(words={Audience.INTERNAL: Words("", "Only for us.")})

    xml = text_of("/sitemap.xml")

    assert f"/incidents/{told.code}</loc><lastmod>" in xml
    assert secret.code not in xml
    assert f"/components/{first_component().code}</loc>" in xml


def test_every_page_says_what_a_chat_shows_of_it(ours):
    incident = make_incident(title="Mail is <late>", impacts=down(first_component()))
    base = current_settings().public_url
    paths = ["/", "/history", "/uptime", f"/incidents/{incident.code}"]
    paths += [f"/components/{first_component().code}"]

    for path in paths:
        html = text_of(path)
        assert f'<meta property="og:url" content="{base}{path}">' in html
        assert f'<meta property="og:image" content="{base}/preview.png' in html
    told = text_of(f"/incidents/{incident.code}")
    assert '<meta property="og:title" content="Mail is &lt;late&gt;">' in told


def test_a_change_touches_only_the_components_that_it_is_about(ours):
    website, mail, _ = components.every()
    incident = make_incident(impacts=down(mail))
    before = organisation.current().changes
    post(incident, stage=Stage.RESOLVED)
    now = incident.updated_at

    paths = touched.by_changes(organisation.current(), now, after=before)

    assert f"/components/{mail.code}" in paths
    assert f"/components/{mail.code}/badge.svg" in paths
    assert "/uptime" in paths
    assert not [path for path in paths if website.code in path]
    assert "/sitemap.xml" not in [*paths, *documents.lasting()]


def test_what_waits_for_the_hour_is_rendered_when_it_turns_and_not_before(ours):
    at = ours.set_up_at.replace(minute=59, second=0)
    minute_later = at.replace(minute=59, second=40)

    assert touched.by_hour(ours, before=at, now=minute_later) == []
    turned = touched.by_hour(ours, before=at, now=at.replace(hour=(at.hour + 1) % 24))
    assert {"/sitemap.xml", "/uptime", f"/components/{first_component().code}"} <= set(turned)
    assert not [path for path in turned if path.startswith("/incidents/")]
