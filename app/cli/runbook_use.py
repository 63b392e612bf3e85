"""`allclear runbook use`: take a document into use as the organisation's runbook."""

from pathlib import Path

import click

from app.cli.runbook import read_text
from app.cli.runbook import runbook as command


@command.command("use")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "email", metavar="EMAIL", help="The account that takes it into use.")
def use(file: Path, email: str | None) -> None:
    """Take FILE into use. Open incidents keep the runbook they were opened with."""
    from app.cli import instance
    from app.domain import runbooks
    from app.errors import Rejected

    text, note = read_text(file)
    if note:
        click.echo(note, err=True)
    with instance.opened():
        instance.organisation()
        by = instance.account(email) if email else None
        try:
            version = runbooks.use(text, source=file.name, by=by)
        except Rejected as rejected:
            raise Rejected(runbook=f"{file.name} is no runbook: {rejected}") from rejected
        read = version.read
        click.echo(
            f"In use: {version.title} ({len(read.severities)} severities, "
            f"{len(read.templates)} templates, {len(read.obligations)} timed obligations)."
        )
        for lacking in read.not_understood:
            click.echo(f"  line {lacking.line}: {lacking.why}")
