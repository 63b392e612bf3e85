"""`allclear incident`: the main job from a terminal, by the same verbs as the console."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

STAGES = ("investigating", "identified", "monitoring", "resolved")
Command = TypeVar("Command", bound=Callable[..., Any])

TELLING = (
    click.option(
        "--fact",
        "facts",
        multiple=True,
        metavar="NAME=TEXT",
        help="A fact for the templates' blanks; repeat it for more. Facts are carried along.",
    ),
    click.option(
        "--impact",
        "impacts",
        multiple=True,
        metavar="COMPONENT=IMPACT",
        help="operational, degraded_performance, partial_outage or major_outage; repeat it.",
    ),
    click.option(
        "--next-update",
        metavar="WHEN",
        help="30m, 2h, 15:30 or none; the runbook's cadence when left out.",
    ),
    click.option(
        "--tell",
        metavar="AUDIENCES",
        help="Among public,customer,internal; everyone when left out.",
    ),
    click.option("-m", "--message", metavar="TEXT", help="Your own words, for everyone told."),
    click.option("--message-file", metavar="FILE", help="The same from a file; - is stdin."),
    click.option(
        "--say",
        multiple=True,
        metavar="AUDIENCE=FILE",
        help="Your own words for one audience; a first line 'Subject: …' is the subject.",
    ),
    click.option("--edit", is_flag=True, help="Change each message in your editor first."),
    click.option("--key", metavar="TEXT", help="Sent twice with the same key, it is posted once."),
    click.option("--as", "email", envvar="ALLCLEAR_ACCOUNT", metavar="EMAIL", help="Who posts it."),
    click.option("--preview", is_flag=True, help="Show every message and send nothing."),
    click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
)


def telling(command: Command) -> Command:
    """The options of everything that tells people something."""
    for option in reversed(TELLING):
        command = option(command)
    return command


@click.group("incident")
def command() -> None:
    """Open, update, resolve, show and list incidents."""


@command.command("open")
@click.option("--title", required=True, help="A few words, as a customer would say it.")
@click.option("--severity", required=True, metavar="KEY", help="A severity of the runbook.")
@click.option("--stage", type=click.Choice(STAGES[:3]), help="investigating when left out.")
@click.option("--role", "roles", multiple=True, metavar="ROLE=PERSON", help="Who plays which role.")
@click.option("--channel", metavar="NAME", help="The chat channel of this incident.")
@telling
def open_(**written: Any) -> None:
    """Open an incident and tell people of it."""
    from app.cli import responding

    responding.open_incident(**written)


@command.command()
@click.argument("code")
@click.option("--stage", type=click.Choice(STAGES), help="The one it is at when left out.")
@click.option("--reopen", is_flag=True, help="Needed when the incident is resolved.")
@telling
def update(**written: Any) -> None:
    """Post an update of the incident CODE."""
    from app.cli import responding

    responding.post(**written)


@command.command()
@click.argument("code")
@telling
def resolve(**written: Any) -> None:
    """Tell people that the incident CODE is over."""
    from app.cli import responding

    responding.post(stage="resolved", reopen=False, **written)


@command.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show(code: str, as_json: bool) -> None:
    """Show the incident CODE with everything that was told."""
    from app.cli import responding

    responding.show(code, as_json=as_json)


@command.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not resolved.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_(only_open: bool, days: int, as_json: bool) -> None:
    """List incidents, newest first."""
    from app.cli import responding

    responding.show_list(only_open=only_open, days=days, as_json=as_json)
