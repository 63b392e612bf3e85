"""Posts to a channel of Slack through an incoming webhook."""

from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress

from app.content.slack import SlackMessage
from app.delivery.channel import DeliveryFailed, Failure, Post, within

HOST = "hooks.slack.com"
TIMEOUT = (5.0, 10.0)
DEADLINE = 15.0
LONGEST_REPLY = 4_096
# The webhook is gone, or its channel is closed.
BLAMES_US = {403, 404, 410}


class Slack:
    """`webhook` gives the address when a message is sent: it may be changed at any time."""

    def __init__(
        self,
        webhook: Callable[[], str],
        *,
        stand_in: requests.Session | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self._webhook = webhook
        self._session = stand_in or _session()
        self._is_stand_in = stand_in is not None
        self._deadline = deadline

    def send(self, post: Post) -> str:
        if not isinstance(post, SlackMessage):
            raise DeliveryFailed("Slack takes no mails.", Failure.PERMANENT)
        address = self._webhook()
        self._check(address)
        try:
            status, reply = within(self._deadline, lambda: self._post(address, post))
        except InvalidIPAddress as error:
            raise DeliveryFailed(
                "Slack's name leads into our own network.", Failure.OURS
            ) from error
        except (requests.RequestException, OSError) as error:
            # The error's own words name the address, which is a secret.
            reason = f"Slack could not be reached: {type(error).__name__}"
            raise DeliveryFailed(reason, Failure.UNREACHABLE) from error
        if status == 200:
            return f"200 {reply}"
        raise _failure(status, reply)

    def close(self) -> None:
        self._session.close()

    def _check(self, address: str) -> None:
        if self._is_stand_in:
            return
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.netloc != HOST:
            raise DeliveryFailed(f"A webhook starts with https://{HOST}/", Failure.OURS)

    def _post(self, address: str, post: SlackMessage) -> tuple[int, str]:
        with self._session.post(
            address, json=post.payload(), stream=True, allow_redirects=False, timeout=TIMEOUT
        ) as answer:
            reply = answer.raw.read(LONGEST_REPLY, decode_content=False)
            return answer.status_code, reply[:100].decode("utf-8", "replace")


def _session() -> requests.Session:
    session: requests.Session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=TIMEOUT,
        )
    )
    session.trust_env = False
    return session


def _failure(status: int, reply: str) -> DeliveryFailed:
    reason = f"Slack answered {status} {reply}".strip()
    if status in BLAMES_US or 300 <= status < 400:
        return DeliveryFailed(reason, Failure.OURS)
    is_down = status == 429 or status >= 500
    return DeliveryFailed(reason, Failure.UNREACHABLE if is_down else Failure.PERMANENT)
