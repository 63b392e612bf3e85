"""How a fact's value fits into the words around it, and how Allclear's own values are written."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal

from app.content import language
from app.content.language import gettext as _
from app.content.language import ngettext
from app.runbook import facts
from app.runbook import template_words as words
from app.words import N_


def fit(
    fact: str, value: str, choices: tuple[str, ...], *, before: str, after: str, alone: bool
) -> str:
    """The value as it goes between the words before and after its blank."""
    if choices and (chosen := _chosen(fact, value, choices)):
        return chosen
    if fact == "severity":
        value = _after_prefix(value, before)
    elif fact == "frequency" and not _EVERY_BEFORE.search(before):
        value = _("every %(span)s", span=value)
    elif before.endswith("@"):
        value = value.lstrip("@")
    if not alone:
        value = _on_one_line(value)
    if facts.fact(fact).multiline and _AFTER_LABEL.search(before):
        value = capital(value)
    return _between(value, before, after, alone=alone)


def channel(value: str, before: str) -> tuple[str, int]:
    """The channel's name after "#incident-", and how many letters of that give way to it."""
    prefix = re.search(r"#([\w-]*)$", before)
    if prefix is None:
        return value, 0
    bare, shown = value.lstrip("#"), prefix.group(1)
    if bare.lower().startswith(shown.lower()):
        return bare[len(shown) :], 0
    return bare, len(shown)


def moment(value: str, before: str) -> tuple[str, int]:
    """A time of another day after "at": "on 21 November at 20:55 UTC"; and what gives way."""
    led, dated = re.search(r"\b(at|um) $", before), _DATED.match(value)
    if led is None or dated is None:
        return value, 0
    on = {"at": "on", "um": "am"}[led[1]]
    return f"{on} {dated['day']} {led[1]} {value[dated.end() :]}", len(led.group(0))


def counted(fact: str, value: str, before: str, after: str) -> tuple[str, int]:
    """A number of minutes or hours as people say it, and how much of its unit goes with it.

    "[X] minutes" is "1 day" for 1440, and "every [X] minutes" is "every day".
    """
    unit = _UNIT.match(after)
    if fact not in _COUNTED or unit is None or not re.fullmatch(r"\d{1,6}(?:\.\d)?", value):
        return value, 0
    size = _COUNTED[fact]
    minutes = round(float(value) * size)
    if minutes != size and size <= minutes < (24 * 60 if size > 1 else 2 * 60):
        return value, 0
    said = every(minutes) if _EVERY_BEFORE.search(before) else wait(minutes)
    return said, unit.end()


def addressed(before: str) -> str:
    """Whom a greeting without a name is for: everybody who gets it, in the greeting's language."""
    greeting = before.strip().lower()
    return next((word for start, word in _ADDRESSED if greeting.startswith(start)), "")


def capital(value: str) -> str:
    """The value with a capital where it begins a sentence, unless it is spelt on purpose."""
    first = re.match(r"[^\W\d_]+", value)
    if first and first.group(0).islower() and not re.match(r"\w+(?:://|@|\.\w)", value):
        return value[0].upper() + value[1:]
    return value


def clock_time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "14:31 UTC", with the day where it is another than today."""
    there = moment.astimezone(zone)
    time = f"{there:%H:%M} {zone_name(there)}"
    if there.date() == now.astimezone(zone).date():
        return time
    return f"{date_of_year(there)}, {time}"


def zone_name(there: datetime) -> str:
    """ "UTC", "CET"; "UTC+03" for a zone that has no short name."""
    name = f"{there:%Z}"
    if language.current() != language.SOURCE:
        own = get_timezone_name(there, width="short", locale=language.locale())
        name = own if re.fullmatch("[A-Z]{3,5}", own) else name
    return f"UTC{name}" if name.startswith(("+", "-")) else name


def day(moment: datetime, zone: ZoneInfo) -> str:
    """ "21 November 2026"."""
    return format_skeleton("yMMMMd", moment.astimezone(zone), locale=language.locale())


def day_of_month(at: datetime, zone: ZoneInfo) -> str:
    """ "21 November"."""
    return date_of_year(at.astimezone(zone))


def date_of_year(there: date) -> str:
    """ "21 November", "21. November"."""
    return format_skeleton("MMMMd", there, locale=language.locale())


def span(length: timedelta) -> str:
    """ "43 minutes", "1 h 27 min", "2 days 3 h"."""
    minutes = max(1, round(length.total_seconds() / 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        named = ngettext("%(count)s day", "%(count)s days", days)
        return _("%(days)s %(hours)s h", days=named, hours=hours) if hours else named
    if hours and left:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=left)
    if hours:
        return ngettext("%(count)s hour", "%(count)s hours", hours)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes)


def wait(minutes: int) -> str:
    """ "30 minutes", "2 hours", "1 day", "1 week": how long until something that is planned."""
    weeks, rest = divmod(minutes, 7 * 24 * 60)
    if weeks and not rest:
        return ngettext("%(count)s week", "%(count)s weeks", weeks)
    return span(timedelta(minutes=minutes))


def every(minutes: int) -> str:
    """What follows "every": "30 minutes", "hour", "2 hours", "day", "week"."""
    if language.current() != language.SOURCE:
        # "alle 60 Minuten": only English has the same word before one and before many.
        return wait(minutes) if minutes not in _SINGLE else _(_SINGLE[minutes])
    for size, name in ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour")):
        if minutes % size == 0:
            count = minutes // size
            return name if count == 1 else f"{count} {name}s"
    return "minute" if minutes == 1 else f"{minutes} minutes"


def listed(names: tuple[str, ...]) -> str:
    """ "API, Web and Mail"."""
    return format_list(names, locale=language.locale())


def number(value: float, places: int = 0) -> str:
    """ "1,204", "99.98"; with so many places behind the point as are asked for."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, pattern, locale=language.locale())


def _chosen(fact: str, value: str, choices: tuple[str, ...]) -> str | None:
    for choice in choices:
        if choice.lower() == value.lower():
            return choice
    if fact == "stage":
        meant = words.stage_named(value)
        return next((choice for choice in choices if words.stage_named(choice) is meant), None)
    if fact == "severity" and (number := re.search(r"\d+", value)):
        fitting = (choice for choice in choices if re.search(r"\d+", choice))
        return next((c for c in fitting if re.findall(r"\d+", c) == [number.group(0)]), None)
    return None


def _after_prefix(key: str, before: str) -> str:
    """A severity's key without what stands before the blank already: "P[X]" and "P1" give "1"."""
    prefix = re.search(r"([^\W\d_]+)[- ]?$", before)
    number = re.search(r"\d+\w*$", key)
    if prefix and number and prefix.group(1).lower() in ("p", "s", "sev", "severity", "level"):
        return number.group(0)
    return key


def _on_one_line(value: str) -> str:
    lines = [_BULLET.sub("", line, count=1).strip() for line in value.split("\n") if line.strip()]
    return " ".join(
        line if at == len(lines) - 1 or line[-1:] in ".!?;:," else f"{line};"
        for at, line in enumerate(lines)
    )


def _between(value: str, before: str, after: str, *, alone: bool) -> str:
    if value.endswith(".") and not value.endswith("..") and re.match(r"[.!?,;:]|\s+[^\W_]", after):
        value = value[:-1]
    last, following = re.search(r"(\s)(\S+)$", value), re.match(r"\s+([^\W_]+)", after)
    if last and following and last.group(2).lower() == following.group(1).lower():
        value = value[: last.start()]
    return capital(value) if alone or _BEGINS.search(before) else value


_ADDRESSED = (
    ("dear", "customer"),
    ("sehr geehrte", "Kundin, sehr geehrter Kunde"),
    ("liebe", "Kundin, lieber Kunde"),
    ("cher", "client"),
    ("estimad", "cliente"),
    ("prezad", "cliente"),
    ("kær", "kunde"),
    ("kjær", "kunde"),
    ("bäste", "kund"),
)
# The start of a line, of a sentence, or of what a label announces.
_BEGINS = re.compile(r"(?:^|[.!?]\s+)$")
_AFTER_LABEL = re.compile(r"^\W{0,8}(?:[\w()/'’-]{1,30}+ ?){1,4}[*_]{0,3}:[*_]{0,3}\s+[*_]{0,3}$")
_DATED = re.compile(r"(?P<day>\d{1,2}\.? [A-ZÄ][a-zä]+), (?=\d\d:\d\d)")
_UNIT = re.compile(r"\s*(?:min(?:ute)?s?|h(?:ou)?rs?)\b", re.I)
# How many minutes one of them is.
_COUNTED = {
    "next_update_minutes": 1,
    "frequency_minutes": 1,
    "next_update_hours": 60,
    "frequency_hours": 60,
}
_EVERY_BEFORE = re.compile(r"\b(?:every|alle|les|cada|hver|varje|var)\s+$", re.I)
# One of a kind, as it stands after what means "every" before many.
_SINGLE = {
    60: N_("60 minutes"),
    24 * 60: N_("24 hours"),
    7 * 24 * 60: N_("7 days"),
}
# But "21. November, 14:31" is a day.
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)](?!\s+[^\W\d]+(?:, \d\d:| \d{4})))\s+")
