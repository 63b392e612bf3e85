"""How messages leave: channels, and the workers that hand messages to them."""

import threading

from flask import Flask

from app.config import Settings
from app.db import db
from app.delivery import listening
from app.delivery.channel import Channel
from app.delivery.folder import Folder
from app.delivery.heart import Heart
from app.delivery.sendgrid import SendGrid
from app.delivery.slack import Slack
from app.delivery.smtp import Smtp
from app.delivery.worker import Worker
from app.domain import organisation
from app.models import Channel as Kind


def channels(settings: Settings) -> dict[Kind, Channel]:
    """A new set of channels for one worker, as the settings want them."""
    return {Kind.EMAIL: _email(settings), Kind.SLACK: Slack(_webhook)}


def start(app: Flask, stop: threading.Event, count: int | None = None) -> list[threading.Thread]:
    """Start worker threads, as many as the settings say; they end soon after `stop` is set.

    Join them: what is in hand is finished first.
    """
    settings: Settings = app.config["ALLCLEAR"]
    heart = Heart()
    threads = [
        threading.Thread(
            target=Worker(app, channels(settings), heart).run, args=(stop,), name=f"worker-{number}"
        )
        for number in range(settings.workers if count is None else count)
    ]
    for thread in threads:
        thread.start()
    listener = listening.start(app, stop) if threads else None
    return [*threads, listener] if listener else threads


def _email(settings: Settings) -> Channel:
    if settings.email == "folder":
        return Folder(settings.data_dir / "mails")
    if settings.email == "sendgrid":
        return SendGrid(settings.sendgrid_api_key.get_secret_value(), settings.sendgrid_host)
    return Smtp(settings.email)


def _webhook() -> str:
    ours = organisation.current()
    webhook = ours.slack_webhook if ours else ""
    db.session.remove()  # hands the connection back: Slack may be slow
    return webhook
