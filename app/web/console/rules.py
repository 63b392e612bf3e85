"""Rules by which planned work comes again (RRULE), as one would say them to a colleague."""

from collections.abc import Mapping, Sequence
from datetime import date

DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
WORKING = ["MO", "TU", "WE", "TH", "FR"]
PLACES = {
    1: "first",
    2: "second",
    3: "third",
    4: "fourth",
    5: "fifth",
    -1: "last",
    -2: "last but one",
}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def how_often(rule: str) -> str:
    """ "every Saturday", "every last Sunday of a month"; a rule beyond these words stays itself."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    try:
        said = _days(parts)
    except (KeyError, ValueError):
        return f"by {rule}"
    return said + _months(parts) + _end(parts)


def _days(parts: Mapping[str, str]) -> str:
    """On which days; raise KeyError or ValueError for what has no words here."""
    if parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT",
                       "UNTIL", "WKST"}:  # fmt: skip
        raise KeyError("a part of which we do not speak")
    unit, count = UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    often = f"every {unit}" if count == 1 else f"every {count} {unit}s"
    if "BYMONTHDAY" in parts:
        if parts.keys() & {"BYDAY", "BYSETPOS"}:
            raise KeyError("a Friday the 13th")
        return _dates(parts, unit, often)
    if "BYDAY" in parts:
        return _weekdays(parts, unit, count, often)
    if "BYSETPOS" in parts:
        raise KeyError("a place among nothing")
    return often


def _weekdays(parts: Mapping[str, str], unit: str, count: int, often: str) -> str:
    asked = parts["BYDAY"].split(",")
    if "BYSETPOS" in parts:
        place = PLACES[int(parts["BYSETPOS"])]
        if sorted(asked) != sorted(WORKING) or unit != "month":
            raise KeyError("a place among days")
        return f"on the {place} working day of {often}"
    if asked[0] in DAYS:
        days = "working day" if asked == WORKING else listed([DAYS[day] for day in asked])
        return f"every {days}" if count == 1 else f"{often} on {days}"
    if unit not in ("month", "year"):
        raise KeyError("a place in a week")
    named = listed([f"{PLACES[int(day[:-2])]} {DAYS[day[-2:]]}" for day in asked])
    if unit == "year" and "BYMONTH" in parts:  # the place is one in that month
        return f"{often} on the {named}"
    return f"every {named} of a {unit}" if count == 1 else f"on the {named} of {often}"


def _dates(parts: Mapping[str, str], unit: str, often: str) -> str:
    numbers = [int(number) for number in parts["BYMONTHDAY"].split(",")]
    if numbers != [-1] and min(numbers) < 1:
        raise KeyError("a day before the last")
    on = "the last day" if numbers == [-1] else f"day {listed([*map(str, numbers)])}"
    if unit == "year" and "BYMONTH" in parts:
        return f"{often} on {on}"
    if unit != "month":
        raise KeyError("a date of a week")
    return f"on {on} of {often}"


def _months(parts: Mapping[str, str]) -> str:
    if "BYMONTH" not in parts:
        return ""
    return f", in {listed([MONTHS[int(number) - 1] for number in parts['BYMONTH'].split(',')])}"


def _end(parts: Mapping[str, str]) -> str:
    if "COUNT" in parts:
        return ", once" if parts["COUNT"] == "1" else f", {parts['COUNT']} times in all"
    if "UNTIL" in parts:
        last = date.fromisoformat(parts["UNTIL"][:8])
        return f", until {last.day} {MONTHS[last.month - 1]} {last.year}"
    return ""


def listed(names: Sequence[str]) -> str:
    """ "Monday, Tuesday and Friday"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
