"""What `allclear incident` does, once its options are read."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import click
from sqlalchemy import select

from app import clock
from app.cli import instance, printed, typed
from app.cli.typed import Options
from app.content import cadences, composer
from app.content.composer import Typed, Writing
from app.db import db
from app.domain import incidents, status
from app.errors import CannotStart, Rejected
from app.models import Account, Incident
from app.runbook import facts as catalogue
from app.runbook.model import Runbook
from app.words import Stage


def open_incident(
    *, title: str, severity: str, roles: tuple[str, ...], channel: str | None, **written: Any
) -> None:
    """Open an incident as the options say, or show what would be told."""
    preview, as_json, email, options = _read(written)
    with instance.opened():
        organisation = instance.organisation()
        started = composer.begin(organisation)
        wanted = replace(
            started,
            title=title,
            severity_key=_severity(organisation.runbook.read, severity),
            roles=dict(typed.role(each) for each in roles),
            channel=started.channel if channel is None else channel,
        )
        author = author_of(email, needed=not preview)
        writing = _written(None, wanted, options, author)
        if _shown(writing, organisation.time_zone, preview=preview, as_json=as_json):
            return
        news = writing.news()
        incident = incidents.open_incident(
            title=title,
            severity_key=writing.severity.key,
            news=news,
            author=certain(author),
            roles=writing.typed.roles,
            channel=writing.typed.channel,
        )
        _posted(incident, writing, as_json=as_json)


def post(*, code: str, stage: str | None, reopen: bool, **written: Any) -> None:
    """Post an update as the options say, or show what would be told."""
    preview, as_json, email, options = _read(written)
    with instance.opened():
        organisation = instance.organisation()
        incident = _incident(code)
        now_at = incident.stage if incident.is_open else Stage.INVESTIGATING
        wanted = composer.begin(organisation, incident, at=typed.stage(stage, now_at))
        author = author_of(email, needed=not preview)
        writing = _written(incident, wanted, options, author)
        if _shown(writing, organisation.time_zone, preview=preview, as_json=as_json):
            return
        news, seen = writing.news(), incident.newest
        incidents.post_update(incident, news=news, seen=seen, author=certain(author), reopen=reopen)
        _posted(incident, writing, as_json=as_json)


def show(code: str, *, as_json: bool) -> None:
    with instance.opened():
        zone = instance.organisation().time_zone
        incident = _incident(code)
        if as_json:
            _echo_json(printed.incident_json(incident, instance.public_url(), whole=True))
        else:
            _echo(printed.incident(incident, zone))


def show_list(*, only_open: bool, days: int, as_json: bool) -> None:
    with instance.opened():
        zone = instance.organisation().time_zone
        now = clock.now()
        found = (
            status.open_incidents()
            if only_open
            else status.incidents_between(now - timedelta(days=days), now)
        )
        if as_json:
            url = instance.public_url()
            _echo_json([printed.incident_json(row, url, whole=False) for row in found])
        elif found:
            _echo(printed.line(row, zone) for row in found)
        else:
            click.echo("No incident is open." if only_open else f"None in the last {days} days.")


def _read(written: dict[str, Any]) -> tuple[bool, bool, str | None, Options]:
    """The options that steer the command, and those that say what is told."""
    preview, as_json = written.pop("preview"), written.pop("as_json")
    return preview, as_json, written.pop("email"), Options(**written)


def _written(
    incident: Incident | None, wanted: Typed, options: Options, author: Account | None
) -> Writing:
    """The update that the options describe."""
    organisation = instance.organisation()
    told = typed.audiences(options.tell)
    said = {**wanted.impacts, **typed.impacts(options.impacts)}
    wanted = replace(
        wanted,
        stage=typed.stage(options.stage, wanted.stage),
        facts={**wanted.facts, **typed.facts(options.facts)},
        impacts={id: impact for id, impact in said.items() if impact.rank},
        audiences=told,
        by_hand=typed.hands(options, told),
        promise_minutes=typed.minutes(options.next_update, organisation.time_zone),
        form_key=options.key or uuid4().hex,
    )
    writing = composer.write(organisation, incident, wanted, author=author)
    _check_names(writing, options)
    if options.edit:
        by_hand = {**wanted.by_hand, **typed.edited(writing)}
        wanted = replace(wanted, by_hand=by_hand)
        writing = composer.write(organisation, incident, wanted, author=author)
    return writing


def _check_names(writing: Writing, options: Options) -> None:
    """Refuse a fact that no message knows: a typing error would be dropped in silence."""
    asked = {question.name for question in writing.composed.questions}
    for name in typed.facts(options.facts):
        if name not in asked and name not in catalogue.CATALOGUE and ":" not in name:
            offered = ", ".join(sorted(asked | set(catalogue.ORDER)))
            raise Rejected(facts=f"--fact: there is no fact {name}. There are: {offered}.")


def _shown(writing: Writing, zone: str, *, preview: bool, as_json: bool) -> bool:
    """Show the preview where it was asked for; raise Rejected when a fact is missing.

    The preview of what could not be posted ends as the posting would.
    """
    missing = list(printed.missing(writing))
    if preview:
        if as_json:
            _echo_json(printed.writing_json(writing))
        else:
            _echo(printed.writing(writing, zone))
    if missing:
        raise Rejected(facts="\n".join(missing))
    return preview


def _posted(incident: Incident, writing: Writing, *, as_json: bool) -> None:
    whole = status.by_code(incident.code) or incident
    url = instance.public_url()
    if as_json:
        _echo_json(printed.incident_json(whole, url, whole=True))
        return
    told = ", ".join(
        printed.WHO[audience].lower()
        for audience in printed.WHO
        if audience in writing.typed.audiences
    )
    click.echo(f"{incident.code} is {whole.stage.value}. Told: {told}.")
    click.echo(f"{url}/incidents/{incident.code}")


def _severity(runbook: Runbook, written: str) -> str:
    """The severity's key, however it was written: `1`, `SEV-1`, `p1` or `critical`."""
    wanted = written.casefold()
    for level in cadences.severities(runbook):
        if wanted in (level.key.casefold(), (level.name or "").casefold()):
            return level.key
        if _bare(wanted) and _bare(wanted) == _bare(level.key.casefold()):
            return level.key
    keys = ", ".join(level.key for level in cadences.severities(runbook))
    raise Rejected(severity=f"--severity: the runbook has no severity {written}. It has: {keys}.")


def _bare(key: str) -> str:
    """The number of a level: two teams write SEV-1 and P1 and mean their first."""
    return re.sub(r"^(?:severity|sev|priority|prio|level|p|s)[-\s]*(?=\d)", "", key)


def author_of(email: str | None, *, needed: bool) -> Account | None:
    """The account that posts; without a name it is the only one there is."""
    if email:
        return instance.account(email)
    active = list(db.session.scalars(select(Account).where(Account.active).limit(2)))
    if len(active) == 1:
        return active[0]
    if needed:
        raise CannotStart("Say who posts this: --as EMAIL, or set ALLCLEAR_ACCOUNT.")
    return None


def certain(author: Account | None) -> Account:
    if author is None:
        raise CannotStart("Say who posts this: --as EMAIL, or set ALLCLEAR_ACCOUNT.")
    return author


def _incident(code: str) -> Incident:
    found = status.by_code(code)
    if found is None:
        raise Rejected(code=f"There is no incident {code}. See them with: allclear incident list")
    return found


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _echo_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
