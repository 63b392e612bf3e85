"""Plain functions that make a valid row; a test names only what it is about."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from app import clock
from app.db import db, transaction
from app.domain import components, incidents, maintenance, organisation
from app.domain.incidents import News, Words
from app.domain.maintenance import Plan, Told
from app.domain.windows import Window
from app.models import Account, Component, Incident, Organisation, Role, Subscriber
from app.words import Audience, Impact, Stage

PASSWORD = "a long enough password"
RUNBOOK = """# Incident runbook

## Severity levels

| Level | Name | Definition | Response time | Resolution target | Status updates |
|-------|------|------------|---------------|-------------------|----------------|
| 1 | Critical | Nothing works | 15 minutes | 4 hours | every 30 minutes |
| 2 | High | A main part does not work | 30 minutes | 8 hours | every hour |

Incident commander assigned within 15 minutes.

## Roles

**Incident Commander**
- Responsibilities: decides

## Communication templates

### Status page: initial update
```
We are investigating reports of [issue description].
```

### Customer email: resolved
```
Subject: Resolved: [brief description]

It works again since [time].
```
"""
numbers = count(1)


def make_organisation(**changes) -> Organisation:
    """Set up an organisation with one administrator and the components it is given."""
    values = {
        "name": "Example",
        "account_email": "ada@example.org",
        "account_name": "Ada",
        "password": PASSWORD,
        "component_lines": "Website\nText messages",
        "runbook_text": RUNBOOK,
        "runbook_source": "runbook.md",
        "contact": "help@example.org",
    } | changes
    organisation.set_up(**values)
    return organisation.current()


def make_account(**changes) -> Account:
    """An account whose password cannot be used; tests that sign in use the organisation's."""
    values = {
        "email": f"person{next(numbers)}@example.org",
        "name": "Grace",
        "password": "!",
        "role": Role.RESPONDER,
        "fs_uniquifier": uuid4().hex,
    } | changes
    account = Account(**values)
    with transaction() as session:
        session.add(account)
    return account


def make_component(**changes) -> Component:
    component = Component(**({"name": f"Component {next(numbers)}"} | changes))
    with transaction() as session:
        session.add(component)
    return component


def make_news(**changes) -> News:
    values = {
        "stage": Stage.INVESTIGATING,
        "words": {
            Audience.PUBLIC: Words("", "We are looking into it."),
            Audience.CUSTOMER: Words("Service update", "We are looking into it."),
        },
        "facts": {},
        "impacts": {},
        "promise_at": None,
        "form_key": uuid4().hex,
    } | changes
    return News(**values)


def make_incident(*, author=None, title="Text messages are late", severity_key="1", **changes):
    """An open incident; the organisation is set up when it is not yet. Changes are of its news."""
    if organisation.current() is None:
        make_organisation()
    return incidents.open_incident(
        title=title,
        severity_key=severity_key,
        news=make_news(**changes),
        author=author or db.session.get(Account, 1),
    )


def post(incident: Incident, *, author=None, reopen=False, seen=None, **changes):
    return incidents.post_update(
        incident,
        news=make_news(**({"stage": Stage.IDENTIFIED} | changes)),
        seen=incident.newest if seen is None else seen,
        author=author or db.session.get(Account, 1),
        reopen=reopen,
    )


def make_window(*, starts_in=timedelta(days=3), lasts=timedelta(hours=2), zone="UTC") -> Window:
    start = clock.now().replace(second=0, microsecond=0) + starts_in
    return Window(start, start + lasts, zone)


def make_told(said="We will work on it.", *, author=None, **changes) -> Told:
    """Words for customers on the page and by mail, posted by the organisation's account."""
    values = {
        "words": {
            Audience.PUBLIC: Words("", said),
            Audience.CUSTOMER: Words("Maintenance", said),
        },
        "author": author or db.session.get(Account, 1),
        "form_key": uuid4().hex,
    } | changes
    return Told(**values)


def make_maintenance(*, told=None, window=None, **changes) -> Incident:
    """A scheduled maintenance of the first component, in three days; changes are of its plan."""
    if organisation.current() is None:
        make_organisation()
    values = {
        "title": "New disks for search",
        "window": window or make_window(),
        "component_ids": (first_component().id,),
        "audiences": frozenset({Audience.PUBLIC, Audience.CUSTOMER}),
    } | changes
    return maintenance.schedule(Plan(**values), told or make_told())


def make_subscriber(**changes) -> Subscriber:
    values = {
        "address": f"reader{next(numbers)}@example.org",
        "confirmed_at": clock.now(),
    } | changes
    subscriber = Subscriber(**values)
    with transaction() as session:
        session.add(subscriber)
    return subscriber


def first_component() -> Component:
    return components.every()[0]


def down(component: Component) -> dict[int, Impact]:
    return {component.id: Impact.MAJOR}
