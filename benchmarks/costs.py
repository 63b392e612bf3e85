"""What processes cost: seconds of computing, and memory. Other people's work does not count."""

import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import text

from app.db import db

_TICKS = os.sysconf("SC_CLK_TCK")


def of(ids: Iterable[int]) -> float:
    """Seconds of computing that these processes have taken since they began."""
    return sum(_known(process)[1] for process in ids)


def of_server() -> float:
    """The same of PostgreSQL's server and all of its processes; nothing for SQLite."""
    if db.engine.dialect.name != "postgresql":
        return 0.0
    with db.engine.connect() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
    server = _known(own)[0]
    every = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    # Those that ended are counted by the one that began them.
    return sum(
        seconds + (ended if process == server else 0.0)
        for process in every
        for parent, seconds, ended in [_known(process)]
        if server in (process, parent)
    )


def peak(process: int) -> int:
    """The most memory that a process has had, in KiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def _known(process: int) -> tuple[int, float, float]:
    """A process's parent, its seconds of computing, and those of its children that ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0, 0.0, 0.0
    return (
        int(fields[1]),
        (int(fields[11]) + int(fields[12])) / _TICKS,
        (int(fields[13]) + int(fields[14])) / _TICKS,
    )
