"""The folder of files: complete, incremental, and whole at every moment."""

import gzip

import pytest

from app import publication
from app.publication import static_site
from app.publication.answers import WORTH_PACKING
from tests.factories import make_incident


@pytest.fixture
def store(app):
    make_incident()
    publisher = publication.of(app)
    while publisher.keep_up():
        pass
    return publisher.store


def test_every_document_lies_where_its_address_says(store, tmp_path):
    static_site.follow(store, tmp_path / "out")

    for path in store.tags():
        file = tmp_path / "out" / static_site.file_name(path)
        assert file.read_bytes() == store.find(path).body
        packed = file.with_name(f"{file.name}.gz")
        if len(file.read_bytes()) >= WORTH_PACKING:
            assert gzip.decompress(packed.read_bytes()) == file.read_bytes()
    assert (tmp_path / "out" / "static" / "css" / "public.css").exists()


def test_only_what_changed_is_written_again(store, tmp_path):
    first = static_site.follow(store, tmp_path / "out")
    again = static_site.follow(store, tmp_path / "out")
    before = store.tags()
    make_incident()
    third = static_site.follow(store, tmp_path / "out")

    after = store.tags()
    assert first == len(before)
    assert again == 0
    assert third == len([path for path in after if after[path] != before.get(path)])


def test_the_folder_of_another_instance_is_written_over(store, tmp_path):
    static_site.follow(store, tmp_path / "out")
    (tmp_path / "out" / static_site.MARK).write_text("other 999 x")

    assert static_site.follow(store, tmp_path / "out") == len(store.tags())


def test_the_folder_beside_the_store_follows_each_change(store):
    incident = make_incident(title="Something new")

    site = store.folder / "site"
    assert "Something new" in (site / "index.html").read_text()
    assert (site / "incidents" / f"{incident.code}.html").exists()
    assert list(site.rglob("*.new")) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/history", "history.html"),
        ("/history/2026-11", "history/2026-11.html"),
        ("/feed.rss", "feed.rss"),
        ("/incidents/abc", "incidents/abc.html"),
    ],
)
def test_an_address_has_one_file(path, name):
    assert static_site.file_name(path) == name
