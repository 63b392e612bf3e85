"""What is special about webhooks: an endpoint agrees before it is told anything."""

import json
from contextlib import suppress

import pytest

from app.content.webhook import Event, challenge
from app.delivery.channel import DeliveryFailed
from app.delivery.webhook import Endpoint, Webhook
from app.domain import tokens
from app.models import AnnouncementKind
from tests.delivery.made import local_client
from tests.delivery.sinks import http_sink

WHO = "subscriber:abc"


def ask(answer):
    """Send the challenge to an endpoint that answers so; who has agreed by that."""
    agreed = []
    with http_sink() as (sink, address):
        sink.status = 200
        sink.answer = lambda asked: (200, {}, answer(asked))
        endpoint = Endpoint(address, (tokens.new_signing_secret(),))
        webhook = Webhook(lambda *_whom: endpoint, local_client(), agreed.append)
        asked = {"challenge": "", "page": {"name": "Example"}}
        kind = AnnouncementKind.CONFIRM
        with suppress(DeliveryFailed):
            webhook.send(Event("abcdefghijkl", kind, asked, "").addressed(WHO, ""))
    return agreed


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: asked["challenge"].encode(),
        lambda asked: f" {asked['challenge']}\n".encode(),
        lambda asked: json.dumps(asked["challenge"]).encode(),
        lambda asked: json.dumps({"challenge": asked["challenge"]}).encode(),
    ],
)
def test_an_endpoint_agrees_by_the_challenge_alone(app, answer):
    assert ask(answer) == [WHO]


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: json.dumps(asked).encode(),
        lambda asked: b"{}",
        lambda asked: b"ok " + asked["challenge"].encode(),
        lambda asked: json.dumps({"json": asked}).encode(),
        lambda asked: b"[" * 60_000,
        lambda asked: b"\xff\xfe",
        lambda asked: challenge("subscriber:other").encode(),
    ],
)
def test_an_echo_or_anything_else_has_agreed_to_nothing(app, answer):
    assert ask(answer) == []
