"""`allclear publish`: the public side as files that any web server can serve."""

import sys
from pathlib import Path

import click


@click.command("publish")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where to write it.",
)
def command(folder: Path) -> None:
    """Render what is missing, and write every page, feed and file that changed to a folder.

    Safe to repeat: what is there already is not written again. Ends with 1 when something could
    not be rendered; what stood there before stays.
    """
    from flask import current_app

    from app import publication
    from app.cli import instance
    from app.errors import CannotStart
    from app.publication import static_site

    with instance.opened():
        instance.organisation()
        publisher = publication.of(current_app)
        publisher.publish()
        while publisher.keep_up():
            pass
        if publisher.trouble:
            raise CannotStart("The documents cannot be published; the lines above say why.")
        count = static_site.follow(publisher.store, folder)
        click.echo(f"{count} documents written to {folder}.")
        for fault in publisher.store.faults():
            click.echo(f"{fault.path} could not be rendered.", err=True)
        sys.exit(1 if publisher.store.faults() else 0)
