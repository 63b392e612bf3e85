"""Messages we owe: written with what they announce, settled by the delivery worker."""

from app.db import db
from app.models import Announcement, AnnouncementKind, Channel, Organisation, Update
from app.words import Audience


def announce(update: Update) -> None:
    """Owe an update's messages to whom they are for, in the transaction around it.

    One row for each kind of recipient, however many there are; the worker expands them.
    """
    organisation = db.session.get_one(Organisation, 1)
    customers = update.message(Audience.CUSTOMER)
    colleagues = update.message(Audience.INTERNAL)
    if customers:
        _owe(customers.id, Channel.EMAIL, internal=False)
    if colleagues and organisation.slack_webhook:
        _owe(colleagues.id, Channel.SLACK, internal=True)
    if colleagues and organisation.internal_emails:
        _owe(colleagues.id, Channel.EMAIL, internal=True)


def _owe(message_id: int, channel: Channel, *, internal: bool) -> None:
    db.session.add(
        Announcement(
            kind=AnnouncementKind.UPDATE, channel=channel, message_id=message_id, internal=internal
        )
    )
