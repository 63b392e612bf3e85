"""Windows of maintenance: from the times on a clock on the wall to moments, without guessing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import Rejected

LONGEST = timedelta(days=31)


class Ambiguous(Rejected):
    """The clocks show this time twice on that day: a person has to say which is meant."""

    def __init__(self, field: str, sentence: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(**{field: sentence})
        self.field = field
        self.choices = choices
        """`first` and `second`, each with its words."""


@dataclass(frozen=True)
class Window:
    """When a maintenance begins and ends, and the zone in which people gave it."""

    start: datetime
    end: datetime
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.time_zone)

    @property
    def length(self) -> timedelta:
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)


def zone(name: str, field: str = "time_zone") -> ZoneInfo:
    """The zone of that IANA name; raise Rejected when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = f"There is no time zone “{name[:60]}”. Give one like Europe/Berlin."
        raise Rejected(**{field: sentence}) from error


def window(start: datetime, end: datetime, time_zone: str) -> Window:
    """A window of these moments; raise Rejected when it ends before it begins, or lasts weeks."""
    zone(time_zone)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        raise Rejected(ends="It must end after it begins.")
    if end - start > LONGEST:
        raise Rejected(ends=f"Plan at most {LONGEST.days} days in one go.")
    return Window(start, end, time_zone)


def moment(local: datetime, time_zone: str, *, field: str, which: str = "") -> datetime:
    """The moment at which clocks in that zone show this time.

    Raise Rejected for a time that the clocks skip, and Ambiguous for one that they show twice
    unless `which` says whether the `first` or the `second` is meant.
    """
    place = zone(time_zone)
    local = local.replace(tzinfo=None)
    try:
        first = local.replace(tzinfo=place, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=place, fold=1).astimezone(UTC)
    except OverflowError as error:
        raise Rejected(**{field: "Give another year."}) from error
    if first.astimezone(place).replace(tzinfo=None) != local:
        raise Rejected(**{field: _skipped(local, place, second, first)})
    if first == second or which == "first":
        return first
    if which == "second":
        return second
    raise Ambiguous(field, _twice(local, place), _choices(local, first, second, place))


def lenient(local: datetime, time_zone: str) -> datetime:
    """The moment for a date that a rule gives: of two the first, a skipped time by the clock
    before it jumped (RFC 5545, section 3.3.5)."""
    return local.replace(tzinfo=zone(time_zone), fold=0).astimezone(UTC)


def is_skipped(local: datetime, time_zone: str) -> bool:
    there = lenient(local, time_zone).astimezone(zone(time_zone))
    return there.replace(tzinfo=None) != local


def _skipped(local: datetime, place: ZoneInfo, early: datetime, late: datetime) -> str:
    jump = _jump(place, early, late)
    before = (jump - timedelta(seconds=1)).astimezone(place).utcoffset() or timedelta()
    was = (jump + before).replace(tzinfo=None)
    becomes = jump.astimezone(place).replace(tzinfo=None)
    day = "" if was.date() == becomes.date() == local.date() else " on {0.day} {0:%B}"
    went = (f"{was:%H:%M}{day.format(was)}", f"{becomes:%H:%M}{day.format(becomes)}")
    return (
        f"{local:%H:%M} does not exist on {local.day} {local:%B} in {place.key}: "
        f"clocks go from {went[0]} to {went[1]}."
    )


def _jump(place: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The moment between these two at which the clocks jump, to the second."""
    before = early.astimezone(place).utcoffset()
    low, high = int(early.timestamp()), int(late.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def _twice(local: datetime, place: ZoneInfo) -> str:
    return (
        f"{local:%H:%M} comes twice on {local.day} {local:%B} in {place.key}, because the clocks "
        f"go back. Is it the first or the second {local:%H:%M}?"
    )


def _choices(
    local: datetime, first: datetime, second: datetime, place: ZoneInfo
) -> tuple[tuple[str, str], ...]:
    named = (("first", first), ("second", second))
    return tuple(
        (which, f"the {which} {local:%H:%M} ({at.astimezone(place):%Z}, {at:%H:%M} UTC)")
        for which, at in named
    )
