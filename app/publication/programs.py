"""The documents that programs read: feeds, the calendar, and Statuspage's public API."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.config import settings
from app.content import (
    calendar,
    feeds,
    statuspage,
    statuspage_board,
    statuspage_feeds,
    statuspage_webhook,
)
from app.content.feeds import Feed
from app.content.statuspage_board import Board
from app.domain import status
from app.models import Incident
from app.publication.kinds import Document, Kind, Request

JSON = "application/json; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
FROM_ANYWHERE = {"Access-Control-Allow-Origin": "*"}
"""Other sites' pages read the API: Statuspage's own widget does."""


def _board(asked: Request) -> Board:
    """How things stand, read once for all documents of a rendering."""
    if "board" not in asked.kept:
        asked.kept["board"] = Board(asked.organisation, settings().public_url, asked.now)
    board: Board = asked.kept["board"]
    return board


def _json(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _api(values: Callable[[Board], statuspage.Values]) -> Callable[[Request], Document]:
    def write(asked: Request) -> Document:
        board = _board(asked)
        body = _json(values(board))
        return Document(asked.path, body, JSON, board.updated_at, FROM_ANYWHERE)

    return write


def _incident(asked: Request) -> Document | None:
    found = _told(asked)
    if found is None:
        return None
    values = statuspage_board.one_incident(_board(asked), found)
    changed_at = statuspage.updated_at(found)
    return Document(asked.path, _json(values), JSON, changed_at, FROM_ANYWHERE)


def _bare_incident(asked: Request) -> Document | None:
    found = _told(asked)
    if found is None:
        return None
    states = statuspage_board.own_states(found)
    values = statuspage_webhook.incident(_board(asked).whose, found, states)
    return Document(asked.path, _json(values), JSON, statuspage.updated_at(found), FROM_ANYWHERE)


def _told(asked: Request) -> Incident | None:
    """The incident of this code, where the public was told of it."""
    key = f"incident:{asked.part}"
    if key not in asked.kept:
        found = status.by_code(asked.part)
        asked.kept[key] = found if found and statuspage.public_updates(found) else None
    told: Incident | None = asked.kept[key]
    return told


def _history_rss(asked: Request) -> Document:
    board = _board(asked)
    return Document(asked.path, statuspage_feeds.rss(board), RSS, board.updated_at)


def _history_atom(asked: Request) -> Document:
    board = _board(asked)
    return Document(asked.path, statuspage_feeds.atom(board), ATOM, board.updated_at)


def _feed(write: Callable[[Feed], bytes], content_type: str) -> Callable[[Request], Any]:
    def document(asked: Request) -> Document | None:
        key = f"feed:{asked.part}"
        if key not in asked.kept:
            asked.kept[key] = feeds.build(
                asked.organisation, settings().public_url, asked.now, code=asked.part
            )
        feed: Feed | None = asked.kept[key]
        if feed is None:
            return None
        modified: datetime = feed.updated_at
        return Document(asked.path, write(feed), content_type, modified)

    return document


def _calendar(asked: Request) -> Document:
    ours = settings()
    made = calendar.build(asked.organisation, ours.public_url, ours.public_host, asked.now)
    return Document(asked.path, made.body, CALENDAR, made.updated_at)


KINDS = (
    Kind("/calendar.ics", _calendar),
    Kind("/feed.rss", _feed(Feed.rss, RSS)),
    Kind("/feed.atom", _feed(Feed.atom, ATOM)),
    Kind("/feed.json", _feed(Feed.json, JSON_FEED)),
    Kind("/components/{component}/feed.rss", _feed(Feed.rss, RSS)),
    Kind("/components/{component}/feed.atom", _feed(Feed.atom, ATOM)),
    Kind("/history.rss", _history_rss),
    Kind("/history.atom", _history_atom),
    Kind("/api/v2/summary.json", _api(statuspage_board.summary)),
    Kind("/api/v2/status.json", _api(statuspage_board.page_status)),
    Kind("/api/v2/components.json", _api(statuspage_board.component_list)),
    Kind("/api/v2/incidents.json", _api(statuspage_board.incident_list)),
    Kind("/api/v2/incidents/unresolved.json", _api(statuspage_board.unresolved)),
    Kind("/api/v2/scheduled-maintenances.json", _api(statuspage_board.maintenance_list)),
    Kind("/api/v2/scheduled-maintenances/upcoming.json", _api(statuspage_board.upcoming)),
    Kind("/api/v2/scheduled-maintenances/active.json", _api(statuspage_board.active)),
    Kind("/api/v2/incidents/{incident}.json", _incident),
    Kind("/incidents/{incident}.json", _bare_incident),
)
