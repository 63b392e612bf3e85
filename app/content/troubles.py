"""A time in which something was hurt, as a page tells it."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.content import characters, parts, sentence, times
from app.content.language import gettext as _
from app.content.sentence import Tone
from app.content.times import Moment, Zone
from app.content.uptime import Records
from app.domain.uptime import Span
from app.models import Component


@dataclass(frozen=True)
class Link:
    title: str
    path: str


@dataclass(frozen=True)
class Trouble:
    part: Link
    tone: Tone
    state: str
    start: Moment
    end: Moment | None
    """None while it goes on."""
    length: str
    incidents: tuple[Link, ...]
    """Those that said so."""


def show(component: Component, span: Span, records: Records, zone: Zone, *, on: date) -> Trouble:
    """What a page says of it; times name their day where it is another than `on`."""
    noon = zone.midnight(on) + timedelta(hours=12)
    goes_on = span.end >= records.window.now
    titles = records.troubles.titles
    return Trouble(
        part=Link(parts.name(component), parts.path(component)),
        tone=sentence.TONES[span.impact],
        state=parts.word(span.impact),
        start=zone.clock(span.start, on=noon),
        end=None if goes_on else zone.clock(span.end, on=noon),
        length=times.length(span.length),
        incidents=tuple(
            Link(characters.one_line(titles[code]) or _("Incident"), f"/incidents/{code}")
            for code in span.sources
        ),
    )
