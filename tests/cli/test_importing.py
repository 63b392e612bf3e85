"""`allclear import statuspage`: from files, a folder, and a page that answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from app.delivery import statuspage
from app.errors import Rejected
from tests.statuspages import page


@pytest.fixture
def files(set_up):
    folder = set_up.folder / "page"
    for name, values in page().items():
        file = folder / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    return folder


def test_a_folder_of_documents_is_tried_brought_in_and_then_known(set_up, files):
    tried = set_up("import", "statuspage", files, "--dry-run")
    first = set_up("import", "statuspage", files)
    second = set_up("import", "statuspage", files / "summary.json", files / "incidents.json")

    assert tried.exit_code == first.exit_code == second.exit_code == 0, first.output
    assert "Would bring in of Ferry:" in tried.output
    assert "Nothing was changed." in tried.output
    assert "2 incidents\n" in first.output
    assert "2 maintenances" in first.output
    assert "keeps its id p0p0p0p0p0p0" in first.output
    assert second.output == "Everything of Ferry is here already. Nothing was changed.\n"


def test_what_cannot_be_read_ends_in_a_sentence(set_up):
    no_json = set_up.file("page.json", "<!doctype html>")
    empty = set_up.folder / "empty"
    empty.mkdir()

    for given, said in (
        (no_json, "is no JSON"),
        (empty, "There is no file *.json"),
        ("nowhere.json", "cannot be read"),
        ("http://127.0.0.1:1/", "leads into our own network"),
        ("http://168.63.129.16/", "leads into our own network"),
        ("https://ada@example.org/", "is no address of a page"),
    ):
        result = set_up("import", "statuspage", given)
        assert result.exit_code == 1, given
        assert said in result.output
        assert "Traceback" not in result.output


@pytest.fixture
def theirs():
    """A page that answers on this machine, and what it was asked."""
    asked = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            name = self.path.removeprefix("/api/v2/").removesuffix(".json")
            if self.path == "/moved.json":
                self.send_response(302)
                self.send_header("Location", "https://elsewhere.example/")
                self.end_headers()
                return
            known = page().get(name)
            body = json.dumps(known).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def fetch(address):
    with requests.Session() as session:
        return statuspage.fetch(address, stand_in=session)


def test_a_pages_address_is_asked_for_what_holds_everything(theirs):
    url, asked = theirs

    found = fetch(f"{url}/anything")

    assert asked == [f"/api/v2/{name}.json" for name in statuspage.NAMES]
    assert [values["page"]["name"] for _, values in found] == ["Ferry"] * 4


def test_one_document_is_fetched_alone(theirs):
    url, asked = theirs

    fetch(f"{url}/api/v2/incidents.json")

    assert asked == ["/api/v2/incidents.json"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/moved.json", "leads to https://elsewhere.example/. Import that address."),
        ("/api/v2/nothing.json", "answered 404"),
    ],
)
def test_an_answer_that_is_none_is_said(theirs, path, said):
    url, _ = theirs

    with pytest.raises(Rejected) as refused:
        fetch(url + path)

    assert said in str(refused.value)


def test_a_document_without_end_is_given_up(theirs, monkeypatch):
    url, _ = theirs
    monkeypatch.setattr(statuspage, "LARGEST", 1000)

    with pytest.raises(Rejected, match="is larger than"):
        fetch(url)


@pytest.mark.parametrize(
    "address", ["http://[::1", "https://a:99999/", "https://", "https://me@status.example.org/"]
)
def test_what_is_no_address_is_refused_in_a_sentence(set_up, address):
    result = set_up("import", "statuspage", address)

    assert result.exit_code == 1
    assert "is no address of a page" in result.output
