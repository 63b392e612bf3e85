"""How messages leave: channels, and the workers that hand messages to them."""

import threading

from flask import Flask
from slack_sdk import WebClient

from app.config import Settings
from app.db import db
from app.delivery import listening
from app.delivery.channel import Channel
from app.delivery.folder import Folder
from app.delivery.heart import Heart
from app.delivery.http import Client
from app.delivery.sendgrid import SendGrid
from app.delivery.slack import TIMEOUT, Own, Slack
from app.delivery.smtp import Smtp
from app.delivery.teams import Teams
from app.delivery.twilio import Twilio
from app.delivery.webhook import Endpoint, Webhook
from app.delivery.worker import Worker
from app.domain import endpoints, organisation, recipients, subscribers
from app.domain.endpoints import Rules
from app.models import Channel as Kind


def channels(settings: Settings) -> dict[Kind, Channel]:
    """A new set of channels for one worker, as the settings want them."""
    made: dict[Kind, Channel] = {
        Kind.EMAIL: _email(settings),
        Kind.SLACK: Slack(_own_slack, _address, Client(endpoints.SLACK), bot=_bot(settings)),
        Kind.TEAMS: Teams(_address, Client(endpoints.TEAMS)),
        Kind.WEBHOOK: Webhook(
            _endpoint,
            Client(endpoints.webhooks(settings), allowed=settings.webhook_allow),
            subscribers.confirm_by_challenge,
        ),
    }
    if settings.twilio_account:
        made[Kind.SMS] = _twilio(settings)
    return made


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


def _bot(settings: Settings) -> WebClient | None:
    token = settings.slack_token.get_secret_value()
    if not token:
        return None
    return WebClient(
        token, base_url=f"{settings.slack_host}/api/", timeout=TIMEOUT, retry_handlers=[]
    )


def _twilio(settings: Settings) -> Twilio:
    # The host is a setting of ours, and may be a stand-in within our own network.
    rules = Rules(plain_http=True, ports=(), inner=True)
    return Twilio(
        settings.twilio_account,
        settings.twilio_token.get_secret_value(),
        settings.twilio_from,
        settings.twilio_host,
        Client(rules, allowed=("0.0.0.0/0", "::/0")),
    )


def _own_slack() -> Own:
    ours = organisation.current()
    own = Own(ours.slack_webhook, ours.incident_channel) if ours else Own()
    db.session.remove()  # hands the connection back: Slack may be slow
    return own


def _endpoint(recipient: str) -> Endpoint | None:
    found = recipients.reach(recipient)
    db.session.remove()
    return Endpoint(found.address, found.secrets) if found else None


def _address(recipient: str) -> str | None:
    endpoint = _endpoint(recipient)
    return endpoint.address if endpoint else None
