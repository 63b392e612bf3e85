"""`allclear doctor`: whether everything is as it should be, and a real test of each channel."""

import time

import click


@click.command("doctor")
@click.option("--gate", is_flag=True, help="Only wait until a worker works; for deploys.")
def command(gate: bool) -> None:
    """Check what can be checked."""


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
