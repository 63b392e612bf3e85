"""The processes beside the one that breaks things: the provider, and where workers come from."""

import json
import subprocess
import sys


class Process:
    """A helper process that answers each line with a line."""

    def __init__(self, module, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self):
        line = self._process.stdout.readline()
        assert line, "a helper process ended by itself"
        return line.strip()

    def tell(self, **what):
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self.read()

    def close(self):
        self._process.kill()
        self._process.communicate()


class Provider(Process):
    """The provider, and what it noted since it was last told how to behave."""

    def __init__(self, log):
        self.log = log
        log.touch()
        super().__init__("provider", str(log))
        self.smtp_port, self.http_port = map(int, self.read().split())
        self._read_from = 0
        self._notes = []

    def behave(self, **how):
        """From now on; what was noted before is forgotten."""
        self.tell(**how)
        self._read_from = self.log.stat().st_size
        self._notes = []

    def still(self, **how):
        """From now on, remembering what was noted before."""
        self.tell(**how)

    def notes(self):
        with self.log.open("rb") as file:
            file.seek(self._read_from)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read_from += len(whole)
        self._notes += [json.loads(line) for line in whole.splitlines()]
        return self._notes

    def taken(self):
        return [note for note in self.notes() if "to" in note]

    def asked(self, what=""):
        return [note for note in self.notes() if note.get("asked", "").startswith(what or "")]

    def dropped(self):
        return sum("dropped" in note for note in self.notes())
