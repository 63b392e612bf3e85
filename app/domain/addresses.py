"""The one spelling of an address that we keep, for each channel."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from app.config import settings
from app.domain import endpoints, numbers
from app.domain.endpoints import Unfit
from app.errors import Rejected
from app.models import Channel
from app.words import N_

LONGEST_EMAIL = 254
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def offered() -> list[Channel]:
    """The channels that people may subscribe by here, as the settings have it."""
    ours = settings()
    named = [channel for channel in ORDER if channel.value in ours.offer]
    return [channel for channel in named if channel is not Channel.SMS or ours.twilio_account]


def canonical(channel: Channel, text: str) -> str:
    """The address as we keep it; raise Rejected when it is none of this channel."""
    typed = INVISIBLE.sub("", text).strip()
    if channel is Channel.EMAIL:
        return email(typed)
    if channel is Channel.SMS:
        return numbers.canonical(typed)
    if not typed:
        raise Rejected(address=N_("Which address should we post to?"))
    rules = {
        Channel.SLACK: endpoints.SLACK,
        Channel.TEAMS: endpoints.TEAMS,
        Channel.WEBHOOK: endpoints.webhooks(settings()),
    }[channel]
    try:
        return endpoints.fit(typed, rules)
    except Unfit as unfit:
        raise Rejected(address=str(unfit)) from unfit


def spellings(text: str) -> dict[Channel, str]:
    """An address as each channel that takes it would keep it."""
    found = {}
    for channel in Channel:
        with suppress(Rejected):
            found[channel] = canonical(channel, text)
    return found


def masked(address: str) -> str:
    """An address for whom it is no business of: `r…@example.org`, `+44…00`."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"{address[:3]}…{address[-2:]}" if len(address) > 7 else "…"


def shown(address: str) -> str:
    """An address as it may be printed: of a web address the host, as its path is a key."""
    return urlsplit(address).hostname or masked(address)


def email(text: str) -> str:
    """The address of a mailbox; raise Rejected when it is none.

    In lower case throughout: no mail service of today tells `Ada@` from `ada@`, and somebody who
    wants to flood a mailbox would count on us to.
    """
    if not text:
        raise Rejected(address=N_("Which address should we write to?"))
    try:
        checked = validate_email(
            text[: LONGEST_EMAIL + 100],
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError as error:
        raise Rejected(address=N_("This is no email address that we can write to.")) from error
    return str(checked.ascii_email).lower()


ORDER = (Channel.EMAIL, Channel.SMS, Channel.SLACK, Channel.TEAMS, Channel.WEBHOOK)
