"""What is special about Slack: addresses are secrets, and a bot keeps an incident in a thread."""

import pytest
from slack_sdk import WebClient
from sqlalchemy.exc import OperationalError

from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.http import Client
from app.delivery.slack import Own, Slack
from app.domain import endpoints, threads
from tests.delivery.made import local_client, make_slack_message
from tests.delivery.sinks import http_sink
from tests.factories import make_incident

ELSEWHERE = [
    "",
    "http://hooks.slack.com/services/x",
    "https://hooks.slack.com.evil.example/services/x",
    "https://hooks.slack.com@evil.example/x",
    "https://evil.example/hooks.slack.com",
    "https://hooks.slack.com:8443/x",
    "https://user@hooks.slack.com/x",
    "https://HOOKS.slack.com\\@evil.example/x",
    "https://a.hooks.slack.com/x",
    "https://127.0.0.1/x",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize(
    ("recipient", "kind"), [("slack", Failure.OURS), ("subscriber:x", Failure.PERMANENT)]
)
def test_only_slacks_own_host_is_called(address, recipient, kind):
    slack = Slack(lambda: Own(address), lambda *_whom: address, Client(endpoints.SLACK))

    with pytest.raises(DeliveryFailed) as failed:
        slack.send(make_slack_message(recipient))

    assert failed.value.kind is kind
    assert "evil" not in failed.value.reason


def test_who_has_left_is_sent_nothing():
    slack = Slack(Own, lambda *_whom: None, Client(endpoints.SLACK))

    with pytest.raises(DeliveryFailed) as failed:
        slack.send(make_slack_message("subscriber:gone"))

    assert failed.value.kind is Failure.PERMANENT


@pytest.fixture
def workspace(app):
    """A stand-in for Slack's own interface, and a channel with a bot's token."""
    with http_sink() as (sink, address):
        sink.status, sink.body = 200, b'{"ok": true, "ts": "1700000000.000100", "channel": "C1"}'
        bot = WebClient("xoxb-secret", base_url=f"{address}/api/", retry_handlers=[])
        own = Own(channel="incidents")
        yield sink, Slack(lambda: own, lambda *_whom: None, local_client(), bot=bot)


def test_a_bot_keeps_the_updates_of_an_incident_in_one_thread(workspace):
    sink, slack = workspace
    incident = make_incident()
    message = make_slack_message()
    object.__setattr__(message, "incident_id", incident.id)

    for _ in range(3):
        slack.send(message)

    said = [body for _path, _headers, body in sink.requests]
    assert [body.get("thread_ts") for body in said] == [None, *["1700000000.000100"] * 2]
    assert {body["channel"] for body in said} == {"#incidents"}
    assert sink.requests[0][0] == "/api/chat.postMessage"


def test_a_thread_goes_on_in_the_channel_that_was_chosen_last(app):
    incident = make_incident().id
    threads.keep(incident, "slack", "#old", "1.0")
    threads.keep(incident, "slack", "#new", "2.0")
    threads.keep(incident, "slack", "#new", "3.0")

    assert threads.of(incident, "slack", "#new") == "2.0"
    assert threads.of(incident, "slack", "#old") == ""


def test_what_slack_has_is_sent_though_its_thread_cannot_be_noted(workspace, monkeypatch):
    sink, slack = workspace
    message = make_slack_message()
    object.__setattr__(message, "incident_id", make_incident().id)

    def away(*_thread):
        raise OperationalError("INSERT", {}, Exception("terminating connection"))

    monkeypatch.setattr(threads, "keep", away)

    assert slack.send(message) == "Slack has it as 1700000000.000100"
    assert len(sink.requests) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_auth", Failure.OURS),
        ("not_in_channel", Failure.OURS),
        ("invalid_blocks", Failure.PERMANENT),
        ("ratelimited", Failure.UNREACHABLE),
    ],
)
def test_a_bots_refusal_says_whose_fault_it_is(workspace, error, kind):
    sink, slack = workspace
    sink.body = b'{"ok": false, "error": "%s"}' % error.encode()

    with pytest.raises(DeliveryFailed) as failed:
        slack.send(make_slack_message())

    assert failed.value.kind is kind
    assert "xoxb" not in failed.value.reason


@pytest.mark.parametrize(("asked", "wait"), [("120", 120), ("9" * 400, None), ("²", None)])
def test_a_bot_waits_as_long_as_slack_asks_and_not_for_ever(workspace, asked, wait):
    sink, slack = workspace
    sink.status, sink.headers = 429, {"Retry-After": asked}
    sink.body = b'{"ok": false, "error": "ratelimited"}'

    with pytest.raises(DeliveryFailed) as failed:
        slack.send(make_slack_message())

    assert failed.value.retry_after == wait


def test_what_a_bot_said_may_have_arrived_where_the_answer_is_lost(app):
    with http_sink() as (sink, address):
        sink.is_slow = True
        bot = WebClient("xoxb-secret", base_url=f"{address}/api/", retry_handlers=[])
        own = Own(channel="incidents")
        slack = Slack(lambda: own, lambda *_whom: None, local_client(), bot=bot, deadline=0.2)
        with pytest.raises(DeliveryFailed) as lost:
            slack.send(make_slack_message())
    with pytest.raises(DeliveryFailed) as nobody_there:
        slack.send(make_slack_message())

    assert lost.value.is_ambiguous
    assert not nobody_there.value.is_ambiguous
