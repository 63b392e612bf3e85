"""Recorded data that lies beside the project; tests that need it are skipped without it."""

import json
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"


def text(name):
    """The text of a recording, or a skipped test where it is not there."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return path.read_text(encoding="utf-8")


def sample(name):
    return json.loads(text(name))


def spec(name):
    """A recorded schema, or a skipped test where it is not there."""
    path = SAMPLES.parent / "specs" / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return json.loads(path.read_text(encoding="utf-8"))
