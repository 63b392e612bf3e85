"""Bringing another page in: all of it or nothing, once, and without a mail."""

import json
from copy import deepcopy

import pytest
from sqlalchemy import func, select

from app.db import db
from app.domain import components, importing, incidents, organisation, source, status
from app.domain.incidents import Words
from app.errors import Rejected
from app.models import Announcement, Audit, Component, Incident, Update
from app.publication import documents
from app.words import Audience, Impact, Stage
from tests import statuspages
from tests.factories import make_organisation, make_subscriber, post
from tests.statuspages import PAGE, change, component, incident, page, update


@pytest.fixture
def ours(app):
    return make_organisation(component_lines="Our own")


def read(*values):
    return source.read((f"document {at}", it) for at, it in enumerate(values))


def bring_in(*values, **more):
    return importing.bring_in(read(*values), **more)


def count(row):
    return db.session.scalar(select(func.count()).select_from(row))


def rows():
    return {row: count(row) for row in (Component, Incident, Update, Audit)}


def by_code(code):
    return db.session.scalar(select(Incident).where(Incident.code == code))


def test_a_page_is_brought_in_with_its_codes_and_the_moments_it_gave(ours):
    brought = bring_in(*page().values())

    assert (brought.parts, brought.incidents, brought.maintenances) == (4, 2, 2)
    assert (ours.code, ours.time_zone) == (PAGE["id"], "America/Denver")
    assert ours.name == "Example"
    opened = by_code("c1c1c1c1c1c1")
    assert [one.code for one in opened.updates] == ["d2d2d2d2d2d2", "d1d1d1d1d1d1"]
    assert opened.is_open
    assert opened.severity_key == "2"
    assert by_code("c2c2c2c2c2c2").stage is Stage.RESOLVED
    east = db.session.scalar(select(Component).where(Component.code == "k2k2k2k2k2k2"))
    assert east.group.name == "Boats"
    assert status.states(status.open_incidents()) == {east.id: Impact.PARTIAL}


def test_nobody_is_told_of_what_was_brought_in(ours):
    make_subscriber()

    bring_in(*page().values())

    assert count(Announcement) == 0
    planned = by_code("c4c4c4c4c4c4")
    assert planned.starts_itself, "what lies ahead is told of when it comes"


def test_a_window_of_the_past_begins_nothing(ours):
    old = deepcopy(statuspages.PLANNED)
    old |= {
        "scheduled_for": "2020-04-01T02:00:00.000-06:00",
        "scheduled_until": "2020-04-01T03:00:00.000-06:00",
    }

    bring_in({"page": PAGE, "scheduled_maintenances": [old]})

    assert not by_code(old["id"]).starts_itself
    assert not by_code(old["id"]).ends_itself


def test_a_second_time_changes_nothing(ours):
    bring_in(*page().values())
    before = rows()
    assert before[Incident] == 4

    assert not bring_in(*page().values()).anything
    assert rows() == before


def test_to_try_changes_nothing_and_says_what_would_be(ours):
    before = rows()

    brought = bring_in(*page().values(), only_try=True)

    assert (brought.parts, brought.incidents, brought.page) == (4, 2, True)
    db.session.expire_all()
    assert rows() == before
    assert organisation.current().code != PAGE["id"]


def test_nothing_is_half_brought_in(ours, monkeypatch):
    before = rows()
    make = importing.imported_incidents.bring_in

    def full(said, *more):
        if said.id == "c3c3c3c3c3c3":
            raise OSError("the disk is full")
        return make(said, *more)

    monkeypatch.setattr(importing.imported_incidents, "bring_in", full)
    with pytest.raises(OSError, match="full"):
        bring_in(*page().values())

    db.session.expire_all()
    assert rows() == before


def test_what_was_said_there_since_is_added(ours):
    bring_in(*page().values())
    later = deepcopy(statuspages.OPEN)
    news = update("e1e1e1e1e1e1", later["id"], "resolved", "Done.", "2026-03-09T01:00:00.000-06:00")
    later["incident_updates"].insert(0, news)
    later |= {"status": "resolved", "updated_at": news["updated_at"]}

    assert bring_in({"page": PAGE, "incidents": [later]}).continued == 1

    db.session.expire_all()
    assert not by_code(later["id"]).is_open
    assert [one.number for one in by_code(later["id"]).updates] == [3, 2, 1]
    assert not bring_in({"page": PAGE, "incidents": [later]}).anything


def test_who_went_on_with_an_incident_here_is_not_overtaken(ours):
    bring_in(*page().values())
    known = by_code("c1c1c1c1c1c1")
    post(known, stage=Stage.MONITORING, words={Audience.PUBLIC: Words("", "We took **over**.")})
    later = deepcopy(statuspages.OPEN)
    later["incident_updates"].insert(
        0, update("e1e1e1e1e1e1", later["id"], "resolved", "x", "2026-03-09T01:00:00.000-06:00")
    )
    later["components"] = [statuspages.EAST | {"status": "operational"}]

    assert not bring_in({"page": PAGE, "incidents": [later]}).anything

    said = json.loads(documents.render("/api/v2/incidents/unresolved.json").body)["incidents"][0]
    assert (said["status"], len(said["incident_updates"])) == ("monitoring", 3)
    assert said["incident_updates"][0]["body"] == "We took over."
    assert said["incident_updates"][0]["affected_components"] == [
        change(statuspages.EAST, "partial_outage", "operational")
    ]
    assert said["updated_at"] > "2026-03-08"


def test_a_component_of_ours_with_the_same_name_is_the_same(app):
    make_organisation(component_lines="Site\nBoats\n    East")

    bring_in(*page().values())

    assert sorted(one.name for one in components.every()) == ["East", "Site", "West"]
    site = next(one for one in components.every() if one.name == "Site")
    assert site.code == "k1k1k1k1k1k1"


def test_what_is_hurt_without_an_incident_gets_one_that_says_where_it_comes_from(ours):
    hurt = component("k7k7k7k7k7k7", "Harbour", 1, "degraded_performance")
    document = {"page": PAGE, "components": [hurt]}

    assert bring_in(document).stands_in
    assert not bring_in(document).anything

    told = status.open_incidents()[0]
    assert told.title == importing.TITLE
    assert "Harbour: degraded performance" in told.updates[0].messages[0].body
    shown = json.loads(documents.render("/api/v2/summary.json").body)
    assert shown["components"][-1]["status"] == "degraded_performance"
    assert shown["status"]["indicator"] == "minor"


def test_another_page_is_taken_in_under_the_id_of_the_first(ours):
    bring_in(*page().values())
    other = PAGE | {"id": "q9q9q9q9q9q9", "time_zone": "Asia/Tokyo"}
    part = component("k8k8k8k8k8k8", "Elsewhere", 9)

    brought = bring_in({"page": other, "components": [part]})

    assert brought.parts == 1
    assert (ours.code, ours.time_zone) == (PAGE["id"], "America/Denver")


def broken(**changes):
    return {"page": PAGE, "incidents": [statuspages.OPEN | changes]}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "document 0: it: Input should be"),
        ({"incidents": []}, "document 0: page: Field required"),
        (broken(id="../../etc"), "document 0: incidents[0].id: String should match"),
        (broken(status="exploded"), "incidents[0].status: Value error, exploded is no stage"),
        (broken(created_at="yesterday"), "incidents[0].created_at: Input should be"),
        (broken(created_at="2026-03-08T04:30:00"), "should have timezone info"),
        (broken(name="x" * 2000), "incidents[0].name: Value error, it should have at most 1,000"),
        (broken(shortlink="javascript:alert(1)"), "incidents[0].shortlink: String should match"),
        (
            broken(incident_updates=[statuspages.OPEN["incident_updates"][0] | {"body": 5}]),
            "incidents[0].incident_updates[0].body: Input should be a valid string",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(values, said):
    with pytest.raises(Rejected) as refused:
        read(values)

    assert said in str(refused.value)


def test_documents_of_two_pages_are_not_mixed():
    other = {"page": PAGE | {"id": "q9q9q9q9q9q9", "name": "Rail"}}

    with pytest.raises(Rejected, match="is of another page"):
        read(page()["summary"], other)


def test_unknown_fields_are_ignored_and_no_text_breaks_the_database(ours):
    odd = incident(
        "f1f1f1f1f1f1", "NUL \0 and half \ud800", "investigating", "none",
        [
            update(
                "f2f2f2f2f2f2", "f1f1f1f1f1f1", "investigating", "\0\ud800<script>",
                "2026-01-01T00:00:00.000Z",
            )
        ],
        surprise={"deep": [1]},
    )  # fmt: skip

    assert bring_in({"page": PAGE, "incidents": [odd], "more": 1}).incidents == 1

    assert b"<script>" not in documents.render("/incidents/f1f1f1f1f1f1").body


def test_a_hidden_component_is_hidden_from_what_was_brought_in_as_well(ours):
    bring_in(*page().values())
    east = next(one for one in components.every() if one.name == "East")
    with incidents.transaction():
        east.hidden = True

    for path in ("/api/v2/summary.json", "/api/v2/incidents/c1c1c1c1c1c1.json"):
        assert "k2k2k2k2k2k2" not in documents.render(path).body.decode()
    said = json.loads(documents.render("/api/v2/incidents/c1c1c1c1c1c1.json").body)["incident"]
    assert said["components"] == []
    assert [one["affected_components"] for one in said["incident_updates"]] == [None, None]
