"""`allclear runbook use`: take a document into use as the organisation's runbook."""

from pathlib import Path
from typing import BinaryIO

import click

from app.cli.runbook import runbook as command


@command.command("use")
@click.argument("file", type=click.File("rb"))
@click.option("--as", "email", metavar="EMAIL", help="The account that takes it into use.")
def use(file: BinaryIO, email: str | None) -> None:
    """Take FILE into use. Open incidents keep the runbook they were opened with."""
    from app.cli import instance
    from app.domain import runbooks

    text = runbooks.decode(file.read(runbooks.LARGEST + 1))
    with instance.opened():
        instance.organisation()
        by = instance.account(email) if email else None
        version = runbooks.use(text, source=Path(file.name).name, by=by)
        read = version.read
        click.echo(
            f"In use: {version.title} ({len(read.severities)} severities, "
            f"{len(read.templates)} templates, {len(read.obligations)} timed obligations)."
        )
        for lacking in read.not_understood:
            click.echo(f"  line {lacking.line}: {lacking.why}")
