"""RSS and Atom: one item for each update, whose id and date no correction changes."""

from dataclasses import dataclass
from datetime import datetime

from feedgen.feed import FeedGenerator

from app.content import language, pages, public_incidents, times
from app.content.language import gettext as _
from app.content.public_incidents import PublicUpdate
from app.domain import status
from app.models import Organisation

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

    def rss(self) -> bytes:
        feed = self._feed("/feed.rss")
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
        feed = self._feed("/feed.atom")
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

    def _feed(self, path: str) -> FeedGenerator:
        feed = FeedGenerator()
        feed.id(f"{self.address}{path}")
        feed.title(_("%(name)s status", name=self.name))
        feed.description(_("Every update on incidents at %(name)s.", name=self.name))
        feed.language(language.current())
        feed.generator("Allclear")
        feed.link(href=f"{self.address}{path}", rel="self")
        return feed


def build(organisation: Organisation, public_url: str, now: datetime) -> Feed:
    """The feed of everything that the status page was told lately."""
    zone = times.zone(organisation.time_zone, now)
    site = pages.site(organisation, now)
    items = []
    for update in status.newest_public_updates(LENGTH):
        shown = public_incidents.show_update(update, zone)
        items.append(Item(f"{public_incidents.title(update.incident)} — {shown.stage}", shown))
    newest = items[0].update.published_at if items else organisation.set_up_at
    name = _("%(name)s (example)", name=site.name) if site.is_example else site.name
    return Feed(name, public_url, tuple(items), newest)
