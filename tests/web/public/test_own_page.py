"""Signing up by each channel, and a subscriber's own page, as a browser without script does it."""

import json

import pytest
from sqlalchemy import select

from app import clock
from app.db import db
from app.domain import numbers, tokens
from app.domain.tokens import Purpose
from app.models import Channel, Subscriber
from app.words import Impact
from tests.factories import make_incident, make_organisation, make_subscriber

HOOK = "https://hooks.example.org/x"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"twilio_account": "AC1", "twilio_from": "+15005550006"})


@pytest.fixture(autouse=True)
def organisation(app):
    make_organisation()


def typed(**fields):
    """A form as a person sends it, who took a while."""
    return {"opened": tokens.stamp(clock.now().timestamp() - 10)} | fields


def only():
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).one()


def own(**changes):
    """A webhook's own page, and its path."""
    values = {"channel": Channel.WEBHOOK, "address": HOOK, "secret": "whsec_first"}
    subscriber = make_subscriber(**(values | changes))
    return f"/s/{tokens.make(Purpose.MANAGE, subscriber.code)}"


@pytest.mark.parametrize("channel", Channel)
def test_each_way_of_being_told_has_its_form(stranger, channel):
    page = stranger.get(f"/subscribe?channel={channel}")

    assert page.field("channel") == channel.value
    assert page.field("address") == ""


def test_mail_is_the_first_and_what_is_not_offered_is_not_shown(stranger, app, monkeypatch):
    some = app.config["ALLCLEAR"].model_copy(update={"offer": ["webhook", "email"]})
    monkeypatch.setitem(app.config, "ALLCLEAR", some)

    page = stranger.get("/subscribe?channel=sms")

    assert page.field("channel") == "email"
    assert "channel=webhook" in page.text
    assert "channel=slack" not in page.text


def test_the_answer_is_the_same_whoever_is_subscribed_by_any_channel(app):
    make_subscriber(channel=Channel.SMS, address="+447400123450")
    make_subscriber(channel=Channel.WEBHOOK, address=f"{HOOK}0")
    for channel, known, new in (
        ("sms", "+447400123450", "+447400123459"),
        ("webhook", f"{HOOK}0", f"{HOOK}9"),
    ):
        answers = [
            app.test_client()
            .post("/subscribe", data=typed(channel=channel, address=address))
            .text.replace(address, "")
            for address in (known, new)
        ]
        assert answers[0] == answers[1]


def test_a_number_is_confirmed_by_typing_the_code(stranger):
    stranger.post("/subscribe", typed(channel="sms", address="+44 7400 123456"), status=200)
    code = numbers.code_of(only().id)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    number = {"address": "+44 7400 123456"}

    refused = stranger.post("/subscribe/code", number | {"code": wrong}, status=422)
    unknown = stranger.post(
        "/subscribe/code", {"address": "+447400123999", "code": wrong}, status=422
    )
    page = stranger.post("/subscribe/code", number | {"code": code}, status=200)

    assert refused.text.replace("+44 7400 123456", "") == unknown.text.replace("+447400123999", "")
    assert "/s/" in page.text
    assert "Text me" in only().consent


def test_one_incident_can_be_asked_about_from_its_page(stranger):
    incident = make_incident(title="Payments fail")
    form = stranger.get(f"/subscribe?incident={incident.code}")
    fields = typed(address="ada@example.org", what="incident", incident=incident.code)

    stranger.post("/subscribe", fields, status=200)

    assert form.field("what") == "incident"
    assert "Payments fail" in form.text
    assert only().incident_id == incident.id


@pytest.mark.parametrize("opened", ["", "0~x", "é", tokens.LONGEST * "9", "now"])
def test_a_form_that_was_filled_in_no_time_is_asked_for_again(stranger, opened):
    opened = tokens.stamp(clock.now().timestamp()) if opened == "now" else opened

    page = stranger.post("/subscribe", {"address": "a@example.org", "opened": opened}, status=422)

    assert "once more" in page.text
    assert page.field("address") == "a@example.org"
    assert tokens.stamped_at(page.field("opened")) is not None


def test_who_is_quick_waits_two_seconds_from_the_first_page_and_not_from_each(stranger):
    opened = tokens.stamp(clock.now().timestamp() - 1)

    page = stranger.post("/subscribe", {"address": "a@example.org", "opened": opened}, status=422)

    assert "That was quick" in page.text
    assert page.field("opened") == opened


def test_a_form_that_was_open_for_days_says_so_and_works_when_it_is_sent_again(stranger):
    fields = {"address": "a@example.org", "opened": tokens.stamp(clock.now().timestamp() - 90_000)}

    page = stranger.post("/subscribe", fields, status=422)
    fields["opened"] = page.field("opened")
    stranger.post("/subscribe", fields, status=200)

    assert "open for a long time" in page.text
    assert only().address == "a@example.org"


def test_everything_can_be_changed_and_is_shown_as_it_is_kept(stranger):
    page = own()

    stranger.post(page, {"what": "everything", "least_impact": "partial_outage"}, status=200)
    language = {"language": "de", "owner_address": "Ops@Example.org"}
    said = stranger.post(f"{page}/language", language, status=200)
    shown = stranger.get(page)

    assert only().least_impact is Impact.PARTIAL
    assert shown.field("least_impact") == "partial_outage"
    assert shown.field("language") == "de"
    assert shown.field("time_zone") is None
    assert shown.field("owner_address") == "ops@example.org"
    assert "Ihre" in said.text
    assert "Ihre" in shown.text


def test_who_is_mailed_chooses_a_time_zone(stranger):
    page = own(channel=Channel.EMAIL, address="ada@example.org")

    stranger.post(f"{page}/language", {"time_zone": "Europe/Berlin"}, status=200)

    assert stranger.get(page).field("time_zone") == "Europe/Berlin"


@pytest.mark.parametrize(
    ("field", "value", "channel"),
    [
        ("language", "xx", Channel.WEBHOOK),
        ("time_zone", "../../etc/passwd", Channel.EMAIL),
        ("owner_address", "nobody", Channel.WEBHOOK),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field(stranger, field, value, channel):
    page = stranger.post(f"{own(channel=channel)}/language", {field: value}, status=422)

    assert page.words(f"wrong-{field}")
    assert getattr(only(), field) == ""


def test_pausing_and_going_on(stranger):
    page = own()

    stranger.post(f"{page}/pause", {"paused": "yes"}, status=200)
    paused = only().paused_at
    stranger.post(f"{page}/pause", {"paused": "no"}, status=200)

    assert paused is not None
    assert only().paused_at is None


def test_the_secret_is_shown_renewed_and_the_earlier_one_dropped(stranger):
    page = own()

    before = stranger.get(page).text
    both = stranger.post(f"{page}/secret", status=200).text
    after = stranger.post(f"{page}/secret", {"drop": "yes"}, status=200).text

    assert "whsec_first" in before
    assert both.count("whsec_") == 2
    assert "whsec_first" not in after
    assert after.count("whsec_") == 1


def test_a_test_can_be_sent_once_a_minute(stranger):
    page = own()

    stranger.post(f"{page}/test", status=200)
    stranger.post(f"{page}/test", status=422)


def test_who_is_held_back_asks_to_confirm_anew_once_a_day(stranger):
    page = own(quarantined_at=clock.now(), quarantine_reason="failed ten times")

    shown = stranger.get(page)
    first = stranger.post(f"{page}/come-back", status=200)
    stranger.post(f"{page}/come-back", status=422)

    assert "Tell me again" in shown.text
    assert "on its way" in first.text
    assert only().quarantined_at is not None


def test_a_phone_that_is_held_back_types_a_code(stranger):
    page = own(channel=Channel.SMS, address="+447400123456", quarantined_at=clock.now())

    answer = stranger.post(f"{page}/come-back", status=200)

    assert answer.field("address") == "+447400123456"
    assert 'name="code"' in answer.text


def test_what_is_kept_can_be_downloaded(client):
    answer = client.get(f"{own()}/data")

    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.data)["address"] == HOOK
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    "action", ["", "/language", "/pause", "/secret", "/test", "/come-back", "/leave"]
)
def test_no_other_site_and_no_wrong_link_changes_anything(client, action):
    page = own()
    foreign = {"Origin": "https://evil.example"}

    assert client.post(f"{page}{action}", data={"what": "some"}, headers=foreign).status_code == 403
    assert client.post(f"/s/wrong.token{action}").status_code == 404
    assert client.get("/s/wrong.token/data").status_code == 404
    assert only().secret == "whsec_first"


def test_opening_the_pages_changes_nothing(client):
    page = own()
    for path in (page, f"{page}/data"):
        client.get(path)
        client.head(path)
    for action in ("language", "pause", "secret", "test"):
        assert client.get(f"{page}/{action}").status_code in (404, 405)

    assert only().paused_at is None
    assert only().secret == "whsec_first"
