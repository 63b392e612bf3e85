"""What we ship for other servers works as shipped: nginx, with Allclear behind it."""

import re
import shutil
import subprocess
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app import publication
from app.config import ROOT
from app.content import policy
from tests.cli import running
from tests.factories import make_incident
from tests.waiting import eventually

# nginx serves the folder that is published, wherever that was read from.
pytestmark = pytest.mark.once

CONFIG = (ROOT / "deploy" / "nginx.conf").read_text()


class Behind(BaseHTTPRequestHandler):
    """Stands in for Allclear, and says that it was asked."""

    def do_GET(self):
        body = f"asked for {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *_):
        pass


@contextmanager
def behind():
    with HTTPServer(("127.0.0.1", 0), Behind) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def publishes_at_once():
    return True


@pytest.fixture
def nginx(app, tmp_path, request):
    """nginx with the shipped configuration; only its ports, folder and TLS are the test's."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        if request.config.getoption("--strict-machine"):
            pytest.fail("nginx is not installed on this machine")
        pytest.skip("nginx is not installed on this machine")
    incident = make_incident()
    site = publication.of(app).store.folder / "site"
    port = running.free_port()
    with behind() as other:
        shipped = CONFIG.replace("/opt/allclear/instance/publication/site", str(site))
        shipped = shipped.replace("127.0.0.1:8000", f"127.0.0.1:{other}")
        shipped = shipped.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        shipped = shipped.replace("listen 80;", f"listen 127.0.0.1:{running.free_port()};")
        kept = [line for line in shipped.splitlines() if not line.strip().startswith("ssl_")]
        (tmp_path / "nginx.conf").write_text(around("\n".join(kept), tmp_path))
        process = subprocess.Popen([program, "-e", "stderr", "-c", tmp_path / "nginx.conf"])
        assert eventually(lambda: answers(port))
        yield f"http://127.0.0.1:{port}", incident
        process.terminate()
        process.wait(10)


def around(shipped, folder):
    own = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {folder}/pid; events {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; {own}\n{shipped}\n}}"
    )


def answers(port):
    try:
        return running.get(f"http://127.0.0.1:{port}/")[0] == 200
    except OSError:
        return False


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        return answer.status, answer.headers, answer.read()


def test_nginx_serves_every_document_by_itself(app, nginx):
    url, _ = nginx
    store = publication.of(app).store

    for path in store.tags():
        _, headers, body = get(url + path)
        answer = store.find(path)
        assert body == answer.body
        assert headers["Content-Type"].split(";")[0] == answer.content_type.split(";")[0]
        ours = app.test_client().get(path).headers
        assert headers["Cache-Control"] == ours["Cache-Control"]
        from_anywhere = headers["Access-Control-Allow-Origin"]
        assert from_anywhere == ("*" if path.startswith("/api/v2/") else None)
        for name in policy.headers("https://status.example.org"):
            if name != "Strict-Transport-Security":
                assert headers[name] == ours.get(name), (path, name)


def test_nginx_gives_a_terminal_the_text_that_no_cache_keeps(nginx):
    url, _ = nginx

    _, terminal, text = get(f"{url}/", **{"User-Agent": "curl/8.5.0", "Accept": "*/*"})
    _, browser, _ = get(f"{url}/", **{"User-Agent": "Mozilla/5.0", "Accept": "text/html,*/*"})

    assert terminal["Content-Type"].startswith("text/plain")
    assert b"Everything else works." in text
    assert "private" in terminal["Cache-Control"]
    assert browser["Content-Type"].startswith("text/html")


def test_nginx_sends_the_packed_form(nginx):
    url, _ = nginx

    assert get(f"{url}/", **{"Accept-Encoding": "gzip"})[1]["Content-Encoding"] == "gzip"


DYNAMIC = (
    "/console/",
    "/console",
    "/subscribe",
    "/s/token",
    "/u/token",
    "/setup/x",
    "/api/v2/subscribers.json",
    "/api/v2/subscribers/token.json",
)
UNKNOWN = ("/nothing", "/history/1999-01")


@pytest.mark.parametrize("path", DYNAMIC + UNKNOWN)
def test_nginx_hands_on_what_must_be_answered(nginx, path):
    url, _ = nginx

    assert get(url + path)[2] == f"asked for {path}".encode()


def changing(app):
    """Every address of ours that takes more than questions, and how."""
    for rule in app.url_map.iter_rules():
        path = re.sub("<[^>]*>", "x", rule.rule)
        yield from ((method, path) for method in rule.methods - {"GET", "HEAD", "OPTIONS"})


def test_nginx_hands_on_whatever_is_sent_to_an_address_of_ours(app, nginx):
    url, _ = nginx
    sent = set(changing(app))
    assert {("POST", "/hooks/sendgrid"), ("POST", "/hooks/twilio")} < sent

    for method, path in sorted(sent):
        with urllib.request.urlopen(
            urllib.request.Request(url + path, data=b"x", method=method), timeout=5
        ) as answer:
            assert answer.read() == f"asked for {path}".encode(), (method, path)


def test_nginx_shows_nothing_of_how_the_folder_is_kept(nginx):
    url, _ = nginx

    assert running.get(f"{url}/.revision")[0] == 404


def test_nginx_keeps_files_for_ever_under_their_fingerprint(nginx):
    url, _ = nginx

    assert get(f"{url}/static/css/public.css?v=1")[1]["Cache-Control"] == policy.FOR_EVER
    assert get(f"{url}/static/css/public.css")[1]["Cache-Control"] == policy.BRIEFLY
