"""How templates write times, spans and words."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup

from app import clock
from app.content import assets, markdown, situations, values
from app.domain import addresses, organisation
from app.models import Group, Role
from app.web import auth
from app.web.console import nav
from app.words import Audience, Impact

AUDIENCES = {
    Audience.PUBLIC: "Status page",
    Audience.CUSTOMER: "Customers",
    Audience.INTERNAL: "Colleagues",
}
IMPACTS = {
    Impact.OPERATIONAL: "Works",
    Impact.UNDER_MAINTENANCE: "Maintenance",
    Impact.DEGRADED: "Slow",
    Impact.PARTIAL: "Partly down",
    Impact.MAJOR: "Down",
}
TONES = {
    Impact.OPERATIONAL: "ok",
    Impact.UNDER_MAINTENANCE: "planned",
    Impact.DEGRADED: "slow",
    Impact.PARTIAL: "partial",
    Impact.MAJOR: "major",
}


def init_app(app: Flask) -> None:
    """Give the templates their filters and words."""
    app.jinja_env.filters.update(
        markdown=markdown.render,
        time=time,
        clock=hour,
        day=day,
        every=values.every,
        minutes=minutes,
        until=until,
        late=late,
        seconds=seconds,
        audience=lambda audience: AUDIENCES[Audience(audience)],
        impact=lambda impact: IMPACTS[Impact(impact)],
        tone=lambda impact: TONES[Impact(impact)],
        many=many,
        whose=whose,
        host=addresses.shown,
        names=names,
        moment=moment,
        ident=ident,
        severity=severity,
        listed=lambda names: values.listed(tuple(names)),
    )
    app.jinja_env.globals.update(
        asset=assets.asset,
        now=clock.now,
        console_nav=nav.entries,
        may=auth.may,
        Role=Role,
        IMPACTS=[(impact.value, name) for impact, name in IMPACTS.items()],
    )


def time(at: datetime) -> Markup:
    """A `<time>` in the organisation's zone: "14:31 UTC", with the day unless it is today."""
    ours = organisation.current()
    zone = situations.zone(ours.time_zone if ours else "UTC")
    shown = values.clock_time(at, clock.now(), zone)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), shown)


def hour(at: datetime) -> Markup:
    """ "14:31" for a list where the zone is plain, with the day unless it is today."""
    full = str(time(at))
    shown = re.sub(r" [A-Z+\-0-9]{2,6}</time>$", "</time>", full)
    return Markup(shown)  # noqa: S704  # what `time` made


def moment(iso: str) -> Markup:
    """A time that was kept as text."""
    return time(datetime.fromisoformat(iso))


def day(at: datetime) -> str:
    """ "21 November 2026", in the organisation's zone."""
    ours = organisation.current()
    return values.day(at, situations.zone(ours.time_zone if ours else "UTC"))


def minutes(count: int | None) -> str:
    """ "30 minutes", "2 hours", "3 days"; a dash for none."""
    return "–" if count is None else values.span(timedelta(minutes=count))


def until(at: datetime) -> str:
    """ "in 7 min", "now", "2 h 5 min late": what is left until a moment."""
    left = at - clock.now()
    whole = int(abs(left).total_seconds() // 60)
    if not whole:
        return "now"
    days, rest = divmod(whole, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (0 if days else rest, "min"))
    said = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return f"{said} late" if left < timedelta(0) else f"in {said}"


def seconds(count: float) -> str:
    """ "3.2 s"; "37 minutes" from a hundred seconds on."""
    return f"{count:.1f} s" if count < 100 else values.span(timedelta(seconds=count))


def late(at: datetime) -> bool:
    """Whether a moment has passed by a minute or more: before that it is now."""
    return clock.now() - at >= timedelta(minutes=1)


def names(rows: Iterable[Group]) -> list[tuple[str, str]]:
    """Groups as the choices of a form."""
    return [(row.code, row.name) for row in rows]


def severity(key: str) -> str:
    """ "Severity 2" for a bare number; a key that says what it is stands alone: "P2", "SEV2"."""
    return f"Severity {key}" if key[:1].isdigit() else key


def ident(name: str) -> str:
    """The name as part of an element's id."""
    return re.sub(r"[^\w-]", "-", name)


def whose(address: str) -> str:
    """A recipient's address: whole for the communications lead alone, as in the export."""
    return address if auth.may(Role.COMMUNICATIONS_LEAD) else addresses.masked(address)


def many(count: int, one: str, more: str = "") -> str:
    """ "1 subscriber", "1,204 subscribers"."""
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"
