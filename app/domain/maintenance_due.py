"""What the hour brings: maintenance that begins, ends or is near, and what a series has next."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from app.db import db
from app.domain import incidents, maintenance, organisation, series
from app.domain.incidents import Words
from app.domain.maintenance import Event, Told
from app.domain.series import Say
from app.errors import Rejected
from app.models import Incident
from app.words import Audience, Stage

log = structlog.get_logger("app.domain")

LATE = timedelta(minutes=5)
"""What is told so much after its time says that it is late."""


def act(now: datetime, say: Say) -> int:
    """Do everything that is due; how much was done.

    Any number of clocks may call it at once, and call it again: each thing is done once, by the
    number of its update and the key that it is posted with. After a while in which no clock ran
    it catches up: what should have begun begins, and of a window that passed whole people are
    told once, in words that say so.
    """
    if organisation.current() is None:
        return 0
    done = 0
    for running in series.going_on():
        done += _safely(partial(series.plan_ahead, running, now, say))
    for one in _found(Incident.stage == Stage.SCHEDULED, _is_to_be_reminded(now)):
        done += _safely(partial(_remind, one, now, say))
    for one in _found(Incident.stage == Stage.SCHEDULED, Incident.scheduled_for <= now):
        done += _safely(partial(_begin, one, now, say))
    for one in _found(
        Incident.stage.in_((Stage.IN_PROGRESS, Stage.VERIFYING)),
        Incident.ends_itself.is_(True),
        Incident.scheduled_until <= now,
    ):
        done += _safely(partial(_tell, one, Event.COMPLETED, say))
    return done


def _found(*wanted: ColumnElement[bool]) -> Sequence[Incident]:
    return db.session.scalars(
        select(Incident)
        .where(Incident.resolved_at.is_(None), *wanted)
        .order_by(Incident.scheduled_for, Incident.id)
        .execution_options(populate_existing=True)
    ).all()


def _is_to_be_reminded(now: datetime) -> ColumnElement[bool]:
    return (
        Incident.remind_minutes.is_not(None)
        & Incident.reminded_at.is_(None)
        & (Incident.scheduled_for > now)
        & (Incident.scheduled_for <= now + timedelta(minutes=maintenance.LONGEST_REMINDER))
    )


def _remind(one: Incident, now: datetime, say: Say) -> int:
    """Tell those who get messages that it is near; the page says so anyway."""
    window = maintenance.window_of(one)
    if window.start - timedelta(minutes=one.remind_minutes or 0) > now:
        return 0
    plan = maintenance.plan_of(one)
    words = say(plan, Event.REMINDER, incident=one)

    def note(at: datetime) -> None:
        one.reminded_at = at

    told: dict[Audience, Words] = {
        audience: said for audience, said in words.items() if audience is not Audience.PUBLIC
    }
    news = maintenance.news_of(
        plan, Event.REMINDER, Stage.SCHEDULED, _told(one, Event.REMINDER, told)
    )
    if told:
        incidents.post_update(one, news=news, seen=one.newest, author=None, also=note)
        return 1
    maintenance.skip_reminder(one)
    return 0


def _begin(one: Incident, now: datetime, say: Say) -> int:
    window = maintenance.window_of(one)
    if not one.starts_itself:
        return 0
    if one.ends_itself and window.end <= now:
        return _tell(one, Event.COMPLETED, say, late=True)
    return _tell(one, Event.STARTED, say, late=now - window.start > LATE)


def _tell(one: Incident, event: Event, say: Say, *, late: bool = False) -> int:
    plan = maintenance.plan_of(one)
    words = say(plan, event, incident=one, late=late)
    stage = maintenance.STAGES[event]
    maintenance.post(one, stage, _told(one, event, words), seen=one.newest, event=event)
    return 1


def _told(one: Incident, event: Event, words: Mapping[Audience, Words]) -> Told:
    # The number of its windows is part of the key: what is moved is reminded of again.
    key = f"clock:{one.code}:{event}:{one.sequence}"
    return Told(words=words, author=None, form_key=key)


def _safely(call: Callable[[], int]) -> int:
    """One thing that cannot be done holds up no other."""
    try:
        return call()
    except Rejected:
        return 0  # somebody was faster; the next look finds what is left
    except Exception:
        db.session.rollback()
        log.exception("something that was due could not be done")
        return 0
