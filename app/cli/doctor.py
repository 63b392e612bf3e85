"""`allclear doctor`: whether everything is as it should be, and a real test of each channel."""

import json
import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.cli.examined import Finding

SIGNS = {"good": "✓", "warning": "!", "bad": "✗"}
GATE_SECONDS = 25.0
SEND_SECONDS = 60.0


@click.command("doctor")
@click.option("--gate", is_flag=True, help="Only wait until a worker works; for deploys.")
@click.option("--send", is_flag=True, help="Send a real test through each channel, to colleagues.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(gate: bool, send: bool, as_json: bool) -> None:
    """Check what can be checked from here; ends with 1 when something is wrong.

    With --send, a test goes out through each channel that colleagues are told by. In a terminal
    it is offered; otherwise nothing is sent without it.
    """
    from app.cli import examined, instance

    with instance.opened(check=False):
        if gate:
            sys.exit(_gate())
        found = examined.everything()
        is_fit = not any(one.mark is examined.Mark.BAD for one in found)
        if is_fit and (send or (not as_json and _is_wanted())):
            found += sent()
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


def sent() -> "list[Finding]":
    """What came of a real test through each channel that colleagues are told by."""
    from app.domain import deliveries, organisation, outbox
    from app.errors import Rejected
    from app.models import Channel

    found, owed = [], {}
    if organisation.current() is None:
        return []
    for channel in (Channel.EMAIL, Channel.SLACK):
        try:
            owed[channel] = outbox.try_channel(channel).id
        except Rejected as rejected:
            found.append(_finding(channel, "warning", " ".join(rejected.errors.values())))
    until = time.monotonic() + SEND_SECONDS
    while owed:
        for channel, announcement in list(owed.items()):
            outcome = deliveries.outcome(announcement)
            if outcome or time.monotonic() > until:
                mark = "good" if outcome and outcome.startswith("sent") else "bad"
                found.append(_finding(channel, mark, outcome or "No worker has sent it yet."))
                del owed[channel]
        time.sleep(0.2)
    return found


def _gate() -> int:
    if is_processed(within=GATE_SECONDS):
        click.echo("A worker works.")
        return 0
    click.echo(f"No worker saw to what was owed within {GATE_SECONDS:.0f} s.", err=True)
    return 1


def _is_wanted() -> bool:
    return sys.stdin.isatty() and click.confirm("Send a test through each channel?", default=False)


def _finding(channel: str, mark: str, said: str) -> "Finding":
    from app.cli.examined import Finding, Mark

    return Finding(f"Test by {channel}", Mark(mark), said)


def _as_text(found: "list[Finding]") -> str:
    width = max(len(one.what) for one in found)
    return "\n".join(f"{SIGNS[one.mark]} {one.what:<{width}}  {one.said}" for one in found)


def _as_json(found: "list[Finding]") -> str:
    findings = [{"what": one.what, "mark": one.mark, "said": one.said} for one in found]
    return json.dumps({"findings": findings}, ensure_ascii=False, indent=2)
