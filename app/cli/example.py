"""The example organisation of `allclear demo`, told by the same verbs as a real one."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from app import clock
from app.cli import instance
from app.content import composer
from app.content import maintenance as maintenance_words
from app.content.composer import Typed
from app.db import transaction
from app.domain import components, incidents, maintenance, organisation, response
from app.domain.incidents import News, Words
from app.domain.maintenance import Event, Plan, Told
from app.domain.windows import Window
from app.models import Account, Incident, Subscriber
from app.runbook import default
from app.words import Audience, Impact, Stage

DATA = Path(__file__).with_name("example.toml")
ACCOUNT = "maeve@coffee.example.org"
SET_UP = timedelta(days=100)
"""How long ago the example was set up; its history is younger."""
HURTING = (Stage.INVESTIGATING, Stage.IDENTIFIED)
"""While these last something does not work; afterwards it is watched."""


def build(password: str) -> None:
    """Set the example up and tell its history, each thing at the moment it happened.

    It is one transaction: a build that was interrupted leaves nothing.
    """
    told: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
    now = clock.now().replace(microsecond=0)
    with transaction():
        with clock.pretend(now - SET_UP):
            author = _set_up(told, password)
            _give_words(told["spoken"], author)
        for past in told["incident"]:
            _past(past, author, now, ZoneInfo(told["time_zone"]))
        # They come last: nobody is mailed what was long ago.
        with clock.pretend(now - timedelta(days=2)):
            _subscribe(told["subscribers"])
        _still_open(told["open"], author, now)
        # It comes after the subscribers; they are told of it in the example's folder of mails.
        _planned(told["planned"], author, now, told["time_zone"])


def _set_up(told: dict[str, Any], password: str) -> Account:
    shared = {name: told[name] for name in ("name", "website", "contact", "time_zone")}
    account = organisation.set_up(
        **shared,
        account_email=ACCOUNT,
        account_name=told["people"][0],
        password=password,
        component_lines=told["components"],
        runbook_text=default.text(),
        runbook_source=default.PATH.name,
        is_example=True,
    )
    organisation.change(
        instance.organisation(),
        **shared,
        slack_webhook="",
        incident_channel=told["channel"],
        internal_emails=told["colleagues"],
        by=account,
    )
    return account


def _give_words(spoken: dict[str, dict[str, str]], by: Account) -> None:
    for component in components.every():
        words = spoken.get(component.name, {})
        components.change(
            component,
            name=component.name,
            description=words.get("description", ""),
            spoken=words.get("spoken", ""),
            words_slow=words.get("words_slow", ""),
            words_down=words.get("words_down", ""),
            group=component.group,
            hidden=False,
            by=by,
        )


def _past(past: dict[str, Any], author: Account, now: datetime, zone: ZoneInfo) -> None:
    """An incident that is over. Only the status page was told, so that nothing is mailed now."""
    day = (now - timedelta(days=past["days_ago"])).astimezone(zone).date()
    began = datetime.combine(day, time.fromisoformat(past["at"]), zone)
    incident: Incident | None = None
    for minutes, stage, text in past["update"]:
        with clock.pretend(began + timedelta(minutes=minutes)):
            news = News(
                stage=Stage(stage),
                words={Audience.PUBLIC: Words("", text)},
                facts={},
                impacts=_impacts(past["impact"]) if Stage(stage) in HURTING else {},
                promise_at=None,
                form_key=uuid4().hex,
            )
            incident = _tell(incident, news, author, past)
    if incident is not None and "correction" in past:
        _correct(incident, past["correction"], author, began + timedelta(hours=3))


def _tell(incident: Incident | None, news: News, author: Account, told: dict[str, Any]) -> Incident:
    if incident is None:
        return incidents.open_incident(
            title=told["title"], severity_key=told["severity"], news=news, author=author
        )
    incidents.post_update(incident, news=news, seen=incident.newest, author=author)
    return incident


def _correct(incident: Incident, words: list[Any], author: Account, at: datetime) -> None:
    number, body, reason = words
    posted = next(update for update in incident.updates if update.number == number + 1)
    message = posted.message(Audience.PUBLIC)
    if message is not None:
        with clock.pretend(at):
            incidents.correct(message, subject="", body=body, reason=reason, author=author)


def _subscribe(addresses: list[str]) -> None:
    with transaction() as session:
        for address in addresses:
            session.add(
                Subscriber(
                    address=address, confirmed_at=clock.now(), confirmed_how="part of the example"
                )
            )


def _still_open(told: dict[str, Any], author: Account, now: datetime) -> None:
    """The incident that a newcomer finds open, in the words of the runbook's templates."""
    incident: Incident | None = None
    facts: dict[str, str] = {}
    for update in told["update"]:
        facts |= update["facts"]
        typed = Typed(
            stage=Stage(update["stage"]),
            severity_key=told["severity"],
            title=told["title"],
            facts=facts,
            impacts=_impacts(update["impact"]),
            promise_minutes=update["promise"],
            roles=told["roles"],
            form_key=uuid4().hex,
        )
        with clock.pretend(now - timedelta(minutes=update["minutes_ago"])):
            writing = composer.write(instance.organisation(), incident, typed, author=author)
            if incident is None:
                incident = incidents.open_incident(
                    title=typed.title,
                    severity_key=typed.severity_key,
                    news=writing.news(),
                    author=author,
                    roles=typed.roles,
                )
                for text in told["notes"]:
                    response.note(incident, text=text, author=author)
            else:
                seen = incident.newest
                incidents.post_update(incident, news=writing.news(), seen=seen, author=author)


def _planned(told: dict[str, Any], author: Account, now: datetime, zone: str) -> None:
    """Maintenance that a newcomer finds to come, in the words of the runbook's templates."""
    day = (now + timedelta(days=told["in_days"])).astimezone(ZoneInfo(zone)).date()
    start = datetime.combine(day, time.fromisoformat(told["at"]), ZoneInfo(zone)).astimezone(UTC)
    plan = Plan(
        title=told["title"],
        window=Window(start, start + timedelta(minutes=told["minutes"]), zone),
        component_ids=tuple(_impacts(dict.fromkeys(told["components"], Impact.UNDER_MAINTENANCE))),
        expect=told["expect"],
        remind_minutes=24 * 60,
    )
    with clock.pretend(now - timedelta(days=1)):
        words = maintenance_words.say(plan, Event.ANNOUNCED)
        maintenance.schedule(plan, Told(words=words, author=author, form_key=uuid4().hex))


def _impacts(named: dict[str, str]) -> dict[int, Impact]:
    ids = {component.name: component.id for component in components.every()}
    return {ids[name]: Impact(impact) for name, impact in named.items()}
