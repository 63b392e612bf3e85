"""The documents as a folder of files that any web server can serve as they are."""

import os
import shutil
from pathlib import Path

from app.config import ROOT
from app.publication.store import Store

MARK = ".revision"
"""Holds which store the folder follows, and up to which revision."""


def follow(store: Store, folder: Path) -> int:
    """Bring the folder up to the store's revision; return how many documents were written.

    Each file appears whole. Where an address leads is written before the page that leads there.
    """
    state = store.state()
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    name, revision, edition = mark.read_text().split(" ") if mark.exists() else ("", "0", "")
    if (name, edition) != (state.store, state.edition):
        shutil.copytree(ROOT / "static", folder / "static", dirs_exist_ok=True)
    count = 0
    for path, kept in store.since(int(revision) if name == state.store else 0):
        target = folder / file_name(path)
        _write(target, kept.document.body if kept else None)
        _write(target.with_name(f"{target.name}.gz"), (kept and kept.packed.gzip) or None)
        count += 1
    _write(mark, f"{state.store} {state.revision} {state.edition}".encode())
    return count


def file_name(path: str) -> str:
    """Where the document of an address lies below the folder: `/history` is `history.html`."""
    if path == "/":
        return "index.html"
    name = path.removeprefix("/")
    return name if "." in name.rpartition("/")[2] else f"{name}.html"


def _write(target: Path, body: bytes | None) -> None:
    if body is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    trial = target.with_name(f".{target.name}.new")
    trial.write_bytes(body)
    os.replace(trial, target)
