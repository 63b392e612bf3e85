"""The documents in S3-compatible storage: complete, incremental, and nobody else's objects."""

import gzip
import sys
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

from app.cli import storage
from app.content import policy
from app.errors import CannotStart
from app.publication.bucket import LIST, Bucket, key
from app.publication.documents import HTML, Document
from app.publication.programs import RSS
from app.publication.store import Store

TYPES = {
    "/": HTML,
    "/history": HTML,
    "/history/2026-11": HTML,
    "/incidents/abc": HTML,
    "/feed.rss": RSS,
}


@pytest.fixture
def client(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(
            Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield client


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "publication", {})
    publish(store, TYPES, "We are on it.")
    return store


def publish(store, paths, words, *, gone=()):
    made = [
        Document(path, words.encode() * 100, TYPES[path], datetime(2026, 11, 21, tzinfo=UTC))
        for path in paths
    ]
    with store.alone():
        store.put(made, gone=gone, progress={})


def names(client):
    found = client.list_objects_v2(Bucket="site").get("Contents", [])
    return {each["Key"] for each in found} - {LIST}


class Failing:
    """Storage that breaks off after some writes."""

    def __init__(self, client, writes):
        self._client = client
        self._left = writes

    def __getattr__(self, name):
        return getattr(self._client, name)

    def put_object(self, **what):
        self._left -= 1
        if self._left < 0:
            raise ConnectionError("the line is cut")
        return self._client.put_object(**what)


def test_every_document_lies_at_its_address_with_its_headers(client, store):
    Bucket(client, "site").follow(store)

    for path in store.tags():
        there = client.get_object(Bucket="site", Key=key(path))
        body, kept = there["Body"].read(), store.kept(path).document
        is_packed = there.get("ContentEncoding") == "gzip"
        assert is_packed == kept.content_type.startswith("text/html")
        assert (gzip.decompress(body) if is_packed else body) == kept.body
        assert there["ContentType"] == kept.content_type
        assert there["CacheControl"] == kept.headers.get("Cache-Control", policy.FRESH)
    style = client.get_object(Bucket="site", Key="static/css/public.css")
    assert style["ContentType"] == "text/css; charset=utf-8"
    assert style["CacheControl"] == policy.BRIEFLY


def test_only_what_changed_is_written_again(client, store):
    bucket = Bucket(client, "site")
    first = bucket.follow(store)
    again = Bucket(Failing(client, 0), "site").follow(store)
    publish(store, ["/", "/incidents/abc"], "It works again.")
    third = bucket.follow(store)

    assert first.written == len(names(client))
    assert (again.written, again.removed) == (0, 0)
    assert (third.written, third.removed) == (2, 0)
    there = client.get_object(Bucket="site", Key="index.html")["Body"].read()
    assert b"It works again." in gzip.decompress(there)


def test_what_is_gone_is_removed_and_what_is_not_ours_stays(client, store):
    client.put_object(Bucket="site", Key="status/theirs.html", Body=b"theirs")
    bucket = Bucket(client, "site", "/status")
    bucket.follow(store)
    assert "status/incidents/abc" in names(client)

    publish(store, [], "", gone=["/incidents/abc"])
    done = bucket.follow(store)

    assert (done.written, done.removed) == (0, 1)
    assert "status/incidents/abc" not in names(client)
    assert {"status/theirs.html", "status/index.html"} <= names(client)


def test_what_broke_off_is_taken_up_and_leaves_nothing_behind(client, store):
    with pytest.raises(ConnectionError):
        Bucket(Failing(client, 5), "site").follow(store)
    assert names(client)
    assert "index.html" not in names(client)  # it leads to the others, so it comes last

    publish(store, [], "", gone=["/incidents/abc"])
    Bucket(client, "site").follow(store)

    assert {key(path) for path in store.tags()} <= names(client)
    assert "incidents/abc" not in names(client)


@pytest.mark.parametrize("place", ["s3://", "s3://nowhere", "s3://nowhere/below"])
def test_storage_that_cannot_be_used_is_told_in_a_sentence(client, store, place):
    with (
        pytest.raises(CannotStart, match="should name a bucket|cannot be written"),
        storage.opened(place, "") as bucket,
    ):
        bucket.follow(store)


def test_without_the_library_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)

    with pytest.raises(CannotStart, match="needs boto3"), storage.opened("s3://site", ""):
        pass
