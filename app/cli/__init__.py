"""The command line: `allclear`."""

import sys
from importlib import import_module

import click

from app.errors import CannotStart, Rejected

COMMANDS = {
    "serve": ("app.cli.serve", "Serve the status page and the console, and deliver messages."),
    "web": ("app.cli.web", "Serve the pages alone; workers and a clock run elsewhere."),
    "worker": ("app.cli.worker", "Deliver messages, without serving pages."),
    "clock": ("app.cli.clock", "Do what is due by time, without serving pages."),
    "setup": ("app.cli.setup", "Set a new instance up without a browser."),
    "upgrade": ("app.cli.upgrade", "Bring the database up to this version."),
    "doctor": ("app.cli.doctor", "Check whether all is well; send a test through each channel."),
    "publish": ("app.cli.publish", "Write the public side as a folder of files."),
    "demo": ("app.cli.demo", "Serve an example organisation to look around in."),
    "drill": ("app.cli.drill", "Rehearse a runbook; nothing real is touched."),
    "runbook": ("app.cli.runbook_use", "Read a runbook, or take one into use."),
    "incident": ("app.cli.incident", "Open, update, resolve, show and list incidents."),
    "import": ("app.cli.importing", "Bring in what another status page has published."),
    "maintenance": ("app.cli.maintenance", "Schedule, list, move and cancel maintenance."),
    "subscriber": ("app.cli.subscriber", "Show what is kept of an address, and erase it."),
    "account": ("app.cli.account", "Create accounts and set their passwords."),
}
"""Where each command lies, and its line of help: none is imported before it is called."""


class Commands(click.Group):
    """The commands, imported when called; help and reading a runbook answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what a person can put right ends in a sentence, not in a traceback."""
        try:
            return super().invoke(ctx)
        except CannotStart as error:
            click.echo(error, err=True)
            sys.exit(2)
        except Rejected as rejected:
            for sentence in rejected.errors.values():
                click.echo(sentence, err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="allclear", message="%(version)s")
def main() -> None:
    """Allclear: the public status page that runs on your own incident runbook."""
