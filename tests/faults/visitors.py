"""People at the public side while it is restarted: they read, and they subscribe."""

import itertools
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from app import clock
from app.domain import tokens
from tests.cli import running
from tests.faults.house import PATIENCE
from tests.waiting import eventually

PATHS = ("/", "/history", "/feed.rss", "/api/v2/summary.json", "/subscribe")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Website:
    """A public side whose process can be restarted, while its socket stays open."""

    def __init__(self, house):
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self._socket.getsockname()[1]
        place = f"127.0.0.1:{self.port}"
        folder = house.folder / f"web-{self.port}"
        folder.mkdir()
        self._settings = {
            "ALLCLEAR_BIND": place,
            "ALLCLEAR_PUBLIC_URL": f"http://{place}",
            "ALLCLEAR_PROXY_HOPS": "1",
            "ALLCLEAR_DATA_DIR": str(folder),
            "ALLCLEAR_DATABASE_URL": house.values["database_url"],
            "ALLCLEAR_SECRET_KEY": house.values["secret_key"],
            "ALLCLEAR_EMAIL": house.values["email"],
            "ALLCLEAR_LOG_LEVEL": house.values["log_level"],
        }
        self._process = self._started()

    def _started(self):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.web", str(self._socket.fileno())],
            env=running.environment(**self._settings),
            pass_fds=[self._socket.fileno()],
            stdout=subprocess.DEVNULL,
        )

    def restart(self):
        """Stop it with SIGTERM, and start it when it has ended, as systemd does."""
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(PATIENCE)
        assert code == 0, f"it did not stop in order: {code}"
        self._process = self._started()

    def close(self):
        """Let who still waits for an answer be hung up on."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


class Visitors:
    """Some read and one subscribes, without a pause; what each was answered is noted."""

    def __init__(self, website):
        self.answered = []
        """The status of each answer, and how long it took."""
        self.failed = []
        """What went wrong where there was no answer."""
        self._port = website.port
        self._opened = tokens.stamp(clock.now().timestamp() - 10)
        """When the form was opened: who subscribes took a while over it."""
        self._stop = threading.Event()
        ways = (self._read_anew, self._read_on, self._sign_up)
        self._threads = [threading.Thread(target=self._visit, args=[way]) for way in ways]

    def come(self):
        for thread in self._threads:
            thread.start()
        self.stay()

    def stay(self):
        """Wait until each has been answered some more."""
        enough = len(self.answered) + len(self._threads) * 3
        assert eventually(lambda: len(self.answered) >= enough or self.failed, PATIENCE)
        self.check()

    def leave(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def check(self):
        """Nobody was refused, hung up on or told that it is our fault."""
        assert not self.failed, f"{len(self.failed)} had no answer, such as: {self.failed[0]}"
        bad = [status for status, _ in self.answered if status >= 400]
        assert not bad, f"{len(bad)} were answered {sorted(set(bad))}"

    def said(self):
        longest = max(took for _, took in self.answered)
        return f"{len(self.answered)} visits, each answered, after {longest:.1f} s at most"

    def _visit(self, way):
        for number, step in enumerate(way()):
            if self._stop.is_set():
                return
            began = time.monotonic()
            try:
                status = step()
            except (OSError, HTTPException) as error:
                self.failed.append(f"visit {number}: {type(error).__name__}: {error}")
            else:
                self.answered.append((status, time.monotonic() - began))
            self._stop.wait(0.01)

    def _connected(self):
        return HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)

    def _asked(self, connection, method, path, body=None, headers=None):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def _alone(self, *what):
        connection = self._connected()
        try:
            return self._asked(connection, *what)
        finally:
            connection.close()

    def _read_anew(self):
        """A connection for each page."""
        for path in itertools.cycle(PATHS):
            yield lambda path=path: self._alone("GET", path)

    def _read_on(self):
        """One connection for as long as the other side leaves it open."""
        connection = self._connected()
        for path in itertools.cycle(PATHS):
            yield lambda path=path: self._asked_again(connection, "GET", path)

    def _asked_again(self, connection, *what):
        """What every browser does when a connection that it kept was closed meanwhile."""
        was_open = connection.sock is not None
        try:
            return self._asked(connection, *what)
        except ConnectionError:
            connection.close()
            if not was_open:
                raise
            return self._asked(connection, *what)

    def _sign_up(self):
        """Somebody else each time, of another network: each may subscribe five times an hour."""
        for number in itertools.count():
            self._stop.wait(0.05)
            address = f"visitor-{self._port}-{number}@example.org"
            body = {"address": address, "what": "everything", "opened": self._opened}
            headers = FORM | {"X-Forwarded-For": f"10.{number // 256 % 256}.{number % 256}.1"}
            sent = (urlencode(body), headers)
            yield lambda sent=sent: self._alone("POST", "/subscribe", *sent)
