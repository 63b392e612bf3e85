"""Signing up by each channel, and how its owner confirms it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.content import posts
from app.db import db
from app.domain import numbers, own_page, purging, quarantine, subscribers, tokens
from app.domain.subscribers import Wish
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Announcement, AnnouncementKind, Channel, Subscriber
from app.words import Impact, Stage
from tests.factories import first_component, make_incident, make_organisation, make_subscriber, post

NUMBER = "+447400123456"
HOOKS = {
    Channel.WEBHOOK: "https://hooks.example.org/x",
    Channel.SLACK: "https://hooks.slack.com/services/T/B/x",
    Channel.TEAMS: "https://x.webhook.office.com/webhookb2/y",
}


@pytest.fixture
def settings(settings):
    twilio = {"twilio_account": "AC1", "twilio_from": "+15005550006", "sms_questions": 4}
    return settings.model_copy(update=twilio | {"questions_per_hour": 12})


def only():
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).one()


def owed(kind=AnnouncementKind.CONFIRM):
    found = select(func.count()).select_from(Announcement).where(Announcement.kind == kind)
    return db.session.scalar(found)


def later(monkeypatch, **span):
    moment = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: moment)


def by_text():
    """A sign-up by text message, and the code that is in the text."""
    subscribers.sign_up(NUMBER, channel=Channel.SMS)
    return numbers.code_of(only().id)


@pytest.mark.parametrize(("channel", "address"), HOOKS.items())
def test_every_channel_is_asked_once_and_told_nothing_before(app, channel, address):
    for _ in range(3):
        subscribers.sign_up(address, channel=channel, consent="Tell us.", network="192.0.2.0/24")

    assert only().confirmed_at is None
    assert only().address == address
    assert only().consent == "Tell us."
    assert "192.0.2" not in only().signed_up_from
    assert owed() == 1


def test_a_wish_is_kept_as_it_was_made(app):
    incident = make_incident()
    code = first_component().code
    wish = Wish((code,), Impact.PARTIAL, incident.code)

    subscribers.sign_up("ada@example.org", wish=wish)

    kept = only()
    assert [one.code for one in kept.components] == [code]
    assert (kept.least_impact, kept.incident_id) == (Impact.PARTIAL, incident.id)


def test_an_endpoint_that_echoes_is_subscribed_with_what_was_agreed(app):
    subscribers.sign_up(HOOKS[Channel.WEBHOOK], channel=Channel.WEBHOOK, consent="Call it.")

    subscribers.confirm_by_challenge(f"subscriber:{only().code}")

    assert only().confirmed_at is not None
    assert "challenge" in only().confirmed_how
    assert only().consent == "Call it."
    assert only().secret.startswith("whsec_")


def test_the_owner_of_an_endpoint_is_the_one_that_its_challenge_names(app):
    make_organisation()
    hook = {"address": HOOKS[Channel.WEBHOOK], "channel": Channel.WEBHOOK}
    subscribers.sign_up(**hook, owner_address="Ops@example.org")
    asked = db.session.scalars(select(Announcement)).one()
    challenge = posts.compose(asked).addressed(f"subscriber:{only().code}", "")

    subscribers.sign_up(**hook, owner_address="eve@example.org")
    with pytest.raises(Rejected):
        subscribers.sign_up(**hook, owner_address="nobody")

    assert challenge.values["owner"] == "ops@example.org"
    assert only().owner_address == "ops@example.org"


def test_who_asked_of_one_incident_is_deleted_a_month_after_its_end(app, monkeypatch):
    one, other = make_incident(), make_incident()
    post(one, stage=Stage.RESOLVED)
    make_subscriber(address="one@example.org", incident_id=one.id)
    make_subscriber(address="other@example.org", incident_id=other.id)

    later(monkeypatch, days=29)
    early = purging.purge()
    later(monkeypatch, days=2)
    late = purging.purge()

    assert (early, late) == (0, 1)
    assert only().address == "other@example.org"


def test_a_number_is_confirmed_by_the_code_and_the_code_is_not_kept(app):
    code = by_text()
    kept = only().secret

    subscriber = subscribers.confirm_by_code(
        "+44 7400 123456", f" {code[:3]} {code[3:]} ", consent="Y"
    )

    assert subscriber is not None
    assert len(code) == 6
    assert code not in kept
    assert only().confirmed_at is not None
    assert only().secret == ""


def test_five_wrong_tries_burn_a_code(app):
    code = by_text()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    tries = [subscribers.confirm_by_code(NUMBER, wrong, consent="") for _ in range(5)]

    assert tries == [None] * 5
    assert subscribers.confirm_by_code(NUMBER, code, consent="") is None
    assert only().confirmed_at is None


def test_a_code_runs_out_after_ten_minutes_and_another_may_be_asked_for(app, monkeypatch):
    first = by_text()
    later(monkeypatch, minutes=10, seconds=1)

    late = subscribers.confirm_by_code(NUMBER, first, consent="")
    second = by_text()

    assert late is None
    assert owed() == 2
    assert subscribers.confirm_by_code(NUMBER, second, consent="") is not None


def test_a_number_gets_three_codes_at_most(app, monkeypatch):
    for _ in range(6):
        by_text()
        later(monkeypatch, minutes=11)

    assert owed() == 3


def test_strangers_can_cause_so_many_texts_in_a_day_and_no_more(app):
    for number in range(8):
        subscribers.sign_up(f"+44740012345{number}", channel=Channel.SMS)

    assert owed() == 4


def test_who_leaves_and_comes_back_costs_no_more_texts_than_anybody(app):
    for _ in range(8):
        code = by_text()
        subscriber = subscribers.confirm_by_code(NUMBER, code, consent="")
        if subscriber is not None:
            subscribers.leave(tokens.make(Purpose.MANAGE, subscriber.code), Purpose.MANAGE)

    assert owed() == 4


def test_a_number_has_one_trial_in_a_day_and_all_together_as_many_as_codes(app, monkeypatch):
    numbers_of_one = [
        tokens.make(
            Purpose.MANAGE, make_subscriber(channel=Channel.SMS, address=f"+4474001{n}").code
        )
        for n in range(23456, 23462)
    ]
    for token in numbers_of_one[:5]:
        for _ in range(3):
            try_out_anyway(token)
            later(monkeypatch, minutes=2)

    assert owed(AnnouncementKind.TEST) == 4
    with pytest.raises(Rejected, match="one test in a day"):
        own_page.try_out(numbers_of_one[0])
    later(monkeypatch, days=1)
    own_page.try_out(numbers_of_one[0])
    assert owed(AnnouncementKind.TEST) == 5


def try_out_anyway(token):
    with suppress(Rejected):
        own_page.try_out(token)


def test_who_answers_stop_is_not_texted_again_because_a_stranger_signs_it_up(app):
    by_text()
    subscribers.leave_by_text(NUMBER)
    subscribers.leave_by_text(NUMBER)
    subscribers.sign_up(NUMBER, channel=Channel.SMS)
    stopped = owed()
    subscribers.come_back_by_text(NUMBER)
    by_text()

    assert (stopped, owed()) == (1, 2)


@pytest.mark.parametrize(
    "number", ["+449098790000", "+498001234567", "+49900123456", "+447012345678", "+443001231234"]
)
def test_numbers_whose_owner_earns_by_what_is_sent_there_get_no_texts(app, number):
    with pytest.raises(Rejected):
        subscribers.sign_up(number, channel=Channel.SMS)

    assert owed() == 0


def test_one_host_is_called_so_often_in_an_hour_and_no_more(app):
    for number in range(8):
        subscribers.sign_up(f"https://hooks.example.org/{number}", channel=Channel.WEBHOOK)
    subscribers.sign_up("https://other.example.org/", channel=Channel.WEBHOOK)

    assert owed() == 6


def come_back(token):
    """Whether it is asked to confirm anew."""
    try:
        own_page.come_back(token)
    except Rejected:
        return False
    return True


@pytest.mark.parametrize(("channel", "address"), [*HOOKS.items(), (Channel.SMS, NUMBER)])
def test_by_its_own_page_who_is_in_quarantine_is_asked_at_once_and_three_times_a_day(
    app, monkeypatch, channel, address
):
    subscribers.sign_up(address, channel=channel)
    subscribers.confirm(tokens.make(Purpose.CONFIRM, only().code), consent="yes")
    quarantine.hold([only().id], "failed 10 times within an hour")
    token = tokens.make(Purpose.MANAGE, only().code)
    later(monkeypatch, minutes=10)

    at_once, twice = come_back(token), come_back(token)
    that_day = []
    for _ in range(4):
        later(monkeypatch, minutes=10)
        that_day.append(come_back(token))
    later(monkeypatch, days=1)

    assert (at_once, twice) == (True, False)
    assert that_day == [True, True, False, False]
    assert owed() == 1 + 3
    assert come_back(token)


def test_a_stranger_has_who_is_in_quarantine_asked_once_a_day(app, monkeypatch):
    found = make_subscriber(channel=Channel.WEBHOOK, address=HOOKS[Channel.WEBHOOK])
    quarantine.hold([found.id], "failed 10 times within an hour")

    for _ in range(4):
        later(monkeypatch, minutes=10)
        subscribers.sign_up(found.address, channel=Channel.WEBHOOK)

    assert owed() == 1


def test_a_host_that_was_down_has_all_its_endpoints_asked_to_come_back(app):
    found = [
        make_subscriber(channel=Channel.WEBHOOK, address=f"https://hooks.example.org/{number}")
        for number in range(7)
    ]
    quarantine.hold([endpoint.id for endpoint in found], "failed 10 times within an hour")

    assert all(come_back(tokens.make(Purpose.MANAGE, endpoint.code)) for endpoint in found)


def test_all_strangers_together_cause_so_many_messages_in_an_hour(app, monkeypatch):
    for number in range(20):
        subscribers.sign_up(f"reader{number}@example.org")
    flooded = owed()
    later(monkeypatch, hours=1, seconds=1)
    subscribers.sign_up("late@example.org")

    assert flooded == 12
    assert owed() == 13


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.SMS, "0740 123456"),
        (Channel.SMS, "+44 123"),
        (Channel.SMS, ""),
        (Channel.SMS, "+" * 500),
        (Channel.SLACK, "https://hooks.slack.com.evil.example/x"),
        (Channel.SLACK, "https://example.org/"),
        (Channel.TEAMS, "https://evil.example/?webhook.office.com"),
        (Channel.WEBHOOK, "http://hooks.example.org/"),
        (Channel.WEBHOOK, "https://127.1/"),
        (Channel.WEBHOOK, ""),
    ],
)
def test_what_is_no_address_of_a_channel_is_refused_beside_the_field(app, channel, address):
    with pytest.raises(Rejected) as rejected:
        subscribers.sign_up(address, channel=channel)

    assert list(rejected.value.errors) == ["address"]
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_a_country_that_is_not_named_gets_no_texts(app, monkeypatch):
    german = app.config["ALLCLEAR"].model_copy(update={"sms_countries": ["DE"]})
    monkeypatch.setitem(app.config, "ALLCLEAR", german)

    with pytest.raises(Rejected, match="country"):
        subscribers.sign_up(NUMBER, channel=Channel.SMS)


def test_a_channel_that_is_not_offered_takes_nobody(app, monkeypatch):
    mail = app.config["ALLCLEAR"].model_copy(update={"offer": ["email"]})
    monkeypatch.setitem(app.config, "ALLCLEAR", mail)

    with pytest.raises(Rejected, match="not offered"):
        subscribers.sign_up(HOOKS[Channel.SLACK], channel=Channel.SLACK)


def test_a_new_secret_signs_beside_the_earlier_one_until_that_is_dropped(app):
    token = tokens.make(Purpose.MANAGE, make_hook().code)

    own_page.renew_secret(token)
    both = (only().secret, only().earlier_secret)
    own_page.drop_earlier_secret(token)

    assert both[1] == "whsec_old"
    assert both[0].startswith("whsec_")
    assert only().earlier_secret == ""


def make_hook(**changes):
    values = {"channel": Channel.WEBHOOK, "address": HOOKS[Channel.WEBHOOK], "secret": "whsec_old"}
    return make_subscriber(**(values | changes))


def test_a_test_is_sent_once_a_minute(app, monkeypatch):
    token = tokens.make(Purpose.MANAGE, make_hook().code)

    own_page.try_out(token)
    with pytest.raises(Rejected):
        own_page.try_out(token)
    later(monkeypatch, minutes=1)
    own_page.try_out(token)

    assert owed(AnnouncementKind.TEST) == 2


def test_what_we_keep_of_a_subscriber_can_be_read_by_it(app):
    make_organisation()
    data = own_page.data(make_hook(consent="Call it."))

    assert data["address"] == HOOKS[Channel.WEBHOOK]
    assert data["agreed_to"] == "Call it."
    assert data["confirmed_at"]
    assert "whsec_old" not in str(data)


def test_the_network_of_a_sign_up_is_forgotten_after_thirty_days(app, monkeypatch):
    make_subscriber(signed_up_from="abc")

    later(monkeypatch, days=29)
    purging.purge()
    before = only().signed_up_from
    later(monkeypatch, days=2)
    purging.purge()

    assert before == "abc"
    assert only().signed_up_from == ""


def test_erasing_an_address_takes_it_from_every_channel(app):
    make_hook(owner_address="ada@example.org")
    make_subscriber(address="ada@example.org")

    subscribers.erase("ada@example.org")

    assert only().owner_address == ""
