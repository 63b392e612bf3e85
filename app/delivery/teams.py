"""Posts cards to a subscriber's webhook of Microsoft Teams, or of a workflow there."""

import json
from collections.abc import Callable

from app.content.teams import Card
from app.delivery.channel import DeliveryFailed, Failure, Post
from app.delivery.http import Client, NoAnswer, Refused
from app.models import AnnouncementKind

# The webhook or its workflow was taken away, or takes no card.
REFUSES = {400, 401, 403, 404, 405, 410, 413, 422}


class Teams:
    """`address` is asked when a card is sent: the webhook may be gone by then."""

    def __init__(
        self, address: Callable[[str, AnnouncementKind], str | None], client: Client
    ) -> None:
        self._address = address
        self._client = client

    def send(self, post: Post) -> str:
        if not isinstance(post, Card):
            raise DeliveryFailed("Teams takes only cards.", Failure.PERMANENT)
        address = self._address(post.recipient, post.kind)
        if address is None:
            raise DeliveryFailed("This channel has left.", Failure.PERMANENT)
        body = json.dumps(post.payload(), ensure_ascii=False).encode()
        try:
            reply = self._client.post(address, body, {"Content-Type": "application/json"})
        except Refused as refused:
            raise DeliveryFailed(f"Not called: {refused}", Failure.PERMANENT) from None
        except NoAnswer as missing:
            # Each tenant has a host of its own: the others need not wait.
            raise DeliveryFailed(
                f"Teams: {missing}", Failure.TEMPORARY, is_ambiguous=missing.is_asked
            ) from None
        if 200 <= reply.status < 300:
            return f"Teams answered {reply.status}"
        kind = Failure.PERMANENT if reply.status in REFUSES else Failure.TEMPORARY
        raise DeliveryFailed(f"Teams answered {reply.status}", kind, retry_after=reply.retry_after)

    def close(self) -> None:
        pass
