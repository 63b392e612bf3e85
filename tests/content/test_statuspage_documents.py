"""The public API for our own records: keys, moments, roll-ups, and what never stands in it."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from app import clock
from app.content import statuspage_impacts
from app.db import db, transaction
from app.domain import changes, components, incidents, organisation, response
from app.domain.incidents import Words
from app.models import Account, Component
from app.publication import documents, touched
from app.words import Audience, Impact, Stage
from tests import statuspages
from tests.factories import (
    down,
    first_component,
    make_incident,
    make_maintenance,
    make_organisation,
    post,
)

OK, FIX, SLOW, PARTLY, DOWN = Impact


def served(path, below="/api/v2/"):
    return json.loads(documents.render(f"{below}{path}.json").body)


def public(body):
    return {Audience.PUBLIC: Words("", body)}


@pytest.mark.parametrize(
    ("states", "indicator", "words"),
    [
        ([], "none", "All Systems Operational"),
        ([OK, OK], "none", "All Systems Operational"),
        ([FIX, OK], "maintenance", "Service Under Maintenance"),
        ([FIX], "maintenance", "Service Under Maintenance"),
        ([SLOW, OK], "minor", "Partially Degraded Service"),
        ([SLOW, SLOW], "minor", "Degraded System Service"),
        ([SLOW], "minor", "Partially Degraded Service"),
        ([PARTLY, OK], "minor", "Minor Service Outage"),
        ([PARTLY, PARTLY], "major", "Partial System Outage"),
        ([PARTLY], "major", "Partial System Outage"),
        ([DOWN, OK, SLOW], "major", "Partial System Outage"),
        ([DOWN, DOWN], "critical", "Major System Outage"),
        ([DOWN], "critical", "Major System Outage"),
    ],
)
def test_the_page_is_rolled_up_in_statuspages_words(states, indicator, words):
    assert statuspage_impacts.page_status(states) == (indicator, words)


def test_every_document_has_the_keys_of_statuspage_in_their_order(app):
    make_organisation(component_lines="Site\nBoats\n    East\n    West")
    make_incident(impacts=down(components.every()[1]))
    make_maintenance()

    for path, recorded in statuspages.page().items():
        if not path.startswith("incidents/c1"):
            assert_keys(recorded, served(path), path)


def assert_keys(recorded, ours, where):
    """The keys of what there is at both; of lists the first of each."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        assert list(ours) == list(recorded), where
        for key, value in recorded.items():
            assert_keys(value, ours[key], f"{where}.{key}")
    elif isinstance(recorded, list) and isinstance(ours, list):
        for value, our in list(zip(recorded, ours, strict=False))[:1]:
            assert_keys(value, our, f"{where}[0]")


def test_no_component_is_null_and_never_an_empty_list(app):
    make_incident()

    update = served("incidents")["incidents"][0]["incident_updates"][0]

    assert update["affected_components"] is None
    assert update["tweet_id"] is None


def test_an_incident_says_how_it_went(app):
    make_organisation(component_lines="Site\nBoats\n    East")
    east = components.every()[1]
    incident = make_incident(impacts=down(east), words=public("Boats **stand** still."))
    post(incident, stage=Stage.MONITORING, impacts={east.id: Impact.DEGRADED})
    post(incident, stage=Stage.RESOLVED)

    said = served("incidents")["incidents"][0]

    assert (said["status"], said["impact"]) == ("resolved", "critical")
    updates = said["incident_updates"]
    assert said["resolved_at"] == updates[0]["display_at"]
    assert said["monitoring_at"] == updates[1]["display_at"]
    assert said["started_at"] == updates[2]["display_at"]
    assert [one["affected_components"][0]["new_status"] for one in updates] == [
        "operational",
        "degraded_performance",
        "major_outage",
    ]
    assert updates[0]["affected_components"][0]["name"] == "Boats - East"
    assert updates[2]["body"] == "Boats stand still."
    assert [one["deliver_notifications"] for one in updates] == [True, True, False]
    assert said["components"][0]["status"] == "operational"
    assert served("incidents/unresolved")["incidents"] == []


def test_a_group_is_as_bad_as_its_worst_component(app):
    make_organisation(component_lines="Site\nBoats\n    East\n    West")
    _, east, west = components.every()
    make_incident(impacts={east.id: Impact.PARTIAL, west.id: Impact.UNDER_MAINTENANCE})

    listed = {one["name"]: one for one in served("components")["components"]}

    assert listed["Boats"]["status"] == "partial_outage"
    assert listed["Boats"]["components"] == [east.code, west.code]
    assert listed["East"]["group_id"] == listed["Boats"]["id"]
    assert [one["position"] for one in listed.values()] == [1, 1, 2, 2]
    assert served("status")["status"]["description"] == "Minor Service Outage"


@pytest.mark.parametrize(
    ("zone", "said", "name"),
    [
        ("UTC", "2026-07-01T12:00:00.123Z", "Etc/UTC"),
        ("Etc/UTC", "2026-07-01T12:00:00.123Z", "Etc/UTC"),
        ("America/Tijuana", "2026-07-01T05:00:00.123-07:00", "America/Tijuana"),
        ("Europe/London", "2026-07-01T13:00:00.123+01:00", "Europe/London"),
    ],
)
def test_moments_stand_in_the_pages_zone_to_the_millisecond(app, zone, said, name):
    make_organisation(time_zone=zone)
    part = first_component()
    with transaction():
        part.created_at = datetime(2026, 7, 1, 12, 0, 0, 123_999, tzinfo=UTC)

    assert served("components")["components"][0]["created_at"] == said
    assert served("status")["page"]["time_zone"] == name


def test_an_open_incident_without_components_leaves_the_indicator_alone(app):
    make_incident()

    assert served("status")["status"]["indicator"] == "none"
    assert len(served("summary")["incidents"]) == 1


def test_maintenance_is_upcoming_and_no_incident(app):
    maintenance = make_maintenance()

    assert served("incidents")["incidents"] == []
    for path in ("summary", "scheduled-maintenances", "scheduled-maintenances/upcoming"):
        told = served(path)["scheduled_maintenances"][0]
        assert (told["id"], told["status"]) == (maintenance.code, "scheduled")
        assert told["impact"] == "maintenance"
    assert served("scheduled-maintenances/active")["scheduled_maintenances"] == []
    assert served("status")["status"]["indicator"] == "none"
    rss = documents.render("/history.rss").body.decode()
    assert "THIS IS A SCHEDULED EVENT" in rss
    assert "<maintenanceEndDate>" in rss


def test_what_was_taken_back_is_said_no_more(app):
    incident = make_incident(words=public("First."))
    wrong = post(incident, words=public("CANARY"))
    gone = make_incident(words=public("CANARY"))
    with transaction():
        for update in (wrong, gone.updates[0]):
            update.retracted_at = clock.now()
        changes.record(incident)

    for path in documents.lasting():
        if path.startswith(("/api/", "/history.", "/feed")):
            assert b"CANARY" not in documents.render(path).body, path
    assert documents.render(f"/api/v2/incidents/{gone.code}.json") is None
    assert served("incidents")["incidents"][0]["status"] == "investigating"


def test_the_bare_incident_has_no_page_around_it(app):
    incident = make_incident()

    said = served(incident.code, below="/incidents/")

    assert list(said)[:3] == ["name", "status", "created_at"]
    assert said["scheduled_for"] is None
    assert said["id"] == incident.code


@pytest.mark.parametrize("path", ["/api/v2/incidents/000000000000.json", "/incidents/x.json"])
def test_there_is_no_document_of_an_unknown_incident(app, path):
    make_organisation()

    assert documents.render(path) is None


def test_other_sites_may_read_the_api_and_heads_are_answered(app, client):
    incident = make_incident()

    for path in ("components", "summary", f"incidents/{incident.code}"):
        answer = client.head(f"/api/v2/{path}.json?limit=3&page=2")
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def everything():
    return touched.everything(organisation.current(), clock.now())


def test_nothing_that_is_ours_alone_stands_in_any_document(app):
    make_organisation(component_lines="Site\nCANARY-hidden\nCANARY-archived")
    author = db.session.get(Account, 1)
    site, hidden, archived = components.every()
    with transaction():
        hidden.hidden = True
        archived.archived_at = clock.now()
    impacts = {part.id: Impact.MAJOR for part in (site, hidden, archived)}
    incident = make_incident(
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
    make_incident(title="CANARY-title", words={Audience.INTERNAL: Words("", "Only for us.")})
    secrets = [hidden.code, archived.code]

    paths = everything()
    rendered = {path: documents.render(path) for path in paths}

    assert len([path for path in paths if path.startswith("/api/")]) == 9
    for path, document in rendered.items():
        if document is not None:
            body = document.body.decode(errors="replace")
            assert "canary" not in body.lower(), path
            assert not any(code in body for code in secrets), path


def test_no_integer_id_stands_in_what_programs_read(app):
    make_organisation(component_lines="Site\nBoats\n    East")
    incident = make_incident(impacts=down(first_component()))
    post(incident, stage=Stage.RESOLVED)

    for path in everything():
        if path.startswith("/api/") or path.endswith(f"{incident.code}.json"):
            text = documents.render(path).body.decode()
            for found in re.findall(r'"(?:id|[a-z]+_id|code)":([^,}]*)', text):
                assert found == "null" or re.fullmatch(r'"[0-9a-z]{12}"', found), (path, found)


def test_the_documents_of_one_rendering_read_the_rows_once(app):
    make_organisation(component_lines="Site\nBoats\n    East")
    for _ in range(3):
        make_incident(impacts=down(first_component()))
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    paths = [path for path in documents.lasting() if path.startswith(("/api/", "/history."))]

    def render():
        db.session.expunge_all()
        asked.clear()
        kept = {}
        for path in paths:
            documents.render(path, clock.now(), kept)
        return len([one for one in asked if one.startswith("SELECT")])

    few = render()
    for _ in range(9):
        make_incident(impacts=down(db.session.get(Component, first_component().id)))

    assert render() == few
    assert few <= 36


def test_a_components_feed_tells_of_its_incidents_to_their_end(app):
    make_organisation(component_lines="Site\nMail")
    site, mail = components.every()
    about_site = make_incident(title="Site is down", impacts=down(site))
    post(about_site, stage=Stage.RESOLVED, words=public("Up again."))
    make_incident(title="Mail is late", impacts=down(mail))
    quiet = make_incident(title="Quiet")
    post(quiet, impacts=down(site), words={Audience.INTERNAL: Words("", "Only for us.")})

    for ending in ("rss", "atom"):
        feed = documents.render(f"/components/{site.code}/feed.{ending}").body.decode()
        assert "Up again." in feed
        assert "Site at Example" in feed
        assert "Mail is late" not in feed
        assert "Quiet" not in feed
    with incidents.transaction():
        site.hidden = True
    assert documents.render(f"/components/{site.code}/feed.rss") is None


def test_the_json_feed_is_one_of_version_1_1(app):
    incident = make_incident(title="Late", words=public("**Soon**."))

    feed = served("feed", below="/")

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{feed['home_page_url']}feed.json"
    item = feed["items"][0]
    assert item["id"] == item["url"]
    assert item["url"].endswith(f"/incidents/{incident.code}#{incident.updates[0].code}")
    assert item["content_html"] == "<p><strong>Soon</strong>.</p>"
    assert item["content_text"] == "Soon."
    assert item["date_published"].endswith("Z")
