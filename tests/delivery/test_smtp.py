"""What is special about SMTP: one connection for many mails, and an outcome for each."""

import socket
import threading

import pytest
from aiosmtpd.smtp import AuthResult

from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.smtp import Smtp
from tests.delivery.made import make_email
from tests.delivery.sinks import smtp_sink


@pytest.fixture
def sink_and_smtp():
    with smtp_sink() as (sink, address):
        smtp = Smtp(address)
        yield sink, smtp
        smtp.close()


def failure(smtp, email=None):
    with pytest.raises(DeliveryFailed) as failed:
        smtp.send(email or make_email())
    return failed.value


def test_one_connection_carries_many_mails(sink_and_smtp):
    sink, smtp = sink_and_smtp

    for number in range(20):
        smtp.send(make_email(to=f"reader{number}@example.org"))

    assert len(sink.mails) == 20
    assert sink.connections == 1


def test_what_is_received_is_what_was_built(sink_and_smtp):
    sink, smtp = sink_and_smtp

    answer = smtp.send(make_email())

    [(recipients, content)] = sink.mails
    assert recipients == ["ada@example.org"]
    assert b"To: ada@example.org\r\n" in content
    assert b"List-Unsubscribe: <https://status.example.org/u/abc.def>\r\n" in content
    assert answer == "250 OK queued as 1"


def test_a_recipient_that_is_refused_does_not_stop_the_next(sink_and_smtp):
    sink, smtp = sink_and_smtp
    sink.answers["RCPT"] = "550 5.1.1 no such mailbox"

    refused = failure(smtp)
    sink.answers.clear()
    smtp.send(make_email())

    assert refused.kind is Failure.PERMANENT
    assert refused.reason == "550 5.1.1 no such mailbox"
    assert sink.connections == 1


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"RCPT": "452 4.2.2 mailbox full"}, Failure.TEMPORARY),
        ({"RCPT": "552 5.2.2 mailbox full"}, Failure.TEMPORARY),
        ({"RCPT": "554 5.7.1 relay access denied"}, Failure.OURS),
        ({"RCPT": "550 5.1.8 <a@b.example>: Sender address rejected"}, Failure.OURS),
        ({"RCPT": "550 5.7.1 blocked using zen.spamhaus.org"}, Failure.OURS),
        ({"RCPT": "550 sender address rejected: not owned by user"}, Failure.OURS),
        ({"RCPT": "550 5.1.1 <ada@relay.example>: unknown in relay table"}, Failure.PERMANENT),
        ({"RCPT": "550 <ada@relay.example>: mailbox disabled"}, Failure.PERMANENT),
        ({"MAIL": "550 5.7.1 sender refused"}, Failure.OURS),
        ({"MAIL": "451 4.3.0 try later"}, Failure.UNREACHABLE),
        ({"DATA": "554 5.6.0 message refused"}, Failure.PERMANENT),
        ({"DATA": "554 5.7.1 looks like spam"}, Failure.PERMANENT),
        ({"DATA": "550 5.7.60 no permission to send as this sender"}, Failure.OURS),
        ({"DATA": "451 4.3.0 try later"}, Failure.TEMPORARY),
    ],
)
def test_each_refusal_is_blamed_on_whom_it_belongs_to(sink_and_smtp, answers, kind):
    sink, smtp = sink_and_smtp
    sink.answers.update(answers)

    assert failure(smtp).kind is kind


@pytest.mark.parametrize(
    ("answers", "blames_way"),
    [
        ({"MAIL": "451 try later"}, True),
        ({"MAIL": "550 5.7.1 sender refused"}, True),
        ({"RCPT": "451 4.3.0 temporary lookup failure"}, True),
        ({"RCPT": "452 4.2.2 mailbox full"}, False),
        ({"RCPT": "554 5.7.1 relay access denied"}, False),
        ({"RCPT": "530 5.7.0 authentication required"}, True),
        ({"RCPT": "550 5.1.1 no such mailbox"}, False),
    ],
)
def test_what_is_said_of_one_recipient_says_nothing_of_the_way(sink_and_smtp, answers, blames_way):
    sink, smtp = sink_and_smtp
    sink.answers.update(answers)

    assert failure(smtp).blames_way is blames_way


def test_a_server_that_hangs_up_in_the_middle_of_a_mail_blames_the_way():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def hang_up():
            connection, _ = server.accept()
            connection.sendall(b"220 hello\r\n")
            connection.recv(100)
            connection.sendall(b"250 hello\r\n")
            connection.recv(100)
            connection.close()

        threading.Thread(target=hang_up).start()
        smtp = Smtp(f"smtp://127.0.0.1:{server.getsockname()[1]}")
        failed = failure(smtp)
        smtp.close()

    assert failed.kind is Failure.TEMPORARY
    assert failed.blames_way
    assert not failed.is_ambiguous


def test_a_connection_that_the_server_closed_is_opened_again(sink_and_smtp):
    sink, smtp = sink_and_smtp
    smtp.send(make_email())
    smtp._server.sock.shutdown(2)  # as a server does that has waited long enough

    smtp.send(make_email())

    assert len(sink.mails) == 2
    assert sink.connections == 2


def refuse(*_):
    return AuthResult(success=False, handled=False)


def test_a_wrong_password_is_our_own_fault():
    with smtp_sink(auth_require_tls=False, authenticator=refuse) as (_sink, address):
        smtp = Smtp(address.replace("smtp://", "smtp://user:wrong%40@"))
        refused = failure(smtp)
        smtp.close()

    assert refused.kind is Failure.OURS
    assert "wrong@" not in refused.reason


def test_a_name_that_nobody_resolves_is_let_go_in_time(monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(60) and [])
    smtp = Smtp("smtp://mail.example.org:25", deadline=0.2)

    refused = failure(smtp)
    answered.set()

    assert refused.kind is Failure.UNREACHABLE
    assert not refused.is_ambiguous


def test_a_password_is_told_to_no_server_that_offers_no_encryption(monkeypatch):
    asked = []

    def ask(*_):
        asked.append("password")
        return AuthResult(success=True)

    monkeypatch.setattr("app.delivery.smtp._is_local", lambda _host: False)
    with smtp_sink(auth_require_tls=False, authenticator=ask) as (_sink, address):
        smtp = Smtp(address.replace("smtp://", "smtp://user:secret@"))
        refused = failure(smtp)
        smtp.close()

    assert refused.kind is Failure.OURS
    assert "no encryption" in refused.reason
    assert asked == []
