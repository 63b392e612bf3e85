"""`allclear subscriber`: what the law gives people whose address we keep."""

import json

import click


@click.group("subscriber")
def command() -> None:
    """Show what is kept of an address, and erase it."""


@command.command()
@click.argument("address")
def data(address: str) -> None:
    """Print all that is kept of ADDRESS, as JSON: a mailbox, a number or a webhook."""
    from app.cli import instance
    from app.domain import own_page, subscribers

    with instance.opened():
        found = [own_page.data(one) for one in subscribers.of_address(address)]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@command.command()
@click.argument("address")
def erase(address: str) -> None:
    """Erase ADDRESS: a mailbox, a number or a webhook. What it was owed is not sent any more.

    A keyed hash stays, so that strangers cannot have us write to it again.
    """
    from app.cli import instance
    from app.domain import subscribers
    from app.errors import Rejected

    with instance.opened():
        ours = instance.organisation()
        if not subscribers.erase(address):
            raise Rejected(address="Nothing is kept of this address.")
        click.echo("It is erased. Backups hold it until they are deleted.")
        if address.strip().lower() in [one.lower() for one in ours.internal_emails]:
            click.echo("Its owner is still told as a colleague: take it out of the settings.")
