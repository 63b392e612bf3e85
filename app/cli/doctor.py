"""`allclear doctor`: whether everything is as it should be, and a real test of each channel."""

import json
import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.cli.examined import Finding
    from app.delivery.trials import Place

SIGNS = {"good": "✓", "warning": "!", "bad": "✗"}
GATE_SECONDS = 25.0
ALL = "all"
"""What `--send` alone means: wherever the organisation has places of its own."""


@click.command("doctor")
@click.option("--gate", is_flag=True, help="Only wait until a worker works; for deploys.")
@click.option(
    "--send",
    "wanted",
    multiple=True,
    is_flag=False,
    flag_value=ALL,
    metavar="[CHANNEL[:PLACE]]",
    help="Send a real test; alone, to all places of colleagues. Can be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(gate: bool, wanted: tuple[str, ...], as_json: bool) -> None:
    """Check what can be checked from here; ends with 1 when something is wrong.

    With --send, a test goes out through each channel that colleagues are told by; with
    --send webhook:https://example.org/hook (or email:…, sms:…, slack:…, teams:…) to that place.
    It says what was answered and how long that took. In a terminal it is offered; otherwise
    nothing is sent without it.
    """
    from app.cli import examined, instance

    with instance.opened(check=False):
        if gate:
            sys.exit(_gate())
        found = examined.everything()
        is_fit = not any(one.mark is examined.Mark.BAD for one in found)
        if not wanted and is_fit and not as_json and _is_wanted():
            wanted = (ALL,)
        if wanted:
            found += sent(wanted)
        click.echo(_as_json(found) if as_json else _as_text(found))
        sys.exit(1 if any(one.mark is examined.Mark.BAD for one in found) else 0)


def is_processed(*, within: float) -> bool:
    """Whether a worker sees to a canary in so many seconds."""
    from app.domain import health

    canary, until = health.send_canary(), time.monotonic() + within
    try:
        while not health.came_back(canary):
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True
    finally:
        health.forget_canary(canary)


def sent(wanted: "Sequence[str]" = (ALL,)) -> "list[Finding]":
    """What came of a real test to each place that is wanted; nobody is written to twice."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.domain import organisation

    try:
        ours = organisation.current()
    except SQLAlchemyError:
        return [_finding("Tests", "bad", "None was sent: the database cannot be read.")]
    if ours is None:
        return [_finding("Tests", "bad", "None was sent: this instance is not set up.")]
    places, found = _places(wanted)
    for place in places:
        found += _tried(place)
    return [*found, *(_left_out(places) if ALL in wanted else [])]


def _places(wanted: "Sequence[str]") -> "tuple[list[Place], list[Finding]]":
    """The places that are wanted, each once, and what is wrong with the others."""
    from app.delivery import trials
    from app.errors import Rejected

    places: list[Place] = []
    wrong = []
    for text in dict.fromkeys(wanted):
        try:
            places += trials.known() if text == ALL else trials.read(text)
        except Rejected as rejected:
            said = " ".join(rejected.errors.values())
            wrong.append(_finding(f"Test by {text.partition(':')[0]}", "bad", said))
    return list(dict.fromkeys(places)), wrong


def _tried(place: "Place") -> "list[Finding]":
    from app.delivery import trials
    from app.errors import Rejected

    try:
        return [
            _finding(
                f"Test by {one.way}",
                "good" if one.went_well else "bad",
                f"{one.answer.rstrip('.')}, after {one.seconds:.1f} s ({place.shown})",
            )
            for one in trials.send(place)
        ]
    except Rejected as rejected:
        said = " ".join(rejected.errors.values())
        return [_finding(f"Test by {place.channel}", "bad", said)]


def _left_out(places: "Sequence[Place]") -> "list[Finding]":
    """The channels that were not tried, as the settings know no place, and how to name one."""
    from app.delivery import trials
    from app.models import Channel

    tried = {place.channel for place in places}
    return [
        _finding(f"Test by {channel}", "warning", f"Left out. {trials.how_to_name(channel)}")
        for channel in Channel
        if channel not in tried
    ]


def _gate() -> int:
    if is_processed(within=GATE_SECONDS):
        click.echo("A worker works.")
        return 0
    click.echo(f"No worker saw to what was owed within {GATE_SECONDS:.0f} s.", err=True)
    return 1


def _is_wanted() -> bool:
    return sys.stdin.isatty() and click.confirm("Send a test through each channel?", default=False)


def _finding(what: str, mark: str, said: str) -> "Finding":
    from app.cli.examined import Finding, Mark

    return Finding(what, Mark(mark), said)


def _as_text(found: "list[Finding]") -> str:
    width = max(len(one.what) for one in found)
    return "\n".join(f"{SIGNS[one.mark]} {one.what:<{width}}  {one.said}" for one in found)


def _as_json(found: "list[Finding]") -> str:
    findings = [{"what": one.what, "mark": one.mark, "said": one.said} for one in found]
    return json.dumps({"findings": findings}, ensure_ascii=False, indent=2)
