"""The mails that the folder channel kept, as people read them."""

import hashlib
import heapq
import os
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from app.config import ROOT, settings

_NAME = re.compile(r"[0-9a-z]{1,40}\.[0-9a-f]{1,64}\.eml")
_STYLE_ATTRIBUTE = re.compile(r'\sstyle="[^"]*"')
_STYLE_ELEMENT = re.compile(r"<style>.*?</style>", re.S)


@dataclass(frozen=True)
class Mail:
    """One mail as it was kept."""

    name: str
    at: datetime
    to: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def folder() -> Path:
    return settings().data_dir / "mails"


def newest(limit: int) -> list[Mail]:
    """The newest mails, newest first."""
    try:
        with os.scandir(folder()) as entries:
            files = [(e.stat().st_mtime, e.name) for e in entries if _NAME.fullmatch(e.name)]
    except FileNotFoundError:
        return []
    found = (read(name) for _, name in heapq.nlargest(limit, files))
    return [mail for mail in found if mail]


def read(name: str) -> Mail | None:
    """The mail of this name; None when there is none, or the name is not one of ours."""
    if not _NAME.fullmatch(name):
        return None
    path = folder() / name
    try:
        parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
    return Mail(
        name=name,
        at=at,
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        headers=tuple((header, str(value)) for header, value in parsed.items()),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def for_frame(mail: Mail) -> tuple[str, str]:
    """The HTML part for a frame of a page, and the source of its one style for the policy.

    A policy without exceptions allows no styles in tags, so the mail's style sheet stands in
    for what was written from it into the tags.
    """
    style = _style()
    html = _STYLE_ATTRIBUTE.sub("", _STYLE_ELEMENT.sub("", mail.html))
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return html.replace("<head>", f"<head><style>{style}</style>", 1), f"'sha256-{digest}'"


@cache
def _style() -> str:
    return (ROOT / "templates" / "email" / "_style.css").read_text("utf-8")
