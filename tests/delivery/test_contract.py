"""What every channel promises, whichever provider is behind it."""

import socket
import threading
from contextlib import contextmanager

import pytest

from app.content import posts
from app.content.webhook import Event
from app.delivery import channels, http
from app.delivery.channel import DEADLINE, DeliveryFailed, Failure
from app.delivery.folder import Folder
from app.delivery.sendgrid import SendGrid
from app.delivery.slack import Own, Slack
from app.delivery.smtp import LARGE, SLOWEST, Smtp, allowed
from app.delivery.teams import Teams
from app.delivery.twilio import Twilio
from app.delivery.webhook import Endpoint, Webhook
from app.domain import claims
from app.models import AnnouncementKind
from app.models import Channel as Kind
from tests.delivery.made import (
    local_client,
    make_card,
    make_email,
    make_event,
    make_slack_message,
    make_text,
)
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


def by_http(make, post, statuses, other=None):
    """The setting of a channel that calls over the web, whose answers are statuses."""

    @contextmanager
    def setting(tmp_path):
        with http_sink() as (sink, address):
            sink.status, sink.body = 200, b"ok"
            yield Setting(
                make(address, {}),
                post(),
                other or make_email(),
                lambda: len(sink.requests),
                _answering(sink, statuses),
            )

    return setting


def slack(address, options):
    own = Own(f"{address}/x{SECRET}")
    return Slack(lambda: own, lambda *_whom: None, local_client(**options))


def slack_of_subscriber(address, options):
    return Slack(Own, lambda *_whom: f"{address}/x{SECRET}", local_client(**options))


def teams(address, options):
    return Teams(lambda *_whom: f"{address}/x{SECRET}", local_client(**options))


def webhook(address, options):
    endpoint = Endpoint(f"{address}/x{SECRET}", ("whsec_" + "c2VjcmV0" * 4,))
    return Webhook(lambda *_whom: endpoint, local_client(**options), lambda _code: None)


def twilio(address, options):
    return Twilio("AC1", SECRET, "+15005550006", address, local_client(**options))


def smtp(address, options):
    return Smtp(address.replace("http", "smtp"), **options)


def sendgrid(address, options):
    return SendGrid(SECRET, address, **options)


SECRET = "SG.secret-key"
BUSY = {Failure.UNREACHABLE: 503}
BY_HTTP = {
    "slack": (slack, make_slack_message, BUSY | {Failure.PERMANENT: 400, Failure.OURS: 404}),
    "slack of a subscriber": (
        slack_of_subscriber,
        lambda: make_slack_message("subscriber:abc"),
        BUSY | {Failure.PERMANENT: 404, Failure.TEMPORARY: 429},
    ),
    # What stands behind these two is the subscriber's own: nobody else waits for it.
    "teams": (teams, make_card, {Failure.PERMANENT: 404, Failure.TEMPORARY: 502}),
    "webhook": (webhook, make_event, {Failure.PERMANENT: 410, Failure.TEMPORARY: 500}),
    "twilio": (twilio, make_text, BUSY | {Failure.PERMANENT: 400, Failure.OURS: 401}),
}
SETTINGS = {
    "folder": folder_setting,
    "smtp": smtp_setting,
    "sendgrid": sendgrid_setting,
    **{name: by_http(*parts) for name, parts in BY_HTTP.items()},
}
CALLING = {
    "smtp": (smtp, make_email),
    "sendgrid": (sendgrid, make_email),
    **{name: parts[:2] for name, parts in BY_HTTP.items()},
}
ALONE = ("teams", "webhook")


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
        *((name, kind) for name in ("smtp", "sendgrid") for kind in Failure),
        *((name, kind) for name, parts in BY_HTTP.items() for kind in parts[2]),
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


def failure_of(name, port, **options):
    make, post = CALLING[name]
    channel = make(f"http://127.0.0.1:{port}", options)
    with pytest.raises(DeliveryFailed) as failed:
        channel.send(post())
    channel.close()
    return failed.value


@pytest.mark.parametrize("name", CALLING)
def test_a_provider_that_is_not_there_is_no_fault_of_the_message(name, caplog):
    failed = failure_of(name, nobody_there())

    assert failed.kind is (Failure.TEMPORARY if name in ALONE else Failure.UNREACHABLE)
    assert not failed.is_ambiguous
    for private in (SECRET, "/x", "ada@example.org", "+447700900123"):
        assert private not in failed.reason
        assert private not in caplog.text


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


@pytest.mark.parametrize("name", CALLING)
def test_a_provider_that_drips_is_given_up_at_the_deadline(name):
    with dripping() as port:
        failed = failure_of(name, port, deadline=0.4)

    assert failed.kind is (Failure.TEMPORARY if name in ALONE else Failure.UNREACHABLE)
    # Who was asked may have taken it; by SMTP nothing was handed over yet.
    assert failed.is_ambiguous is (name != "smtp")


def test_no_send_outlasts_a_lease():
    longest = max(http.DEADLINE, allowed(10**9))

    assert longest <= DEADLINE * 2 < claims.LEASE.total_seconds()


def test_a_provider_that_hangs_is_let_go_after_fifteen_seconds_unless_the_mail_is_large():
    assert max(DEADLINE, http.DEADLINE) <= 15
    assert allowed(30_000) == allowed(LARGE) == DEADLINE
    assert allowed(LARGE + 5 * SLOWEST) == DEADLINE + 5


def test_the_settings_choose_the_channel(settings):
    smtp = settings.model_copy(update={"email": "smtp://u:p@mail.example.org:2525"})
    sendgrid = settings.model_copy(update={"email": "sendgrid"})

    assert isinstance(channels(settings)[Kind.EMAIL], Folder)
    assert isinstance(channels(smtp)[Kind.EMAIL], Smtp)
    assert isinstance(channels(sendgrid)[Kind.EMAIL], SendGrid)
    by_twilio = settings.model_copy(update={"twilio_account": "AC1"})
    assert isinstance(channels(settings)[Kind.SLACK], Slack)
    assert Kind.SMS not in channels(settings)
    assert set(channels(by_twilio)) == set(Kind) == set(posts.COMPOSERS)


def test_a_new_try_of_a_webhook_goes_on_behind_what_was_taken():
    event = Event(
        "abc", AnnouncementKind.UPDATE, {"incident": 1}, "subscriber:x",
        {"c1": {"component": 1}, "c2": {"component": 2}},
    )  # fmt: skip
    with http_sink() as (sink, address):
        channel = webhook(address, {})
        sink.answer = lambda body: (500, {}, b"") if body == {"component": 2} else None
        with pytest.raises(DeliveryFailed):
            channel.send(event)
        sink.answer = lambda body: None
        channel.send(event)

        ids = [headers["webhook-id"] for _path, headers, _body in sink.requests]

    assert ids == ["abc", "abc.c1", "abc.c2", "abc.c2"]


def test_who_leaves_in_the_middle_of_an_event_gets_no_more_of_it():
    event = Event("abc", AnnouncementKind.UPDATE, {}, "subscriber:x", more={"c1": {}})
    with http_sink() as (sink, address):
        there = [Endpoint(f"{address}/x", ("whsec_" + "c2VjcmV0" * 4,))]
        sink.on_request = there.clear
        channel = Webhook(lambda *_whom: there[0] if there else None, local_client(), print)

        with pytest.raises(DeliveryFailed) as failed:
            channel.send(event)

    assert failed.value.kind is Failure.PERMANENT
    assert len(sink.requests) == 1
