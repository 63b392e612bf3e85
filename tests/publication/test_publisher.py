"""Publishing: what a change touches, what stays when something fails, what others see."""

import sqlite3
import threading
import time
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from app import clock, create_app, publication
from app.db import db, transaction
from app.domain import changes, components, incidents, organisation
from app.domain.incidents import Words
from app.models import Account
from app.publication import documents
from app.publication.publisher import MOST_AT_ONCE
from app.publication.store import Store
from app.words import Audience, Impact, Stage
from tests.factories import down, first_component, make_incident, make_organisation, post
from tests.web.visiting import Visitor

NOON = datetime.fromisoformat("2026-11-21T12:00:10+00:00")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    """The clock stands still, and the test moves it."""
    moment = [NOON]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(**by):
        moment[0] += timedelta(**by)

    return move


@pytest.fixture
def publisher(app):
    return publication.of(app)


@pytest.fixture
def tags(publisher):
    """Paths and tags of everything that is published."""
    return publisher.store.tags


def public(body):
    return {Audience.PUBLIC: Words("", body)}


def changed(before, after):
    return {path for path in before | after if before.get(path) != after.get(path)}


def keep_up(publisher):
    while publisher.keep_up():
        pass


def is_shown(client, path, words):
    return words in client.get(path).text


FEEDS = {"/feed.rss", "/feed.atom", "/feed.json", "/history.rss", "/history.atom"}
API = {path for path in documents.lasting() if path.startswith("/api/")}
NEWS = {f"/api/v2/{name}.json" for name in ("summary", "incidents", "incidents/unresolved")}
"""The other lists only say when the page last changed: its components did, after this clock."""
TOLD = {"/", "/index.txt", *FEEDS, *NEWS}
SENTENCE = {"/embed/frame", "/preview.png"}
NOT_SET = {"/brand.css", "/logo.webp"}
FRONT = {*TOLD, "/history", "/history/2026-11"}


def own(incident):
    address = f"/incidents/{incident.code}"
    return {address, f"{address}.json", f"/api/v2{address}.json"}


def test_set_up_publishes_what_there_is(app, publisher, tags):
    make_organisation()

    there = set(documents.lasting()) - NOT_SET
    assert {"/", "/history", "/feed.rss", "/feed.atom"} <= there == set(tags())


def test_opening_touches_the_front_and_its_own_page(app, tags):
    earlier = make_incident()
    before = tags()

    incident = make_incident()

    assert changed(before, tags()) == FRONT | SENTENCE | own(incident)
    assert f"/incidents/{earlier.code}" in before


def test_an_update_and_a_correction_touch_what_shows_their_words(app, tags, at_noon):
    make_incident()
    incident = make_incident()
    before = tags()

    posted = post(incident, words=public("The carrer fails."))
    after_post = tags()
    author = db.session.get(Account, 1)
    message = posted.message(Audience.PUBLIC)
    incidents.correct(message, subject="", body="The carrier fails.", reason="", author=author)

    assert changed(before, after_post) == TOLD | own(incident)
    assert changed(after_post, tags()) == TOLD | own(incident) | API


def test_resolving_touches_the_month_as_well(app, tags):
    incident = make_incident()
    before = tags()

    post(incident, stage=Stage.RESOLVED)

    assert changed(before, tags()) == FRONT | SENTENCE | {"/badge.svg"} | own(incident)


def test_what_only_colleagues_hear_touches_nothing(app, tags):
    make_incident()
    before = tags()

    make_incident(words={Audience.INTERNAL: Words("", "Only for us.")})

    assert changed(before, tags()) == set()


def test_months_lead_to_each_other_when_a_new_one_becomes_eventful(app, publisher, tags, at_noon):
    make_incident()
    keep_up(publisher)
    at_noon(days=70)
    publisher.keep_up()

    make_incident()

    assert 'href="/history/2026-11" rel="prev"' in find(publisher, "/history/2027-01")
    assert 'href="/history" rel="next"' in find(publisher, "/history/2026-11")


def find(publisher, path):
    return publisher.store.find(path).body.decode()


def test_the_last_month_gets_its_own_place_when_the_month_turns(app, publisher, at_noon):
    make_incident()
    keep_up(publisher)

    at_noon(days=10)
    publisher.keep_up()

    assert "December 2026" in find(publisher, "/history")
    assert 'href="/history" rel="next"' in find(publisher, "/history/2026-11")
    assert "December 2026" in find(publisher, "/history/2026-12")


def test_a_change_of_the_organisation_reaches_every_page(app, publisher, tags):
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED)
    keep_up(publisher)
    before = tags()

    with transaction():
        organisation.current().name = "Renamed"
        changes.record()
    at_once = changed(before, tags())
    keep_up(publisher)

    assert {"/", "/history", "/feed.rss"} <= at_once
    nameless = {path for path in before if path.startswith("/components/") and "badge" in path}
    nameless |= {"/robots.txt", "/sitemap.xml", "/embed/script.js"}
    assert set(before) - changed(before, tags()) == {f"/incidents/{incident.code}.json", *nameless}
    assert publisher.store.owed(1) == []


def test_a_hidden_component_leaves_every_page(app, publisher):
    make_organisation(component_lines="Website\nSecret")
    incident = make_incident(impacts=down(first_component()))
    post(incident, stage=Stage.RESOLVED)
    website = first_component()
    by = db.session.get(Account, 1)

    components.change(
        website, name="Website", description="", spoken="", words_slow="", words_down="",
        group=None, hidden=True, by=by,
    )  # fmt: skip
    keep_up(publisher)

    assert "Website" not in find(publisher, f"/incidents/{incident.code}")


def test_the_minute_moves_the_as_of_time_and_nothing_that_is_settled(app, publisher, tags, at_noon):
    settled = make_incident()
    post(settled, stage=Stage.RESOLVED)
    going_on = make_incident()
    keep_up(publisher)
    before = tags()

    at_noon(seconds=30)
    publisher.keep_up()
    assert changed(before, tags()) == set()

    at_noon(seconds=30)
    publisher.keep_up()
    by_the_minute = {"/", "/index.txt", "/embed/frame", f"/incidents/{going_on.code}"}
    assert changed(before, tags()) == by_the_minute


def test_a_promise_goes_late_within_its_minute(app, publisher, at_noon):
    incident = make_incident(promise_at=NOON + timedelta(seconds=20))
    keep_up(publisher)

    at_noon(seconds=21)
    publisher.keep_up()

    assert "is late" in find(publisher, "/")
    assert "is late" in find(publisher, f"/incidents/{incident.code}")


def test_a_day_later_the_page_has_moved_on(app, publisher, at_noon):
    make_organisation()
    with transaction():
        organisation.current().set_up_at = NOON
    keep_up(publisher)

    at_noon(days=1)
    publisher.keep_up()

    assert "21 – 22 November" in find(publisher, "/")


def test_what_was_posted_before_a_crash_is_published_at_the_next_start(app, publisher, monkeypatch):
    incident = make_incident()
    with monkeypatch.context() as crash:
        crash.setattr(publisher, "publish", lambda: None)
        post(incident, words=public("Posted, then killed."))
    assert "then killed" not in find(publisher, "/")

    publisher.keep_up()

    assert "then killed" in find(publisher, "/")


def test_an_older_copy_of_the_database_takes_back_what_it_does_not_know(app, publisher):
    incident = make_incident()
    keep_up(publisher)
    with transaction() as session:
        ours = organisation.current()
        ours.changes -= 1
        for update in incident.updates:
            for said in update.messages:
                said.audience = (
                    Audience.INTERNAL if said.audience == Audience.PUBLIC else said.audience
                )
        session.flush()

    keep_up(publisher)

    assert publisher.store.find(f"/incidents/{incident.code}") is None


def test_a_document_that_fails_stays_as_it_was_and_the_console_says_so(
    app, publisher, monkeypatch, at_noon
):
    incident = make_incident(impacts=down(organisation_with("Website")))
    visitor = Visitor(app)
    visitor.sign_in()
    before = find(publisher, "/feed.rss")
    render = documents.render

    def broken(path, *more):
        if path == "/feed.rss":
            raise ValueError("a fault of ours")
        return render(path, *more)

    with monkeypatch.context() as fault:
        fault.setattr(documents, "render", broken)
        post(incident, words=public("Found it."))

    assert find(publisher, "/feed.rss") == before
    assert "Found it." in find(publisher, "/")
    assert [fault.path for fault in publisher.store.faults()] == ["/feed.rss"]
    page = visitor.get("/console/incidents").text
    assert "cannot be brought up to date" in page
    assert 'href="/feed.rss"' in page

    at_noon(minutes=1)
    publisher.keep_up()
    assert "Found it." in find(publisher, "/feed.rss")
    assert "cannot be brought up to date" not in visitor.get("/console/incidents").text


def organisation_with(lines):
    make_organisation(component_lines=lines)
    return first_component()


def test_a_full_disk_leaves_the_last_revision_whole_and_is_overcome(app, publisher, monkeypatch):
    incident = make_incident()
    before = find(publisher, "/")

    def full(*_args, **_more):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(publisher.store, "put", full)
        post(incident, words=public("Found it."))
    assert find(publisher, "/") == before
    assert publisher.trouble

    publisher.keep_up()
    assert "Found it." in find(publisher, "/")
    assert not publisher.trouble


def test_what_touches_everything_shows_what_is_read_first_and_the_rest_follows(
    app, publisher, tags, monkeypatch
):
    make_organisation(component_lines="\n".join(f"Component {at}" for at in range(30)))
    everything = {part.id: Impact.MAJOR for part in components.every()}
    keep_up(publisher)
    before, rendered, render = tags(), [], documents.render

    def counted(path, *more):
        rendered.append(path)
        return render(path, *more)

    with monkeypatch.context() as counting:
        counting.setattr(documents, "render", counted)
        incident = make_incident(impacts=everything)
    pages = {f"/components/{part.code}" for part in components.every()}
    assert len(rendered) == MOST_AT_ONCE
    assert {"/", "/feed.rss", "/api/v2/summary.json", f"/incidents/{incident.code}"} <= set(
        rendered
    )
    assert publisher.store.owed(1)[0].startswith("/components/")

    keep_up(publisher)
    assert pages <= changed(before, tags())


def test_another_process_sees_a_revision_within_two_seconds(app, publisher):
    incident = make_incident()
    other = Store(publisher.store.folder, {})
    assert other.find("/")

    post(incident, words=public("Found it."))
    until = time.monotonic() + 2
    while b"Found it." not in other.find("/").body:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_machine_that_shares_only_the_database_publishes_into_a_folder_of_its_own(
    app, publisher, settings, tmp_path
):
    incident = make_incident()
    other = create_app(settings.model_copy(update={"data_dir": tmp_path / "other"}))
    keep_up(publication.of(other))

    post(incident, words=public("Found it."))
    publication.of(other).keep_up()  # its clock does so each second
    keep_up(publisher)

    assert publication.EVERY_SECONDS <= 1
    assert b"Found it." in publication.of(other).store.find("/").body
    assert publication.of(other).store.tags() == publisher.store.tags()


def test_no_reader_sees_half_of_a_revision(app, publisher):
    incident = make_incident()
    own = f"/incidents/{incident.code}"
    stores = [publisher.store, Store(publisher.store.folder, {})]
    seen, mixed, stop = [0], [], threading.Event()

    def marker(body):
        return body.decode().rpartition("marker-")[2].partition(" ")[0]

    def read():
        while not stop.is_set():
            for store in stores:
                first, own_one, second = (marker(store.find(path).body) for path in ("/", own, "/"))
                seen[0] += 1
                if first == second != own_one:
                    mixed.append((first, own_one))
            time.sleep(0.001)  # or whoever publishes would wait for us

    post(incident, words=public("marker-start ."))
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(8):
        post(incident, words=public(f"marker-{uuid4().hex} ."))
    stop.set()
    for reader in readers:
        reader.join()

    assert mixed == []
    assert seen[0] > 8


@pytest.mark.parametrize("away", ["sqlite:////nowhere/allclear.db", "postgresql://127.0.0.1:9/x"])
def test_every_document_is_served_without_a_database_also_after_a_restart(
    app, publisher, settings, away
):
    for _ in range(3):
        make_incident()
    keep_up(publisher)
    paths = list(publisher.store.tags())

    restarted = create_app(settings.model_copy(update={"database_url": away}))
    client = restarted.test_client()
    stop = threading.Event()
    thread = publication.start(restarted, stop)
    answers = [client.get(paths[at % len(paths)]).status_code for at in range(1000)]
    console = client.get("/console/sign-in")
    subscribe = client.get("/subscribe")
    stop.set()
    thread.join()

    assert answers == [200] * 1000
    assert {"/", "/api/v2/summary.json", "/history/2026-11", "/history.atom"} <= set(paths)
    for refused in (console, subscribe):
        assert refused.status_code == 503
        assert "The database does not answer" in refused.text
        assert refused.headers["Retry-After"] == "30"
        assert refused.headers["Cache-Control"] == "no-store, private"


def test_no_document_asks_the_database(app, publisher, client):
    make_incident()
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

    for path in publisher.store.tags():
        for headers in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}):
            assert client.get(path, headers=headers).status_code in (200, 304)
    assert client.get("/static/css/public.css").status_code == 200

    assert statements == []


def test_a_folder_of_another_version_is_rendered_anew_in_the_background(
    app, publisher, monkeypatch, tags
):
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED)
    keep_up(publisher)
    rendered = []
    render = documents.render
    monkeypatch.setattr(
        documents, "render", lambda path, *more: rendered.append(path) or render(path, *more)
    )

    keep_up(publisher)
    assert rendered == []

    monkeypatch.setattr("app.publication.publisher._sources", lambda: "another version")
    keep_up(publisher)
    assert set(rendered) >= set(tags())
