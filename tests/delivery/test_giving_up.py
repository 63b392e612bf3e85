"""A call that was given up hands nothing more over: whoever leaves then has left."""

import socket
import threading

import pytest

from app.delivery.channel import DeliveryFailed
from app.delivery.http import NoAnswer
from app.delivery.sendgrid import Body, SendGrid
from tests.delivery.made import local_client
from tests.delivery.sinks import http_sink

BODY = b"n" * 400_000


def by_sendgrid(address):
    with pytest.raises(DeliveryFailed) as failed:
        SendGrid("SG.secret", address, deadline=0.2).begin(Body(BODY)).result()
    return failed.value.is_ambiguous


def by_client(address):
    with pytest.raises(NoAnswer) as failed:
        local_client(deadline=0.2).post(f"{address}/x", BODY, {})
    return failed.value.is_asked


WAYS = pytest.mark.parametrize("given_up", [by_sendgrid, by_client])


class Lookups:
    """A resolver that lets the first name wait until it is told to go on."""

    def __init__(self):
        self.waiting = []
        self.go_on = threading.Event()
        self._resolve = socket.getaddrinfo

    def __call__(self, *args, **named):
        if not self.waiting:
            self.waiting.append(threading.current_thread())
            self.go_on.wait(10)
        return self._resolve(*args, **named)

    def end(self):
        self.go_on.set()
        self.waiting[0].join(10)
        return not self.waiting[0].is_alive()


@pytest.fixture
def lookups(monkeypatch):
    resolver = Lookups()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@WAYS
def test_a_name_that_is_found_too_late_is_not_called(given_up, lookups):
    with http_sink() as (sink, address):
        was_asked = given_up(address)
        ended = lookups.end()

    assert ended
    assert not was_asked
    assert sink.requests == []


def test_a_call_that_was_given_up_has_no_part_in_the_next(lookups):
    with http_sink() as (sink, address):
        sendgrid = SendGrid("SG.secret", address, deadline=0.2)
        first = sendgrid.begin(Body(b'"first"'))
        with pytest.raises(DeliveryFailed):
            first.result()
        second = sendgrid.begin(Body(b'"second"')).result()
        ended = lookups.end()
        third = sendgrid.begin(Body(b'"third"')).result()
        sendgrid.close()

    assert ended
    assert (second, third) == ("abc123", "abc123")
    assert [body for _, _, body in sink.requests] == ["second", "third"]


@WAYS
def test_what_a_slow_reader_has_not_taken_is_taken_back(given_up):
    server = socket.create_server(("127.0.0.1", 0))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    may_read, taken = threading.Event(), []

    def read():
        connection, _ = server.accept()
        with connection:
            connection.settimeout(5)
            may_read.wait(10)
            try:
                while sum(taken) < len(BODY) and (more := len(connection.recv(65536))):
                    taken.append(more)
            except ConnectionResetError:
                pass

    reader = threading.Thread(target=read)
    reader.start()
    before = set(threading.enumerate())
    was_asked = given_up(f"http://127.0.0.1:{server.getsockname()[1]}")
    for thread in set(threading.enumerate()) - before:
        thread.join(2)
    may_read.set()
    reader.join(10)
    server.close()

    assert not reader.is_alive()
    assert was_asked  # it may have enough of it
    assert sum(taken) < len(BODY) / 2


def test_a_reply_that_breaks_off_is_no_fault_of_our_code():
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(NoAnswer) as failed:
        local_client().post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, read=True)
    thread.join(5)
    server.close()

    assert failed.value.is_asked
