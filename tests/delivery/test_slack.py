"""What is special about Slack: the webhook is a secret, and leads to Slack alone."""

import pytest
import requests

from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.slack import Slack
from tests.delivery.made import make_slack_message
from tests.delivery.sinks import http_sink


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://hooks.slack.com/services/x",
        "https://hooks.slack.com.evil.example/services/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com:8443/x",
        "https://user@hooks.slack.com/x",
        "https://HOOKS.slack.com\\@evil.example/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
    ],
)
def test_only_slacks_own_host_is_called(address):
    with pytest.raises(DeliveryFailed) as failed:
        Slack(lambda: address).send(make_slack_message())

    assert failed.value.kind is Failure.OURS


def test_a_name_that_leads_into_our_own_network_is_not_called(monkeypatch):
    def resolve(*_args, **_kwargs):
        return [(2, 1, 6, "", ("169.254.169.254", 443))]

    monkeypatch.setattr("requests_hardened.ip_filter.socket.getaddrinfo", resolve)

    with pytest.raises(DeliveryFailed) as failed:
        Slack(lambda: "https://hooks.slack.com/services/x").send(make_slack_message())

    assert failed.value.kind is Failure.OURS
    assert "services" not in failed.value.reason


def test_a_redirect_is_not_followed():
    with http_sink() as (sink, address):
        sink.status, sink.headers = 307, {"Location": f"{address}/elsewhere"}
        slack = Slack(lambda: f"{address}/first", stand_in=requests.Session())
        with pytest.raises(DeliveryFailed):
            slack.send(make_slack_message())
        slack.close()

    assert [path for path, _, _ in sink.requests] == ["/first"]
