"""Show what was read out of a runbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.runbook.model import Runbook

LARGEST = 1024 * 1024


@click.group(help="Read a runbook, or take one into use.")
def runbook() -> None:
    """The group that other commands about runbooks join."""


@runbook.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_data", is_flag=True, help="Print it for other programs.")
def show(file: Path, as_data: bool) -> None:
    """Print what was read out of a runbook, and what was not understood."""
    text, note = read_text(file)
    if note:
        click.echo(note, err=True)
    # Loaded here: the group must not cost other commands their quick start.
    from app.runbook import read
    from app.runbook.as_json import as_json

    found = read(text)
    if as_data:
        click.echo(json.dumps(as_json(found), ensure_ascii=True, indent=2))
        return
    _print(found)


def read_text(file: Path) -> tuple[str, str | None]:
    """A file's text, and a note where its encoding had to be guessed."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise click.ClickException(f"There is no file {file}.") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise click.ClickException(f"{file} cannot be read: {reason}.") from None
    if len(content) > LARGEST:
        raise click.ClickException(f"{file} is larger than 1 MiB, which no runbook is.")
    return decode(content)


def decode(content: bytes) -> tuple[str, str | None]:
    """Text from bytes: UTF-8 as a rule, UTF-16 with its mark, else Windows-1252 or Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), None
        except UnicodeDecodeError:
            pass
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        note = "The file is not UTF-8; it was read as Windows-1252."
    try:
        return content.decode("cp1252"), note
    except UnicodeDecodeError:
        return content.decode("latin-1"), note


def _print(found: Runbook) -> None:
    from app.cli import runbook_printed

    runbook_printed.show(found)
