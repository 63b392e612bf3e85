"""Posts to a subscriber's own endpoint, signed as Standard Webhooks has it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from standardwebhooks import Webhook as Signer

from app import clock
from app.content.webhook import Event, agrees
from app.delivery.channel import DeliveryFailed, Failure, Post
from app.delivery.http import Client, NoAnswer, Refused
from app.models import AnnouncementKind

GONE = {410}
TOO_MUCH = {413}
# The header's other values ("HTTP-date") and longer ones are left: our own pauses are shorter.
LONGEST_WAIT = 3_600.0
LONGEST = 60.0
"""Seconds after which no further request of one event is begun; much shorter than a lease."""
MOST_KEPT = 10_000


@dataclass(frozen=True)
class Endpoint:
    """Where a subscriber wants to be told, and what signs what is sent there."""

    address: str
    secrets: tuple[str, ...]
    """One, or two while the receiver changes over."""


class Webhook:
    """`endpoint` is asked when an event is sent: it may be changed, or gone, at any time.

    An endpoint that is not there is one subscriber's trouble: nobody else waits for it.
    """

    def __init__(
        self,
        endpoint: Callable[[str, AnnouncementKind], Endpoint | None],
        client: Client,
        confirmed: Callable[[str], None],
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._confirmed = confirmed
        self._taken: OrderedDict[str, None] = OrderedDict()
        """What was taken of events that are not through yet: a new try goes on after it."""

    def send(self, post: Post) -> str:
        if not isinstance(post, Event):
            raise DeliveryFailed("A webhook takes only events.", Failure.PERMANENT)
        parts, until = post.parts(), time.monotonic() + LONGEST
        answer = "The webhook has all of it"
        for part in parts:
            if part.reference in self._taken:
                continue
            if time.monotonic() > until:
                raise DeliveryFailed("The webhook is slow: the rest follows.", Failure.TEMPORARY)
            answer = self._post(part)
            if len(parts) > 1:
                self._keep(part.reference)
        for part in parts:
            self._taken.pop(part.reference, None)
        return answer

    def _keep(self, reference: str) -> None:
        self._taken[reference] = None
        if len(self._taken) > MOST_KEPT:
            self._taken.popitem(last=False)

    def _post(self, post: Event) -> str:
        """Send one request, to where the endpoint is now."""
        endpoint = self._endpoint(post.recipient, post.kind)
        if endpoint is None:
            raise DeliveryFailed("This webhook has left.", Failure.PERMANENT)
        asks = post.kind is AnnouncementKind.CONFIRM
        body = post.body()
        try:
            reply = self._client.post(
                endpoint.address, body.encode(), headers(post.reference, body, endpoint), read=asks
            )
        except Refused as refused:
            raise DeliveryFailed(f"Not called: {refused}", Failure.PERMANENT) from None
        except NoAnswer as missing:
            raise DeliveryFailed(
                f"No answer: {missing}", Failure.TEMPORARY, is_ambiguous=missing.is_asked
            ) from None
        if not 200 <= reply.status < 300:
            raise _failure(reply.status, reply.retry_after)
        if asks:
            if not agrees(post.recipient, reply.body):
                reason = "It did not answer with the challenge alone."
                raise DeliveryFailed(reason, Failure.PERMANENT)
            self._confirmed(post.recipient)
        return f"The webhook answered {reply.status}"

    def close(self) -> None:
        pass


def headers(reference: str, body: str, endpoint: Endpoint) -> dict[str, str]:
    """The headers of a signed event: the same id each time it is sent, a signature a secret."""
    now = clock.now().replace(microsecond=0)
    signed = [Signer(secret).sign(reference, now, body) for secret in endpoint.secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": reference,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _failure(status: int, retry_after: float | None) -> DeliveryFailed:
    reason = f"The webhook answered {status}"
    if status in GONE | TOO_MUCH:
        return DeliveryFailed(reason, Failure.PERMANENT)
    wait = min(retry_after, LONGEST_WAIT) if retry_after else None
    return DeliveryFailed(reason, Failure.TEMPORARY, retry_after=wait)
