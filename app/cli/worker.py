"""`allclear worker`: the delivery of messages alone."""

import signal
import threading

import click


@click.command("worker")
def command() -> None:
    """Deliver what is owed, until stopped; for installs that serve pages elsewhere."""
    from app import delivery
    from app.cli import instance

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with instance.opened() as app:
        threads = delivery.start(app, stop)
        click.echo("Delivering. Stop it with Ctrl-C.")
        stop.wait()
        for thread in threads:
            thread.join()
