"""Which documents there are, and each one as finished bytes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import clock
from app.config import ROOT, settings
from app.content import assets, component_pages, language, pages, policy, uptime_pages
from app.domain import organisation
from app.publication import dress, files, programs
from app.publication.kinds import Document, Kind, Request

__all__ = ["Document"]

HTML = "text/html; charset=utf-8"
EARLIEST_YEAR = 1990


def render(
    path: str, now: datetime | None = None, kept: dict[str, Any] | None = None
) -> Document | None:
    """The document at this path; None where there is none, or nothing is set up yet.

    Documents of one moment may share what they have read: give each the same `kept`.
    """
    ours = organisation.current()
    if ours is None:
        return None
    kept = {} if kept is None else kept
    with language.speaking(ours.language):
        for kind in KINDS:
            if found := kind.pattern.fullmatch(path):
                return kind.write(Request(ours, now or clock.now(), path, found[1], kept))
    return None


def lasting() -> list[str]:
    """The paths of the documents that there are once and that every change may touch."""
    return [kind.address for kind in KINDS if not kind.noun and not kind.is_slow]


def slow() -> list[str]:
    """The paths of the documents that there are once and that are rendered each hour."""
    return [kind.address for kind in KINDS if not kind.noun and kind.is_slow]


def about(noun: str, parts: Iterable[str]) -> list[str]:
    """The paths of all documents about these: `about("incident", codes)`."""
    kinds = [kind for kind in KINDS if kind.noun == noun]
    return [kind.address.replace(f"{{{noun}}}", part) for part in parts for kind in kinds]


def _overview(asked: Request) -> Document | None:
    return _page("overview", asked, files.overview(asked))


def _frame(asked: Request) -> Document | None:
    return replace(_page("frame", asked, files.overview(asked)), headers=policy.FRAMED)


def _history(asked: Request) -> Document | None:
    if not _is_month(asked):
        return None
    shown = pages.history(asked.organisation, _month(asked), asked.now)
    return _page("history", asked, shown) if shown else None


def _uptime(asked: Request) -> Document | None:
    if not _is_month(asked):
        return None
    shown = uptime_pages.month(asked.organisation, _month(asked), asked.now)
    return _page("uptime", asked, shown) if shown else None


def _is_month(asked: Request) -> bool:
    """Whether it asks for a month of the calendar, or for the present one."""
    if not asked.part:
        return True
    year, month = map(int, asked.part.split("-"))
    # The first and last years of the calendar have no month before or after, in some zone.
    return 1 <= month <= 12 and EARLIEST_YEAR <= year <= asked.now.year + 1


def _month(asked: Request) -> date | None:
    return date.fromisoformat(f"{asked.part}-01") if asked.part else None


def _component(asked: Request) -> Document | None:
    shown = component_pages.component(asked.organisation, asked.part, asked.now)
    return _page("component", asked, shown) if shown else None


def _incident(asked: Request) -> Document | None:
    shown = pages.incident(asked.organisation, asked.part, asked.now)
    return _page("incident", asked, shown) if shown else None


def _page(name: str, asked: Request, shown: pages.Page) -> Document:
    template = _environment().get_template(f"public/{name}.html")
    html = template.render(
        page=shown, site=shown.site, public_url=settings().public_url, path=asked.path
    )
    return Document(asked.path, html.encode(), HTML, shown.changed_at)


KINDS = (
    Kind("/", _overview),
    Kind("/history", _history),
    Kind("/history/{month}", _history),
    Kind("/uptime", _uptime, is_slow=True),
    Kind("/uptime/{month}", _uptime),
    Kind("/incidents/{incident}", _incident),
    Kind("/components/{component}", _component),
    *programs.KINDS,
    Kind("/embed/frame", _frame),
    *dress.KINDS,
    *files.KINDS,
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
