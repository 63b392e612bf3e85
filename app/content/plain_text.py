"""The page as plain text, for a terminal."""

import textwrap
from collections.abc import Iterator

from app.content import characters
from app.content.language import gettext as _
from app.content.pages import Overview
from app.content.parts import Part
from app.content.public_incidents import PublicIncident, PublicUpdate

WIDTH = 78
SHAPES = {"ok": "●", "planned": "○", "slow": "▲", "partial": "◆", "major": "■"}


def overview(page: Overview, public_url: str) -> str:
    """The overview: the sentence first, then what goes on, what we run, and the last days.

    No control character is in it: nothing that people typed can steer the terminal.
    """
    lines = [page.site.title, "", *_wrapped(page.sentence.text), "", _times(page), ""]
    for incident in page.incidents:
        lines += [*_incident(incident), ""]
    if page.groups:
        lines += [_("What we run").upper(), *_parts(page), ""]
    lines += [_("The last fourteen days").upper(), *_past(page), ""]
    links = {_("Get updates"): "/subscribe", _("History"): "/history", _("Uptime"): "/uptime"}
    lines += [f"{words}: {public_url}{path}" for words, path in links.items()]
    return "\n".join(characters.legal(line).rstrip() for line in lines) + "\n"


def _times(page: Overview) -> str:
    said = _("As of %(time)s", time=page.as_of.words)
    if page.promise and page.promise.at:
        form = (
            _("The update promised for %(time)s is late.")
            if page.promise.late
            else _("Next update by %(time)s")
        )
        said += " · " + form % {"time": page.promise.at.words}
    return said


def _incident(incident: PublicIncident) -> Iterator[str]:
    yield from _wrapped(incident.title.upper())
    since = _("since %(time)s", time=incident.started.words)
    yield from _wrapped(" · ".join([*incident.parts, since]))
    for update in incident.updates:
        yield ""
        yield from _update(update)


def _update(update: PublicUpdate) -> Iterator[str]:
    yield f"{update.stage}, {update.at.words}"
    for paragraph in update.text.splitlines():
        yield from _wrapped(paragraph, indent="  ")


def _parts(page: Overview) -> Iterator[str]:
    for group in page.groups:
        if group.name:
            yield group.name
        for part in group.parts:
            yield _part(part, "  " if group.name else "")


def _part(part: Part, indent: str) -> str:
    figure = part.record.percent if part.record else ""
    name = f"{indent}{SHAPES[part.tone]} {part.name}"
    return f"{name[:46]:<48}{part.state:<18}{figure:>10}"


def _past(page: Overview) -> Iterator[str]:
    for row in page.past:
        if not row.incidents:
            yield f"{row.days}: {_('Nothing to report.')}"
        for incident in row.incidents:
            yield from _wrapped(f"{row.days}: {incident.title} — {incident.outcome}")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
