"""Setting the organisation up, once, and changing its details."""

import hmac
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError

from app.db import db, transaction
from app.domain import accounts, audit, branding, changes, components, runbooks, subscribers
from app.domain.branding import Look
from app.errors import Rejected
from app.models import Account, Organisation, Role


def current() -> Organisation | None:
    """The organisation, or None before set-up."""
    return db.session.get(Organisation, 1)


def setup_token(key: str) -> str:
    """The token of the one link that opens set-up, made from the secret key."""
    return hmac.digest(key.encode(), b"set-up link", "sha256").hex()[:40]


def set_up(
    *,
    name: str,
    website: str = "",
    contact: str = "",
    account_email: str,
    account_name: str,
    password: str,
    component_lines: str,
    runbook_text: str,
    runbook_source: str,
    time_zone: str = "UTC",
    language: str = "en",
    is_example: bool = False,
) -> Account:
    """Create everything a new instance needs, in one transaction, once.

    Raise Rejected for what cannot be used, and with the field `form` when somebody else has
    set it up already: the organisation's one possible id decides a race.
    """
    if not name.strip():
        raise Rejected(name="What is the organisation called?")
    _check_zone(time_zone)
    branding.check_language(language)
    with transaction() as session:
        account = accounts.create(
            email=account_email, name=account_name, password=password, role=Role.ADMINISTRATOR
        )
        version = runbooks.keep(runbook_text, source=runbook_source, by=account)
        session.add(
            Organisation(
                id=1,
                name=name.replace("\0", "").strip(),
                website=website.strip(),
                contact=contact.strip(),
                time_zone=time_zone,
                language=language,
                runbook_id=version.id,
                is_example=is_example,
            )
        )
        try:
            session.flush()
        except IntegrityError as error:
            raise Rejected(form="This instance has been set up already.") from error
        components.create_from_lines(component_lines, by=account)
        audit.record("set up", by=account)
        changes.record()
    return account


def change(
    organisation: Organisation,
    *,
    name: str,
    website: str,
    contact: str,
    time_zone: str,
    slack_webhook: str,
    incident_channel: str,
    internal_emails: list[str],
    by: Account,
    look: Look | None = None,
) -> None:
    """Change the organisation's details, and its page's look; raise Rejected for what cannot be."""
    if not name.strip():
        raise Rejected(name="What is the organisation called?")
    if website and not website.startswith(("https://", "http://")):
        raise Rejected(website="Start with https://")
    if slack_webhook and not slack_webhook.startswith("https://hooks.slack.com/"):
        raise Rejected(slack_webhook="A Slack webhook starts with https://hooks.slack.com/")
    _check_zone(time_zone)
    addresses = [_address(entry) for entry in internal_emails if entry.strip()]
    with transaction():
        organisation.name = name.strip()
        organisation.website = website.strip()
        organisation.contact = contact.strip()
        organisation.time_zone = time_zone
        organisation.slack_webhook = slack_webhook.strip()
        organisation.incident_channel = incident_channel.strip().lstrip("#")
        organisation.internal_emails = list(dict.fromkeys(addresses))
        if look:
            branding.dress(organisation, look)
        audit.record("organisation changed", by=by)
        changes.record()


def _address(entry: str) -> str:
    try:
        return subscribers.canonical(entry)
    except Rejected as rejected:
        raise Rejected(internal_emails=f"{entry.strip()} is no email address.") from rejected


def _check_zone(time_zone: str) -> None:
    if time_zone not in available_timezones():
        raise Rejected(time_zone="Choose a time zone by its name, such as Europe/Berlin.")
