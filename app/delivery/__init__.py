"""How messages leave: channels, and the workers that hand messages to them."""

import gc
import threading
from collections.abc import Callable

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
from app.models import AnnouncementKind
from app.models import Channel as Kind

Reach = Callable[[str, AnnouncementKind], Endpoint | None]
"""Where a recipient, named as in the ledger, takes such a message; None when it does nowhere."""


def channels(settings: Settings, endpoint: Reach | None = None) -> dict[Kind, Channel]:
    """A new set of channels for one worker, as the settings want them.

    `endpoint` is asked for the places of webhooks and chats; usually they are subscribers'.
    """
    reach = endpoint or _endpoint

    def address(recipient: str, kind: AnnouncementKind) -> str | None:
        found = reach(recipient, kind)
        return found.address if found else None

    made: dict[Kind, Channel] = {
        Kind.EMAIL: _transport(settings, settings.email),
        Kind.SLACK: Slack(_own_slack, address, Client(endpoints.SLACK), bot=_bot(settings)),
        Kind.TEAMS: Teams(address, Client(endpoints.TEAMS)),
        Kind.WEBHOOK: Webhook(
            reach,
            Client(endpoints.webhooks(settings), allowed=settings.webhook_allow),
            subscribers.confirm_by_challenge,
        ),
    }
    if settings.twilio_account:
        made[Kind.SMS] = _twilio(settings)
    return made


def second(settings: Settings) -> Channel | None:
    """The way mail is led when the first one fails; None when there is no other."""
    return _transport(settings, settings.email_fallback) if settings.email_fallback else None


def worker(
    app: Flask, *, mails: bool = True, others: bool = True, heart: Heart | None = None
) -> Worker:
    """A worker for mails, for all other channels, or for both."""
    settings: Settings = app.config["ALLCLEAR"]
    chosen = {
        kind: channel
        for kind, channel in channels(settings).items()
        if (mails if kind is Kind.EMAIL else others)
    }
    return Worker(app, chosen, second(settings) if mails else None, heart)


def start(app: Flask, stop: threading.Event, count: int | None = None) -> list[threading.Thread]:
    """Start worker threads: as many for mails as the settings say, and one for everything else.

    Mails wait for no slow endpoint. They end soon after `stop` is set; join them: what is in
    hand is finished first.
    """
    settings: Settings = app.config["ALLCLEAR"]
    count = settings.workers if count is None else count
    heart = Heart()
    workers = [worker(app, others=False, heart=heart) for _ in range(count)]
    if count:
        workers.append(worker(app, mails=False, heart=heart))
    threads = [
        threading.Thread(target=one.run, args=(stop,), name=f"worker-{number}")
        for number, one in enumerate(workers)
    ]
    if threads:
        _spare_the_collector()
    for thread in threads:
        thread.start()
    listener = listening.start(app, stop) if threads else None
    return [*threads, listener] if listener else threads


def _spare_the_collector() -> None:
    """Let the search for cycles pass over what stays for good.

    A page of a fan-out makes thousands of small things that refer to nothing in turn. Looking
    through everything else for each few hundred of them cost a fifth of the whole fan-out.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _transport(settings: Settings, which: str) -> Channel:
    if which == "folder":
        return Folder(settings.data_dir / "mails")
    if which == "sendgrid":
        return SendGrid(settings.sendgrid_api_key.get_secret_value(), settings.sendgrid_host)
    return Smtp(which)


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


def _endpoint(recipient: str, kind: AnnouncementKind) -> Endpoint | None:
    found = recipients.reach(recipient, kind)
    db.session.remove()
    return Endpoint(found.address, found.secrets) if found else None
