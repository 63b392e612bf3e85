"""Which documents there are, and each one as finished bytes."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import clock
from app.config import ROOT, settings
from app.content import assets, feeds, language, pages
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
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers than every document has."""

    @cached_property
    def etag(self) -> str:
        """A strong tag, without its quotes: it changes when a byte changes."""
        return hashlib.sha256(self.content_type.encode() + b"\n" + self.body).hexdigest()[:32]


@dataclass(frozen=True)
class Request:
    """Whose document is asked for, at which moment, and the parts of its path."""

    organisation: Organisation
    now: datetime
    path: str
    part: str


@dataclass(frozen=True)
class Kind:
    """Documents of one kind: their address, with the noun that each one is about, if any."""

    address: str
    write: Callable[[Request], Document | None]

    @property
    def noun(self) -> str:
        """`incident`, `month`, or empty for a document that there is once."""
        return next((noun for noun in PARTS if f"{{{noun}}}" in self.address), "")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        fixed, _, rest = self.address.partition(f"{{{self.noun}}}")
        return re.compile(f"{re.escape(fixed)}({PARTS.get(self.noun, '')}){re.escape(rest)}")


def render(path: str, now: datetime | None = None) -> Document | None:
    """The document at this path; None where there is none, or nothing is set up yet."""
    ours = organisation.current()
    if ours is None:
        return None
    with language.speaking(ours.language):
        for kind in KINDS:
            if found := kind.pattern.fullmatch(path):
                return kind.write(Request(ours, now or clock.now(), path, found[1]))
    return None


def lasting() -> list[str]:
    """The paths of the documents that there are once; every change may touch them."""
    return [kind.address for kind in KINDS if not kind.noun]


def about(noun: str, parts: Iterable[str]) -> list[str]:
    """The paths of all documents about these: `about("incident", codes)`."""
    kinds = [kind for kind in KINDS if kind.noun == noun]
    return [kind.address.replace(f"{{{noun}}}", part) for part in parts for kind in kinds]


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


PARTS = {"incident": "[0-9a-z]{12}", "month": "[0-9]{4}-[0-9]{2}"}
KINDS = (
    Kind("/", _overview),
    Kind("/history", _history),
    Kind("/history/{month}", _history),
    Kind("/incidents/{incident}", _incident),
    Kind("/feed.rss", _rss),
    Kind("/feed.atom", _atom),
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
    language.install(environment)
    return environment
