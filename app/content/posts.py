"""What each channel says of an announcement: composed once, then led to each recipient."""

from collections.abc import Callable, Mapping
from typing import Protocol

from app.content import email, slack, sms, teams, webhook
from app.content.email import Email
from app.content.slack import SlackMessage
from app.content.sms import Text
from app.content.teams import Card
from app.content.webhook import Event
from app.models import Announcement, Channel

Post = Email | SlackMessage | Card | Event | Text
"""One message for one recipient, as a channel hands it over."""


class Composed(Protocol):
    """What an announcement says on one channel; only a recipient's own links are still open."""

    def addressed(self, recipient: str, address: str) -> Post:
        """The message for one recipient, named as in the ledger. Asks no database."""


Compose = Callable[[Announcement, str], Composed]

COMPOSERS: Mapping[Channel, Compose] = {
    Channel.EMAIL: email.compose,
    Channel.SLACK: slack.compose,
    Channel.TEAMS: teams.compose,
    Channel.WEBHOOK: webhook.compose,
    Channel.SMS: sms.compose,
}
"""Who composes for a channel. A new channel is a file in `app/delivery`, and a line here."""


def compose(announcement: Announcement, language: str = "") -> Composed:
    """What an announcement says in one language; "" is the organisation's."""
    return COMPOSERS[announcement.channel](announcement, language)
