"""Rules by which maintenance comes again (RFC 5545, RRULE), kept within bounds."""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from app.domain import windows
from app.errors import Rejected

LONGEST = 200
MOST = 1000
"""The largest INTERVAL and COUNT."""
YEARS_AHEAD = 5
EVERY = {"daily": "FREQ=DAILY", "weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,3}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
    "BYDAY": r"(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)"
    r"(?:,(?:[+-]?\d{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)){0,20}",
    "BYMONTHDAY": r"[+-]?\d{1,2}(?:,[+-]?\d{1,2}){0,40}",
    "BYMONTH": r"\d{1,2}(?:,\d{1,2}){0,11}",
    "BYSETPOS": r"[+-]?\d{1,3}(?:,[+-]?\d{1,3}){0,10}",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
}


def read(rule: str) -> str:
    """The rule in its plain form; raise Rejected for what is none, or is beyond our bounds."""
    rule = re.sub(r"\s", "", rule).upper().removeprefix("RRULE:").strip(";")
    if not rule or len(rule) > LONGEST:
        raise Rejected(rule=f"Give a rule of at most {LONGEST} characters: FREQ=WEEKLY;BYDAY=SU.")
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if len(parts) != rule.count(";") + 1:
        raise Rejected(rule="A part of this rule stands there twice.")
    for name, value in parts.items():
        _check(name, value)
    if "FREQ" not in parts:
        raise Rejected(rule="Say how often, as in FREQ=WEEKLY.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise Rejected(rule="Give COUNT or UNTIL, not both.")
    return rule


def dates(
    rule: str, first: datetime, time_zone: str, *, after: datetime | None = None
) -> Iterator[datetime]:
    """The local times at which the rule has something begin, from `first` on, in order.

    Local times stay what they are across changes of the clocks. `after` leaves out all up to
    that local time.
    """
    first = first.replace(tzinfo=None)
    # The library searches to the year 9999 for a date that never comes. Near the end of the
    # calendar that is soon: a year of the same shape, with the same leap years around it.
    shift = _twin(first.year) - first.year
    there = _shifted(first, shift)
    try:
        found = _rrule(rule, there, shift, time_zone)
    except (ValueError, TypeError) as error:
        raise Rejected(rule="This is no rule that a calendar understands.") from error
    for at in found:
        local = _shifted(at, -shift)
        if after is None or local > after:
            yield local


def next_dates(rule: str, first: datetime, time_zone: str, count: int = 5) -> list[datetime]:
    """The first local times of a rule; raise Rejected when none comes within five years, or the
    first is another than `first`."""
    first = first.replace(tzinfo=None)
    found = list(islice(dates(rule, first, time_zone), count))
    if not found or found[0] > first + timedelta(days=366 * YEARS_AHEAD):
        raise Rejected(rule=f"This rule matches no date in the next {YEARS_AHEAD} years.")
    if found[0] != first:
        raise Rejected(
            starts=f"The first date of this rule is {found[0]:%A} {found[0].day} "
            f"{found[0]:%B} {found[0].year}. Begin there, or change the rule."
        )
    return found


def usual(every: str, first: datetime) -> str:
    """The rule of a form: daily, weekly on that day, monthly on the day's place in the month."""
    day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first.weekday()]
    if every == "weekly":
        return f"FREQ=WEEKLY;BYDAY={day}"
    if every == "monthly":
        is_last = first.day + 7 > calendar.monthrange(first.year, first.month)[1]
        place = -1 if is_last and first.day > 28 else (first.day - 1) // 7 + 1
        return f"FREQ=MONTHLY;BYDAY={place}{day}"
    if every == "monthday":
        return f"FREQ=MONTHLY;BYMONTHDAY={first.day}"
    return "FREQ=DAILY"


def _check(name: str, value: str) -> None:
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND") or value in ("HOURLY", "MINUTELY", "SECONDLY"):
        raise Rejected(rule="A rule gives days. The time of day is that of the first one.")
    if name not in _PARTS:
        raise Rejected(rule=f"{name[:20] or 'An empty part'} is not used here.")
    if not re.fullmatch(_PARTS[name], value, re.ASCII):
        raise Rejected(rule=f"This is no {name}: {value[:40] or 'nothing'}.")
    if name in ("INTERVAL", "COUNT") and int(value) > MOST:
        raise Rejected(rule=f"{name} is at most {MOST}.")


def _rrule(rule: str, first: datetime, shift: int, time_zone: str) -> rrule:
    parts = [part for part in rule.split(";") if not part.startswith("UNTIL=")]
    made = rrulestr(";".join(parts), dtstart=first)
    if not isinstance(made, rrule):
        raise TypeError("a set of rules")
    if until := re.search(r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?", rule):
        # A day alone counts whole; a moment in UTC is one of the zone's.
        local = datetime.strptime(until[1] + (until[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007
        if until[3]:
            zone = windows.zone(time_zone)
            local = local.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        if local.year - first.year + shift > 70:
            return made
        return made.replace(until=_shifted(local, shift))
    return made


def _twin(year: int) -> int:
    """A late year that begins on the same day and has the same leap years around it."""
    for late in range(9904, 9932):
        is_alike = calendar.weekday(late, 1, 1) == calendar.weekday(year, 1, 1)
        if is_alike and late % 4 == year % 4:
            return late
    raise Rejected(starts="Give another year.")


def _shifted(at: datetime, years: int) -> datetime:
    return at.replace(year=at.year + years)
