"""What each channel says of an announcement: composed once, then led to each recipient."""

from collections.abc import Callable, Mapping
from typing import Protocol

from app.content import email, slack, sms, teams, webhook
from app.content.email import Email
from app.content.language import speaking
from app.content.slack import SlackMessage
from app.content.sms import Text
from app.content.teams import Card
from app.content.webhook import Event
from app.db import db
from app.models import Announcement, Channel, Organisation

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
"""Who composes for a channel. What else a new one needs is listed in `docs/architecture.md`."""


def compose(
    announcement: Announcement, language: str = "", since_id: int | None = None, zone: str = ""
) -> Composed:
    """What an announcement says in one language and time zone; "" is the organisation's.

    With `since_id`, the earliest announcement that is told of as well: only mails do that.
    """
    if announcement.channel is Channel.EMAIL:
        return email.compose(announcement, language, since_id, zone)
    with speaking(language or db.session.get_one(Organisation, 1).language):
        return COMPOSERS[announcement.channel](announcement, language)
