"""The documents in S3-compatible storage, for a site that needs no machine of ours at all."""

import hashlib
import json
import mimetypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.config import ROOT
from app.content import policy
from app.publication.answers import Packed, pack
from app.publication.store import Store

LIST = ".allclear.json"
"""The object that says what we wrote: what stands in it we may replace and remove, nothing else."""
FORM = "1"
"""How objects are written. Another number has all of them written anew."""
FOR_BROWSERS = ("text/html", "text/css", "text/javascript", "application/javascript")
"""Stored packed: storage cannot ask who can unpack. Feeds and JSON are read by simpler programs."""
AT_ONCE = 16
PER_REMOVAL = 1000
"""Objects that one request may remove."""
FRONT = "index.html"


@dataclass(frozen=True)
class Made:
    """One object as it is to lie there."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """An object that there is to be: its tag, and how to make it when it is not there yet."""

    tag: str
    make: Callable[[], Made | None]


@dataclass(frozen=True)
class Done:
    """What was changed to bring the storage up to date."""

    written: int = 0
    removed: int = 0


class Bucket:
    """A place in the storage: a bucket, and what the names of our objects begin with."""

    def __init__(self, client: Any, name: str, prefix: str = "") -> None:
        self._client = client
        self._name = name
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def follow(self, store: Store) -> Done:
        """Bring the storage up to the store's revision: write what changed, remove what is gone.

        Safe to repeat, and to break off: what will be written is noted before it is.
        """
        wanted = {**dict(_static_files()), **_documents(store)}
        there = self._read_list()
        changed = [name for name, one in wanted.items() if there.get(name) != one.tag]
        gone = [name for name in there if name not in wanted]
        if changed or gone:
            self._write_list(there | dict.fromkeys(changed, ""))
            self._write({name: wanted[name] for name in changed})
            self._remove(gone)
            self._write_list({name: one.tag for name, one in wanted.items()})
        return Done(len(changed), len(gone))

    def _write(self, changed: Mapping[str, Wanted]) -> None:
        """Write many at a time, and the front last: it leads to the others."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            others = (pair for pair in changed.items() if pair[0] != FRONT)
            list(pool.map(lambda pair: self._put(*pair), others))
        if FRONT in changed:
            self._put(FRONT, changed[FRONT])

    def _put(self, name: str, one: Wanted) -> None:
        if made := one.make():
            self._client.put_object(
                Bucket=self._name, Key=self._prefix + name, Body=made.body, **made.headers
            )

    def _remove(self, names: Iterable[str]) -> None:
        names = list(names)
        for at in range(0, len(names), PER_REMOVAL):
            objects = [{"Key": self._prefix + name} for name in names[at : at + PER_REMOVAL]]
            self._client.delete_objects(
                Bucket=self._name, Delete={"Objects": objects, "Quiet": True}
            )

    def _read_list(self) -> dict[str, str]:
        try:
            found = self._client.get_object(Bucket=self._name, Key=self._prefix + LIST)
        except self._client.exceptions.NoSuchKey:
            return {}
        tags: dict[str, str] = json.loads(found["Body"].read())
        return tags

    def _write_list(self, tags: Mapping[str, str]) -> None:
        self._client.put_object(
            Bucket=self._name,
            Key=self._prefix + LIST,
            Body=json.dumps(tags).encode(),
            ContentType="application/json",
            CacheControl="no-store",
        )


def key(path: str) -> str:
    """What the object of an address is called: the address itself, as storage serves it."""
    return FRONT if path == "/" else path.removeprefix("/")


def _documents(store: Store) -> dict[str, Wanted]:
    store.refresh()
    return {
        key(path): Wanted(f"{FORM} {tag}", partial(_document, store, path))
        for path, tag in store.tags().items()
    }


def _document(store: Store, path: str) -> Made | None:
    kept = store.kept(path)
    if kept is None:
        return None  # it went a moment ago; the next time removes it
    document = kept.document
    cache = document.headers.get("Cache-Control", policy.FRESH)
    return _made(document.body, document.content_type, kept.packed, cache)


def _static_files() -> Iterator[tuple[str, Wanted]]:
    for file in (ROOT / "static").rglob("*.*"):
        name = file.relative_to(ROOT).as_posix()
        tag = hashlib.sha256(file.read_bytes()).hexdigest()[:32]
        yield name, Wanted(f"{FORM} {tag}", partial(_static_file, file))


def _static_file(file: Path) -> Made:
    body = file.read_bytes()
    content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    return _made(body, content_type, pack(body), policy.BRIEFLY)


def _made(body: bytes, content_type: str, packed: Packed, cache: str) -> Made:
    headers = {"ContentType": content_type, "CacheControl": cache}
    if packed.gzip and content_type.partition(";")[0] in FOR_BROWSERS:
        return Made(packed.gzip, {**headers, "ContentEncoding": "gzip"})
    return Made(body, headers)
