"""What every channel promises, whichever provider is behind it."""

import socket
import threading
from contextlib import contextmanager

import pytest
import requests

from app.delivery import channels
from app.delivery.channel import DEADLINE, DeliveryFailed, Failure
from app.delivery.folder import Folder
from app.delivery.sendgrid import SendGrid
from app.delivery.slack import Slack
from app.delivery.smtp import Smtp
from app.domain import claims
from app.models import Channel as Kind
from tests.delivery.made import make_email, make_slack_message
from tests.delivery.sinks import http_sink, smtp_sink


class Setting:
    """A channel with its provider, and how to make that provider answer."""

    def __init__(self, channel, post, other, received, answer=None):
        self.channel = channel
        self.post = post
        self.other = other
        self.received = received
        self.answer = answer


@contextmanager
def folder_setting(tmp_path):
    mails = tmp_path / "mails"
    yield Setting(
        Folder(mails),
        make_email(),
        make_slack_message(),
        lambda: len(list(mails.glob("*.eml"))),
    )


@contextmanager
def smtp_setting(tmp_path):
    with smtp_sink() as (sink, address):
        answers = {
            Failure.TEMPORARY: {"RCPT": "450 4.2.1 try later"},
            Failure.PERMANENT: {"RCPT": "550 5.1.1 no such mailbox"},
            Failure.OURS: {"MAIL": "530 5.7.0 authentication required"},
            Failure.UNREACHABLE: {"RCPT": "421 4.3.2 shutting down"},
        }
        yield Setting(
            Smtp(address),
            make_email(),
            make_slack_message(),
            lambda: len(sink.mails),
            lambda kind: sink.answers.update(answers[kind]),
        )


def _answering(sink, statuses):
    def answer(kind):
        sink.status = statuses[kind]

    return answer


@contextmanager
def sendgrid_setting(tmp_path):
    with http_sink() as (sink, address):
        statuses = {
            Failure.TEMPORARY: 409,
            Failure.PERMANENT: 400,
            Failure.OURS: 401,
            Failure.UNREACHABLE: 503,
        }
        yield Setting(
            SendGrid("SG.key", address),
            make_email(),
            make_slack_message(),
            lambda: len(sink.requests),
            _answering(sink, statuses),
        )


@contextmanager
def slack_setting(tmp_path):
    with http_sink() as (sink, address):
        sink.status, sink.body = 200, b"ok"
        statuses = {Failure.PERMANENT: 400, Failure.OURS: 404, Failure.UNREACHABLE: 500}
        yield Setting(
            Slack(lambda: f"{address}/services/x", stand_in=requests.Session()),
            make_slack_message(),
            make_email(),
            lambda: len(sink.requests),
            _answering(sink, statuses),
        )


SETTINGS = {
    "folder": folder_setting,
    "smtp": smtp_setting,
    "sendgrid": sendgrid_setting,
    "slack": slack_setting,
}


@pytest.fixture(params=SETTINGS)
def setting(request, tmp_path):
    with SETTINGS[request.param](tmp_path) as made:
        yield made
        made.channel.close()


def test_a_message_is_handed_over_and_answered(setting):
    answer = setting.channel.send(setting.post)

    assert setting.received() == 1
    assert answer


def test_a_channel_can_be_used_again_after_it_was_closed(setting):
    setting.channel.send(setting.post)
    setting.channel.close()

    assert setting.channel.send(setting.post)


def test_what_a_channel_cannot_carry_is_refused_for_good(setting):
    with pytest.raises(DeliveryFailed) as failed:
        setting.channel.send(setting.other)

    assert failed.value.kind is Failure.PERMANENT
    assert setting.received() == 0


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        (name, kind)
        for name in ("smtp", "sendgrid", "slack")
        for kind in Failure
        if (name, kind) != ("slack", Failure.TEMPORARY)  # what it refuses, it refuses for good
    ],
    indirect=["setting"],
)
def test_a_refusal_says_whose_fault_it_is(setting, kind):
    setting.answer(kind)

    with pytest.raises(DeliveryFailed) as failed:
        setting.channel.send(setting.post)

    assert failed.value.kind is kind
    assert failed.value.reason


def nobody_there():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest.mark.parametrize("name", ["smtp", "sendgrid", "slack"])
def test_a_provider_that_is_not_there_is_unreachable(name):
    port = nobody_there()
    channel, post = {
        "smtp": lambda: (Smtp(f"smtp://127.0.0.1:{port}"), make_email()),
        "sendgrid": lambda: (SendGrid("SG.key", f"http://127.0.0.1:{port}"), make_email()),
        "slack": lambda: (
            Slack(lambda: f"http://127.0.0.1:{port}/x", stand_in=requests.Session()),
            make_slack_message(),
        ),
    }[name]()

    with pytest.raises(DeliveryFailed) as failed:
        channel.send(post)
    channel.close()

    assert failed.value.kind is Failure.UNREACHABLE
    assert "SG.key" not in failed.value.reason
    assert "/x" not in failed.value.reason


@contextmanager
def dripping():
    """A server that sends one byte now and then, and never an answer."""
    stop = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)

    def serve():
        held = []
        while not stop.wait(0.05):
            try:
                held.append(server.accept()[0])
            except TimeoutError:
                pass
            for connection in held:
                try:
                    connection.sendall(b"2")
                except OSError:
                    pass
        for connection in held:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    stop.set()
    thread.join()
    server.close()


@pytest.mark.parametrize("name", ["smtp", "sendgrid", "slack"])
def test_a_provider_that_drips_is_given_up_at_the_deadline(name):
    with dripping() as port:
        channel, post = {
            "smtp": lambda: (Smtp(f"smtp://127.0.0.1:{port}", deadline=0.6), make_email()),
            "sendgrid": lambda: (
                SendGrid("SG.key", f"http://127.0.0.1:{port}", deadline=0.6),
                make_email(),
            ),
            "slack": lambda: (
                Slack(
                    lambda: f"http://127.0.0.1:{port}/x", stand_in=requests.Session(), deadline=0.6
                ),
                make_slack_message(),
            ),
        }[name]()
        with pytest.raises(DeliveryFailed) as failed:
            channel.send(post)
    channel.close()

    assert failed.value.kind is Failure.UNREACHABLE


def test_no_send_outlasts_a_lease():
    assert DEADLINE * 2 < claims.LEASE.total_seconds()


def test_the_settings_choose_the_channel(settings):
    smtp = settings.model_copy(update={"email": "smtp://u:p@mail.example.org:2525"})
    sendgrid = settings.model_copy(update={"email": "sendgrid"})

    assert isinstance(channels(settings)[Kind.EMAIL], Folder)
    assert isinstance(channels(smtp)[Kind.EMAIL], Smtp)
    assert isinstance(channels(sendgrid)[Kind.EMAIL], SendGrid)
    assert isinstance(channels(settings)[Kind.SLACK], Slack)
