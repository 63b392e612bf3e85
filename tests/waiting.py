"""Waiting in a test for what another thread or process does."""

import time


def eventually(true, within=10.0, pause=0.01):
    """Whether it becomes true within so many seconds."""
    until = time.monotonic() + within
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True
