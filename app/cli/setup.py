"""`allclear setup`: set a new instance up without a browser."""

import os
import secrets
from pathlib import Path
from typing import BinaryIO, TextIO

import click

ALREADY = "This instance has been set up already. Change it in the console."
OPTIONS = {
    "name": "--name",
    "email": "--account",
    "components": "--components",
    "runbook": "--runbook",
    "password": "--password-file",
    "time_zone": "--time-zone",
    "language": "--language",
}
"""The option that each field of a refusal came from."""


@click.command("setup")
@click.option("--name", required=True, help="The organisation's name.")
@click.option("--account", required=True, metavar="EMAIL", help="The first administrator.")
@click.option(
    "--components",
    required=True,
    type=click.File(encoding="utf-8"),
    help="A file with one component a line; indented lines belong to the line above. - is stdin.",
)
@click.option(
    "--runbook",
    type=click.File("rb"),
    help="Your incident runbook in Markdown; the one that comes with Allclear when left out.",
)
@click.option(
    "--password-file",
    type=click.File(encoding="utf-8"),
    help="Its first line is the password; else ALLCLEAR_SETUP_PASSWORD, else one is made up.",
)
@click.option("--time-zone", default="UTC", show_default=True, metavar="ZONE")
@click.option(
    "--language",
    default="en",
    show_default=True,
    metavar="CODE",
    help="Of the status page and of mails: en or de.",
)
@click.option("--website", default="", help="The organisation's own website.")
@click.option("--contact", default="", help="Where customers get help: an address or a number.")
def command(
    name: str,
    account: str,
    components: TextIO,
    runbook: BinaryIO | None,
    password_file: TextIO | None,
    time_zone: str,
    language: str,
    website: str,
    contact: str,
) -> None:
    """Set a new instance up: the organisation, its components, a runbook and one account."""
    from app.cli import instance
    from app.domain import organisation
    from app.errors import Rejected

    password, made_up = _password(password_file)
    text, source = _runbook(runbook)
    with instance.opened():
        if organisation.current() is not None:
            raise Rejected(form=ALREADY)
        try:
            organisation.set_up(
                name=name,
                website=website,
                contact=contact,
                account_email=account,
                account_name="",
                password=password,
                component_lines=components.read(),
                runbook_text=text,
                runbook_source=source,
                time_zone=time_zone,
                language=language,
            )
        except Rejected as rejected:
            raise Rejected(**_by_option(rejected.errors)) from rejected
        page = instance.public_url()
    click.echo(f"{name} is set up. Its status page: {page}/")
    if made_up:
        click.echo(f"The password of {account}, shown only this once: {password}")


def _by_option(errors: dict[str, str]) -> dict[str, str]:
    """Each sentence with the option that it is about."""
    return {
        field: f"{OPTIONS[field]}: {sentence}" if field in OPTIONS else sentence
        for field, sentence in errors.items()
    }


def _password(file: TextIO | None) -> tuple[str, bool]:
    """The password, and whether it was made up here. It is no option: others see command lines."""
    if file is not None:
        return file.readline().rstrip("\r\n"), False
    if given := os.environ.get("ALLCLEAR_SETUP_PASSWORD"):
        return given, False
    return secrets.token_urlsafe(15), True


def _runbook(file: BinaryIO | None) -> tuple[str, str]:
    """The text of the runbook, and the name of its file."""
    from app.domain import runbooks
    from app.runbook import default

    if file is None:
        return default.text(), default.PATH.name
    return runbooks.decode(file.read(runbooks.LARGEST + 1)), Path(file.name).name
