"""The public pages as a reader's browser gets them."""

import pytest
from flask import session

from app import create_app
from app.config import read_settings
from app.db import db
from app.domain.incidents import Words
from app.publication import documents
from app.web.public import bp
from app.words import Audience
from tests.factories import make_incident, make_organisation, post


@pytest.fixture
def paths(app):
    incident = make_incident()
    return ["/", "/history", f"/incidents/{incident.code}", "/feed.rss", "/feed.atom"]


def test_before_set_up_a_calm_page_without_a_way_in(client):
    answer = client.get("/")

    assert answer.status_code == 503
    assert "This page is being set up" in answer.text
    assert 'href="/' not in answer.text.replace('href="/static/', "")
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_each_document_is_answered_with_its_tag_and_date(client, paths):
    for path in paths:
        answer = client.get(path)
        document = documents.render(path)

        assert answer.status_code == 200
        assert answer.content_type == document.content_type
        assert answer.headers["ETag"].strip('"')
        assert not answer.headers["ETag"].startswith("W/")
        assert answer.last_modified is not None
        assert answer.headers["Cache-Control"].startswith("public, max-age=")


def test_who_has_it_already_is_told_so_in_few_bytes(client, paths):
    for path in paths[1:2] + paths[3:]:
        first = client.get(path)

        by_tag = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        by_date = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})

        assert (by_tag.status_code, by_tag.data) == (304, b"")
        assert by_tag.headers["ETag"] == first.headers["ETag"]
        assert by_tag.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert by_date.status_code == 304


def test_an_update_is_never_hidden_by_a_condition(client, app):
    incident = make_incident()
    seen = client.get("/feed.rss").headers["ETag"]

    post(incident, words={Audience.PUBLIC: Words("", "Found it.")})
    answer = client.get("/feed.rss", headers={"If-None-Match": seen})

    assert answer.status_code == 200
    assert "Found it." in answer.text


def test_head_has_the_headers_and_no_body(client, paths):
    for path in paths:
        answer = client.head(path)

        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["ETag"]


def test_what_a_document_does_not_ask_for_changes_nothing(client, paths):
    plain = client.get("/history")

    assert client.get("/history?utm_source=mail&x=<script>").data == plain.data


def test_the_head_of_each_page_announces_both_feeds(client, paths):
    for path in paths[:3]:
        html = client.get(path).text

        assert 'type="application/rss+xml"' in html
        assert 'href="/feed.rss"' in html
        assert 'type="application/atom+xml"' in html
        assert 'href="/feed.atom"' in html


@pytest.mark.parametrize("path", ["/nothing", "/history/2999-01", "/incidents/zzzzzzzzzzzz"])
def test_an_unknown_address_is_answered_calmly(client, app, path):
    make_organisation()

    answer = client.get(path)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_no_public_answer_sets_a_cookie_or_names_another_host(client, paths):
    for path in [*paths, "/nothing", "/static/css/tokens.css"]:
        answer = client.get(path, buffered=True)

        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "http" not in policy


@pytest.mark.usefixtures("app")
def test_a_cookie_is_stopped_even_when_a_public_view_tries_to_set_one(settings):
    app = create_app(settings)

    def careless():
        session["who"] = "someone"
        return "fine", 200, {"Set-Cookie": "a=b"}

    app.add_url_rule("/careless", endpoint="public.careless", view_func=careless)
    answer = app.test_client().get("/careless")

    assert answer.text == "fine"
    assert "Set-Cookie" not in answer.headers
    assert bp.name == "public"


def test_what_is_inside_is_never_kept_by_a_cache(client, app):
    make_organisation()

    for path in ("/console/incidents", "/console/sign-in", "/console/nothing"):
        assert client.get(path).headers["Cache-Control"] == "no-store, private"


def test_our_own_files_are_kept_for_ever_under_their_fingerprint(client, app):
    html = client.get("/nothing").text
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]

    answer = client.get(address, buffered=True)
    bare = client.get("/static/css/tokens.css", buffered=True)

    assert "?v=" in address
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bare.headers["Cache-Control"] == "public, max-age=300"


def test_behind_https_browsers_are_told_to_stay_there(database, tmp_path):
    settings = read_settings(
        data_dir=tmp_path,
        database_url=database(tmp_path),
        secret_key="test " * 8,
        public_url="https://status.example.org",
        _env_file=None,
    )
    app = create_app(settings)
    answer = app.test_client().get("/", base_url="https://status.example.org")
    with app.app_context():
        db.engine.dispose()

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_fault_shows_a_page_that_needs_no_database(client, app, monkeypatch):
    def broken(_path):
        raise OSError("disk full")

    make_organisation()
    monkeypatch.setattr(documents, "render", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = client.get("/history/2020-01")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "disk full" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store, private"
