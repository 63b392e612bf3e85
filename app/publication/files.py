"""The documents beside the pages: badges, the picture, the text, and what machines look for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.config import ROOT, settings
from app.content import (
    badge,
    component_pages,
    pages,
    parts,
    plain_text,
    policy,
    preview,
    public_incidents,
    sentence,
    site_files,
    times,
)
from app.content.pages import Overview
from app.domain import components, status
from app.models import Incident
from app.publication.kinds import Document, Kind, Request

SVG = "image/svg+xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
SOON = {"Cache-Control": "public, max-age=60, stale-if-error=86400"}
PRIVATE = {"Cache-Control": "private, max-age=15"}
"""It is also what `/` says to a terminal: a cache in front must not give it to browsers."""
# Its address never changes, so that nobody has to change a page it is in.
SCRIPT = ROOT / "static" / "js" / "embed.js"


def overview(asked: Request) -> Overview:
    """How things stand, read once for all documents of a rendering."""
    if "overview" not in asked.kept:
        asked.kept["overview"] = pages.overview(asked.organisation, asked.now)
    shown: Overview = asked.kept["overview"]
    return shown


def _badge(asked: Request) -> Document:
    page = overview(asked)
    tone = page.sentence.tone
    word = badge.words(tone, {part.tone for group in page.groups for part in group.parts})
    return _made(asked, badge.draw(page.site.title, word, tone), SVG, SOON)


def _component_badge(asked: Request) -> Document | None:
    found = components.public(asked.part)
    if found is None:
        return None
    hurting = [one for one in _going_on(asked) if found.id in public_incidents.impacts(one)]
    worst = component_pages.worst(found, hurting)
    drawn = badge.draw(found.name, parts.word(worst), sentence.TONES[worst])
    return _made(asked, drawn, SVG, SOON)


def _going_on(asked: Request) -> list[Incident]:
    if "going_on" not in asked.kept:
        asked.kept["going_on"] = [*status.open_incidents(), *status.active_maintenances()]
    found: list[Incident] = asked.kept["going_on"]
    return found


def _text(asked: Request) -> Document:
    page = overview(asked)
    return _made(asked, plain_text.overview(page, settings().public_url), TEXT, PRIVATE)


def _preview(asked: Request) -> Document:
    page = overview(asked)
    name, said = page.site.title, page.sentence
    drawn = preview.draw(name, said.segments, said.tone, _said_on(asked, page))
    return Document(asked.path, drawn, "image/png", page.changed_at, SOON)


def _said_on(asked: Request, page: Overview) -> str:
    """When the newest words were said; the day where all is well. It stays in chats for long."""
    zone = times.zone(asked.organisation.time_zone, asked.now)
    said = [update.published_at for one in page.incidents for update in one.updates]
    if not said:
        return times.day_with_year(zone.day_of(asked.now))
    newest = max(said)
    return zone.clock(newest, on=newest - timedelta(days=2)).words


def _robots(asked: Request) -> Document:
    return _lasting(asked, site_files.robots(settings().public_url), TEXT)


def _sitemap(asked: Request) -> Document:
    xml = site_files.sitemap(settings().public_url, _addresses(asked))
    return _lasting(asked, xml, "text/xml; charset=utf-8")


def _addresses(asked: Request) -> Iterator[tuple[str, datetime | None]]:
    yield from (("/", None), ("/history", None), ("/uptime", None))
    for one in components.every():
        if one.is_public:
            yield parts.path(one), None
    for code, changed_at in status.public_changes(limit=site_files.MOST_ADDRESSES):
        yield f"/incidents/{code}", changed_at


def _security(asked: Request) -> Document | None:
    text = site_files.security(asked.organisation, settings().public_url, asked.now)
    return _lasting(asked, text, TEXT) if text else None


def _script(asked: Request) -> Document:
    cached = {"Cache-Control": policy.BRIEFLY}
    words = SCRIPT.read_text(encoding="utf-8")
    return _made(asked, words, "application/javascript; charset=utf-8", cached)


def _lasting(asked: Request, words: str, content_type: str) -> Document:
    return _made(asked, words, content_type, {"Cache-Control": policy.BRIEFLY})


def _made(asked: Request, words: str, content_type: str, headers: dict[str, str]) -> Document:
    """What has no moment of its own changed when it was found to be another."""
    since = asked.organisation.set_up_at
    return Document(asked.path, words.encode(), content_type, since, headers)


KINDS = (
    Kind("/badge.svg", _badge),
    Kind("/components/{component}/badge.svg", _component_badge),
    Kind("/index.txt", _text),
    Kind("/preview.png", _preview),
    Kind("/robots.txt", _robots, is_slow=True),
    Kind("/sitemap.xml", _sitemap, is_slow=True),
    Kind("/.well-known/security.txt", _security, is_slow=True),
    Kind("/embed/script.js", _script, is_slow=True),
)
