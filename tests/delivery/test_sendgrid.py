"""What is special about SendGrid: the request's shape, and what its answers mean."""

import json
import logging
import time
from pathlib import Path

import jsonschema
import pytest

from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.http import LONGEST_WAIT
from app.delivery.sendgrid import SendGrid
from tests.delivery.made import make_email
from tests.delivery.sinks import http_sink

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "sendgrid-mail-v3.json"


@pytest.fixture
def sink_and_sendgrid():
    with http_sink() as (sink, address):
        yield sink, SendGrid("SG.secret", address)


def closed(schema):
    """The schema with every object closed: a field that it does not name is an error."""
    if isinstance(schema, dict):
        made = {name: closed(value) for name, value in schema.items()}
        if "properties" in made and made.get("type", "object") == "object":
            made.setdefault("additionalProperties", False)
        return made
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


def schema_of_send():
    if not SPEC.exists():
        pytest.skip("the provider's specification is not on this machine")
    spec = json.loads(SPEC.read_text())
    body = spec["components"]["requestBodies"]["PostMailSend"]
    schema = body["content"]["application/json"]["schema"]
    return {**closed(schema), "components": closed(spec["components"])}


def test_the_request_is_what_the_specification_wants(sink_and_sendgrid):
    sink, sendgrid = sink_and_sendgrid

    sendgrid.send(make_email(subject="Ünï"))

    [(path, _, body)] = sink.requests
    assert path == "/v3/mail/send"
    jsonschema.validate(body, schema_of_send())


def test_the_request_names_one_recipient_and_tracks_nothing(sink_and_sendgrid):
    sink, sendgrid = sink_and_sendgrid

    answer = sendgrid.send(make_email())

    [(_, headers, body)] = sink.requests
    [person] = body["personalizations"]
    assert answer == "abc123"
    assert headers["Authorization"] == "Bearer SG.secret"
    assert person["to"] == [{"email": "ada@example.org"}]
    assert person["custom_args"] == {"reference": "abcdefghijkl.0123456789abcdef"}
    assert person["headers"]["List-Unsubscribe"] == "<https://status.example.org/u/abc.def>"
    assert body["from"] == {"email": "status@status.example.org", "name": "Example status"}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert {name: one["enable"] for name, one in body["tracking_settings"].items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
    }


IN_500_SECONDS = {"X-RateLimit-Reset": "in 500 seconds"}
A_DATE = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "120"}, 119),
        (IN_500_SECONDS, 400),
        (A_DATE | IN_500_SECONDS, 400),
        ({"X-RateLimit-Reset": "9" * 12}, LONGEST_WAIT),
        ({"X-RateLimit-Reset": "0"}, 1),
        ({"X-RateLimit-Reset": "inf"}, None),
        ({"X-RateLimit-Reset": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        (A_DATE, None),
        ({}, None),
    ],
)
def test_a_full_quota_says_how_long_to_wait(sink_and_sendgrid, headers, least):
    sink, sendgrid = sink_and_sendgrid
    if headers.get("X-RateLimit-Reset", "").startswith("in "):  # a moment, in seconds since 1970
        headers = headers | {"X-RateLimit-Reset": str(int(time.time()) + 500)}
    sink.status, sink.headers = 429, headers

    with pytest.raises(DeliveryFailed) as failed:
        sendgrid.send(make_email())

    assert failed.value.kind is Failure.UNREACHABLE
    asked = failed.value.retry_after
    assert asked is None if least is None else least <= asked <= LONGEST_WAIT


def test_the_key_is_in_no_log(sink_and_sendgrid, caplog):
    _, sendgrid = sink_and_sendgrid

    with caplog.at_level(logging.DEBUG):
        sendgrid.send(make_email())

    assert "SG.secret" not in caplog.text
    assert "ada@example.org" not in caplog.text


def test_no_line_of_a_log_holds_what_is_sent():
    """The library makes one of each request, kept or not."""
    email = make_email()

    body = SendGrid("SG.key", "").pack([email])

    assert email.to in body.decode()
    assert f"PAYLOAD: {body}" == f"PAYLOAD: {len(body)} bytes"
