"""`allclear account`: accounts from a terminal, also when nobody can sign in any more."""

import secrets
from typing import TextIO

import click

ROLES = ("responder", "communications lead", "administrator")
FROM_FILE = click.option(
    "--password-file",
    type=click.File(encoding="utf-8"),
    help="Its first line is the password; without it one is made up and shown once.",
)


@click.group("account")
def command() -> None:
    """Create accounts and set their passwords."""


@command.command()
@click.argument("email")
@click.option(
    "--name", default="", help="How colleagues see it; the address's first part if empty."
)
@click.option("--role", type=click.Choice(ROLES), default="responder", show_default=True)
@FROM_FILE
def create(email: str, name: str, role: str, password_file: TextIO | None) -> None:
    """Create an account for EMAIL."""
    from app.cli import instance
    from app.domain import accounts
    from app.models import Role

    password = _password(password_file)
    with instance.opened():
        accounts.create(email=email, name=name, password=password, role=Role(role))
    _told(email, password, password_file)


@command.command("password")
@click.argument("email")
@FROM_FILE
def set_password(email: str, password_file: TextIO | None) -> None:
    """Set another password for EMAIL and end its sessions."""
    from app.cli import instance
    from app.domain import accounts

    password = _password(password_file)
    with instance.opened():
        account = instance.account(email)
        accounts.change_password(account, password=password, by=account)
    _told(email, password, password_file)


def _password(file: TextIO | None) -> str:
    return file.readline().rstrip("\r\n") if file else secrets.token_urlsafe(15)


def _told(email: str, password: str, file: TextIO | None) -> None:
    click.echo(f"Done: {email}.")
    if file is None:
        click.echo(f"The password, shown only this once: {password}")
