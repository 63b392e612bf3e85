"""Answers: conditions, forms and headers, for every way to ask."""

import gzip
from datetime import UTC, datetime
from random import Random

import brotli
import pytest
from werkzeug.test import Client

from app.content import policy
from app.publication.answers import Answer, Packed, pack, taken
from app.publication.documents import Document

CHANGED = datetime(2026, 11, 21, 14, 31, 5, 500_000, tzinfo=UTC)
BODY = b"<p>Everything works.</p>" * 100


@pytest.fixture
def client():
    document = Document("/", BODY, "text/html; charset=utf-8", CHANGED)
    return Client(Answer(document, pack(BODY), policy.headers("https://status.example.org")))


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [("gzip", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress)],
)
def test_it_is_packed_for_who_can_unpack_it(client, accepted, encoding, unpack):
    answer = client.get("/", headers={"Accept-Encoding": accepted})

    assert unpack(answer.data) == BODY
    assert answer.headers["Content-Encoding"] == encoding
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert client.get("/").data == BODY
    assert "Content-Encoding" not in client.get("/").headers


def test_each_form_has_a_tag_of_its_own_and_caches_are_told(client):
    answers = [client.get("/", headers={"Accept-Encoding": form}) for form in ("", "gzip", "br")]

    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert not any(answer.headers["ETag"].startswith("W/") for answer in answers)
    assert {answer.headers["Vary"] for answer in answers} == {"Accept-Encoding"}


@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
@pytest.mark.parametrize("condition", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_who_has_it_is_told_so_without_the_bytes(client, accepted, condition):
    first = client.get("/", headers={"Accept-Encoding": accepted})

    again = client.get(
        "/",
        headers={
            "Accept-Encoding": accepted,
            "If-None-Match": condition.format(first.headers["ETag"]),
        },
    )

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert "Content-Length" not in again.headers


def test_a_tag_that_is_another_outweighs_a_date(client):
    headers = {"If-None-Match": '"other"', "If-Modified-Since": "Sat, 21 Nov 2026 15:00:00 GMT"}

    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Sat, 21 Nov 2026 14:31:05 GMT", 304),
        ("Sat, 21 Nov 2026 14:31:04 GMT", 200),
        ("yesterday", 200),
    ],
)
def test_a_date_is_compared_by_the_second(client, since, status):
    assert client.get("/", headers={"If-Modified-Since": since}).status_code == status


def test_head_has_the_headers_of_get_and_no_body(client):
    got, head = client.get("/"), client.head("/")

    assert head.data == b""
    assert dict(head.headers) == dict(got.headers)


def test_every_answer_carries_the_policy(client):
    tag = client.get("/").headers["ETag"]

    for answer in (client.get("/"), client.get("/", headers={"If-None-Match": tag})):
        assert answer.headers["Content-Security-Policy"] == policy.CONTENT
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert answer.headers["Cache-Control"] == policy.FRESH


def test_few_bytes_are_not_packed():
    assert pack(b"short") == Packed()


def test_what_cannot_be_made_smaller_stays_as_it_is():
    assert pack(Random(1).randbytes(500)) == Packed()  # noqa: S311 - no secret


@pytest.mark.parametrize(
    ("accepted", "forms"),
    [
        ("gzip", ["gzip"]),
        ("br", ["br"]),
        ("gzip, deflate, br, zstd", ["br", "gzip"]),
        ("br;q=0.5, gzip", ["gzip", "br"]),
        ("*", ["br", "gzip"]),
        ("deflate, gzip;q=0.5", ["gzip"]),
        ("gzip;q=0", []),
        ("gzip;q=0, br;q=0, *", []),
        ("identity", []),
        ("", []),
        ("gzip" + ", x" * 10_000, ["gzip"]),
    ],
)
def test_a_form_is_sent_only_where_it_is_taken(accepted, forms):
    assert taken(accepted) == (*forms, "")
