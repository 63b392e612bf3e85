"""Addresses of our own style sheets, scripts and pictures; they change when the file changes."""

import hashlib
from functools import lru_cache

from app.config import ROOT


@lru_cache(maxsize=256)
def _fingerprint(path: str, _changed: int) -> str:
    return hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """The address of a file below `static/`: a cache may keep it for ever."""
    changed = (ROOT / "static" / path).stat().st_mtime_ns
    return f"/static/{path}?v={_fingerprint(path, changed)}"
