"""What `allclear --help` says, and how soon."""

import subprocess
import sys

import click
import pytest

from app.cli import COMMANDS, main
from tests.cli import running

# Processes start slowly on a machine that is busy.
pytestmark = pytest.mark.timeout(300)

HEAVY = ("flask", "sqlalchemy", "pydantic", "uvicorn")


def walk(command, path=()):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name), (*path, name))


def test_help_lists_every_command_with_a_line(terminal):
    output = terminal("--help").output

    for name, (_, line) in COMMANDS.items():
        assert f"{name} " in output
        assert line in output


def test_every_command_says_what_it_does():
    for path, command in walk(main):
        assert command.help, f"allclear {' '.join(path)} has no help"


def test_every_option_that_is_no_plain_name_says_what_it_does():
    for path, command in walk(main):
        for option in command.params:
            if isinstance(option, click.Option) and option.name not in ("time_zone", "days"):
                assert option.help or option.metavar or option.type.name != "text", (
                    path,
                    option.name,
                )


@pytest.mark.parametrize("arguments", [["--help"], ["runbook", "--help"], ["incident", "--help"]])
def test_help_imports_nothing_heavy(arguments, tmp_path):
    code = (
        "import sys\n"
        "from app.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env=running.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert answer.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_named(terminal):
    result = terminal("sreve")

    assert result.exit_code == 2
    assert "sreve" in result.output
