"""Posts to channels of Slack: by incoming webhooks, and for colleagues by a bot in one thread."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from app.content.slack import SlackMessage
from app.db import db
from app.delivery.channel import DEADLINE, DeliveryFailed, Failure, Post, within
from app.delivery.http import Client, NoAnswer, Refused, Reply
from app.domain import threads
from app.models import AnnouncementKind

log = structlog.get_logger("app.delivery")

OURS = "slack"
"""The recipient that is the organisation's own channel."""
TIMEOUT = 10
# The webhook is gone, or its channel is closed.
GONE = {403, 404, 410}
# What a bot is refused for and that only another message would change.
BLAMES_THE_MESSAGE = {"invalid_blocks", "msg_too_long", "no_text", "invalid_blocks_format"}
BUSY = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"}


@dataclass(frozen=True)
class Own:
    """How colleagues are reached in Slack."""

    webhook: str = ""
    channel: str = ""


class Slack:
    """`own` and `address` are asked when a message is sent: both may be changed at any time."""

    def __init__(
        self,
        own: Callable[[], Own],
        address: Callable[[str, AnnouncementKind], str | None],
        client: Client,
        *,
        bot: WebClient | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self._own = own
        self._address = address
        self._client = client
        self._bot = bot
        self._deadline = deadline

    def send(self, post: Post) -> str:
        if not isinstance(post, SlackMessage):
            raise DeliveryFailed("Slack takes only its own messages.", Failure.PERMANENT)
        if post.recipient not in ("", OURS):
            return self._to_subscriber(post)
        own = self._own()
        if self._bot is not None and own.channel:
            return self._by_bot(self._bot, post, f"#{own.channel.lstrip('#')}")
        return self._post(own.webhook, post, gone=Failure.OURS)

    def close(self) -> None:
        pass

    def _to_subscriber(self, post: SlackMessage) -> str:
        address = self._address(post.recipient, post.kind)
        if address is None:
            raise DeliveryFailed("This channel has left.", Failure.PERMANENT)
        return self._post(address, post, gone=Failure.PERMANENT)

    def _post(self, address: str, post: SlackMessage, *, gone: Failure) -> str:
        body = json.dumps(post.payload(), ensure_ascii=False).encode()
        try:
            reply = self._client.post(
                address, body, {"Content-Type": "application/json; charset=utf-8"}
            )
        except Refused as refused:
            raise DeliveryFailed(f"Not called: {refused}", gone) from None
        except NoAnswer as missing:
            raise DeliveryFailed(
                f"Slack: {missing}", Failure.UNREACHABLE, is_ambiguous=missing.is_asked
            ) from None
        if reply.status == 200:
            return "Slack answered 200"
        raise _failure(reply, gone)

    def _by_bot(self, bot: WebClient, post: SlackMessage, channel: str) -> str:
        thread = threads.of(post.incident_id, OURS, channel) if post.incident_id else ""
        db.session.remove()  # hands the connection back: Slack may be slow
        try:
            answer = within(
                self._deadline,
                lambda: bot.chat_postMessage(
                    channel=channel,
                    text=post.text,
                    blocks=post.blocks,
                    thread_ts=thread or None,
                    unfurl_links=False,
                    unfurl_media=False,
                ),
            )
        except SlackApiError as error:
            raise _refusal(error) from None
        except OSError as error:
            name = "no answer in time" if isinstance(error, TimeoutError) else "not reached"
            is_asked = not isinstance(error, URLError)  # raised until all of it has been sent
            raise DeliveryFailed(
                f"Slack: {name}", Failure.UNREACHABLE, is_ambiguous=is_asked
            ) from None
        ts = str(answer.get("ts") or "")
        if post.incident_id and ts and not thread:
            _keep(post.incident_id, channel, ts)
        return f"Slack has it as {ts}"


def _keep(incident_id: int, channel: str, ts: str) -> None:
    """Note where the thread begins; Slack has the message, whatever becomes of the note."""
    try:
        threads.keep(incident_id, OURS, channel, ts)
    except SQLAlchemyError as error:
        log.warning("a thread is not noted", incident=incident_id, why=type(error).__name__)


def _failure(reply: Reply, gone: Failure) -> DeliveryFailed:
    reason = f"Slack answered {reply.status}"
    if reply.status in GONE or 300 <= reply.status < 400:
        return DeliveryFailed(reason, gone)
    if reply.status == 429:  # Slack counts for each webhook
        return DeliveryFailed(reason, Failure.TEMPORARY, retry_after=reply.retry_after)
    kind = Failure.UNREACHABLE if reply.status >= 500 else Failure.PERMANENT
    return DeliveryFailed(reason, kind)


def _refusal(error: SlackApiError) -> DeliveryFailed:
    answer = error.response
    said = str(answer.get("error") or "no reason")[:60]
    reason = f"Slack refused it: {said}"
    if said in BLAMES_THE_MESSAGE:
        return DeliveryFailed(reason, Failure.PERMANENT)
    if said in BUSY or answer.status_code >= 429:
        wait = Reply(answer.status_code, answer.headers, b"").retry_after
        return DeliveryFailed(reason, Failure.UNREACHABLE, retry_after=wait)
    return DeliveryFailed(f"{reason}: check the token and the channel", Failure.OURS)
