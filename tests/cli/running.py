"""Commands in processes of their own, as people start them."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ALLCLEAR = [sys.executable, "-c", "from app.cli import main; main()"]


def environment(**settings):
    """The machine's environment without settings of its own, and these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALLCLEAR_")}
    root = os.fspath(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    return clean | {"PYTHONPATH": root, "PYTHONUNBUFFERED": "1"} | settings


def run(*arguments, cwd, **settings):
    """Run a command to its end."""
    return subprocess.run(
        [*ALLCLEAR, *map(str, arguments)],
        env=environment(**settings),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


@contextmanager
def started(*arguments, cwd, **settings):
    """A command that goes on; it is killed at the end when it did not end before."""
    process = subprocess.Popen(
        [*ALLCLEAR, *map(str, arguments)],
        env=environment(**settings),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def printed_until(process, words):
    """What it printed up to the line with these words."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("it ended before it said so: " + "".join(lines))


def free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def get(url):
    """The status and the body that an address answers with."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def children(parent):
    """The ids of the processes that a process has started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # After the name, which may hold anything: the state, then the parent's id.
            status = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(status[1]) == parent:
            found.append(int(folder.name))
    return found
