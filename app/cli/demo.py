"""`allclear demo`: an example organisation to look around in."""

import os
import secrets
import shutil
from pathlib import Path

import click

KEPT = "example_password"
"""The file that keeps the example's password, for the next start."""


@click.command("demo")
@click.option("--bind", metavar="ADDRESS:PORT", help="Where to listen, instead of ALLCLEAR_BIND.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where to keep the example.")
@click.option("--fresh", is_flag=True, help="Build the example anew, as of now.")
def command(bind: str | None, folder: Path | None, fresh: bool) -> None:
    """Serve an example organisation, apart from your own data.

    It is kept between starts, with what you changed in it; --fresh builds it anew.
    """
    from app import publication
    from app.cli import example, instance, serve
    from app.domain import organisation
    from app.errors import CannotStart

    settings = instance.read(bind)
    folder = folder or settings.data_dir / "demo"
    # Nothing of a real instance is touched: another folder, its own database and no mail.
    settings = settings.model_copy(
        update={"data_dir": folder, "database_url": "", "email": "folder"}
    )
    if fresh and (folder / KEPT).exists():
        shutil.rmtree(folder)
    with instance.opened(settings) as app, publication.put_off(app):
        password = _password(folder)
        if organisation.current() is None:
            click.echo("Building the example …")
            example.build(password)
        elif not instance.organisation().is_example:
            raise CannotStart(f"{folder} holds an instance that is no example. Choose another.")
    serve.run(
        settings,
        "This is an example: nothing in it is real, and nobody is mailed.",
        f"  Sign in as   {example.ACCOUNT}",
        f"  Password     {password}",
        "  Start anew   allclear demo --fresh",
        "",
    )


def _password(folder: Path) -> str:
    """The password of the example's account, made once."""
    try:
        with open(os.open(folder / KEPT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(9))
    except FileExistsError:
        pass
    return (folder / KEPT).read_text()
