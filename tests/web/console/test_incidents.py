"""Opening incidents and posting updates in the console."""

from datetime import timedelta
from uuid import uuid4

from app import clock
from app.db import db
from app.domain import components, status
from app.models import Announcement, Incident, Update
from app.words import Audience, Impact, Stage
from tests.factories import down, first_component, make_incident, make_subscriber, post

TELL_ALL = {"tell": ["public", "customer", "internal"]}


def opening(**changes):
    component = first_component()
    return {
        "form_key": str(uuid4()),
        "title": "Text messages are late",
        "severity": "2",
        "stage": "investigating",
        "commander": "Ada",
        "fact_issue": "late text messages",
        f"impact_{component.code}": "partial_outage",
        "do": "post",
        **TELL_ALL,
    } | changes


def update(incident, **changes):
    return {
        "form_key": str(uuid4()),
        "seen": str(incident.newest),
        "stage": "identified",
        "fact_issue": "late text messages",
        "fact_cause": "a carrier",
        f"impact_{first_component().code}": "partial_outage",
        "do": "post",
        **TELL_ALL,
    } | changes


def test_an_incident_is_opened_on_one_screen_and_published_before_the_answer(ada):
    page = ada.get("/console/incidents/new")
    assert page.field("stage") == "investigating"
    assert page.field("severity") == "2"

    answer = ada.post("/console/incidents/new", opening())

    incident = db.session.query(Incident).one()
    assert answer.response.location.startswith(f"/console/incidents/{incident.code}")
    assert incident.title == "Text messages are late"
    assert incident.roles == {"Incident Commander": "Ada"}
    assert status.impacts_now(incident) == {first_component().id: Impact.PARTIAL}
    assert "late text messages" in incident.updates[0].message(Audience.PUBLIC).body
    assert incident.promise_at is not None


def test_the_definitions_stand_beside_the_choice_of_severity(ada):
    page = ada.get("/console/incidents/new")

    assert "Nothing works" in page.words("f-severity")
    assert "A main part does not work" in page.words("f-severity")


def test_the_same_form_sent_twice_opens_one_incident(ada):
    form = opening()

    first = ada.post("/console/incidents/new", form)
    second = ada.post("/console/incidents/new", form)

    assert first.response.location == second.response.location
    assert db.session.query(Incident).count() == 1


def test_a_form_that_was_posted_and_changed_comes_back_with_what_was_typed(ada):
    form = opening()
    ada.post("/console/incidents/new", form)

    page = ada.post(
        "/console/incidents/new", form | {"fact_issue": "photos are missing"}, status=409
    )

    assert "These were not posted" in page.text
    assert page.field("fact_issue") == "photos are missing"
    assert page.field("form_key") != form["form_key"]
    assert db.session.query(Incident).count() == 1


def test_what_is_missing_is_said_at_its_field_and_everything_typed_is_kept(ada):
    form = opening(title="", fact_issue="", commander="Grace", promise="30", sentence="It is late.")

    page = ada.post("/console/incidents/new", form, status=422)

    assert "sentence about this" in page.words("w-fact_issue")
    assert page.words("w-title")
    assert page.field("commander") == "Grace"
    assert page.field("promise") == "30"
    assert page.field("sentence") == "It is late."
    assert page.field("form_key") == form["form_key"]
    assert page.field(f"impact_{first_component().code}") == "partial_outage"
    assert db.session.query(Incident).count() == 0


def test_the_room_shows_what_three_audiences_will_read(ada):
    incident = make_incident(impacts=down(first_component()), facts={"issue": "late messages"})
    for _ in range(2):
        make_subscriber()

    page = ada.get(f"/console/incidents/{incident.code}")

    for audience in Audience:
        assert page.words(f"message-{audience}")
    assert "2 subscribers" in page.words("message-customer")
    assert page.field("stage") == "identified"
    assert "Post to 3 audiences" in page.words("post")
    marks = ["".join(mark.itertext()) for mark in page.all("mark")]
    assert "Website" in marks


def test_the_preview_is_what_is_posted(ada):
    incident = make_incident()
    form = update(incident, fact_actions="moving to another carrier")

    shown = ada.post(f"/console/incidents/{incident.code}/preview", form, status=200)
    ada.post(f"/console/incidents/{incident.code}/updates", form)

    posted = db.session.query(Update).filter_by(number=2).one()
    assert db.session.query(Update).count() == 2
    for audience in Audience:
        for line in posted.message(audience).body.split("\n"):
            if "[" not in line and ":" not in line and "*" not in line:
                assert line.strip("-*_ ") in shown.words(f"message-{audience}")


def test_the_script_gets_the_composer_alone(ada):
    incident = make_incident()

    answer = ada.client.post(
        f"/console/incidents/{incident.code}/preview",
        data=update(incident, csrf_token=ada.token),
        headers={"X-Part": "composer"},
    )

    assert answer.status_code == 200
    assert b"<form" in answer.data
    assert b"<html" not in answer.data


def test_what_was_typed_for_another_stage_is_kept(ada):
    incident = make_incident()
    form = update(incident, stage="resolved", fact_fix="a restart")

    page = ada.post(f"/console/incidents/{incident.code}/preview", form, status=200)
    elsewhere = ada.post(
        f"/console/incidents/{incident.code}/preview", form | {"stage": "monitoring"}, status=200
    )

    assert page.field("fact_fix") == "a restart"
    assert elsewhere.field("fact_fix") == "a restart"


def test_a_preview_tells_nobody(ada):
    incident = make_incident()
    before = db.session.query(Announcement).count()

    ada.post(f"/console/incidents/{incident.code}/preview", update(incident), status=200)
    ada.post("/console/incidents/preview", opening(), status=200)

    assert db.session.query(Announcement).count() == before
    assert db.session.query(Update).count() == 1


def test_words_changed_by_hand_are_sent_as_they_are(ada):
    incident = make_incident()
    edited = ada.post(
        f"/console/incidents/{incident.code}/preview",
        update(incident, do="edit-public"),
        status=200,
    )
    assert edited.field("body_public")

    ada.post(
        f"/console/incidents/{incident.code}/updates",
        update(
            incident,
            hand="public",
            body_public="Our own words, {{ 7 * 7 }}.",
            blanks_are_meant="1",
        ),
    )

    said = db.session.query(Update).filter_by(number=2).one().message(Audience.PUBLIC)
    assert said.body == "Our own words, {{ 7 * 7 }}."
    assert said.origin == "hand"


def test_words_that_keep_an_earlier_promise_are_pointed_at(ada):
    incident = make_incident()
    earlier = f"{clock.now() + timedelta(hours=2):%H:%M}"
    words = {"hand": ["customer"], "body_customer": f"It is slow. Next update by {earlier} UTC."}
    preview = f"/console/incidents/{incident.code}/preview"

    kept = ada.post(preview, update(incident, promise="120", **words), status=200)
    changed = ada.post(preview, update(incident, promise="30", **words), status=200)

    assert "another time" not in kept.words("other-time-customer")
    assert f"next update: {earlier};" in changed.words("other-time-customer")


def test_the_template_is_used_again_when_asked(ada):
    incident = make_incident()

    page = ada.post(
        f"/console/incidents/{incident.code}/preview",
        update(incident, hand="public", body_public="Own.", do="template-public"),
        status=200,
    )

    assert page.field("body_public") is None


def test_a_blank_left_in_ones_own_words_is_asked_about_once(ada):
    incident = make_incident()
    form = update(incident, hand="public", body_public="It is back by [time].")

    warned = ada.post(f"/console/incidents/{incident.code}/updates", form, status=422)
    assert "time" in warned.words("faults")
    assert warned.field("body_public") == "It is back by [time]."
    ada.post(f"/console/incidents/{incident.code}/updates", form | {"blanks_are_meant": "1"})

    assert db.session.query(Update).count() == 2


def test_only_the_chosen_audiences_are_told(ada):
    incident = make_incident()

    ada.post(f"/console/incidents/{incident.code}/updates", update(incident, tell=["internal"]))

    posted = db.session.query(Update).filter_by(number=2).one()
    assert [message.audience for message in posted.messages] == [Audience.INTERNAL]


def test_what_stands_on_the_status_page_alone_is_said_to_tell_no_subscriber(ada):
    incident = make_incident()
    path = f"/console/incidents/{incident.code}"
    alone = update(incident, tell=["public"])

    shown = ada.post(f"{path}/preview", alone, status=200)
    to_all = ada.get(path)
    ada.post(f"{path}/updates", alone)

    assert "no subscriber" in shown.words("reach")
    assert "no subscriber" not in to_all.words("reach")
    assert "Subscribers were not told" not in to_all.text
    assert "Subscribers were not told" in ada.get(path).words("update-2")


def test_telling_nobody_is_said_and_not_done(ada):
    incident = make_incident()

    page = ada.post(
        f"/console/incidents/{incident.code}/updates", update(incident, tell=[]), status=422
    )

    assert "at least one audience" in page.words("faults")


def test_a_choice_of_waits_says_whose_the_usual_one_is_and_offers_short_ones(ada):
    page = ada.get(f"/console/incidents/{make_incident(severity_key='1').code}")

    words = page.words("f-promise")
    assert "in 30 minutes, as the runbook has it" in words
    assert "in 5 minutes" in words
    assert "in 1 week" in words


def test_a_promise_is_by_default_the_cadence_and_can_be_waived(ada):
    incident = make_incident(severity_key="1")

    ada.post(f"/console/incidents/{incident.code}/updates", update(incident))
    kept = db.session.query(Update).filter_by(number=2).one()
    ada.post(
        f"/console/incidents/{incident.code}/updates", update(incident, seen="2", promise="none")
    )
    waived = db.session.query(Update).filter_by(number=3).one()

    assert 29 <= (kept.promise_at - kept.published_at).total_seconds() / 60 <= 31
    assert waived.promise_at is None


def test_whoever_is_slower_is_shown_what_the_other_wrote_and_loses_nothing(ada):
    incident = make_incident()
    form = update(incident, fact_cause="typed by the slower one")
    post(incident, stage=Stage.IDENTIFIED)

    page = ada.post(f"/console/incidents/{incident.code}/updates", form, status=409)

    assert "Posted while you were writing" in page.words("news")
    assert "We are looking into it." in page.words("news")
    assert page.field("fact_cause") == "typed by the slower one"
    assert page.field("seen") == "2"
    ada.post(f"/console/incidents/{incident.code}/updates", form | {"seen": "2"})
    assert db.session.query(Update).count() == 3


def test_an_error_in_the_form_does_not_hide_what_others_posted(ada):
    incident = make_incident()
    post(incident, stage=Stage.IDENTIFIED)

    page = ada.post(
        f"/console/incidents/{incident.code}/updates",
        update(incident, seen="1", tell=[]),
        status=422,
    )

    assert "Posted while you were writing" in page.words("news")
    assert page.field("seen") == "1"


def test_an_update_sent_twice_posts_once(ada):
    incident = make_incident()
    form = update(incident)

    ada.post(f"/console/incidents/{incident.code}/updates", form)
    ada.post(f"/console/incidents/{incident.code}/updates", form)

    assert db.session.query(Update).count() == 2


def test_a_resolved_incident_is_reopened_only_on_purpose(ada):
    incident = make_incident()
    ada.post(
        f"/console/incidents/{incident.code}/updates",
        update(
            incident,
            stage="resolved",
            fact_fix="a restart",
            hand=["public", "customer"],
            body_public="It works.",
            body_customer="It works.",
            subject_customer="Resolved",
        ),
    )
    closed = ada.get(f"/console/incidents/{incident.code}")
    assert closed.field("stage") is None
    form = update(incident, seen="2", stage="investigating")

    refused = ada.post(f"/console/incidents/{incident.code}/updates", form, status=422)
    assert "resolved" in refused.words("faults")
    ada.get(f"/console/incidents/{incident.code}?reopen=1")
    ada.post(f"/console/incidents/{incident.code}/updates", form | {"reopen": "1"})

    db.session.expire_all()
    assert db.session.get(Incident, incident.id).is_open


def test_names_of_hidden_components_stay_inside(ada):
    secret = components.create(name="CANARY-component", by=None)
    secret.hidden = True
    db.session.commit()
    shown = ada.get("/console/incidents/new")
    form = opening(**{f"impact_{secret.code}": "major_outage"})
    form |= {f"impact_{first_component().code}": "operational", "fact_components": "a part"}

    ada.post("/console/incidents/new", form, status=303)

    assert "CANARY" in shown.text
    incident = db.session.query(Incident).one()
    for message in incident.updates[0].messages:
        assert "CANARY" not in message.body + message.subject


def test_what_people_type_is_text_and_never_a_program(ada):
    nasty = '<script>alert(1)</script> {{ 7*7 }} {% raw %} "><img src=x onerror=alert(1)>'
    incident = make_incident()

    page = ada.post(
        f"/console/incidents/{incident.code}/preview",
        update(incident, fact_issue=nasty, fact_actions=nasty),
        status=200,
    )

    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "7*7" in page.text


def test_odd_characters_and_huge_numbers_break_nothing(ada):
    incident = make_incident()

    for odd in ("\x00null", "\u202eabc", "x" * 30_000, "９９"):
        form = update(incident, fact_issue=odd, promise=odd, seen=odd, stage=odd, form_key=odd)
        answer = ada.client.post(
            f"/console/incidents/{incident.code}/preview", data=form | {"csrf_token": ada.token}
        )
        assert answer.status_code == 200


def test_the_list_says_what_to_do_when_nothing_is_open(ada):
    page = ada.get("/console/incidents")

    assert "Open an incident" in page.text
    assert "Nothing is broken" in page.text


def test_the_list_shows_open_incidents_with_their_clocks_and_past_ones(ada):
    make_incident(title="Broken now", promise_at=clock.now() + timedelta(minutes=5))
    past = make_incident(title="Broken before")
    post(past, stage=Stage.RESOLVED)

    page = ada.get("/console/incidents")

    assert "Broken now" in page.text
    assert "Broken before" in page.text
    assert "data-until" in page.text


def test_nobody_finds_an_incident_that_is_not_there(ada):
    ada.get("/console/incidents/nothing", status=404)


def test_what_is_affected_is_asked_once(ada):
    page = ada.get("/console/incidents/new")

    labels = ["".join(label.itertext()).strip() for label in page.all("label")]
    asked = [text for text in labels if "where no component fits" in text]
    assert "".join(page.tree.find(".//fieldset[@id='f-components']/legend").itertext()) == (
        "What is affected?"
    )
    assert len(asked) == 1
    assert not any("What is affected" in text for text in labels)
