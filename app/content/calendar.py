"""The calendar of planned work (RFC 5545): what moves or is cancelled reaches who subscribed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar as Sheet
from icalendar import Event, vDuration

from app.content import characters, pages, public_incidents, times
from app.content.language import gettext as _
from app.content.public_incidents import PublicIncident
from app.domain import status
from app.models import Incident, Organisation

KEPT = timedelta(days=400)
"""So long past and cancelled events stay: a calendar that asks seldom learns of both."""
REFRESH = timedelta(hours=1)
LONGEST = 4000


@dataclass(frozen=True)
class Calendar:
    """All planned work that the public knows of. Its bytes change only when one of it does."""

    body: bytes
    updated_at: datetime


def build(organisation: Organisation, public_url: str, host: str, now: datetime) -> Calendar:
    zone = times.zone(organisation.time_zone, now)
    site = pages.site(organisation, now)
    sheet = Sheet()
    sheet.add("prodid", "-//Allclear//Planned work//EN")
    sheet.add("version", "2.0")
    sheet.add("calscale", "GREGORIAN")
    sheet.add("method", "PUBLISH")
    name = _("%(organisation)s: planned work", organisation=site.name)
    sheet.add("name", name)
    sheet.add("x-wr-calname", name)
    sheet.add("url", f"{public_url}/calendar.ics")
    sheet.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    sheet.add("x-published-ttl", vDuration(REFRESH))
    changed = [organisation.set_up_at]
    for one in reversed(status.calendar_since(_since(now))):
        shown = public_incidents.show(one, zone)
        if shown is not None:
            sheet.add_component(_event(one, shown, site.name, public_url, host))
            changed.append(shown.changed_at)
    return Calendar(sheet.to_ical(), max(changed))


def _since(now: datetime) -> datetime:
    """On the day: within one, the calendar changes by nothing but what people do."""
    return (now - KEPT).replace(hour=0, minute=0, second=0, microsecond=0)


def _event(one: Incident, shown: PublicIncident, name: str, public_url: str, host: str) -> Event:
    is_cancelled = one.cancelled_at is not None
    address = public_url + shown.path
    title = _("Cancelled: %(title)s", title=shown.title) if is_cancelled else shown.title
    event = Event()
    event.add("uid", f"{one.code}@{host}")
    event.add("sequence", one.sequence)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("summary", f"{title} ({name})")
    event.add("description", _description(shown, address))
    # The moment of the change, not of this reading: the same state gives the same bytes.
    event.add("dtstamp", shown.changed_at.replace(microsecond=0))
    event.add("last-modified", shown.changed_at.replace(microsecond=0))
    event.add("created", one.opened_at.replace(microsecond=0))
    event.add("dtstart", one.scheduled_for)
    event.add("dtend", one.scheduled_until)
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    event.add("categories", [_("Maintenance")])
    event.add("class", "PUBLIC")
    return event


def _description(shown: PublicIncident, address: str) -> str:
    parts = ", ".join(shown.parts)
    lines = [characters.legal(shown.updates[0].text)[:LONGEST], parts, address]
    return "\n\n".join(line for line in lines if line)
