"""How the things we run fared over some days: a figure, a bar and words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from babel.numbers import format_decimal

from app.content import bars, language, times
from app.content.bars import Bar
from app.content.language import gettext as _
from app.content.language import ngettext
from app.content.times import Zone
from app.domain import outages, uptime
from app.domain.outages import Troubles
from app.domain.uptime import NOTHING, Day, Span
from app.models import Component
from app.words import Impact

DAYS = 90
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Window:
    """Some days in the organisation's zone."""

    midnights: tuple[tuple[date, datetime], ...]
    """One more than there are days: that after the last."""
    now: datetime
    """The end of the running minute: what began in it counts, and a minute's pages are alike."""

    @property
    def start(self) -> datetime:
        return self.midnights[0][1]

    @property
    def end(self) -> datetime:
        """Where it ends, or the present: what lies ahead is not known."""
        return min(self.midnights[-1][1], self.now)


@dataclass(frozen=True)
class Record:
    """What a component's days, or those of several together, come to."""

    days: tuple[Day, ...]
    outages: tuple[Span, ...]
    share: float | None

    @property
    def percent(self) -> str:
        """ "99.98 %"; empty where nothing is known."""
        if self.share is None:
            return ""
        number = Decimal(uptime.percent(self.share))
        form = "0" if number == 100 else "0.00"
        return format_decimal(number, form, locale=language.locale()) + f"{NBSP}%"

    @property
    def length(self) -> str:
        """ "over 90 days": those of which something is known."""
        known = sum(day.known > NOTHING for day in self.days)
        return ngettext("today", "over %(count)s days", known)

    @property
    def troubles(self) -> str:
        """ "2 outages, the longest 1 h 12 min; slow on 1 day"; empty when there was nothing."""
        said = [self._down()] if self.outages else []
        if slow := self._count(Impact.DEGRADED):
            said.append(ngettext("slow on %(count)s day", "slow on %(count)s days", slow))
        if planned := self._count(Impact.UNDER_MAINTENANCE):
            said.append(
                ngettext("maintenance on %(count)s day", "maintenance on %(count)s days", planned)
            )
        return "; ".join(said)

    def _count(self, worst: Impact) -> int:
        return sum(day.worst is worst for day in self.days)

    def _down(self) -> str:
        return ngettext(
            "%(count)s outage, %(longest)s",
            "%(count)s outages, the longest %(longest)s",
            len(self.outages),
            longest=times.length(max(one.length for one in self.outages)),
        )

    @property
    def words(self) -> str:
        """All of it: "99.98 % over 90 days; 2 outages, the longest 1 h 12 min"."""
        if self.share is None:
            return _("Nothing is known yet")
        return f"{self.percent} {self.length}; {self.troubles or _('no outage')}"

    @cached_property
    def bar(self) -> Bar:
        return bars.draw(self.days)


@dataclass(frozen=True)
class Records:
    """The records of all components over the same days, read at once."""

    window: Window
    troubles: Troubles
    partial_percent: int
    _seen: dict[tuple[tuple[Span, ...], datetime], tuple[Day, ...]] = field(default_factory=dict)

    def timeline(self, component: Component) -> list[Span]:
        """When it was hurt and how, in order; each moment once, at its worst."""
        since = max(self.window.start, outages.counted_since(component))
        spans = self.troubles.of(component.id)
        return uptime.worst_of(spans, start=since, end=self.window.end) if spans else []

    def over(self, window: Window) -> "Records":
        """The same of other days, which lie within these."""
        return Records(window, self.troubles, self.partial_percent)

    def of(self, component: Component) -> Record | None:
        """None for a component that does not show its uptime."""
        return self.together([component])

    def together(self, components: Iterable[Component]) -> Record | None:
        """As one: the figure is the mean, a day is as bad as its worst, an outage is anyone's."""
        shown = [one for one in components if one.shows_uptime]
        if not shown:
            return None
        spans = [span for one in shown for span in self.timeline(one)]
        begun = [max(outages.counted_since(one), self.window.start) for one in shown]
        known = sum((max(self.window.end - one, NOTHING) for one in begun), NOTHING)
        lost = uptime.lost(spans, partial_percent=self.partial_percent)
        together = uptime.worst_of(spans, start=self.window.start, end=self.window.end)
        return Record(
            days=self._days(tuple(together), min(begun)),
            outages=tuple(uptime.outages(together)),
            share=1 - lost / known if known else None,
        )

    def _days(self, timeline: tuple[Span, ...], since: datetime) -> tuple[Day, ...]:
        """Most components have the same days: those on which nothing happened."""
        key = (timeline, since)
        if key not in self._seen:
            window = self.window
            days = uptime.days(timeline, window.midnights, since=since, now=window.now)
            self._seen[key] = tuple(days)
        return self._seen[key]


def last_days(zone: Zone, count: int = DAYS) -> Window:
    """The last days, today among them."""
    today = zone.day_of(zone.now)
    return _window(zone, today - timedelta(days=count - 1), today)


def month(zone: Zone, first: date) -> Window:
    """The days of a month, also those that lie ahead."""
    after = (first + timedelta(days=32)).replace(day=1)
    return _window(zone, first, after - timedelta(days=1))


def _window(zone: Zone, first: date, last: date) -> Window:
    days = [first + timedelta(days=at) for at in range((last - first).days + 2)]
    end_of_minute = zone.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Window(tuple((day, zone.midnight(day)) for day in days), end_of_minute)


def records(window: Window, *, partial_percent: int, component: Component | None = None) -> Records:
    """The records of all components, or of one, by one query."""
    troubles = outages.between(
        window.start, window.end, window.now, component_id=component.id if component else None
    )
    return Records(window, troubles, partial_percent)
