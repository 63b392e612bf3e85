"""`/history.rss` and `/history.atom` as Statuspage writes them: one item for each incident.

An item is rewritten with each update of its incident. Readers find out where it stands by the
first word in <strong>, and when by the times around it, so the marks are kept to the letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from app.content import characters, statuspage, times
from app.content.statuspage import Whose
from app.content.statuspage_board import Board
from app.models import Incident

ITEMS = 25
WORDS = {"in_progress": "In progress"}
QUOTES = {"'": "&apos;", '"': "&quot;"}
ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Said:
    """One update as it stands in a description."""

    at: datetime
    status: str
    body: str


@dataclass(frozen=True)
class Item:
    """One incident as it stands in the feed."""

    code: str
    title: str
    published_at: datetime
    """When its newest update was given; a post-mortem after its end does not move it."""
    updated_at: datetime
    updates: tuple[Said, ...]
    """Newest first."""
    window: tuple[datetime, datetime] | None = None
    """When a maintenance begins and ends."""


def rss(board: Board) -> bytes:
    return write_rss(board.whose, items(board), board.updated_at)


def atom(board: Board) -> bytes:
    return write_atom(board.whose, items(board), board.updated_at)


def items(board: Board) -> list[Item]:
    """The newest incidents and maintenances, by the date that they stand under."""
    told = [*board.incidents, *board.maintenances]
    newest = sorted(told, key=lambda one: one.opened_at, reverse=True)[:ITEMS]
    return sorted(map(_item, newest), key=dated, reverse=True)


def dated(item: Item) -> datetime:
    """A maintenance stands under its beginning, though that may lie ahead."""
    return item.window[0] if item.window else item.published_at


def _item(told: Incident) -> Item:
    updates = statuspage.public_updates(told)
    window = None
    if told.scheduled_for:
        window = (told.scheduled_for, told.scheduled_until or told.scheduled_for)
    return Item(
        code=told.code,
        title=told.title,
        published_at=statuspage.resolved_at(updates) or updates[0].published_at,
        updated_at=statuspage.updated_at(told),
        updates=tuple(
            Said(one.published_at, statuspage.status(one), statuspage.body(one)) for one in updates
        ),
        window=window,
    )


def write_rss(whose: Whose, shown: Sequence[Item], updated_at: datetime) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">',
        "  <channel>",
        f"    <title>{_xml(_title(whose))}</title>",
        f"    <link>{_xml(whose.address)}</link>",
        "    <description>Statuspage</description>",
        f"    <pubDate>{_rfc822(whose, updated_at)}</pubDate>",
    ]
    for item in shown:
        address = _xml(f"{whose.address}/incidents/{item.code}")
        lines += [
            "    <item>",
            f"      <title>{_xml(_name(item))}</title>",
            "      <description>",
            f"{_xml(description(whose, item))}      </description>",
            f"      <pubDate>{_rfc822(whose, dated(item))}</pubDate>",
        ]
        if item.window:
            end = _rfc822(whose, item.window[1])
            lines.append(f"      <maintenanceEndDate>{end}</maintenanceEndDate>")
        lines += [f"      <link>{address}</link>", f"      <guid>{address}</guid>", "    </item>"]
    return _bytes([*lines, "  </channel>", "</rss>"])


def write_atom(whose: Whose, shown: Sequence[Item], updated_at: datetime) -> bytes:
    tag = f"tag:{urlsplit(whose.address).hostname},2005:"
    page = _xml(whose.address)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xml:lang="en-US" xmlns="{ATOM_NAMESPACE}">',
        f"  <id>{_xml(tag)}/history</id>",
        f'  <link rel="alternate" type="text/html" href="{page}"/>',
        f'  <link rel="self" type="application/atom+xml" href="{page}/history.atom"/>',
        f"  <title>{_xml(_title(whose))}</title>",
        f"  <updated>{times.iso(updated_at)}</updated>",
        f"  <author>\n    <name>{_xml(characters.one_line(whose.name))}</name>\n  </author>",
    ]
    for item in shown:
        lines += [
            "  <entry>",
            f"    <id>{_xml(tag)}Incident/{item.code}</id>",
            f"    <published>{times.iso(item.published_at)}</published>",
            f"    <updated>{times.iso(item.updated_at)}</updated>",
            f'    <link rel="alternate" type="text/html" href="{page}/incidents/{item.code}"/>',
            f"    <title>{_xml(_name(item))}</title>",
            f'    <content type="html">{_xml(description(whose, item))}</content>',
            "  </entry>",
        ]
    return _bytes([*lines, "</feed>"])


def description(whose: Whose, item: Item) -> str:
    """Every update of the item as HTML, newest first; of a maintenance its window before them."""
    parts = [_window(whose, *item.window)] if item.window else []
    for said, before in zip(item.updates, [*item.updates[1:], None], strict=True):
        is_more = before is not None and before.status == said.status
        word = "Update" if is_more else WORDS.get(said.status, said.status.capitalize())
        body = escape(characters.legal(said.body)).replace("\n", "<br />")
        at = f"{_day(whose, said.at)}, {_time(whose, said.at)} {_zone(whose, said.at)}"
        parts.append(f"<p><small>{at}</small><br><strong>{word}</strong> - {body}</p>")
    return "".join(parts)


def _window(whose: Whose, start: datetime, end: datetime) -> str:
    first = f"{_day(whose, start)}, {_time(whose, start)}"
    if whose.zone.day_of(start) == whose.zone.day_of(end):
        words = f"{first} - {_time(whose, end)} {_zone(whose, end)}"
    else:
        last = f"{_day(whose, end)}, {_time(whose, end)} {_zone(whose, end)}"
        words = f"{first} {_zone(whose, start)} &nbsp;-&nbsp; {last}"
    return f"<p><strong>THIS IS A SCHEDULED EVENT {words}</strong></p>"


def _day(whose: Whose, moment: datetime) -> str:
    """The month's short name, and the day with a space in the place of a nought."""
    there = moment.astimezone(whose.zone.info)
    return f"{_MONTHS[there.month - 1]} <var data-var='date'>{there.day:2}</var>"


def _time(whose: Whose, moment: datetime) -> str:
    return f"<var data-var='time'>{moment.astimezone(whose.zone.info):%H:%M}</var>"


def _zone(whose: Whose, moment: datetime) -> str:
    return f"{moment.astimezone(whose.zone.info):%Z}"


def _rfc822(whose: Whose, moment: datetime) -> str:
    return format_datetime(moment.astimezone(whose.zone.info))


def _title(whose: Whose) -> str:
    return f"{characters.one_line(whose.name)} Status - Incident History"


def _name(item: Item) -> str:
    return characters.one_line(item.title) or "Incident"


def _xml(text: str) -> str:
    return escape(characters.legal(text), QUOTES)


def _bytes(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


# Not `%b`: these stand in English on every page, whatever language the machine speaks.
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
