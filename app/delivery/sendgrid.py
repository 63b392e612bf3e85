"""Sends mails through SendGrid's v3 API."""

import logging
import time
from typing import Any

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    ClickTracking,
    Content,
    CustomArg,
    From,
    Header,
    Mail,
    OpenTracking,
    Personalization,
    SubscriptionTracking,
    To,
    TrackingSettings,
)

from app.content.email import Email
from app.delivery.channel import DeliveryFailed, Failure, Post, within

TIMEOUT = 10.0
DEADLINE = 15.0
# The rest of the refusals is about our account, and everything waits until it is mended.
BLAMES_THE_MESSAGE = {400, 413}
BLAMES_US = {401, 403, 404, 405, 415}

logging.getLogger("python_http_client").setLevel(logging.INFO)  # at DEBUG it prints the key


class SendGrid:
    """Hands each mail over in one call."""

    def __init__(
        self, key: str, host: str, *, timeout: float = TIMEOUT, deadline: float = DEADLINE
    ):
        self._api = SendGridAPIClient(key, host=host)
        self._api.client.timeout = timeout  # the library's own is to wait for ever
        self._deadline = deadline

    def send(self, post: Post) -> str:
        if not isinstance(post, Email):
            raise DeliveryFailed("SendGrid takes only mails.", Failure.PERMANENT)
        mail = _mail(post)
        try:
            answer = within(self._deadline, lambda: self._api.send(mail))
        except HTTPError as error:
            raise _failure(error) from error
        except OSError as error:
            reason = f"SendGrid could not be reached: {_plain(error)}"
            raise DeliveryFailed(reason, Failure.UNREACHABLE) from error
        return answer.headers.get("X-Message-Id") or f"SendGrid answered {answer.status_code}"

    def close(self) -> None:
        pass


def _mail(email: Email) -> Mail:
    """The request, with nothing that would change links or watch the reader."""
    letter = email.letter
    mail = Mail()
    mail.from_email = From(letter.sender, letter.sender_name)
    mail.subject = email.subject
    mail.add_content(Content("text/plain", email.text))
    mail.add_content(Content("text/html", email.html))
    person = Personalization()
    person.add_to(To(email.to))
    person.add_custom_arg(CustomArg("reference", email.reference))
    for name, value in email.headers.items():
        person.add_header(Header(name, value))
    mail.add_personalization(person)
    tracking = TrackingSettings()
    tracking.click_tracking = ClickTracking(enable=False, enable_text=False)
    tracking.open_tracking = OpenTracking(enable=False)
    tracking.subscription_tracking = SubscriptionTracking(enable=False)
    mail.tracking_settings = tracking
    return mail


def _failure(error: HTTPError) -> DeliveryFailed:
    status = error.status_code
    reason = f"SendGrid answered {status}"
    if status in BLAMES_US:
        return DeliveryFailed(f"{reason}: check the key and its rights", Failure.OURS)
    if status in BLAMES_THE_MESSAGE:
        return DeliveryFailed(reason, Failure.PERMANENT)
    if status == 429:
        return DeliveryFailed(reason, Failure.UNREACHABLE, retry_after=_asked_for(error.headers))
    return DeliveryFailed(reason, Failure.UNREACHABLE if status >= 500 else Failure.TEMPORARY)


def _asked_for(headers: Any) -> float | None:
    """Seconds that SendGrid asks us to wait."""
    try:
        if after := headers.get("Retry-After"):
            return max(1.0, float(after))
        if reset := headers.get("X-RateLimit-Reset"):
            return max(1.0, float(reset) - time.time())
    except (ValueError, AttributeError):
        pass
    return None


def _plain(error: OSError) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error)
