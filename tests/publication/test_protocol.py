"""The web server's protocol over real sockets: what is at hand, what goes on, what is refused."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from flask import Flask, jsonify, request

from app.cli import serving
from app.content import policy
from app.publication.answers import Answer, pack
from app.publication.documents import Document
from app.publication.front import Front
from app.publication.protocol import (
    LARGEST_HEAD,
    LAST_CALL,
    MOST_HEADERS,
    PATIENCE,
    STALLED,
    Protocol,
)

LARGEST_BODY = 100_000
BODY = b"<p>Everything works.</p>" * 100
LONG = b"x" * 200_000


class Site:
    """Two documents at hand, and behind them an application that says what it was asked."""

    def __init__(self):
        self.inside = inside()
        self.asked_inside = 0
        self.documents = {path: self._made(path, body) for path, body in PAGES.items()}
        self.server = None
        self.port = 0

    def _made(self, path, body):
        document = Document(
            path, body, "text/html; charset=utf-8", datetime(2026, 11, 21, tzinfo=UTC)
        )
        return Answer(
            document, pack(body) if path == "/" else pack(b""), policy.headers("http://x")
        )

    def at_hand(self, path, _query):
        return self.documents.get(path)

    def __call__(self, environ, start_response):
        self.asked_inside += 1
        document = self.documents.get(environ["PATH_INFO"])
        return (document or self.inside)(environ, start_response)

    def connected(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, *requests):
        """Send these on one connection, and read until the server hangs up."""
        with self.connected() as connection:
            connection.sendall(b"".join(requests))
            return split(everything(connection))


PAGES = {"/": BODY, "/long": LONG}


def inside():
    app = Flask("inside")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.route("/<path:path>", methods=["GET", "POST"])
    @app.route("/", methods=["POST", "GET"])
    def told(path=""):
        return jsonify(
            path=path,
            address=request.remote_addr,
            length=len(request.get_data()),
            headers=dict(request.headers),
        )

    return app


@pytest.fixture(scope="module")
def site():
    site, stop, ready = Site(), threading.Event(), threading.Event()
    front = Front(site, site.at_hand, threads=2, largest_body=LARGEST_BODY, most_connections=100)
    listener = socket.create_server(("127.0.0.1", 0))
    site.port = listener.getsockname()[1]
    site.server = serving.OneProcess(serving.configured(front), stop=stop, ready=ready.set)
    thread = threading.Thread(target=site.server.run, args=[[listener]])
    thread.start()
    assert ready.wait(10)
    yield site
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def get(path="/", *headers, method="GET", version="1.1", body=b""):
    lines = [f"{method} {path} HTTP/{version}", "Host: x", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def last(path="/", *headers, **how):
    return get(path, *headers, "Connection: close", **how)


def everything(connection):
    parts = []
    while part := connection.recv(1_000_000):
        parts.append(part)
    return b"".join(parts)


def split(data, heads=frozenset()) -> list[tuple[int, dict[str, str], bytes]]:
    """The answers in what a connection received. Those at these places have no body."""
    answers = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, value in (field.split(": ", 1) for field in fields)
        }
        has_body = len(answers) not in heads and not line.startswith("HTTP/1.1 304")
        length = int(headers.get("content-length", 0)) if has_body else 0
        answers.append((int(line.split()[1]), headers, data[:length]))
        data = data[length:]
    return answers


def test_a_document_is_answered_with_its_headers_and_the_date(site):
    before = site.asked_inside
    [(status, headers, body)] = site.ask(last())

    assert (status, body) == (200, BODY)
    assert site.asked_inside == before
    assert headers["content-security-policy"] == policy.CONTENT
    assert headers["etag"].startswith('"')
    assert headers["date"].endswith("GMT")
    assert headers["connection"] == "close"


def test_it_is_packed_and_conditional_here_too(site):
    [(_, headers, packed), _] = site.ask(get("/", "Accept-Encoding: gzip"), last())
    tag = headers["etag"]

    answers = site.ask(
        get("/", "Accept-Encoding: gzip", f"If-None-Match: {tag}"),
        get("/", "If-Modified-Since: Sat, 21 Nov 2026 00:00:00 GMT"),
        last("/", 'If-None-Match: "other"'),
    )

    assert gzip.decompress(packed) == BODY
    assert [status for status, _, _ in answers] == [304, 304, 200]
    assert answers[0][1]["etag"] == tag


def test_answers_come_in_the_order_of_the_requests_whoever_gives_them(site):
    answers = site.ask(
        get("/"), get("/inside"), get("/?utm_source=x"), get("/in%73ide"), get("/"), last("/inside")
    )

    assert [body[:3] for _, _, body in answers] == [b"<p>", b'{"a', b"<p>", b'{"a', b"<p>", b'{"a']
    assert [status for status, _, _ in answers] == [200] * 6


def test_head_has_the_headers_of_get_and_no_body(site):
    with site.connected() as connection:
        connection.sendall(get(method="HEAD") + last())
        head, full = split(everything(connection), heads={0})

    assert head[1]["content-length"] == full[1]["content-length"] == str(len(BODY))
    assert full[2] == BODY


def test_the_connection_stays_open_unless_the_client_is_old_or_asks_otherwise(site):
    old = site.ask(get(version="1.0") + get())
    asked = site.ask(last() + get())

    assert len(old) == len(asked) == 1
    assert old[0][1]["connection"] == "close"


def test_a_request_with_a_body_goes_inside_and_the_next_one_is_read_right(site):
    body = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n"

    inner, outer = site.ask(get("/in", f"Content-Length: {len(body)}", body=body), last())

    assert f'"length":{len(body)}'.encode() in inner[2]
    assert outer[2] == BODY


def test_what_follows_the_end_of_a_connection_is_not_answered(site):
    assert len(site.ask(last("/"), get("/inside"), get("/"))) == 1
    assert len(site.ask(last("/inside"), get("/"))) == 1


def test_a_body_in_chunks_arrives_whole_and_what_trails_it_is_no_header(site):
    chunks = b"5\r\nhello\r\n3\r\n!!!\r\n0\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n"

    [(_, _, told)] = site.ask(
        last("/form", "Transfer-Encoding: chunked", method="POST", body=chunks)
    )

    assert b'"length":8' in told
    assert b"192.0.2.9" not in told


def test_a_name_with_an_underscore_does_not_pass_for_another(site):
    [(_, _, told)] = site.ask(
        last("/inside", "X-Forwarded-For: 192.0.2.1", "X_Forwarded_For: 9.9.9.9")
    )

    assert b'"X-Forwarded-For":"192.0.2.1"' in told
    assert b'"address":"127.0.0.1"' in told


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(site):
    with site.connected() as connection:
        connection.sendall(
            last("/form", "Content-Length: 100000000", "Expect: 100-continue", method="POST")
        )
        [(status, _, _)] = split(everything(connection))

    assert status == 413


def test_a_body_in_chunks_that_never_ends_is_refused(site):
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"

    with site.connected() as connection:
        connection.sendall(last("/form", "Transfer-Encoding: chunked", method="POST"))
        for _ in range(LARGEST_BODY // 0x8000 + 1):
            connection.sendall(chunk)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_who_waits_for_a_body_holds_no_thread(site):
    slow = [site.connected() for _ in range(5)]  # more than there are threads
    for connection in slow:
        connection.sendall(get("/form", "Content-Length: 9", method="POST", body=b"half"))

    [(status, _, _)] = site.ask(last("/inside"))

    assert status == 200
    for connection in slow:
        connection.close()


@pytest.mark.parametrize(
    "sent",
    [
        get("/inside?" + "x" * LARGEST_HEAD),
        get("/inside", *[f"X-{at}: y" for at in range(MOST_HEADERS)]),
        get("/inside", "X: " + "y" * LARGEST_HEAD),
    ],
    ids=["address", "number", "length"],
)
def test_a_head_without_end_is_refused(site, sent):
    [(status, headers, _)] = site.ask(sent)

    assert (status, headers["connection"]) == (431, "close")


def test_a_head_that_is_sent_piece_by_piece_is_refused_when_it_grows_too_large(site):
    with site.connected() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        try:
            for at in range(1000):
                connection.sendall(b"X-%d: " % at + b"y" * 1000 + b"\r\n")
            answer = connection.recv(100)
        except ConnectionError:
            answer = b""  # hung up on

    assert not answer or answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET  / HTTP/9\r\n\r\n", b"\x16\x03\x01\x02"]
)
def test_what_is_not_http_is_told_so(site, sent):
    [(status, _, _)] = site.ask(sent)

    assert status == 400


def test_who_does_not_read_does_not_fill_our_memory(site):
    count = 50
    with site.connected() as connection:
        before = set(site.server.server_state.connections)
        connection.sendall(get("/long") * (count - 1) + last("/long"))
        connection.recv(1000, socket.MSG_PEEK)
        [ours] = set(site.server.server_state.connections) - before or before
        waiting = ours.transport.get_write_buffer_size()
        answers = split(everything(connection))

    assert waiting < 10 * len(LONG)
    assert [len(body) for _, _, body in answers] == [len(LONG)] * count


class Transport(asyncio.Transport):
    """A connection that only remembers what became of it."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 9), "sockname": ("127.0.0.1", 80)})
        self.fate = "open"

    def is_closing(self):
        return self.fate != "open"

    def close(self):
        self.fate = "closing"

    def abort(self):
        self.fate = "aborted"

    def writelines(self, parts: Iterable[bytes]):
        self.written = b"".join(parts)


class Loop:
    """A loop whose clock the test moves."""

    now = 1000.0

    def time(self):
        return self.now

    def call_later(self, seconds, act):
        self.at, self.act = self.now + seconds, act
        return threading.Timer(0, act)  # never started; it can be cancelled

    def move(self, seconds):
        until = self.now + seconds
        while self.at <= until:
            self.now = self.at
            self.at = until + 1
            self.act()
        self.now = until


@pytest.fixture
def alone():
    """A protocol with its loop and transport, of a server whose clock the test moves."""
    site, loop, transport = Site(), Loop(), Transport()
    front = Front(site, site.at_hand, threads=1, largest_body=10, most_connections=1)
    server = serving.OneProcess(serving.configured(front), stop=threading.Event(), ready=print)
    server.config.load()

    def connected(transport=transport):
        protocol = Protocol(server.config, server.server_state, {}, _loop=loop)
        protocol.connection_made(transport)
        return protocol

    return connected(), loop, transport, connected


def test_a_connection_without_a_request_is_closed(alone):
    _, loop, transport, _ = alone

    loop.move(PATIENCE - 1)
    assert transport.fate == "open"
    loop.move(PATIENCE)
    assert transport.fate == "closing"
    loop.move(2 * PATIENCE)  # what was sent is not being read either
    assert transport.fate == "aborted"


def test_a_head_that_dribbles_is_hung_up_on(alone):
    protocol, loop, transport, _ = alone
    protocol.data_received(b"GET / HTTP/1.1\r\n")

    for _ in range(int(PATIENCE) + 6):
        loop.move(1)
        protocol.data_received(b"X: y\r\n")

    assert transport.fate != "open"


def test_who_asks_again_in_time_stays(alone):
    protocol, loop, transport, _ = alone

    for _ in range(5):
        loop.move(PATIENCE - 2)
        protocol.data_received(get())
        assert transport.written.endswith(BODY)

    assert transport.fate == "open"


def test_a_request_that_is_on_its_way_when_we_stop_is_answered_as_the_last(alone):
    protocol, loop, transport, _ = alone
    protocol.config.app.is_leaving = True

    protocol.shutdown()
    loop.move(LAST_CALL / 2)
    assert transport.fate == "open"
    protocol.data_received(get())

    assert b"\r\nconnection: close\r\n" in transport.written
    assert transport.written.endswith(BODY)
    assert transport.fate == "closing"


def test_who_asks_nothing_more_when_we_stop_is_hung_up_on(alone):
    protocol, loop, transport, _ = alone
    protocol.data_received(get())

    protocol.shutdown()
    loop.move(LAST_CALL)

    assert transport.fate == "closing"


def test_who_stopped_reading_is_hung_up_on(alone):
    protocol, loop, transport, _ = alone
    protocol.data_received(get())
    protocol.pause_writing()

    loop.move(STALLED + PATIENCE)

    assert transport.fate == "aborted"


def test_one_who_only_waits_makes_room_for_a_new_one(alone):
    _, _, transport, connected = alone
    another = Transport()

    connected(another)

    assert (transport.fate, another.fate) == ("aborted", "open")
