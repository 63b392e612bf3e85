"""`allclear publish`: the public side as files that any web server, or storage, can serve."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.publication.store import Store


@click.command("publish")
@click.option("--to", "place", required=True, help="A folder, or s3://bucket/prefix.")
def command(place: str) -> None:
    """Render what is missing, and write every page, feed and file that changed to a folder.

    Instead of a folder, --to may name S3-compatible storage. Safe to repeat: what is there already
    is not written again, and of what is there only what we wrote is removed. Ends with 1 when
    something could not be rendered; what stood there before stays.
    """
    from flask import current_app

    from app import publication
    from app.cli import instance
    from app.errors import CannotStart

    with instance.opened():
        instance.organisation()
        publisher = publication.of(current_app)
        publisher.publish()
        while publisher.keep_up():
            pass
        if publisher.trouble:
            raise CannotStart("The documents cannot be published; the lines above say why.")
        click.echo(_written(publisher.store, place))
        for fault in publisher.store.faults():
            click.echo(f"{fault.path} could not be rendered.", err=True)
        sys.exit(1 if publisher.store.faults() else 0)


def _written(store: "Store", place: str) -> str:
    from app.cli import storage
    from app.config import settings
    from app.publication import static_site

    if not place.startswith(storage.SCHEME):
        return f"{static_site.follow(store, Path(place))} documents written to {place}."
    with storage.opened(place, settings().s3_endpoint) as bucket:
        done = bucket.follow(store)
    return f"{done.written} objects written to {place}, {done.removed} removed."
