"""What responders may do to an incident."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import audit, calls, changes, obligations, outbox
from app.errors import Conflict, Rejected
from app.models import (
    Account,
    ImpactOnComponent,
    Incident,
    Message,
    Organisation,
    Revision,
    Update,
)
from app.words import Audience, Impact, Stage

LONGEST_TITLE = 150
LONGEST_BODY = 20_000


@dataclass(frozen=True)
class Words:
    """What one audience is told, in its final words, and the template it began as."""

    subject: str
    body: str
    template: str = ""
    origin: str = ""


@dataclass(frozen=True)
class News:
    """What a form says: everything that one update tells, to whom, and what it promises."""

    stage: Stage
    words: Mapping[Audience, Words]
    """One entry for each audience that is told."""
    facts: Mapping[str, str]
    impacts: Mapping[int, Impact]
    """By component id; every component that is still affected."""
    promise_at: datetime | None
    form_key: str
    sentence: str = ""
    record: Mapping[str, str] = field(default_factory=dict)
    """What only the update keeps beside its facts: of a maintenance, what happened to it."""


def open_incident(
    *,
    title: str,
    severity_key: str,
    news: News,
    author: Account,
    occurred_at: datetime | None = None,
    roles: Mapping[str, str] | None = None,
    channel: str = "",
) -> Incident:
    """Open an incident with its first update, and owe it to everyone who is to be told.

    The same form sent twice opens one: the second call returns the first's incident. With other
    facts or words it is no second click: Conflict is raised.
    """
    title = " ".join(title.replace("\0", "").split())  # PostgreSQL keeps no NUL
    if not title:
        raise Rejected(title="What is happening? A few words, as a customer would say it.")
    if len(title) > LONGEST_TITLE:
        raise Rejected(title=f"Use at most {LONGEST_TITLE} characters.")
    check(news)
    now = clock.now()
    try:
        with transaction() as session:
            if earlier := from_form(news.form_key):
                return same(earlier, news).incident
            organisation = session.get_one(Organisation, 1)
            reading = organisation.runbook.read
            if reading.severities and reading.severity(severity_key) is None:
                raise Rejected(severity="Choose one of the runbook's severities.")
            incident = Incident(
                title=title,
                severity_key=severity_key,
                runbook_id=organisation.runbook_id,
                roles=dict(roles or {}),
                channel=channel.strip().lstrip("#"),
                occurred_at=occurred_at or now,
                aware_at=now,
                opened_at=now,
                newest=1,
            )
            session.add(incident)
            session.flush()
            obligations.owe(incident)
            obligations.settle_given_roles(incident, by=author)
            write(incident, news, number=1, author=author, now=now)
            audit.record("incident opened", by=author, incident=incident, severity=severity_key)
        return incident
    except IntegrityError:
        return posted_meanwhile(news).incident


def post_update(
    incident: Incident,
    *,
    news: News,
    seen: int,
    author: Account | None,
    reopen: bool = False,
    also: Callable[[datetime], None] = lambda now: None,
) -> Update:
    """Post an update and owe it to everyone who is to be told, in one transaction.

    `seen` is the number of the newest update that the author saw: when somebody posted after
    it, Conflict is raised. The same form sent twice posts once: the second call returns the
    first's update. With other facts or words it is no second click, and Conflict is raised too.
    `also` is done in the same transaction, once nobody can be faster any more.
    """
    check(news)
    try:
        with transaction() as session:
            if earlier := from_form(news.form_key):
                return same(earlier, news)
            _check_end(incident, news)
            _check_stage(incident, news.stage, reopen=reopen)
            if not take_number(incident, seen):
                if earlier := from_form(news.form_key):
                    return same(earlier, news)
                raise Conflict(form="Somebody posted an update while you were writing.")
            session.refresh(incident)
            also(now := clock.now())
            posted = write(incident, news, number=seen + 1, author=author, now=now)
        return posted
    except IntegrityError:
        return posted_meanwhile(news)


def correct(message: Message, *, subject: str, body: str, reason: str, author: Account) -> Message:
    """Correct what was said. The earlier words are kept and the page says that it was edited.

    Nobody is mailed again: who must hear of it is told by a new update.
    """
    body = body.strip()
    if not body:
        raise Rejected(body="Say what should stand there instead.")
    if len(body) > LONGEST_BODY:
        raise Rejected(body=f"Use at most {LONGEST_BODY:,} characters.")
    if (subject, body) == (message.subject, message.body):
        raise Rejected(body="These are the same words as before.")
    with transaction() as session:
        session.add(
            Revision(
                message_id=message.id,
                earlier_subject=message.subject,
                earlier_body=message.body,
                reason=reason.strip(),
                author_id=author.id,
            )
        )
        message.subject = subject.strip()
        message.body = body
        audit.record(
            "message corrected", by=author, incident=message.update.incident, message=message.id
        )
        changes.record(message.update.incident)
    return message


def take_number(incident: Incident, seen: int) -> bool:
    """Take the next update's number; False when somebody did who saw the same newest one."""
    faster = (
        update(Incident)
        .where(Incident.id == incident.id, Incident.newest == seen)
        .values(newest=seen + 1)
        .returning(Incident.id)
    )
    return db.session.scalar(faster) is not None


def _check_stage(incident: Incident, stage: Stage, *, reopen: bool) -> None:
    if stage.is_of_maintenance != incident.is_maintenance:
        raise Rejected(stage="Choose one of its stages.")
    if incident.is_maintenance and not incident.is_open:
        raise Rejected(stage="This maintenance is over. Schedule another one.")
    if stage is Stage.SCHEDULED and incident.stage is not stage:
        raise Rejected(stage="It has begun already. Choose where it stands now.")
    if not incident.is_open and not reopen:
        raise Rejected(stage="This incident is resolved. Reopen it to add an update.")
    if not incident.is_open and not stage.is_open:
        raise Rejected(stage="It is resolved already. Choose where it stands now.")


def check(news: News) -> None:
    if not news.words:
        raise Rejected(audiences="Choose at least one audience to tell.")
    for audience, words in news.words.items():
        if not words.body.strip():
            raise Rejected(**{f"body_{audience}": "This message is empty."})
        if len(words.body) > LONGEST_BODY:
            raise Rejected(**{f"body_{audience}": f"Use at most {LONGEST_BODY:,} characters."})
        if len(words.subject) > LONGEST_TITLE + 100:
            raise Rejected(**{f"subject_{audience}": "This subject is too long."})
    if news.promise_at is not None and news.promise_at <= clock.now():
        raise Rejected(promise="The next update must lie in the future.")


def _check_end(incident: Incident, news: News) -> None:
    """Who was told that it began is told that it is over."""
    told = incident.public_updates
    if told and told[0].stage.is_open and not news.stage.is_open:
        if Audience.PUBLIC not in news.words:
            raise Rejected(
                audiences="The status page says that this goes on. Tell it too that it is over."
            )


def write(
    incident: Incident, news: News, *, number: int, author: Account | None, now: datetime
) -> Update:
    """Write the update and all that belongs to it into the transaction around it."""
    session = db.session
    posted = Update(
        incident_id=incident.id,
        number=number,
        stage=news.stage,
        author_id=author.id if author else None,
        published_at=now,
        facts={**news.facts, **news.record},
        promise_at=news.promise_at if news.stage.is_open else None,
        form_key=news.form_key,
    )
    posted.messages = [
        Message(
            audience=audience,
            subject=words.subject.replace("\0", "").strip(),
            body=words.body.replace("\0", "").strip(),
            template=words.template,
            origin=words.origin,
        )
        for audience, words in news.words.items()
    ]
    posted.impacts = [
        ImpactOnComponent(component_id=component_id, impact=impact)
        for component_id, impact in news.impacts.items()
        if news.stage.is_open and impact is not Impact.OPERATIONAL
    ]
    session.add(posted)
    if incident.stage is Stage.SCHEDULED is not news.stage and author and not incident.cancelled_at:
        incident.occurred_at = now  # what begins by itself begins when it was planned to
    incident.stage = news.stage
    incident.facts = dict(news.facts)
    if posted.is_public:  # the sentence stands on the page: who tells it nothing leaves it alone
        incident.sentence = news.sentence.strip()
    incident.updated_at = now
    incident.resolved_at = None if news.stage.is_open else now
    if incident.resolved_at and author is None and incident.scheduled_until:
        incident.resolved_at = min(now, incident.scheduled_until)
    session.flush()
    if author is not None and not incident.is_maintenance:
        if not news.stage.is_open:
            obligations.owe_review(incident)
        obligations.settle_told(posted, by=author)
    outbox.announce(posted)
    audit.record("update posted", by=author, incident=incident, update=posted.id)
    changes.record(incident)
    calls.workers("update")
    return posted


def from_form(form_key: str) -> Update | None:
    return db.session.scalar(select(Update).where(Update.form_key == form_key))


def same(earlier: Update, news: News) -> Update:
    """The update that this form has posted; raise Conflict when it says something else now.

    What is compared is what people type: times in the words may have moved on by a minute.
    """
    by_hand = {who: said.body.strip() for who, said in news.words.items() if said.origin == "hand"}
    then = {said.audience: said.body for said in earlier.messages if said.origin == "hand"}
    kept = {**news.facts, **news.record}
    if (earlier.stage, earlier.facts, then) != (news.stage, kept, by_hand):
        raise Conflict(
            form=f"This form was posted already, to “{earlier.incident.title}”, with other words. "
            "These were not posted: post again if people should read them too."
        )
    return earlier


def posted_meanwhile(news: News) -> Update:
    """The update that the same form, sent at the same moment, has just posted."""
    earlier = from_form(news.form_key)
    if earlier is None:
        raise Conflict(form="Somebody posted at the same moment. Please try again.")
    return same(earlier, news)
