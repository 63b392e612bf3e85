"""The organisation's details, and where colleagues are told."""

from zoneinfo import available_timezones

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.config import settings
from app.content import brand, colours
from app.domain import logo, organisation, outbox
from app.domain.branding import Look
from app.errors import Rejected
from app.models import Channel, Organisation, Role
from app.web import forms
from app.web.auth import requires
from app.web.console.incidents import current
from app.words import LANGUAGES

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@requires(Role.COMMUNICATIONS_LEAD)
def show() -> ResponseReturnValue:
    return _page({})


@bp.post("")
@requires(Role.COMMUNICATIONS_LEAD)
def change() -> ResponseReturnValue:
    ours = current()
    try:
        organisation.change(
            ours,
            name=forms.line("name")[:100],
            website=forms.line("website"),
            contact=forms.line("contact"),
            time_zone=forms.line("time_zone"),
            slack_webhook=_webhook(ours),
            incident_channel=forms.line("incident_channel")[:80],
            internal_emails=forms.text("internal_emails").splitlines(),
            look=_look(ours),
            by=g.account,
        )
    except Rejected as rejected:
        return _page(rejected.errors), 422
    flash("The settings are kept, and the page shows them. Older pages follow within a minute.")
    return redirect(url_for(".show"), 303)


@bp.post("/try")
@requires(Role.COMMUNICATIONS_LEAD)
def try_channel() -> ResponseReturnValue:
    """Send colleagues a trial message."""
    channel = forms.word(Channel, request.form.get("channel"), Channel.EMAIL)
    try:
        outbox.try_channel(channel, by=g.account)
    except Rejected as rejected:
        return _page(rejected.errors), 422
    flash("A trial message is on its way. Deliveries shows how it went.")
    return redirect(url_for(".show"), 303)


def _look(ours: Organisation) -> Look:
    """How the page is to look; what the form does not hold stays as it is."""
    file = request.files.get("logo")
    is_new = file is not None and bool(file.filename)
    return Look(
        language=forms.line("language", ours.language),
        accent=forms.line("accent", ours.accent),
        links=forms.text("links", "\n".join(ours.links)).splitlines(),
        footer=forms.line("footer", ours.footer),
        security_contact=forms.line("security_contact", ours.security_contact),
        partial_percent=forms.whole(forms.line("partial_percent", str(ours.partial_percent))),
        late_updates=forms.line("late_updates", ours.late_updates),
        picture=file.stream.read(logo.LARGEST_FILE + 1) if file and is_new else None,
        forget_logo=forms.checked("forget_logo"),
    )


def _webhook(ours: Organisation) -> str:
    """The address as typed; an empty field keeps the one that is set and never shown."""
    if forms.checked("forget_slack"):
        return ""
    return forms.line("slack_webhook") or ours.slack_webhook


def zones() -> list[str]:
    """The names of time zones that people know: places and UTC."""
    places = {name for name in available_timezones() if "/" in name}
    strange = ("Etc/", "SystemV/", "US/", "posix", "right")
    return ["UTC", *sorted(name for name in places if not name.startswith(strange))]


def _shades(ours: Organisation) -> list[tuple[str, str, colours.Shade]]:
    """The organisation's colour as each scheme shows it, on that scheme's paper."""
    if not ours.accent:
        return []
    return [
        ("On light", "#fbfaf8", colours.on_light(ours.accent)),
        ("On dark", "#12151b", colours.on_dark(ours.accent)),
    ]


def _page(errors: dict[str, str]) -> str:
    ours = current()
    kept = {
        "name": ours.name,
        "website": ours.website,
        "contact": ours.contact,
        "time_zone": ours.time_zone,
        "incident_channel": ours.incident_channel,
        "internal_emails": "\n".join(ours.internal_emails),
        "language": ours.language,
        "accent": ours.accent,
        "links": "\n".join(ours.links),
        "footer": ours.footer,
        "security_contact": ours.security_contact,
        "partial_percent": str(ours.partial_percent),
        "late_updates": ours.late_updates,
    }
    values = kept | {name: request.form[name] for name in kept if name in request.form}
    return render_template(
        "console/settings.html",
        values=values,
        zones=[(name, name) for name in dict.fromkeys([*zones(), values["time_zone"]])],
        languages=list(LANGUAGES.items()),
        webhook_end=ours.slack_webhook[-4:],
        logo=brand.brand(ours).logo,
        shades=_shades(ours),
        public_url=settings().public_url,
        errors=errors,
    )
