"""What `allclear doctor` looks at: each check says what it found and, in words, what to do."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import text

from app import clock, migrating, publication
from app.config import settings
from app.db import db
from app.domain import health, organisation, pulses, transports
from app.migrating import Fit

LEAST_FREE = 500 * 2**20
"""Bytes below which the disk is nearly full: a SQLite log and the documents need room."""
MOST_OFF = timedelta(seconds=5)
OURS = ("localhost", "127.0.0.1", "::1")


class Mark(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    what: str
    mark: Mark
    said: str


def everything() -> list[Finding]:
    """Look at all that can be looked at without asking another machine."""
    found = _tried(SETTINGS)
    reached = _tried(DATABASE)
    if any(one.mark is Mark.BAD for one in reached):
        return found + reached  # nothing else could be read either
    return found + reached + _tried(RUNNING)


def _tried(looks: Iterable[Callable[[], Finding]]) -> list[Finding]:
    """What they found; a look that cannot be taken is a finding as well."""
    found = []
    for look in looks:
        try:
            found.append(look())
        except Exception as error:
            db.session.rollback()
            what = (look.__doc__ or "").rstrip(".")
            plain = getattr(error, "orig", None) or error  # without the library's words around it
            reason = str(plain).strip().splitlines() or [type(error).__name__]
            found.append(Finding(what, Mark.BAD, reason[0]))
    return found


def public_url() -> Finding:
    """Public address."""
    url, host = settings().public_url, settings().public_host
    if host in OURS:
        return _warn(public_url, f"{url} is this machine's own: set ALLCLEAR_PUBLIC_URL.")
    if not url.startswith("https://"):
        return _bad(public_url, f"{url} should begin with https://: cookies and links travel open.")
    if "." not in host or host.endswith((".local", ".internal", ".test", ".invalid")):
        return _warn(public_url, f"{host} is no name that customers elsewhere can look up.")
    return _good(public_url, url)


def sender() -> Finding:
    """Sender of mails."""
    address, host = settings().sender, settings().public_host
    domain = address.rpartition("@")[2].lower()
    if settings().email == "folder":
        return _warn(sender, "Mails are kept as files; nobody is mailed. Set ALLCLEAR_EMAIL.")
    if domain in OURS or domain.replace(".", "").isdigit() or "." not in domain:
        return _bad(sender, f"{address} is no address that others take: set ALLCLEAR_EMAIL_FROM.")
    if _organisation_of(domain) != _organisation_of(host):
        return _warn(
            sender,
            f"{address} and links to {host} belong to different domains: filters distrust that. "
            "SPF, DKIM and DMARC must be those of the sender's.",
        )
    return _good(sender, f"{address}, of the same domain as the links")


def _organisation_of(host: str) -> str:
    """The last two labels: near enough to compare, without a list of every registry."""
    return ".".join(host.lower().split(".")[-2:])


def proxies() -> Finding:
    """Proxies."""
    hops, bind = settings().proxy_hops, settings().bind.rpartition(":")[0]
    is_https = settings().public_url.startswith("https://")
    if is_https and not hops:
        return _warn(
            proxies, "The address is https and no proxy is counted: set ALLCLEAR_PROXY_HOPS."
        )
    if hops and bind not in OURS:
        return _warn(
            proxies,
            f"{hops} proxies are trusted, and {settings().bind} is reached past them as well: "
            "who gets there can claim any address. Let only the proxy in.",
        )
    return _good(proxies, f"{hops} in front, listening on {settings().bind}")


def secret_key() -> Finding:
    """Secret key."""
    key, path = settings().key(), settings().data_dir / "secret_key"
    if len(set(key)) < 8:
        return _bad(secret_key, "It repeats itself, so it can be guessed. Make one at random.")
    if not settings().secret_key.get_secret_value() and path.stat().st_mode & 0o077:
        return _bad(secret_key, f"Others can read {path}: chmod 600 it.")
    return _good(secret_key, f"{len(key)} characters")


def data_folder() -> Finding:
    """Data folder."""
    folder = settings().data_dir
    trial = folder / f".doctor-{os.getpid()}"
    trial.write_bytes(b"x")
    trial.unlink()
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        return _bad(data_folder, f"Only {free // 2**20} MB are free in {folder}.")
    return _good(data_folder, f"{folder} can be written, {free // 2**30} GB are free")


def database() -> Finding:
    """Database."""
    stands, revision = migrating.fit()
    if stands is not Fit.CURRENT:
        return _bad(database, f"It is {stands} (revision {revision}): run allclear upgrade.")
    return _good(database, f"{db.engine.dialect.name}, at revision {revision}")


def safe_writes() -> Finding:
    """Safe writes."""
    if db.engine.dialect.name == "sqlite":
        mode = db.session.scalar(text("PRAGMA journal_mode"))
        sync = db.session.scalar(text("PRAGMA synchronous"))
        keys = db.session.scalar(text("PRAGMA foreign_keys"))
        said = db.session.scalar(text("PRAGMA quick_check"))
        if (mode, sync, keys, said) != ("wal", 2, 1, "ok"):
            return _bad(safe_writes, f"journal {mode}, synchronous {sync}, check: {said}")
        return _good(safe_writes, "write-ahead log, every commit synced, the file is whole")
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if db.session.scalar(text(f"SHOW {name}")) == "off"
    ]
    if off:
        return _bad(safe_writes, f"{', '.join(off)} off: a crash can lose what was owed.")
    return _good(safe_writes, "a commit survives a crash")


def clocks() -> Finding:
    """Clock."""
    if db.engine.dialect.name == "sqlite":
        return _clock_of_one_machine()
    off = pulses.follow_database()
    if abs(off) > MOST_OFF:
        return _warn(clocks, f"{abs(off).total_seconds():.0f} s off the database's: check NTP.")
    return _good(clocks, "as the database's")


def _clock_of_one_machine() -> Finding:
    """Beside SQLite there is no other clock: only what it showed before can be compared."""
    ahead = (pulses.latest() or clock.now()) - clock.now()
    if ahead > MOST_OFF:
        return _warn(
            clocks,
            f"It was set back: something was written {ahead.total_seconds():.0f} s later than "
            "it shows now. Check NTP.",
        )
    return _good(clocks, "not behind what was written by it; no other was asked")


def published() -> Finding:
    """Publication."""
    ours = organisation.current()
    if ours is None:
        return _warn(published, "Nothing yet: this instance is not set up.")
    faults = publication.faults()
    if faults:
        return _bad(published, f"{faults[0].path} could not be rendered ({len(faults)} in all).")
    standing = publication.standing()
    if standing.number < ours.changes:
        return _warn(published, "It is behind: is allclear serve or web running here?")
    return _good(published, f"as of {standing.as_of[:16].replace('T', ' ')} UTC")


def delivery() -> Finding:
    """Delivery."""
    seen = health.look()
    if seen.is_late:
        oldest = f"Messages are late, the oldest has waited for {seen.oldest_seconds:,} s"
        return _bad(delivery, f"{oldest}; {_waiting(seen)}." if seen.owed else f"{oldest}.")
    if not seen.workers:
        return _warn(delivery, "No worker works: start allclear serve or allclear worker.")
    if not seen.is_clock_alive:
        return _warn(delivery, "No clock runs: start allclear serve or allclear clock.")
    works = "1 process works" if seen.workers == 1 else f"{seen.workers} processes work"
    return _good(delivery, f"{works}; {_waiting(seen)}")


def _waiting(seen: health.Health) -> str:
    """ "3 messages wait, 2 of them for a later try"."""
    if not seen.owed:
        return "no message waits"
    more = " or more" if seen.owed >= health.MOST_COUNTED else ""
    said = "1 message waits" if seen.owed == 1 else f"{seen.owed:,}{more} messages wait"
    if seen.later == seen.owed:
        return f"{said} for a later try"
    return f"{said}, {seen.later:,} of them for a later try" if seen.later else said


def ways_out() -> Finding:
    """Ways out."""
    paused = [row for row in transports.every().values() if transports.is_paused(row)]
    if paused:
        return _bad(ways_out, f"{paused[0].name} is paused: {paused[0].reason}")
    mails = urlsplit(settings().email).scheme or settings().email
    return _good(ways_out, f"mails by {mails}, nothing is paused")


SETTINGS = (public_url, sender, proxies, secret_key, data_folder)
DATABASE = (database, safe_writes)
RUNNING = (clocks, published, delivery, ways_out)


def _good(look: Callable[[], Finding], said: str) -> Finding:
    return Finding((look.__doc__ or "").rstrip("."), Mark.GOOD, said)


def _warn(look: Callable[[], Finding], said: str) -> Finding:
    return Finding((look.__doc__ or "").rstrip("."), Mark.WARNING, said)


def _bad(look: Callable[[], Finding], said: str) -> Finding:
    return Finding((look.__doc__ or "").rstrip("."), Mark.BAD, said)
