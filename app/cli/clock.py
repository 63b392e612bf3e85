"""`allclear clock`: what time brings about, without pages and without delivery."""

import signal
import threading

import click


@click.command("clock")
def command() -> None:
    """Do what is due by time, until stopped: begin and end maintenance, remind, tidy up.

    Several may run at once, on several machines: each step is done by one of them.
    """
    from app import publication
    from app.cli import instance, ticking

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with instance.opened() as app:
        threads = [publication.start(app, stop), ticking.start(app, stop)]
        click.echo("Keeping time. Stop it with Ctrl-C.")
        stop.wait()
        for thread in threads:
            thread.join(10)
