"""RSS, Atom and JSON Feed: one item for each update, whose id and date no correction changes."""

import json
from dataclasses import dataclass
from datetime import datetime

from feedgen.feed import FeedGenerator

from app.content import characters, language, pages, public_incidents, times
from app.content.language import gettext as _
from app.content.public_incidents import PublicUpdate
from app.domain import components, status
from app.models import Component, Organisation, Update

LENGTH = 50


@dataclass(frozen=True)
class Item:
    title: str
    update: PublicUpdate


@dataclass(frozen=True)
class Feed:
    """The newest updates. Its bytes change only when one of them does."""

    name: str
    address: str
    """The public address; every id and link begins with it."""
    items: tuple[Item, ...]
    updated_at: datetime
    path: str = "/feed"
    """Its own address, but for the form's ending."""
    component: str = ""
    """The one component that it is about; empty for all."""

    def rss(self) -> bytes:
        feed = self._feed(".rss")
        feed.link(href=f"{self.address}/", rel="alternate")
        feed.lastBuildDate(self.updated_at)
        for item in self.items:
            entry = feed.add_entry(order="append")
            address = self.address + item.update.path
            entry.title(item.title)
            entry.link(href=address)
            entry.guid(address, permalink=True)
            entry.description(str(item.update.body))
            entry.published(item.update.published_at)
        text: bytes = feed.rss_str(pretty=True)
        return text

    def atom(self) -> bytes:
        feed = self._feed(".atom")
        feed.link(href=f"{self.address}/", rel="alternate")
        feed.author(name=self.name)
        feed.updated(self.updated_at)
        for item in self.items:
            entry = feed.add_entry(order="append")
            address = self.address + item.update.path
            entry.id(address)
            entry.title(item.title)
            entry.link(href=address, rel="alternate", type="text/html")
            entry.content(str(item.update.body), type="html")
            entry.published(item.update.published_at)
            # Not when it was corrected: readers announce again what was updated later.
            entry.updated(item.update.published_at)
        text: bytes = feed.atom_str(pretty=True)
        return text

    def json(self) -> bytes:
        """The feed by JSON Feed, version 1.1."""
        items = [
            {
                "id": self.address + item.update.path,
                "url": self.address + item.update.path,
                "title": item.title,
                "content_html": str(item.update.body),
                "content_text": item.update.text,
                "date_published": times.iso(item.update.published_at),
            }
            for item in self.items
        ]
        values = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": f"{self.address}/",
            "feed_url": f"{self.address}{self.path}.json",
            "description": self.description,
            "language": language.current(),
            "authors": [{"name": self.name, "url": f"{self.address}/"}],
            "items": items,
        }
        return json.dumps(values, ensure_ascii=False, indent=1).encode()

    @property
    def title(self) -> str:
        if self.component:
            return _("%(component)s at %(name)s", component=self.component, name=self.name)
        return _("%(name)s status", name=self.name)

    @property
    def description(self) -> str:
        if self.component:
            return _(
                "Every update on incidents of %(component)s at %(name)s.",
                component=self.component,
                name=self.name,
            )
        return _("Every update on incidents at %(name)s.", name=self.name)

    def _feed(self, ending: str) -> FeedGenerator:
        path = self.path + ending
        feed = FeedGenerator()
        feed.id(f"{self.address}{path}")
        feed.title(self.title)
        feed.description(self.description)
        feed.language(language.current())
        feed.generator("Allclear")
        feed.link(href=f"{self.address}{path}", rel="self")
        return feed


def build(
    organisation: Organisation, public_url: str, now: datetime, *, code: str = ""
) -> Feed | None:
    """The feed of everything that the status page was told lately.

    With the code of a component, of the incidents that concern it; None where there is none.
    """
    component = components.public(code) if code else None
    if code and component is None:
        return None
    zone = times.zone(organisation.time_zone, now)
    site = pages.site(organisation, now)
    items = []
    for update in _updates(component):
        shown = public_incidents.show_update(update, zone)
        items.append(Item(f"{public_incidents.title(update.incident)} — {shown.stage}", shown))
    newest = items[0].update.published_at if items else organisation.set_up_at
    name = _("%(name)s (example)", name=site.name) if site.is_example else site.name
    return Feed(
        name,
        public_url,
        tuple(items),
        newest,
        path=f"/components/{code}/feed" if code else "/feed",
        component=characters.one_line(component.name) if component else "",
    )


def _updates(component: Component | None) -> list[Update]:
    """What was taken back keeps its place and its permanent id, and says so."""
    if component is None:
        return status.newest_public_updates(LENGTH)
    return status.newest_public_updates_on(component, LENGTH)
