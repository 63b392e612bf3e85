"""A PostgreSQL server of our own that may be crashed, and migrated databases to break."""

import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.databases import migrate


class Server:
    """Listens on a socket only. Its writes are not synced: what is killed is its processes."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="allclear-faults-"))
        self.home.chmod(0o755)
        self._bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self._prefix = []
        if Path("/proc/self").owner() == "root":
            shutil.chown(self.home, "postgres", "postgres")
            self._prefix = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "-D", self.home / "data", "-U", "postgres", "-A", "trust", "-N")
        self._start()

    def address(self, name):
        return f"postgresql://postgres@/{name}?host={self.home}"

    def crash(self):
        """Kill every process of it without letting it finish anything, and start it again."""
        self._control("-m", "immediate", "stop")
        self._start()

    def close(self):
        self._control("-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def _start(self):
        options = f"-c fsync=off -c listen_addresses= -c max_connections=60 -k {self.home}"
        self._control("-l", self.home / "log", "-o", options, "start")

    def _control(self, *command):
        self._run("pg_ctl", "-D", self.home / "data", "-w", *command)

    def _run(self, program, *command):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        whole = [*self._prefix, self._bin / program, *command]
        subprocess.run([str(part) for part in whole], check=True, cwd="/tmp", **quiet)


@contextmanager
def database(kind, folder):
    """Yield the address of a migrated database, and its server where it has one."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'allclear.db'}"
        migrate(url, folder)
        yield url, None
        return
    server = Server()
    try:
        with psycopg.connect(server.address("postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE allclear")
        url = server.address("allclear")
        migrate(url, folder)
        yield url, server
    finally:
        server.close()
