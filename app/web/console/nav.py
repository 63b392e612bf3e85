"""The console's way around: its pages, as far as they are there and this account may use them."""

from dataclasses import dataclass

from flask import current_app, g, request, url_for

from app.models import Role

PAGES = (
    ("Incidents", "console.incidents.index", Role.RESPONDER),
    ("Maintenance", "console.maintenance.index", Role.RESPONDER),
    ("Components", "console.components.index", Role.RESPONDER),
    ("Runbook", "console.runbook.show", Role.RESPONDER),
    ("Drill", "console.drill.index", Role.RESPONDER),
    ("Deliveries", "console.deliveries.index", Role.RESPONDER),
    ("Mails", "console.mails.index", Role.RESPONDER),
    ("Settings", "console.settings.show", Role.COMMUNICATIONS_LEAD),
    ("People", "console.people.index", Role.ADMINISTRATOR),
)


@dataclass(frozen=True)
class Entry:
    name: str
    href: str
    here: bool


def entries() -> list[Entry]:
    """The pages to show, and which of them this is."""
    noun = (request.endpoint or "").rpartition(".")[0].removesuffix("_series")
    return [
        Entry(
            name,
            url_for(endpoint),
            endpoint.rpartition(".")[0] == noun,
        )
        for name, endpoint, role in PAGES
        if endpoint in current_app.view_functions and g.account.role.rank >= role.rank
    ]
