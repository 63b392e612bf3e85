"""`allclear worker`: the delivery of messages alone."""

import signal
import threading

import click


@click.command("worker")
@click.option("--threads", type=click.IntRange(1, 32), default=2, show_default=True)
def command(threads: int) -> None:
    """Deliver what is owed, until stopped; for installs that serve pages elsewhere."""
    from app import delivery
    from app.cli import instance
    from app.domain import pulses
    from app.models.pulse import Kind

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with instance.opened() as app:
        working = delivery.start(app, stop, threads)
        click.echo("Delivering. Stop it with Ctrl-C.")
        stop.wait()
        for thread in working:
            thread.join()
        pulses.leave(Kind.WORKER)
