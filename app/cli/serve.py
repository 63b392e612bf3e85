"""`allclear serve`: the pages and the delivery of messages in one process."""

import threading
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings


UNKNOWN = (
    "Set ALLCLEAR_PUBLIC_URL to the address that people use:",
    "  requests for other names than 127.0.0.1 and localhost are refused until then.",
    "",
)


@click.command("serve")
@click.option("--bind", metavar="ADDRESS:PORT", help="Where to listen, instead of ALLCLEAR_BIND.")
def command(bind: str | None) -> None:
    """Serve the status page and the console, and deliver messages, until stopped."""
    from app.cli import instance

    run(instance.read(bind))


def run(settings: "Settings", *more: str, alone: bool = False) -> None:
    """Serve that instance until SIGTERM or SIGINT; print where it is, and these lines.

    Alone, the pages are served and nothing else is done: workers and a clock run elsewhere.
    """
    from app import publication
    from app.cli import instance, serving, ticking
    from app.db import db
    from app.models.pulse import Kind

    serving.address(settings.bind)
    stop = threading.Event()
    with instance.opened(settings, check=False) as app:
        if instance.is_only_local(settings):
            more = (*UNKNOWN, *more)
        lines = [*_where(settings), *_readied(settings), *more, "Stop it with Ctrl-C."]
        db.session.remove()  # a read that stays open would keep SQLite's log from being emptied
        threads = [publication.start(app, stop)]
        threads += [ticking.start(app, stop, Kind.WEB)] if alone else _beside(app, stop)
        try:
            serving.serve(
                app,
                bind=settings.bind,
                stop=stop,
                ready=lambda: click.echo("\n".join(lines)),
            )
        finally:
            stop.set()
            for thread in threads:
                thread.join(serving.PATIENCE_SECONDS)
            if not alone:
                ticking.leave(app, Kind.WORKER)


def _beside(app: "Flask", stop: threading.Event) -> list[threading.Thread]:
    """What else one process does when it is the only one: deliver, and watch the clock."""
    from app import delivery
    from app.cli import ticking

    return [*delivery.start(app, stop), ticking.start(app, stop)]


def _where(settings: "Settings") -> list[str]:
    mails = {
        "folder": f"kept as files in {settings.data_dir / 'mails'}; nobody is mailed",
        "sendgrid": "sent by SendGrid",
    }.get(settings.email, "sent by SMTP")
    return [
        "Allclear is running.",
        f"  Status page  {settings.public_url}/",
        f"  Console      {settings.public_url}/console/",
        f"  Mails        {mails}",
        f"  Data         {settings.data_dir}",
        "",
    ]


def _readied(settings: "Settings") -> list[str]:
    """Make the database ready; what is to be said when it is new, or away."""
    from app import publication
    from app.cli import instance

    try:
        instance.reaching(instance.make_ready)
    except instance.DatabaseAway as away:
        # The status page must not share the fate of what it reports on.
        if not publication.has_documents():
            raise
        return [str(away), "The status page shows what was published last.", ""]
    return _set_up_link(settings)


def _set_up_link(settings: "Settings") -> list[str]:
    """The link that works until there is an organisation."""
    from app.domain import organisation

    if organisation.current() is not None:
        return []
    token = organisation.setup_token(settings.key())
    return [
        "This instance is new. Set it up here; the link works until that is done:",
        f"  {settings.public_url}/setup/{token}",
        "",
    ]
