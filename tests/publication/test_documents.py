"""Documents: what there is, what never stands in one, and what does not change by itself."""

import re
from datetime import timedelta

import feedparser
import html5lib
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event

from app import clock
from app.content import characters, feeds, markdown
from app.content.public_incidents import PublicUpdate
from app.content.times import Moment
from app.db import db, transaction
from app.domain import components, incidents, organisation, response
from app.domain.incidents import Words
from app.models import Account
from app.publication import documents
from app.words import Audience, Impact, Stage
from tests.factories import down, first_component, make_incident, make_organisation, post


def public(body, subject=""):
    return {Audience.PUBLIC: Words(subject, body)}


def text_of(path):
    return documents.render(path).body.decode()


def all_paths():
    codes = [incident.code for incident in incidents_of_database()]
    pages = [f"/incidents/{code}" for code in codes]
    month = f"/history/{clock.now():%Y-%m}"
    return ["/", "/history", month, "/feed.rss", "/feed.atom", *pages]


def beside_them():
    """What else tells of components and incidents."""
    parts = [part.code for part in components.every(archived=True)]
    pages = [path for path in documents.about("component", parts) if documents.render(path)]
    return ["/uptime", "/index.txt", "/badge.svg", "/embed/frame", "/sitemap.xml", *pages]


def incidents_of_database():
    return db.session.query(incidents.Incident).all()


@pytest.fixture
def count_statements(app):
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    return statements


def test_nothing_can_be_read_before_set_up(app):
    assert documents.render("/") is None


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/history/2999-01",
        "/history/9999-12",
        "/history/0001-01",
        "/history/1999-12",
        "/history/2026-13",
        "/incidents/000000000000",
        "/incidents/../x",
        "",
    ],
)
def test_there_is_no_document_at_an_unknown_path(app, path):
    make_organisation()

    assert documents.render(path) is None


def test_the_overview_says_the_sentence_first_and_when_one_hears_again(app):
    make_organisation(component_lines="Website\nSearch")
    due = clock.now() + timedelta(minutes=30)
    make_incident(impacts=down(first_component()), promise_at=due)

    html = text_of("/")

    assert "Website is <em>down</em>. Everything else works.</h1>" in html
    assert f'Next update by <strong><time datetime="{due:%Y-%m-%dT%H:%M:%SZ}"' in html
    assert "is late" not in html


def test_a_promise_that_has_passed_is_said_to_be_late(app, monkeypatch):
    due = clock.now() + timedelta(minutes=30)
    make_incident(promise_at=due)
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(seconds=1))

    for path in all_paths():
        if path == "/" or path.startswith("/incidents/"):
            assert "The update promised for" in text_of(path)
            assert "is late." in text_of(path)


def test_an_open_incident_without_a_promise_says_so(app):
    make_incident(promise_at=None)

    assert "No time is set for the next update." in text_of("/")


def test_a_resolved_incident_leaves_the_overview_calm_and_stays_at_its_address(app):
    incident = make_incident(impacts=down(organisation_with("Website")))
    post(incident, stage=Stage.RESOLVED, words=public("It works again."))

    html = text_of("/")

    assert "Everything works.</h1>" in html
    assert "resolved after" in html
    assert "It works again." not in html
    assert "It works again." in text_of(f"/incidents/{incident.code}")


def organisation_with(lines):
    make_organisation(component_lines=lines)
    return first_component()


def test_an_update_for_others_changes_nothing_that_the_public_reads(app):
    incident = make_incident(impacts=down(organisation_with("Website")))
    before = {path: documents.render(path).etag for path in ("/feed.rss", "/feed.atom", "/history")}

    post(
        incident,
        stage=Stage.MONITORING,
        words={Audience.INTERNAL: Words("", "Almost there.")},
        impacts={},
    )

    assert "Website is <em>down</em>." in text_of("/")
    assert {path: documents.render(path).etag for path in before} == before


def test_an_incident_that_the_public_was_never_told_of_has_no_document(app):
    incident = make_incident(words={Audience.INTERNAL: Words("", "Only for us.")})

    assert documents.render(f"/incidents/{incident.code}") is None
    assert all(incident.title not in text_of(path) for path in ("/", "/history", "/feed.rss"))


def test_stages_stand_in_the_runbooks_own_words(app):
    incident = make_incident()
    reading = incident.runbook.reading | {"stage_words": {"identified": "Mitigating"}}
    with transaction():
        incident.runbook.reading = reading
    vars(incident.runbook).pop("read", None)
    post(incident, stage=Stage.IDENTIFIED)

    assert '<li class="now" aria-current="step">Mitigating' in text_of("/")
    assert "— Mitigating" in text_of("/feed.rss")


def test_a_correction_shows_and_changes_no_id_and_no_date(app):
    incident = make_incident(words=public("The carrer fails."))
    message = incident.updates[0].message(Audience.PUBLIC)
    paths = ("/feed.rss", "/feed.atom")
    before = {path: feedparser.parse(documents.render(path).body) for path in paths}

    author = db.session.get(Account, 1)
    incidents.correct(
        message, subject="", body="The carrier fails.", reason="Bob erred", author=author
    )

    for path, earlier in before.items():
        later = feedparser.parse(documents.render(path).body)
        assert "carrier" in str(later.entries[0])
        for key in ("id", "link", "published", "title"):
            assert later.entries[0][key] == earlier.entries[0][key]
        if path == "/feed.atom":
            assert later.entries[0].updated == earlier.entries[0].updated
        assert later.feed.updated == earlier.feed.updated
    html = text_of(f"/incidents/{incident.code}")
    assert re.search(r"Edited <time [^>]*>\d\d:\d\d UTC</time></p>", html)
    assert "Bob erred" not in html, "the form says that the reason is for colleagues"
    assert "carrer" not in html


def test_feeds_hold_each_update_once_newest_first_at_its_anchor(app):
    incident = make_incident(title="Mail is late")
    newest = post(incident, stage=Stage.IDENTIFIED, words=public("Found **it**."))

    for path in ("/feed.rss", "/feed.atom"):
        feed = feedparser.parse(documents.render(path).body)

        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == [
            "Mail is late — Identified",
            "Mail is late — Investigating",
        ]
        address = f"http://127.0.0.1:8000/incidents/{incident.code}#{newest.code}"
        assert feed.entries[0].id == feed.entries[0].link == address
        assert "<strong>it</strong>" in str(feed.entries[0])
        assert f'id="{newest.code}"' in text_of(f"/incidents/{incident.code}")


def test_feeds_and_settled_pages_do_not_change_by_themselves(app, monkeypatch):
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED)
    paths = [path for path in all_paths() if path != "/"]
    before = [documents.render(path) for path in paths]

    later = clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert [documents.render(path) for path in paths] == before


def test_the_overview_is_the_same_within_a_minute_and_newer_with_each_update(app, monkeypatch):
    incident = make_incident()
    first = documents.render("/")
    assert documents.render("/").etag == first.etag or clock.now().second == 0

    post(incident, words=public("Found."))

    assert documents.render("/").etag != first.etag
    assert documents.render("/").last_modified > first.last_modified


text = st.text(max_size=60) | st.text(
    alphabet="\0\x08\x0b\x1b\x7f\x85\ufffe\ud800<&>]]>\u202e\u200fשלום مرحبا 🚨👩‍🚒\n\r\t—“”",
    max_size=60,
)


@given(name=text, title=text, body=text)
@hypothesis_settings(max_examples=40, deadline=None)
def test_no_words_can_break_a_feed(name, title, body):
    moment = clock.now()
    update = PublicUpdate(
        code="0",
        path="/incidents/0#0",
        stage="Identified",
        at=Moment("", "", ""),
        published_at=moment,
        body=markdown.render(body),
        edited_at=None,
    )
    item = feeds.Item(f"{characters.one_line(title)} — Identified", update)
    feed = feeds.Feed(characters.one_line(f"x{name}"), "https://s.example", (item,), moment)

    for written in (feed.rss(), feed.atom()):
        parsed = feedparser.parse(written)

        assert not parsed.bozo, parsed.bozo_exception
        assert len(parsed.entries) == 1


@pytest.mark.timeout(60)
@given(title=text.filter(lambda title: characters.one_line(title)), body=text)
@hypothesis_settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_people_may_type_anything(app, title, body):
    title = title.encode("utf-8", "replace").decode().replace("\0", "")
    body = body.encode("utf-8", "replace").decode().replace("\0", "")
    if not title.split() or not body.strip():
        return
    incident = make_incident(title=title, words=public(body))

    for path in ("/", "/history", "/feed.rss", "/feed.atom", f"/incidents/{incident.code}"):
        document = documents.render(path)
        if document.content_type == documents.HTML:
            parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
            parser.parse(document.body.decode())
        else:
            assert not feedparser.parse(document.body).bozo


def test_nothing_that_is_ours_alone_stands_in_any_document(app):
    make_organisation(component_lines="Website\nCANARY-hidden\nCANARY-archived")
    author = db.session.get(Account, 1)
    website, hidden, archived = components.every()
    with transaction():
        hidden.hidden = True
        archived.archived_at = clock.now()
        author.email, author.name = "canary-account@example.org", "CANARY-author"
        ours = organisation.current()
        ours.slack_webhook = "https://hooks.slack.com/services/CANARY"
        ours.internal_emails = ["canary-team@example.org"]
        ours.incident_channel = "CANARY-channel"
    impacts = {part.id: Impact.MAJOR for part in (website, hidden, archived)}
    incident = make_incident(
        author=author,
        impacts=impacts,
        facts={"root_cause": "CANARY-fact"},
        words={
            Audience.PUBLIC: Words("CANARY-subject", "We are on it."),
            Audience.CUSTOMER: Words("CANARY-customer-subject", "CANARY-customer"),
            Audience.INTERNAL: Words("CANARY-internal-subject", "CANARY-internal"),
        },
    )
    response.note(incident, text="CANARY-note", author=author)
    response.assign(incident, role="Incident Commander", person="CANARY-commander", by=author)
    post(incident, words={Audience.INTERNAL: Words("", "CANARY-second")}, impacts=impacts)

    for path in all_paths():
        body = text_of(path)

        assert "We are on it." in body or path.startswith("/history")
        assert "canary" not in body.lower(), path
    for path in beside_them():
        assert "canary" not in text_of(path).lower(), path


def test_no_integer_id_stands_in_any_document(app):
    make_organisation(component_lines="Website\nGroup\n    Part")
    for _ in range(3):
        incident = make_incident(impacts=down(first_component()))
        post(incident, stage=Stage.RESOLVED)

    for path in [*all_paths(), *beside_them()]:
        for found in re.findall(r'(?:id|href|data-[a-z]+|for|name)="([^"]*)"', text_of(path)):
            assert not re.search(r"(^|[/#=]|update-|incident-)\d{1,9}($|[/#?])", found), found


def test_the_pages_parse_and_carry_no_script_of_their_own(app):
    make_incident(title="<script>alert(1)</script>", words=public("<script>alert(2)</script>"))

    for path in ("/", "/history", all_paths()[-1]):
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        page = parser.parse(text_of(path))

        scripts = list(page.iter("script"))
        assert [script.text for script in scripts] == [None]
        for element in page.iter():
            assert not {name for name in element.attrib if name.startswith("on")}
            assert "style" not in element.attrib
            assert not element.attrib.get("href", "").lower().startswith("javascript")
        assert len(list(page.iter("h1"))) == 1


def test_an_example_says_on_every_page_that_it_is_one(app):
    make_organisation(is_example=True)
    make_incident()

    for path in all_paths():
        assert "example" in text_of(path).lower()
        if not path.startswith("/feed"):
            assert "This is an example." in text_of(path)


def test_the_overview_asks_the_database_a_bounded_number_of_times(app, count_statements):
    make_organisation(component_lines="A\nB\n    C\n    D\nE\n    F\n")
    for part in components.every():
        make_incident(impacts=down(part))
    db.session.remove()
    count_statements.clear()

    documents.render("/")

    assert len([asked for asked in count_statements if asked.startswith("SELECT")]) <= 24


def test_the_overview_is_light(app, client):
    make_organisation(component_lines="\n".join(f"Component {at}" for at in range(60)))
    for part in components.every()[:3]:
        incident = make_incident(impacts=down(part), words=public("We are looking into it. " * 20))
        post(incident, words=public("We have found it, and are mending it. " * 10))

    page = documents.render("/").body.decode()
    loaded = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="(/static/[^"]+)"', page)
    sizes = {
        address: len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
        for address in ["/", *loaded]
    }

    assert any(".css" in address for address in loaded)
    assert sum(sizes.values()) <= 20 * 1024, sizes
