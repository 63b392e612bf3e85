"""Real tests through each channel, as `allclear doctor --send` asks for them."""

import json

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from standardwebhooks import Webhook as Verifier

from app import delivery
from app.cli import doctor, main
from app.cli.examined import Mark
from app.config import settings
from app.db import db, transaction
from app.domain import endpoints, organisation
from app.domain.endpoints import Rules
from app.models import Announcement, Channel
from tests.cli import running
from tests.delivery.made import local_client
from tests.delivery.sinks import http_sink, smtp_sink
from tests.factories import make_organisation, make_subscriber

SECRET = "whsec_" + "c2VjcmV0" * 4
HERE = Rules(plain_http=True, ports=(), inner=True)


@pytest.fixture
def provider():
    """A stand-in for every provider that is called over the web."""
    with http_sink() as (sink, address):
        sink.status, sink.body = 200, b"{}"
        sink.address = address
        yield sink


@pytest.fixture
def set_up(app, provider):
    """An organisation, and settings by which webhooks and texts reach the stand-in."""
    make_organisation()
    changes = {
        "webhook_http": True,
        "webhook_ports": [int(provider.address.rpartition(":")[2])],
        "webhook_allow": ["127.0.0.0/8"],
        "twilio_account": "AC1",
        "twilio_token": SecretStr("hush"),
        "twilio_from": "+15005550006",
        "twilio_host": provider.address,
    }

    def change(**more):
        app.config["ALLCLEAR"] = settings().model_copy(update=changes | more)

    change()
    return change


@pytest.fixture
def chats_are_here(monkeypatch):
    """The hosts of Slack and Teams are this machine."""
    monkeypatch.setattr(endpoints, "SLACK", HERE)
    monkeypatch.setattr(endpoints, "TEAMS", HERE)
    monkeypatch.setattr(delivery, "Client", lambda _rules, **_others: local_client())


def test_a_webhook_gets_a_signed_test_that_says_so_and_has_no_way_out(set_up, provider):
    address = f"{provider.address}/hook"
    make_subscriber(channel=Channel.WEBHOOK, address=address, secret=SECRET)

    [found] = doctor.sent([f"webhook:{address}"])

    assert (found.what, found.mark) == ("Test by webhook", Mark.GOOD)
    assert found.said.startswith("The webhook answered 200, after 0.")
    assert "/hook" not in found.said  # the path may be a key
    [(_, headers, body)] = provider.requests
    signed = {name.lower(): value for name, value in headers.items()}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    assert Verifier(SECRET).verify(text, signed)["test"]["message"].startswith("This is a test.")
    assert "unsubscribe" not in body["meta"]


def test_a_place_that_never_subscribed_is_signed_for_as_well(set_up, provider):
    [found] = doctor.sent([f"webhook:{provider.address}/new"])

    assert found.mark is Mark.GOOD
    assert "v1," in str(provider.requests)


def test_a_text_goes_to_the_number_and_names_it_to_nobody(set_up, provider):
    provider.status, provider.body = 201, b'{"sid": "SM123"}'

    [found] = doctor.sent(["sms:+44 20 7946 0000"])

    assert (found.mark, found.said[:5]) == (Mark.GOOD, "SM123")
    assert "7946" not in found.said
    assert "To=%2B442079460000" in provider.requests[0][2]


@pytest.mark.parametrize("channel", ["slack", "teams"])
def test_a_chat_is_sent_a_test_without_links_of_a_subscriber(
    set_up, provider, chats_are_here, channel
):
    [found] = doctor.sent([f"{channel}:{provider.address}/services/key"])

    assert (found.what, found.mark) == (f"Test by {channel}", Mark.GOOD)
    assert "answered 200" in found.said
    assert "key" not in found.said
    assert "This is a test" in str(provider.requests)
    assert "/manage" not in str(provider.requests)


def test_a_mail_goes_by_both_ways_that_mails_have(set_up, provider):
    provider.status = 202
    with smtp_sink() as (sink, address):
        key = SecretStr("SG.key")
        set_up(
            email=address,
            email_fallback="sendgrid",
            sendgrid_api_key=key,
            sendgrid_host=provider.address,
        )
        found = doctor.sent(["email:ops@example.org"])

    assert [one.what for one in found] == ["Test by smtp", "Test by sendgrid"]
    assert {one.mark for one in found} == {Mark.GOOD}
    assert sink.mails[0][0] == ["ops@example.org"]
    assert all("(o…@example.org)" in one.said for one in found)


def test_alone_it_goes_to_colleagues_and_says_how_to_name_the_rest(set_up, provider):
    with transaction():
        organisation.current().internal_emails = ["ops@example.org"]

    found = doctor.sent()

    assert [(one.what, one.mark) for one in found] == [
        ("Test by folder", Mark.GOOD),
        ("Test by slack", Mark.WARNING),
        ("Test by webhook", Mark.WARNING),
        ("Test by teams", Mark.WARNING),
        ("Test by sms", Mark.WARNING),
    ]
    assert "--send webhook:https://" in found[2].said
    assert db.session.query(Announcement).count() == 0


def test_what_is_refused_is_a_fault_and_is_said_in_the_providers_number(set_up, provider):
    provider.status = 500

    [found] = doctor.sent([f"webhook:{provider.address}/x"])

    assert (found.mark, found.said[:24]) == (Mark.BAD, "The webhook answered 500")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("webhook:https://10.0.0.1:22/x", "We do not call this port."),
        ("slack:https://evil.example/x", "This is no address of a webhook there."),
        ("email:nobody", "This is no email address that we can write to."),
        ("teams", "--send teams:https://"),
        ("pager:1", "There is no channel 'pager'"),
    ],
)
def test_a_place_that_cannot_be_called_is_a_fault(set_up, provider, wanted, said):
    [found] = doctor.sent([wanted])

    assert found.mark is Mark.BAD
    assert said in found.said
    assert provider.requests == []


def test_texts_without_twilio_are_a_fault(set_up):
    set_up(twilio_account="")

    [found] = doctor.sent(["sms:+442079460000"])

    assert (found.mark, "ALLCLEAR_TWILIO_ACCOUNT" in found.said) == (Mark.BAD, True)


def test_nothing_is_sent_where_nothing_is_set_up_and_it_ends_with_1(tmp_path):
    settings = running.environment(ALLCLEAR_DATA_DIR=str(tmp_path / "data"))

    run = CliRunner().invoke(main, ["doctor", "--send", "--json"], env=settings)

    findings = {one["what"]: one for one in json.loads(run.stdout)["findings"]}
    assert run.exit_code == 1
    assert findings["Tests"]["mark"] == "bad"
