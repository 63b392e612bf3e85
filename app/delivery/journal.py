"""What a worker has handed over since it last told the database; survives its death."""

import fcntl
import os
import re
import secrets
import socket
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger("app.delivery")


@dataclass(frozen=True)
class Remains:
    """What a worker that died left behind."""

    worker: str
    begun: set[int] = field(default_factory=set)
    sent: dict[int, str] = field(default_factory=dict)
    """The provider's answer, by the delivery's id."""


class Journal:
    """One file of one worker, locked while the worker lives.

    Lines are written straight to the operating system and not synced: they outlive the process,
    though not the machine. What a machine's crash takes is sent again when the lease ends.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.worker = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._path = folder / f"{self.worker}.journal"
        # It gets its name when it is locked: before, another worker would take us for dead.
        unlocked = folder / f"{self.worker}.new"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file = os.open(unlocked, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unlocked.rename(self._path)
        self._is_used = False
        self._open: set[int] = set()
        self._lock = threading.Lock()

    def begin(self, ids: Collection[int]) -> None:
        """Note that these are about to be handed over."""
        with self._lock:
            self._open.update(ids)
            self._write(f"begun {_listed(ids)}\n")

    def sent(self, ids: Collection[int], answer: str) -> None:
        """Note that these were handed over, and what was answered."""
        with self._lock:
            self._write(f"sent {_listed(ids)} {' '.join(answer.split())}\n")

    def forget(self, ids: Collection[int]) -> None:
        """The database knows the outcome of these; the file is emptied when it knows all."""
        with self._lock:
            self._open.difference_update(ids)
            if not self._is_used:
                return
            if self._open:
                self._write(f"told {_listed(ids)}\n")  # what comes of them later is news
                return
            os.ftruncate(self._file, 0)
            self._is_used = False

    def close(self, *, keep: bool) -> None:
        """Let go of the file, and remove it unless it holds what the database was not told."""
        if not keep:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _write(self, line: str) -> None:
        self._is_used = True
        try:
            os.write(self._file, line.encode())
        except OSError:
            # A full disk must not stop the news; it only makes a repeat after a crash likelier.
            log.warning("the journal cannot be written", worker=self.worker)


def of_the_dead(folder: Path) -> Iterator[Remains]:
    """What workers of this machine that died have left; each file goes when it is dealt with."""
    for path in sorted(folder.glob("*.journal")):
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield _read(path)
            path.unlink(missing_ok=True)
        except (BlockingIOError, FileNotFoundError):
            continue  # its worker lives, or another has dealt with it
        finally:
            os.close(file)


def _read(path: Path) -> Remains:
    remains = Remains(path.stem)
    for line in path.read_text("utf-8", "replace").splitlines():
        # A last line that was cut off is of no use, and only costs one repeat.
        if found := re.fullmatch(r"begun ([\d,]+)", line):
            remains.begun.update(_ids(found[1]))
        elif found := re.fullmatch(r"sent ([\d,]+) (.*)", line):
            remains.sent.update(dict.fromkeys(_ids(found[1]), found[2]))
        elif found := re.fullmatch(r"told ([\d,]+)", line):
            for one in _ids(found[1]):
                remains.begun.discard(one)
                remains.sent.pop(one, None)
    return remains


def _listed(ids: Collection[int]) -> str:
    return ",".join(map(str, ids))


def _ids(listed: str) -> list[int]:
    return [int(one) for one in listed.split(",") if one]


def _machine() -> str:
    return re.sub(r"[^\w.]", "", socket.gethostname())[:40] or "machine"
