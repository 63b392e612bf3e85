"""What responders note, settle and correct in the room."""

from app.db import db
from app.domain import accounts
from app.models import Message, Note, Obligation, Role
from app.words import Audience
from tests.factories import PASSWORD, RUNBOOK, make_incident, make_organisation
from tests.web.visiting import Visitor

WITH_BOXES = RUNBOOK + "\n## Investigation\n\n- [ ] Look at the logs\n- [ ] Ask the supplier\n"


def test_a_note_is_kept_and_never_leaves(app, ada):
    incident = make_incident()

    ada.post(f"/console/incidents/{incident.code}/notes", {"text": "CANARY in a note"})

    assert "CANARY" in ada.get(f"/console/incidents/{incident.code}").text
    for address in ("/", "/history", f"/incidents/{incident.code}", "/feed.rss", "/feed.atom"):
        assert b"CANARY" not in app.test_client().get(address).data, address


def test_an_obligation_is_settled_and_taken_back(ada):
    incident = make_incident()
    due = incident.obligations[0] if incident.obligations else None
    if due is None:
        due = Obligation(
            incident_id=incident.id,
            text="Tell the manager",
            within_minutes=30,
            due_at=incident.aware_at,
        )
        db.session.add(due)
        db.session.commit()
    number = due.id

    ada.post(f"/console/incidents/{incident.code}/obligations", {"obligation": number, "done": "1"})
    done = db.session.get(Obligation, number).done_at
    ada.post(f"/console/incidents/{incident.code}/obligations", {"obligation": number})

    assert done is not None
    assert db.session.get(Obligation, number).done_at is None


def test_an_obligation_of_another_incident_is_not_reached_through_this_one(ada):
    one, other = make_incident(), make_incident()
    due = Obligation(incident_id=other.id, text="Theirs", within_minutes=30, due_at=other.aware_at)
    db.session.add(due)
    db.session.commit()

    ada.post(f"/console/incidents/{one.code}/obligations", {"obligation": due.id}, status=404)


def test_a_box_of_the_runbook_is_ticked(app):
    make_organisation(runbook_text=WITH_BOXES)
    visitor = Visitor(app)
    visitor.sign_in()
    incident = make_incident()
    line = incident.runbook.read.checklists[0].items[0].line

    visitor.post(f"/console/incidents/{incident.code}/ticks", {"line": line, "done": "1"})

    page = visitor.get(f"/console/incidents/{incident.code}")
    pressed = [box for box in page.all("button") if box.get("aria-pressed") == "true"]
    assert len(pressed) == 1
    visitor.post(f"/console/incidents/{incident.code}/ticks", {"line": "99999"}, status=404)


def test_a_changed_severity_moves_the_clocks_and_tells_nobody(ada):
    incident = make_incident(severity_key="1")
    page = ada.get(f"/console/incidents/{incident.code}/severity")
    assert page.field("severity") == "1"

    ada.post(f"/console/incidents/{incident.code}/severity", {"severity": "2"})
    said = ada.get(f"/console/incidents/{incident.code}").text
    wrong = ada.post(f"/console/incidents/{incident.code}/severity", {"severity": "9"}, status=422)

    assert "duties are now those of Severity 2" in said
    assert "Severity 1 → 2" in ada.get(f"/console/incidents/{incident.code}").words("so-far")
    assert wrong.words("w-severity")
    db.session.refresh(incident)
    assert incident.severity_key == "2"
    assert incident.newest == 1


def test_a_role_is_given_by_name(ada):
    incident = make_incident()
    role = {"role": "Incident Commander", "person": "R. Alvarez"}

    ada.post(f"/console/incidents/{incident.code}/roles", role)
    ada.post(f"/console/incidents/{incident.code}/roles", {"role": "made up"}, status=400)

    assert "R. Alvarez" in ada.get(f"/console/incidents/{incident.code}").words("chips")


def test_times_are_typed_in_the_organisations_zone_and_their_history_stays(app):
    make_organisation(time_zone="Europe/Berlin")
    visitor = Visitor(app)
    visitor.sign_in()
    incident = make_incident()
    address = f"/console/incidents/{incident.code}/details"
    form = {"title": "Another title", "occurred_at": "2026-01-10T14:30", "channel": "#war"}

    visitor.post(address, form)

    db.session.refresh(incident)
    assert incident.occurred_at.isoformat() == "2026-01-10T13:30:00+00:00"
    assert incident.channel == "war"
    assert "Text messages are late" in visitor.get(address).text
    for wrong in ("2026-03-29T02:30", "yesterday", "2999-01-01T00:00", "", "0001-01-01T00:00"):
        page = visitor.post(address, form | {"occurred_at": wrong}, status=422)
        assert page.words("w-occurred_at"), wrong


def test_a_correction_keeps_the_earlier_words_and_shows_that_it_was_made(app, ada):
    incident = make_incident()
    message = incident.updates[0].message(Audience.PUBLIC)
    address = f"/console/incidents/{incident.code}/messages/{message.id}"
    assert ada.get(address).field("body") == "We are looking into it."

    ada.post(address, {"body": "We looked into it.", "reason": "a wrong tense"})
    same = ada.post(address, {"body": "We looked into it."}, status=422)

    assert same.words("w-body")
    room = ada.get(f"/console/incidents/{incident.code}")
    assert "a wrong tense" in room.words("story")
    assert "We are looking into it." in room.words("story")
    assert db.session.get(Message, message.id).body == "We looked into it."


def test_only_leads_correct_what_was_said(app):
    incident = make_incident()
    accounts.create(email="r@example.org", name="R", password=PASSWORD, role=Role.RESPONDER)
    visitor = Visitor(app)
    visitor.sign_in(email="r@example.org")
    message = incident.updates[0].messages[0]

    page = visitor.get(f"/console/incidents/{incident.code}")
    visitor.post(
        f"/console/incidents/{incident.code}/messages/{message.id}", {"body": "X"}, status=403
    )

    assert "Correct these words" not in page.text


def test_an_empty_note_is_not_kept(ada):
    incident = make_incident()

    ada.post(f"/console/incidents/{incident.code}/notes", {"text": "  "})

    assert db.session.query(Note).count() == 0
