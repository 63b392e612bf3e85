"""Calls to addresses that others chose: none leads where it must not."""

import socket
import threading
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from app.delivery import http
from app.delivery.http import Client, NoAnswer, Refused, Reply, is_outside
from app.domain.endpoints import Rules
from tests.delivery.made import local_client
from tests.delivery.sinks import http_sink

# Each leads to this machine, to a neighbour, to a cloud's own servers, or is read in two ways.
CORPUS = """
https://127.0.0.1/ https://127.0.0.1:8443/ https://127.1/ https://127.0.1/ https://0/
https://0.0.0.0/ https://2130706433/ https://0x7f000001/ https://0x7f.0.0.1/
https://0177.0.0.1/ https://017700000001/ https://127.0.0.1./
https://127.0.0.1.nip.test/ https://localhost/ https://LOCALHOST/ https://localhost./
https://localhost.localdomain/ https://a.localhost/ https://[::1]/ https://[::]/
https://[::127.0.0.1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/
https://[::ffff:0:127.0.0.1]/ https://[64:ff9b::7f00:1]/ https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/ https://[2001::1]/ https://[fe80::1]/ https://[fe80::1%25lo]/
https://[fc00::1]/ https://[fd00:ec2::254]/ https://[fec0::1]/ https://[ff02::1]/
https://[100::1]/ https://10.0.0.1/ https://172.16.0.1/ https://172.31.255.255/
https://192.168.0.1/ https://169.254.169.254/latest/ https://169.254.170.2/
https://100.64.0.1/ https://100.100.100.200/ https://168.63.129.16/ https://192.0.0.8/
https://192.0.0.192/ https://198.18.0.1/ https://224.0.0.1/ https://239.255.255.250/
https://240.0.0.1/ https://255.255.255.255/ https://metadata/
https://metadata.google.internal/ https://printer.local/ https://intranet/
http://hooks.example.org/ ftp://hooks.example.org/ file:///etc/passwd
gopher://127.0.0.1/ javascript:alert(1) //hooks.example.org/ hooks.example.org https:///
https://:443/ https://hooks.example.org:22/ https://hooks.example.org:0/
https://hooks.example.org:99999/ https://hooks.example.org:x/
https://user@hooks.example.org/ https://hooks.example.org:pass@127.0.0.1/
https://127.0.0.1\\@hooks.example.org/ https://hooks.example.org%00.evil.test/
https://hooks.example.org%2f@127.0.0.1/ https://ⓛocalhost/ https://１２７.０.０.１/
https://127。0。0。1/ https://-a.example.org/ https://a..example.org/ https://.example.org/
https://exa_mple!.org/ https://[::1/ https://[v1.x]/
""".split()
SPACED = [
    "",
    " ",
    "https://hooks.example.org /",
    "https://hooks.example.org\r\nHost: x/",
    "https://hooks.example.org\t/",
    "\x00https://hooks.example.org/",
    "https://hooks.example.org/\x7f",
    "https://" + "a" * 64 + ".example.org/",
    "https://" + "a." * 130 + "org/",
    "https://hooks.example.org/" + "x" * 3000,
]


@pytest.fixture
def connections(monkeypatch):
    """Every connection that is tried, and made nowhere."""
    tried = []

    def refuse(_self, address):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


@contextmanager
def names(monkeypatch, *answers):
    """A resolver that gives these answers, one after the other, the last one from then on."""
    left = list(answers)

    def resolve(_host, port, **_kwargs):
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "",
             (one, port))
            for one in found
        ]  # fmt: skip

    monkeypatch.setattr(http.socket, "getaddrinfo", resolve)
    yield


def test_the_corpus_is_as_large_as_it_should_be():
    assert len(set(CORPUS) | set(SPACED)) >= 60


@pytest.mark.parametrize("address", [*CORPUS, *SPACED])
def test_nothing_connects_where_it_must_not(address, connections):
    with pytest.raises((Refused, NoAnswer)):
        Client(Rules()).post(address, b"{}", {})

    assert connections == []


@pytest.mark.parametrize("address", [one for one in CORPUS if "hooks.example" not in one])
def test_the_guard_alone_holds_whatever_the_text_was(address, connections):
    """Where the rules about text let more through, what the name leads to is still checked."""
    with pytest.raises((Refused, NoAnswer)):
        Client(Rules(plain_http=True, ports=(), inner=True)).post(address, b"{}", {})

    assert connections == []


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(monkeypatch, connections):
    with names(monkeypatch, ["93.184.216.34"], ["127.0.0.1"]), pytest.raises(NoAnswer):
        Client(Rules()).post("https://rebinding.example.org/", b"{}", {})

    assert [address[0] for address in connections] == ["93.184.216.34"]


@pytest.mark.parametrize("others", [["127.0.0.1"], ["::1"], ["10.0.0.1"], ["64:ff9b::7f00:1"]])
def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch, connections, others):
    with names(monkeypatch, ["93.184.216.34", *others]), pytest.raises(Refused):
        Client(Rules()).post("https://hooks.example.org/", b"{}", {})

    assert connections == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(status):
    with http_sink() as (sink, address), http_sink() as (elsewhere, other):
        sink.status, sink.headers = status, {"Location": f"{other}/latest/meta-data"}
        reply = local_client().post(f"{address}/x", b"{}", {}, read=True)

    assert reply.status == status
    assert elsewhere.requests == []


def test_no_proxy_of_the_environment_is_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    with http_sink() as (sink, address):
        local_client().post(f"{address}/x", b"{}", {})

    assert len(sink.requests) == 1


def test_a_reply_is_read_to_a_limit_and_only_where_it_is_asked_for():
    with http_sink() as (sink, address):
        sink.body = b"x" * 200_000
        read = local_client().post(f"{address}/x", b"{}", {}, read=True)
        unread = local_client().post(f"{address}/x", b"{}", {})

    assert len(read.body) == http.LONGEST_REPLY
    assert unread.body == b""


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120.0),
        ("0", 1.0),
        ("999999999", http.LONGEST_WAIT),
        ("inf", None),
        ("nan", None),
        ("1e300", None),
        ("-1", None),
        ("٣", None),
        ("9" * 400, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
def test_nobody_who_is_called_makes_us_wait_for_ever(asked, seconds):
    wait = Reply(429, {"Retry-After": asked}, b"").retry_after

    assert wait == seconds


def test_a_reply_that_drips_ends_at_the_deadline_and_so_does_its_thread():
    stop = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip():
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}/"
    with pytest.raises(NoAnswer, match="in time"):
        local_client(deadline=0.4).post(address, b"{}", {}, read=True)
    thread.join(2)  # our end is closed: the server can send no more
    stop.set()
    server.close()

    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("address", "allowed", "outside"),
    [
        ("93.184.216.34", (), True),
        ("2606:2800:220:1::1", (), True),
        ("10.1.2.3", (), False),
        ("10.1.2.3", ("10.1.0.0/16",), True),
        ("10.2.2.3", ("10.1.0.0/16",), False),
        ("fd00::1", ("fd00::/8",), True),
        ("::ffff:10.1.2.3", ("10.1.0.0/16",), False),
    ],
)
def test_a_setting_opens_networks_of_ones_own(address, allowed, outside):
    networks = [http.ip_network(network) for network in allowed]

    assert is_outside(ip_address(address), networks) is outside


def test_nobody_was_asked_where_tls_fails():
    with http_sink() as (sink, address), pytest.raises(NoAnswer) as failed:
        local_client().post(address.replace("http:", "https:"), b"{}", {})

    assert not failed.value.is_asked
    assert sink.requests == []


def test_a_connection_that_ends_after_it_was_asked_is_not_called_out_of_reach():
    def hang_up(_asked):
        raise TimeoutError  # on which the stand-in closes without an answer

    with http_sink() as (sink, address):
        sink.answer = hang_up
        with pytest.raises(NoAnswer, match="ended before") as failed:
            local_client().post(address, b"{}", {})

    assert failed.value.is_asked
    assert len(sink.requests) == 1


def test_where_nobody_listens_is_called_out_of_reach():
    with http_sink() as (_sink, address):
        pass

    with pytest.raises(NoAnswer, match="could not be reached") as failed:
        local_client().post(address, b"{}", {})

    assert not failed.value.is_asked
