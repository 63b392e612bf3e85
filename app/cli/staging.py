"""Performs a rehearsal: real verbs and the real outbox, on a database and channels of its own."""

import contextvars
import re
import threading
import time
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from app import clock, publication
from app.cli import instance
from app.config import read_settings
from app.content import drill, mime
from app.content.drill import Act, Rehearsal, Scene
from app.content.email import Email
from app.content.slack import SlackMessage
from app.db import db, transaction
from app.delivery.channel import Channel, Post
from app.delivery.worker import Worker
from app.domain import components, deliveries, incidents, organisation
from app.domain.incidents import News, Words
from app.errors import CannotStart
from app.models import Account, Announcement, DeliveryState, Incident, Subscriber
from app.models import Channel as Kind
from app.words import Audience, Impact

ACCOUNT = "robin@example.org"
PATIENCE_SECONDS = 60
READER = "customer@example.org"
WEBHOOK = "https://hooks.slack.com/services/example"
"""Leads nowhere: files stand in for Slack."""


class Shelf:
    """Stands in for every channel: each message becomes a file, in the order it was sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def send(self, post: Post) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        if isinstance(post, Email):
            words = re.sub(r"[^a-z0-9]+", "-", post.subject.lower()).strip("-")[:40]
            name = f"{self._count:02}-{words}.eml"
            (self._folder / name).write_bytes(mime.to_bytes(post))
        elif isinstance(post, SlackMessage):
            name = f"{self._count:02}.txt"
            (self._folder / name).write_text(post.text + "\n", encoding="utf-8")
        else:
            name = ""  # a rehearsal has no subscribers by other channels
        return name

    def close(self) -> None:
        pass


def perform(rehearsal: Rehearsal, text: str, *, source: str, folder: Path) -> None:
    """Tell everything that the rehearsal told, and deliver it into the folder."""
    settings = read_settings(
        data_dir=folder, database_url="", public_url=drill.PAGE, email="folder", email_from=""
    )
    with instance.opened(settings) as app, publication.put_off(app):
        with clock.pretend(rehearsal.begins):
            author = _set_up(text, source)
        for act in rehearsal.acts:
            _play(act, rehearsal, author, folder / "page")
        with clock.pretend(max(scene.at for act in rehearsal.acts for scene in act.scenes)):
            _deliver(app, folder)


def _set_up(text: str, source: str) -> Account:
    author = organisation.set_up(
        name=drill.ORGANISATION,
        contact=drill.CONTACT,
        account_email=ACCOUNT,
        account_name=drill.AUTHOR,
        password=uuid4().hex,
        component_lines=drill.COMPONENT,
        runbook_text=text,
        runbook_source=source,
        is_example=True,
    )
    organisation.change(
        instance.organisation(),
        name=drill.ORGANISATION,
        website="",
        contact=drill.CONTACT,
        time_zone="UTC",
        slack_webhook=WEBHOOK,
        incident_channel=drill.CHANNEL,
        internal_emails=[],
        by=author,
    )
    with transaction() as session:
        session.add(Subscriber(address=READER, confirmed_at=clock.now()))
    return author


def _play(act: Act, rehearsal: Rehearsal, author: Account, page: Path) -> None:
    incident: Incident | None = None
    page.mkdir(exist_ok=True)
    key = act.severity.key
    for scene in act.scenes:
        name = f"{re.sub(r'[^A-Za-z0-9]+', '-', key)}-{scene.number}-{scene.stage}.md"
        body = scene.drafts[Audience.PUBLIC].body
        (page / name).write_text(body + "\n", encoding="utf-8")
        with clock.pretend(scene.at):
            if incident is None:
                incident = incidents.open_incident(
                    title=drill.TITLE,
                    severity_key=key,
                    news=_news(scene),
                    author=author,
                    roles=rehearsal.roles,
                    channel=drill.CHANNEL,
                )
            else:
                seen = incident.newest
                incidents.post_update(incident, news=_news(scene), seen=seen, author=author)


def _news(scene: Scene) -> News:
    harmed = {row.id: Impact.MAJOR for row in components.every()}
    return News(
        stage=scene.stage,
        words={
            audience: Words(draft.subject or "", draft.body, draft.template_name, draft.origin)
            for audience, draft in scene.drafts.items()
        },
        facts=scene.facts,
        impacts=harmed if scene.stage.is_open else {},
        promise_at=scene.promise_at,
        form_key=uuid4().hex,
    )


def _deliver(app: Flask, folder: Path) -> None:
    """Let a worker hand over all that is owed, to files instead of people, when all is due."""
    channels: dict[Kind, Channel] = {
        Kind.EMAIL: Shelf(folder / "mails"),
        Kind.SLACK: Shelf(folder / "slack"),
    }
    stop = threading.Event()
    worker = Worker(app, channels)
    thread = threading.Thread(
        target=contextvars.copy_context().run, args=[worker.run, stop], name="rehearsal"
    )
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while _is_owed() and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join()
    if _is_owed():
        raise CannotStart(f"Not every message could be written to {folder}.")


def _is_owed() -> bool:
    db.session.rollback()  # look afresh
    waiting = select(Announcement.id).where(Announcement.expanded_at.is_(None)).limit(1)
    owed = deliveries.counts().get(DeliveryState.OWED, 0)
    return bool(owed) or db.session.scalar(waiting) is not None
