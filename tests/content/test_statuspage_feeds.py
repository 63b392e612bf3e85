"""Statuspage's feeds to the letter, and feeds that no words can break."""

import random
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape

import feedparser
import pytest
from markupsafe import escape

from app.content import characters, feeds, markdown, statuspage_feeds, times
from app.content.public_incidents import PublicUpdate
from app.content.statuspage import Whose
from app.content.statuspage_feeds import Item, Said
from app.content.times import Moment
from tests import shared

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
MANY = 4_000
"""In each of three feeds."""


def whose(name="Ferry", zone="UTC", address="https://s.example"):
    return Whose("p0p0p0p0p0p0", name, address, zone, times.zone(zone, NOON))


def said(status, body, *, at=NOON):
    return Said(at, status, body)


def item(*updates, title="Late", window=None):
    return Item("c1c1c1c1c1c1", title, updates[0].at, updates[0].at, updates, window)


def described(shown, zone="UTC"):
    return statuspage_feeds.description(whose(zone=zone), shown)


def test_an_item_holds_every_update_newest_first_in_statuspages_marks():
    shown = item(
        said("resolved", "Done & dusted.", at=NOON + timedelta(hours=1)),
        said("identified", "One\r\ntwo"),
        said("identified", "A <pump> broke."),
    )

    assert described(shown) == (
        "<p><small>Mar <var data-var='date'> 9</var>, <var data-var='time'>13:00</var> UTC</small>"
        "<br><strong>Resolved</strong> - Done &amp; dusted.</p>"
        "<p><small>Mar <var data-var='date'> 9</var>, <var data-var='time'>12:00</var> UTC</small>"
        "<br><strong>Update</strong> - One<br />two</p>"
        "<p><small>Mar <var data-var='date'> 9</var>, <var data-var='time'>12:00</var> UTC</small>"
        "<br><strong>Identified</strong> - A &lt;pump&gt; broke.</p>"
    )


DAY = "Mar <var data-var='date'>{}</var>, <var data-var='time'>{}</var>"
SHORT = DAY.format(" 9", "06:00") + " - <var data-var='time'>10:00</var> MDT"
LONG = DAY.format(" 9", "06:00") + " MDT &nbsp;-&nbsp; " + DAY.format("10", "06:00") + " MDT"


@pytest.mark.parametrize(("hours", "words"), [(4, SHORT), (24, LONG)])
def test_a_maintenance_says_its_window_first(hours, words):
    window = (NOON, NOON + timedelta(hours=hours))

    text = described(item(said("in_progress", "Now."), window=window), "America/Denver")

    assert text.startswith(f"<p><strong>THIS IS A SCHEDULED EVENT {words}</strong></p><p><small>")
    assert "<strong>In progress</strong> - Now." in text


def test_a_maintenance_stands_under_its_beginning_and_says_its_end():
    window = (NOON + timedelta(days=3), NOON + timedelta(days=3, hours=1))

    text = statuspage_feeds.write_rss(
        whose(zone="America/Denver"), [item(said("scheduled", "Soon."), window=window)], NOON
    ).decode()

    assert (
        "<pubDate>Thu, 12 Mar 2026 06:00:00 -0600</pubDate>\n"
        "      <maintenanceEndDate>Thu, 12 Mar 2026 07:00:00 -0600</maintenanceEndDate>\n"
        "      <link>https://s.example/incidents/c1c1c1c1c1c1</link>\n"
        "      <guid>https://s.example/incidents/c1c1c1c1c1c1</guid>\n"
    ) in text


UPDATE = re.compile(
    r"<p><small>(\w{3}) <var data-var='date'>([ \d]\d)</var>, <var data-var='time'>(\d\d):(\d\d)"
    r"</var> UTC</small><br><strong>(\w+)</strong> - (.*?)</p>"
)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def test_the_recorded_feed_is_written_again_byte_for_byte():
    """Read by its own marks into values, and written from those."""
    recorded = shared.text("githubstatus-history-2022-03.rss")
    channel = ElementTree.fromstring(recorded)[0]  # noqa: S314 - recorded beside the project

    shown = [_read(one) for one in channel.findall("item")]
    written = statuspage_feeds.write_rss(
        whose("GitHub", address="https://www.githubstatus.com"),
        shown,
        parsedate_to_datetime(channel.findtext("pubDate")),
    )

    assert len(shown) == statuspage_feeds.ITEMS
    assert written.decode() == recorded


def _read(recorded):
    published = parsedate_to_datetime(recorded.findtext("pubDate"))
    updates = []
    before = None
    for found in reversed(list(UPDATE.finditer(recorded.findtext("description")))):
        month = MONTHS.index(found[1]) + 1
        year = published.year - (month > published.month)
        at = datetime(year, month, int(found[2]), int(found[3]), int(found[4]), tzinfo=UTC)
        status = before if found[5] == "Update" else found[5].lower()
        updates.insert(0, Said(at, status, unescape(found[6])))
        before = status
    code = recorded.findtext("link").rpartition("/")[2]
    return Item(code, recorded.findtext("title"), published, published, tuple(updates))


HARD = (
    *map(chr, range(0x20)),
    "\x7f\x85\x9f\ufffe\uffff\ud800\udfff\u2028",
    "\u202e\u200f\u200b\ufeff", "שלום", "مرحبا", "🚨👩‍🚒🏴󠁧󠁢󠁥󠁮󠁧󠁿", "<&>\"'", "]]>", "<![CDATA[", "<!--",
    "&#0;", "&nbsp;", "</p>", "<script>", "\r\n", " ", "plain words", "ß—“”", "𝔘", "**b** [x](http://a.b)",
)  # fmt: skip


def random_texts(count, seed):
    chance = random.Random(seed)  # noqa: S311 - the same texts every time
    for _ in range(count):
        title = "".join(chance.choices(HARD, k=chance.randrange(1, 8)))
        body = "".join(chance.choices(HARD, k=chance.randrange(1, 14)))
        yield title, body


@pytest.fixture
def quick_parser(monkeypatch):
    """Whether a feed is whole, without cleaning thousands of texts that nobody reads."""
    monkeypatch.setattr(feedparser, "SANITIZE_HTML", 0)
    monkeypatch.setattr(feedparser, "RESOLVE_RELATIVE_URIS", 0)


def whole(written, count):
    parsed = feedparser.parse(written)
    assert not parsed.bozo, parsed.bozo_exception
    assert len(parsed.entries) == count
    assert all(entry.title and entry.link and entry.published_parsed for entry in parsed.entries)
    return parsed


@pytest.mark.parametrize("write", [statuspage_feeds.write_rss, statuspage_feeds.write_atom])
def test_thousands_of_random_words_leave_statuspages_feeds_whole(quick_parser, write):
    window = (NOON, NOON + timedelta(hours=1))
    shown = [
        item(said("resolved", body), title=title, window=window if len(body) % 5 == 0 else None)
        for title, body in random_texts(MANY, seed=1)
    ]

    whole(write(whose("".join(HARD)), shown, NOON), MANY)


def test_thousands_of_random_words_leave_our_own_feeds_whole(quick_parser):
    texts = list(random_texts(MANY, seed=2))
    # Markdown of each takes its time: a tenth goes through it, the others stand as they are.
    bodies = [
        markdown.render(body) if at % 10 == 0 else escape(characters.legal(body))
        for at, (_, body) in enumerate(texts)
    ]
    shown = tuple(
        feeds.Item(f"{characters.one_line(title)} — Identified", update(at, body))
        for at, ((title, _), body) in enumerate(zip(texts, bodies, strict=True))
    )
    feed = feeds.Feed(characters.one_line("".join(HARD)), "https://s.example", shown, NOON)

    whole(feed.rss(), MANY)


def update(at, body):
    return PublicUpdate(
        code="0",
        path=f"/incidents/0#{at}",
        stage="Identified",
        at=Moment("", "", ""),
        published_at=NOON,
        body=body,
        edited_at=None,
    )
