"""Which documents there are, and each one as finished bytes."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import clock
from app.config import ROOT, settings
from app.content import assets, feeds, pages
from app.domain import organisation
from app.models import Organisation

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
EARLIEST_YEAR = 1990


@dataclass(frozen=True)
class Document:
    """One public address as finished bytes."""

    path: str
    body: bytes
    content_type: str
    last_modified: datetime

    @property
    def etag(self) -> str:
        """A strong tag, without its quotes: it changes when a byte changes."""
        return hashlib.sha256(self.body).hexdigest()[:32]


@dataclass(frozen=True)
class Request:
    """Whose document is asked for, at which moment, and the parts of its path."""

    organisation: Organisation
    now: datetime
    path: str
    part: str


def render(path: str) -> Document | None:
    """The document at this path; None where there is none, or nothing is set up yet."""
    ours = organisation.current()
    if ours is None:
        return None
    for pattern, write in _DOCUMENTS:
        if found := pattern.fullmatch(path):
            part = found.group(1) if pattern.groups else ""
            return write(Request(ours, clock.now(), path, part))
    return None


def _overview(asked: Request) -> Document | None:
    return _page("overview", asked, pages.overview(asked.organisation, asked.now))


def _history(asked: Request) -> Document | None:
    try:
        month = date.fromisoformat(f"{asked.part}-01") if asked.part else None
    except ValueError:
        return None
    # The first and last years of the calendar have no month before or after, in some zone.
    if month and not EARLIEST_YEAR <= month.year <= asked.now.year + 1:
        return None
    shown = pages.history(asked.organisation, month, asked.now)
    return _page("history", asked, shown) if shown else None


def _incident(asked: Request) -> Document | None:
    shown = pages.incident(asked.organisation, asked.part, asked.now)
    return _page("incident", asked, shown) if shown else None


def _rss(asked: Request) -> Document | None:
    feed = feeds.build(asked.organisation, settings().public_url, asked.now)
    return Document(asked.path, feed.rss(), RSS, feed.updated_at)


def _atom(asked: Request) -> Document | None:
    feed = feeds.build(asked.organisation, settings().public_url, asked.now)
    return Document(asked.path, feed.atom(), ATOM, feed.updated_at)


def _page(name: str, asked: Request, shown: pages.Page) -> Document:
    template = _environment().get_template(f"public/{name}.html")
    html = template.render(page=shown, site=shown.site, public_url=settings().public_url)
    return Document(asked.path, html.encode(), HTML, shown.changed_at)


_DOCUMENTS: tuple[tuple[re.Pattern[str], Callable[[Request], Document | None]], ...] = (
    (re.compile(r"/"), _overview),
    (re.compile(r"/history"), _history),
    (re.compile(r"/history/([0-9]{4}-[0-9]{2})"), _history),
    (re.compile(r"/incidents/([0-9a-z]{12})"), _incident),
    (re.compile(r"/feed\.rss"), _rss),
    (re.compile(r"/feed\.atom"), _atom),
)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.asset
    return environment
