"""What each public page shows: plain values, with only what the public may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.content import (
    brand,
    characters,
    parts,
    past,
    planned,
    public_incidents,
    sentence,
    times,
    uptime,
)
from app.content.brand import Brand
from app.content.language import gettext as _
from app.content.parts import PartGroup
from app.content.past import Row
from app.content.planned import Work
from app.content.public_incidents import Promise, PublicIncident
from app.content.sentence import Concern, Sentence, Spoken
from app.content.times import Moment, Zone
from app.domain import components, status
from app.models import Component, Incident, Organisation
from app.words import Impact

DAYS = 14


@dataclass(frozen=True)
class Site:
    """What every public page says of the organisation."""

    name: str
    website: str
    contact: str
    contact_link: str
    """Empty where the contact is a number or something else that is no address."""
    is_example: bool
    zone_name: str
    brand: Brand

    @property
    def title(self) -> str:
        """What every page's title ends with."""
        return _("%(name)s status", name=self.name)


@dataclass(frozen=True)
class Page:
    site: Site
    changed_at: datetime


@dataclass(frozen=True)
class Overview(Page):
    sentence: Sentence
    as_of: Moment
    promise: Promise | None
    """The earliest of the open incidents' promises."""
    incidents: tuple[PublicIncident, ...]
    work: Work
    groups: tuple[PartGroup, ...]
    past: tuple[Row, ...]


@dataclass(frozen=True)
class Month:
    """A month of the history and where it lies."""

    name: str
    path: str


@dataclass(frozen=True)
class History(Page):
    month: str
    rows: tuple[Row, ...]
    older: Month | None
    """The nearest earlier month in which something happened."""
    newer: Month | None


@dataclass(frozen=True)
class IncidentPage(Page):
    incident: PublicIncident
    as_of: Moment | None
    """None once it is resolved: the page will not change any more by itself."""


def site(organisation: Organisation, now: datetime) -> Site:
    website, contact = organisation.website, characters.one_line(organisation.contact)
    return Site(
        name=characters.one_line(organisation.name) or _("Our"),
        website=website if website.startswith(("https://", "http://")) else "",
        contact=contact,
        contact_link=_link_of(contact),
        is_example=organisation.is_example,
        zone_name=times.zone(organisation.time_zone, now).name,
        brand=brand.brand(organisation),
    )


def _link_of(contact: str) -> str:
    if contact.startswith(("https://", "http://")):
        return contact
    return f"mailto:{contact}" if "@" in contact and " " not in contact else ""


def overview(organisation: Organisation, now: datetime) -> Overview:
    """How things stand at this moment."""
    zone = times.zone(organisation.time_zone, now)
    groups = components.groups()  # read first: the order of components asks for each one's group
    ours = [one for one in components.every() if one.is_public]
    open_now = [one for one in status.open_incidents() if public_incidents.is_open(one)]
    open_now.sort(key=_worst, reverse=True)  # those that are as bad stay newest first
    active, ahead = planned.of(now)
    work = planned.work(active, ahead, zone)
    impacts = _impacts([*open_now, *active])
    shown = [one for incident in open_now if (one := public_incidents.show(incident, zone))]
    records = uptime.records(uptime.last_days(zone), partial_percent=organisation.partial_percent)
    as_of = now.replace(second=0, microsecond=0)
    return Overview(
        site=site(organisation, now),
        changed_at=max([as_of, *(one.changed_at for one in (*shown, *work.shown))]),
        sentence=_sentence(ours, impacts, open_now, planned.until(active, zone)),
        as_of=zone.clock(as_of),
        promise=_earliest(open_now, shown),
        incidents=tuple(shown),
        work=work,
        groups=parts.shown(ours, groups, impacts, records),
        past=_last_days(organisation, zone),
    )


def incident(organisation: Organisation, code: str, now: datetime) -> IncidentPage | None:
    """One incident's permanent page; None when there is none that the public was told of."""
    zone = times.zone(organisation.time_zone, now)
    found = status.by_code(code)
    shown = public_incidents.show(found, zone, lasting=True) if found else None
    if shown is None:
        return None
    as_of = now.replace(second=0, microsecond=0) if shown.is_open else None
    return IncidentPage(
        site=site(organisation, now),
        changed_at=max(as_of, shown.changed_at) if as_of else shown.changed_at,
        incident=shown,
        as_of=zone.clock(as_of) if as_of else None,
    )


def history(organisation: Organisation, month: date | None, now: datetime) -> History | None:
    """The incidents that began in a month (the present one by default), newest first.

    None for months before there was anything to tell, and for those that lie ahead.
    """
    zone = times.zone(organisation.time_zone, now)
    this_month = zone.day_of(now).replace(day=1)
    month = month or this_month
    start, end = zone.midnight(month), zone.midnight(_next_month(month))
    is_known = end > organisation.set_up_at or status.newest_public_before(end)
    if month > this_month or not is_known:
        return None
    older = status.newest_public_before(start)
    shown = past.happened(start, end, zone, lasting=True)
    newer = status.oldest_public_since(end)
    return History(
        site=site(organisation, now),
        changed_at=max([organisation.set_up_at, *(one.changed_at for _, one in shown)]),
        month=times.month(month),
        rows=past.eventful(shown),
        older=_month(older, this_month, zone) if older else None,
        newer=_month(newer or now, this_month, zone) if month < this_month else None,
    )


def _month(moment: datetime, this_month: date, zone: Zone) -> Month:
    first = zone.day_of(moment).replace(day=1)
    path = "/history" if first == this_month else f"/history/{first:%Y-%m}"
    return Month(times.month(first), path)


def _next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _last_days(organisation: Organisation, zone: Zone) -> tuple[Row, ...]:
    """The last days; those before there was anybody to report are not called quiet."""
    today = zone.day_of(zone.now)
    first = today - timedelta(days=DAYS - 1)
    end = zone.now + timedelta(days=1)
    shown = past.happened(zone.midnight(first), end, zone)
    known_since = min([zone.day_of(organisation.set_up_at), *(day for day, _ in shown)])
    return past.rows(shown, first=max(first, known_since), last=today)


def _worst(incident: Incident) -> int:
    """How bad it is at its worst part; that no part is named counts as the least."""
    return max((impact.rank for impact in public_incidents.impacts(incident).values()), default=0)


def _impacts(open_now: Sequence[Incident]) -> dict[int, Impact]:
    worst: dict[int, Impact] = {}
    for one in open_now:
        for component_id, impact in public_incidents.impacts(one).items():
            if impact.rank > worst.get(component_id, Impact.OPERATIONAL).rank:
                worst[component_id] = impact
    return worst


def _sentence(
    ours: Sequence[Component],
    impacts: dict[int, Impact],
    open_now: Sequence[Incident],
    until: dict[int, str],
) -> Sentence:
    """A person's own words overrule what would be said of the components they are about."""
    covered: dict[int, Impact] = {}
    concerns: list[Concern] = []
    for one in open_now:
        touched = public_incidents.impacts(one)
        if one.sentence:
            covered |= touched
        if one.sentence or not touched:
            stage = one.public_updates[0].stage
            concerns.append(Concern(public_incidents.title(one), stage, one.sentence))
    spoken = [
        Spoken(
            name=characters.one_line(part.spoken or part.name),
            impact=impacts.get(part.id, Impact.OPERATIONAL),
            words_slow=part.words_slow,
            words_down=part.words_down,
            until=until.get(part.id, ""),
        )
        for part in ours
        if part.id not in covered
    ]
    worst = [impacts[component_id] for component_id in covered if component_id in impacts]
    return sentence.compose(spoken, concerns, covered=worst)


def _earliest(open_now: Sequence[Incident], shown: Sequence[PublicIncident]) -> Promise | None:
    promises = [
        (one.public_updates[0].promise_at, told.promise)
        for one, told in zip(open_now, shown, strict=True)
    ]
    timed = [(at, promise) for at, promise in promises if at is not None]
    if timed:
        return min(timed, key=lambda pair: pair[0])[1]
    return promises[0][1] if promises else None
