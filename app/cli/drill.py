"""`allclear drill`: rehearse a runbook before the night it is needed."""

import json
import shutil
import sys
from pathlib import Path

import click

REPORT = "rehearsal.txt"


@click.command("drill")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the mails and messages go; drill/ in the data directory when left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(file: Path, folder: Path | None, as_json: bool) -> None:
    """Play an example incident through FILE: every stage, at every severity.

    Nothing real is touched. What each audience would have got is printed, and lies in a folder:
    mails as .eml, Slack's messages and the status page's words as text. Ends with 1 when
    the runbook has a problem.
    """
    from app import runbook
    from app.cli import rehearsed, staging
    from app.cli.runbook import read_text
    from app.config import read_settings
    from app.content import drill
    from app.errors import Rejected

    text, note = read_text(file)
    if note:
        click.echo(note, err=True)
    read = runbook.read(text)
    if not read.is_runbook:
        raise Rejected(runbook=f"{file.name} is no runbook: {read.why_not}")
    rehearsal = drill.rehearse(read)
    folder = emptied(folder or read_settings().data_dir / "drill")
    report = "\n".join(rehearsed.lines(rehearsal))
    (folder / REPORT).write_text(report + "\n", encoding="utf-8")
    staging.perform(rehearsal, text, source=file.name, folder=folder)
    if as_json:
        click.echo(json.dumps(rehearsed.as_json(rehearsal), indent=2, ensure_ascii=False))
    else:
        click.echo(report)
        click.echo(f"\nThe mails and messages lie in {folder}")
    sys.exit(1 if rehearsal.problems else 0)


def emptied(folder: Path) -> Path:
    """The folder, without an earlier rehearsal; raise CannotStart when it holds anything else."""
    from app.errors import CannotStart

    if (folder / REPORT).exists():
        shutil.rmtree(folder)
    if folder.exists() and any(folder.iterdir()):
        raise CannotStart(f"{folder} is not empty and holds no rehearsal. Choose another: --to")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
