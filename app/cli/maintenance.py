"""`allclear maintenance`: plan, move and cancel maintenance from a terminal."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

TELLING = (
    click.option("--tell", metavar="AUDIENCES", help="Among public,customer,internal."),
    click.option("-m", "--message", metavar="TEXT", help="Your own words, for everyone told."),
    click.option("--key", metavar="TEXT", help="Sent twice with the same key, it is posted once."),
    click.option("--as", "email", envvar="ALLCLEAR_ACCOUNT", metavar="EMAIL", help="Who does it."),
    click.option("--preview", is_flag=True, help="Show every message and send nothing."),
    click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
)
TIMES = (
    click.option("--from", "starts", required=True, metavar="TIME", help="2026-12-06T02:00"),
    click.option("--until", "ends", required=True, metavar="TIME", help="A time, or 04:00 or 2h."),
    click.option("--zone", metavar="NAME", help="Europe/Berlin; the organisation's if left out."),
    click.option("--second", is_flag=True, help="Of a start that comes twice, the second."),
)


def telling(command: Command) -> Command:
    """The options of everything that tells people something."""
    for option in reversed(TELLING):
        command = option(command)
    return command


def timed(command: Command) -> Command:
    """The options that give a window."""
    for option in reversed(TIMES):
        command = option(command)
    return command


@click.group("maintenance")
def command() -> None:
    """Schedule, list, move and cancel maintenance, and tell how it goes."""


@command.command()
@click.option("--title", required=True, help="A few words, as a customer would say it.")
@timed
@click.option("--component", "parts", multiple=True, metavar="NAME", help="Repeat it for more.")
@click.option("--expect", default="", metavar="TEXT", help="What people will notice.")
@click.option("--remind", metavar="WAIT", help="1h, 1d: so long before; no reminder if left out.")
@click.option("--by-hand", is_flag=True, help="It begins and ends only when somebody says so.")
@click.option("--rule", metavar="RRULE", help="It comes again: FREQ=MONTHLY;BYDAY=1SU.")
@telling
def schedule(**written: Any) -> None:
    """Plan maintenance and announce it."""
    from app.cli import windowed

    windowed.schedule(**written)


@command.command()
@click.argument("code")
@timed
@telling
def move(**written: Any) -> None:
    """Give the maintenance CODE another time."""
    from app.cli import windowed

    windowed.move(**written)


@command.command()
@click.argument("code")
@telling
def cancel(**written: Any) -> None:
    """Call the maintenance CODE off."""
    from app.cli import windowed

    windowed.post(event="cancelled", **written)


@command.command()
@click.argument("code")
@click.argument("event", type=click.Choice(("started", "verifying", "completed")))
@telling
def tell(**written: Any) -> None:
    """Tell that the maintenance CODE has started, is being verified, or is completed."""
    from app.cli import windowed

    windowed.post(**written)


@command.command("list")
@click.option("--past", is_flag=True, help="What is over, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_(past: bool, as_json: bool) -> None:
    """List maintenance that is under way or to come."""
    from app.cli import windowed

    windowed.show_list(past=past, as_json=as_json)
