"""A German organisation: nothing that a reader sees of ours is in English."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.content import email, language
from app.content import maintenance as words
from app.db import db, transaction
from app.domain import maintenance, outbox, subscribers
from app.domain.incidents import Words
from app.models import Announcement, Incident, Organisation
from app.publication import documents
from app.words import Audience, Impact, Stage
from tests.content.test_language import catalogue
from tests.factories import (
    first_component,
    make_incident,
    make_maintenance,
    make_organisation,
    make_subscriber,
    make_told,
    post,
)

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|to|by|for|with|when|this|that|what|we|you|your|our|no|not|been|has|have"
    r"|update|updates|since|resolved|until|time|status of|now)\b",
    re.I,
)
SAYS = {
    Audience.PUBLIC: Words("", "Wir untersuchen das."),
    Audience.CUSTOMER: Words("Störung bei uns", "Wir untersuchen das."),
}


@pytest.fixture
def german(app):
    """A page with incidents that go on and are over, maintenance, and components in groups."""
    make_organisation(
        name="Beispiel AG",
        contact="hilfe@beispiel.example",
        component_lines="Website\nNachrichten\n  Versand\n  Empfang",
    )
    with transaction() as session:
        session.get_one(Organisation, 1).language = "de"
    over = make_incident(title="Empfang gestört", words=SAYS)
    post(over, stage=Stage.RESOLVED, words=SAYS)
    work = make_maintenance(title="Neue Leitung", told=make_told(words=SAYS))
    with clock.pretend(maintenance.window_of(work).start):
        words.keep_time()
    make_maintenance(title="Umzug", told=make_told(words=SAYS))
    hurt = {first_component().id: Impact.MAJOR}
    make_incident(
        title="Website nicht erreichbar",
        words=SAYS,
        impacts=hurt,
        promise_at=clock.now() + timedelta(hours=1),
    )


def visible(html):
    """What a person reads or hears of a page."""
    html = re.sub(r"<(style|script)\b.*?</\1>|<!--.*?-->", " ", html, flags=re.S)
    spoken = re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]*)"', html)
    return " ".join([re.sub(r"<[^>]+>", " ", html), *spoken])


def assert_german(text):
    words = sorted({found[0] for found in ENGLISH.finditer(text)})
    assert words == [], text[max(0, text.find(words[0]) - 80) :][:200]
    texts = [one for message in catalogue("de") for one in ends(message) if one]
    assert [one for one in texts if re.search(rf"\b{re.escape(one)}\b", text)] == []


def ends(message):
    """The text, where it would be known again: whole, without places, and not also German."""
    text = message.id if isinstance(message.id, str) else ""
    said = message.string if isinstance(message.string, str) else ""
    is_plain = len(text) > 5 and "%(" not in text and "<" not in text and "{" not in text
    return [text] if is_plain and text not in said else []


@pytest.mark.parametrize(
    "text", ["Nothing to report.", "Stand: 14:31, Copy link", "Die page is da"]
)
def test_english_would_be_seen(text):
    with pytest.raises(AssertionError):
        assert_german(text)


def test_every_page_is_in_german(german):
    month = f"/history/{clock.now():%Y-%m}"
    about = [
        *documents.about("incident", db.session.scalars(select(Incident.code))),
        *documents.about("component", [first_component().code]),
    ]

    rendered = [documents.render(path) for path in [*documents.lasting(), *about, month]]
    pages = [each for each in rendered if each and each.content_type.startswith("text/html")]

    assert len(pages) >= 5
    for page in pages:
        html = page.body.decode()
        assert '<html lang="de">' in html, page.path
        assert_german(visible(html))


def test_the_overview_says_in_german_how_things_stand(german):
    text = visible(documents.render("/").body.decode())

    assert "Website ist ausgefallen. Alles andere funktioniert." in " ".join(text.split())
    assert "Nächste Meldung bis" in text
    assert "Die Wartung hat begonnen: Website. Das Ende ist geplant für" in text


def test_mails_are_in_german_and_in_a_subscribers_own_language(german):
    make_subscriber(language="en")
    make_subscriber()
    subscribers.sign_up("neu@beispiel.example")
    while outbox.expand():
        pass

    announcements = db.session.scalars(select(Announcement)).all()

    assert len(announcements) > 1
    for announcement in announcements:
        letter = email.compose(announcement)
        assert 'lang="de"' in letter.html
        assert_german(visible(letter.html))
        assert_german(letter.subject)
        assert_german(re.sub(r"https?://\S+", "", letter.text))
    told = next(each for each in announcements if each.message)
    assert "You get this because" in email.compose(told, "en").text
    assert language.current() == "en"


def test_the_pages_for_subscribers_are_in_german(app, german):
    visitor = app.test_client()
    form = visitor.get("/subscribe").text
    wrong = visitor.post("/subscribe", data={"address": "nein"})
    lost = visitor.get("/nirgends").text

    assert wrong.status_code == 422
    for html in (form, wrong.text, lost):
        assert '<html lang="de">' in html
        assert_german(visible(html))
    with transaction() as session:
        session.get_one(Organisation, 1).language = "en"
    assert '<html lang="en">' in visitor.get("/subscribe").text
