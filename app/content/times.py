"""How moments read on the page: words in the organisation's zone, and the moment for machines."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval, format_skeleton

from app.content import language, situations, values


@dataclass(frozen=True)
class Moment:
    """A moment as words, and in the form that the script turns into the reader's own zone."""

    words: str
    iso: str
    day: str
    """The day that the words mean without naming it; empty where they name it."""


@dataclass(frozen=True)
class Zone:
    """The organisation's time zone, and the moment that one page speaks from."""

    info: ZoneInfo
    now: datetime

    def clock(self, moment: datetime, *, on: datetime | None = None) -> Moment:
        """ "14:31 UTC", with the day where it is another than today, or than that of `on`."""
        meant = self.day_of(on or self.now)
        words = values.clock_time(moment, on or self.now, self.info)
        return Moment(words, iso(moment), f"{meant}" if self.day_of(moment) == meant else "")

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.info).date()

    def month_around(self, moment: datetime) -> tuple[datetime, datetime]:
        """The month in which a moment lies: its first midnight, and that of the next."""
        first = self.day_of(moment).replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        return self.midnight(first), self.midnight(after)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.info).astimezone(UTC)

    @property
    def name(self) -> str:
        """The zone's short name now: "UTC", "CET"."""
        return values.zone_name(self.now.astimezone(self.info))


def zone(name: str, now: datetime) -> Zone:
    return Zone(situations.zone(name), now)


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date) -> str:
    """ "21 November"."""
    return values.date_of_year(value)


def weekday(value: date) -> str:
    """ "Sunday"."""
    return format_date(value, "EEEE", locale=language.locale())


def day_with_year(value: date) -> str:
    """ "21 November 2026"."""
    return format_skeleton("yMMMMd", value, locale=language.locale())


def days(first: date, last: date) -> str:
    """ "14 – 21 November", "28 October – 3 November", "14 November"."""
    if first == last:
        return day(first)
    # The thin spaces that some languages have here are missing in many fonts.
    return format_interval(first, last, "MMMMd", locale=language.locale()).replace("\u2009", " ")


def month(value: date) -> str:
    """ "November 2026"."""
    return format_skeleton("yMMMM", value, locale=language.locale())


def length(span: timedelta) -> str:
    """ "43 minutes", "1 h 27 min"."""
    return values.span(span)
