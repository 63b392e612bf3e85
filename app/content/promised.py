"""Finds in a person's own words the time that they name for the next update."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

AGREES = 5
"""Minutes by which the words may differ: the moment moves on while somebody is writing."""


def other_time(words: str, promise_at: datetime | None, zone: ZoneInfo) -> str | None:
    """The time of day that the words name for the next update, where it is not the promised one."""
    found = _NAMED.search(words)
    if promise_at is None or found is None:
        return None
    there = promise_at.astimezone(zone)
    said = int(found["hour"]) * 60 + int(found["minute"])
    apart = abs(said - (there.hour * 60 + there.minute))
    if min(apart, 24 * 60 - apart) <= AGREES:
        return None
    return f"{found['hour']}:{found['minute']}"


_NAMED = re.compile(
    r"\b(?:next (?:status )?update|hear from us|(?:another|an|further) update"
    r"|nächste[sn]? (?:meldung|update|status\w*)|von uns hören|wieder von uns)\b[^\n]{0,60}?"
    r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b",
    re.I,
)
