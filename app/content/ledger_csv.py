"""The ledger of an announcement as CSV, one line after the other."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import Flask

from app.domain import deliveries
from app.models import Delivery

COLUMNS = (
    "recipient", "address", "state", "attempts", "transport", "answer", "reason",
    "owed_at", "settled_at", "delivered_at",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def pages(app: Flask, announcement_id: int) -> Iterator[str]:
    """The whole ledger of an announcement, page by page.

    No transaction is held between them, however long a slow reader takes.
    """
    yield _line(COLUMNS)
    last = 0
    while True:
        with app.app_context():
            rows = deliveries.page_after(announcement_id, last)
            if not rows:
                return
            last = rows[-1].id
            hosts = deliveries.hosts_of(rows)
            page = "".join(_told(row, hosts.get(row.id, _address(row))) for row in rows)
        yield page


def _address(one: Delivery) -> str:
    """Where it went; nothing where whoever had asked for it has left."""
    return one.address if one.subscriber_id or one.announcement.internal else ""


def _told(one: Delivery, where: str) -> str:
    return _line(
        (
            one.recipient, where, one.state.value, str(one.attempts), one.transport,
            one.provider_id, one.reason, _time(one.created_at), _time(one.settled_at),
            _time(one.delivered_at),
        )
    )  # fmt: skip


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()


def safe(cell: str) -> str:
    """The cell as text, whatever a spreadsheet would make of it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="milliseconds") if at else ""
