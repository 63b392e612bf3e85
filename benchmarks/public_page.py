"""The overview under load: Allclear against nginx, and against rendering it for each request.

    python -m benchmarks.public_page

Needs nginx and wrk (on Debian: apt-get install nginx-light wrk). All figures are of one run on
one machine: one process each, 32 connections, the page with 60 components and 3 open incidents.
They are taken in turns, and what is compared is the median of each turn's ratio: a busy minute
of the machine is everybody's.
"""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app import publication
from app.domain import components
from app.publication import static_site
from benchmarks import instances
from tests.factories import down, make_incident, make_organisation, post

SECONDS = 1
ROUNDS = 9
LEAST_REQUESTS = 100_000
"""Answered between the two looks at the memory, at least."""
MOST_MEMORY = 1.05
LEAST_OF_NGINX = 0.4
LEAST_OF_FLASK = 20
SERVE = "from app.cli import main; main()"
PER_REQUEST = """
import threading
from app import create_app
from app.cli import serving
from app.config import read_settings
app = create_app(read_settings())
app.wsgi_app = app.wsgi_app._inside
serving.serve(app, bind="127.0.0.1:{port}", stop=threading.Event(), ready=lambda: None)
"""
NGINX = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
daemon off;
events {{ worker_connections 1024; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=100;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/site;
    gzip_static on;
    location / {{ try_files $uri $uri/index.html =404; }}
    location = / {{ try_files /index.html =404; }}
  }}
}}
"""


def build(folder: Path) -> None:
    """A page with 60 components and three open incidents."""
    with instances.opened(folder) as app:
        make_organisation(component_lines="\n".join(f"Component {at}" for at in range(60)))
        for part in components.every()[:3]:
            incident = make_incident(impacts=down(part))
            post(incident, impacts=down(part))
        publisher = publication.of(app)
        while publisher.keep_up():
            pass
        static_site.follow(publisher.store, folder / "site")


@dataclass
class Load:
    """What one server was asked and answered."""

    port: int
    requests: int = 0

    def rate(self, *headers: str) -> float:
        """Requests answered in a second, for a few seconds."""
        asked = [part for header in headers for part in ("-H", header)]
        done = subprocess.run(
            ["wrk", "-t1", "-c32", f"-d{SECONDS}s", "--timeout", "30s", *asked, f"http://127.0.0.1:{self.port}/"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        if "Non-2xx or 3xx" in done or "Socket errors" in done:
            raise RuntimeError(done)
        self.requests += int(re.search(r"(\d+) requests in", done)[1])
        return float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])


def tag(port: int, **headers: str) -> str:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/", headers=headers)
    with urllib.request.urlopen(asked) as answer:
        return f"If-None-Match: {answer.headers['ETag']}"


def memory(process: subprocess.Popen[bytes]) -> int:
    """Resident KiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def compare(loads: dict[str, Load]) -> dict[str, dict[str, list[float]]]:
    """The rates of each server for each way to ask, taken in turns."""
    ways = {"plain": (), "gzip": ("Accept-Encoding: gzip",), "304": None}
    found: dict[str, dict[str, list[float]]] = {way: {} for way in ways}
    for _ in range(ROUNDS):
        for way, headers in ways.items():
            for name, load in loads.items():
                if name == "per request" and way != "plain":
                    continue
                asked = (tag(load.port),) if headers is None else headers
                found[way].setdefault(name, []).append(load.rate(*asked))
                if name == "per request":
                    tag(load.port)  # answered when what it still has in hand is done
    return found


def ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def main() -> int:
    for program in ("nginx", "wrk"):
        if shutil.which(program, path="/usr/sbin:/usr/bin:/bin") is None:
            sys.exit(f"{program} is not installed.")
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        folder.chmod(0o755)  # nginx's worker is another user
        build(folder)
        ports = {name: instances.free_port() for name in ("allclear", "nginx", "per request")}
        place = {"ALLCLEAR_DATA_DIR": str(folder), "ALLCLEAR_WORKERS": "0"}
        ours = stack.enter_context(
            instances.running(
                *instances.python(SERVE), "serve", "--bind", f"127.0.0.1:{ports['allclear']}",
                port=ports["allclear"], **place,
            )
        )  # fmt: skip
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=ports["nginx"]))
        stack.enter_context(
            instances.running("/usr/sbin/nginx", "-c", folder / "nginx.conf", port=ports["nginx"])
        )
        stack.enter_context(
            instances.running(
                *instances.python(PER_REQUEST.format(port=ports["per request"])),
                port=ports["per request"],
                **place,
            )
        )
        return report(ports, ours)


def report(ports: dict[str, int], ours: subprocess.Popen[bytes]) -> int:
    loads = {name: Load(port) for name, port in ports.items()}
    for load in loads.values():
        load.rate()  # what is filled once is filled now
    before, loads["allclear"].requests = memory(ours), 0
    rates = compare(loads)
    while loads["allclear"].requests < LEAST_REQUESTS:
        loads["allclear"].rate()
    after = memory(ours)
    for way, servers in rates.items():
        shown = "   ".join(
            f"{name} {statistics.median(found):>8,.0f}/s" for name, found in servers.items()
        )
        of_nginx = ratio(servers["allclear"], servers["nginx"])
        print(f"{way:>6}   {shown}   {of_nginx:.2f} of nginx (bar: {LEAST_OF_NGINX})")
    of_flask = ratio(rates["plain"]["allclear"], rates["plain"]["per request"])
    count = loads["allclear"].requests
    print(f"plain: {of_flask:.0f} times rendering for each request (bar: {LEAST_OF_FLASK})")
    print(f"memory: {before:,} KiB, and {after:,} KiB after {count:,} more requests")
    least = min(ratio(servers["allclear"], servers["nginx"]) for servers in rates.values())
    good = least >= LEAST_OF_NGINX and of_flask >= LEAST_OF_FLASK and after < before * MOST_MEMORY
    print("met" if good else "NOT met")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
