"""`allclear web`: the pages alone, for installs whose workers and clock run elsewhere."""

import click


@click.command("web")
@click.option("--bind", metavar="ADDRESS:PORT", help="Where to listen, instead of ALLCLEAR_BIND.")
def command(bind: str | None) -> None:
    """Serve the status page and the console until stopped; deliver nothing.

    Keeps its own copy of the public side up to date, whoever posts on whichever machine.
    """
    from app.cli import instance, serve

    serve.run(instance.read(bind), alone=True)
