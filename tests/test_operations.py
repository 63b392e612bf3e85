"""The document about running Allclear tells of every setting and command."""

import re

import pytest

from app.cli import COMMANDS
from app.config import ROOT, Settings

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROWS = {
    name: default.strip().strip("`")
    for name, default in re.findall(r"^\| `ALLCLEAR_([A-Z0-9_]+)` \| ([^|]*)\|", OPERATIONS, re.M)
}


def shown(default):
    """A default as the table shows it."""
    secret = getattr(default, "get_secret_value", None)
    value = secret() if secret else default
    if isinstance(value, list):
        value = ",".join(map(str, value))
    return str(value) if value or value == 0 else "empty"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_with_its_default(name):
    field = Settings.model_fields[name]
    default = field.get_default(call_default_factory=True)

    assert ROWS[name.upper()] == shown(default)


def test_no_setting_is_described_that_does_not_exist():
    assert {name.lower() for name in ROWS} == set(Settings.model_fields)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described(name):
    assert f"`allclear {name}" in OPERATIONS
