"""`allclear import`: bring what another page has published in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from app.domain.importing import Brought
    from app.domain.source import Source


@click.group("import", help="Bring what another page has published in.")
def command() -> None:
    """The group of the pages that can be brought in."""


@command.command("statuspage")
@click.argument("sources", nargs=-1, required=True, metavar="URL-OR-FILE...")
@click.option("--dry-run", is_flag=True, help="Say what would be brought in, and change nothing.")
@click.option("--as", "email", metavar="EMAIL", help="The account that does it, for the audit log.")
def statuspage(sources: tuple[str, ...], dry_run: bool, email: str | None) -> None:
    """Bring in the components, incidents and maintenance of a page of Atlassian Statuspage.

    Give the page's address, or documents of its public API as files, or a folder of them. Codes
    stay, so that old links lead on; nobody is mailed. What is here already stays as it is, so
    a second time changes nothing.
    """
    from app.cli import instance
    from app.domain import importing, source

    documents = [document for each in sources for document in _documents(each)]
    read = source.read(documents)
    with instance.opened():
        instance.organisation()
        by = instance.account(email) if email else None
        with _progress(read) as bar:
            brought = importing.bring_in(read, by=by, only_try=dry_run, step=lambda: bar.update(1))
        _say(read, brought, dry_run=dry_run)


def _documents(given: str) -> list[tuple[str, Any]]:
    from app.delivery import statuspage as fetched

    if given.startswith(("https://", "http://")):
        return fetched.fetch(given, step=lambda place: click.echo(f"Reading {place}", err=True))
    path = Path(given)
    files = sorted(path.glob("**/*.json")) if path.is_dir() else [path]
    if not files:
        raise click.ClickException(f"There is no file *.json in {given}.")
    return [(str(file), fetched.parse(str(file), _content(file))) for file in files]


def _content(file: Path) -> bytes:
    from app.delivery.statuspage import LARGEST

    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise click.ClickException(f"{file} cannot be read: {reason}.") from None
    if len(content) > LARGEST:
        raise click.ClickException(f"{file} is larger than {LARGEST // 1024**2} MiB.")
    return content


def _progress(read: Source) -> Any:
    """A bar on standard error, where somebody looks at it."""
    return click.progressbar(
        length=len(read.incidents),
        label="Bringing in",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    )


def _say(read: Source, brought: Brought, *, dry_run: bool) -> None:
    if not brought.anything:
        click.echo(f"Everything of {read.page.name} is here already. Nothing was changed.")
        return
    click.echo(f"{'Would bring' if dry_run else 'Brought'} in of {read.page.name}:")
    for count, what in (
        (brought.parts, "components and groups"),
        (brought.incidents, "incidents"),
        (brought.maintenances, "maintenances"),
        (brought.continued, "incidents that were here, with new updates"),
    ):
        click.echo(f"  {count:5} {what}")
    if brought.stands_in:
        click.echo("Components are hurt there and no incident says why: one was opened for them.")
    if brought.page:
        click.echo(
            f"The page keeps its id {read.page.id}, and its time zone {read.page.time_zone}."
        )
    if dry_run:
        click.echo("Nothing was changed.")
