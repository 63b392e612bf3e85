"""What we ship to run Allclear elsewhere names what is there. It is not run here."""

import re
import shutil
import subprocess

import pytest
import yaml

from app.cli import COMMANDS
from app.config import ROOT, Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SOCKETS = sorted((DEPLOY / "systemd").glob("*.socket"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
NEEDED = {"app", "migrations", "runbooks", "static", "templates", "translations"}
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image") == "allclear"}


def set_in(text):
    return {name.lower() for name in re.findall(r"ALLCLEAR_([A-Z_]+)[=:]", text)}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists(unit):
    text = unit.read_text("utf-8")
    command = re.search(r"^ExecStart=/opt/allclear/\.venv/bin/allclear (\w+)$", text, re.M)

    assert command[1] in COMMANDS
    assert set_in(text) <= set(Settings.model_fields)


@pytest.mark.parametrize("unit", SOCKETS, ids=lambda unit: unit.name)
def test_a_socket_holds_the_address_of_a_service_that_serves_pages(unit):
    service = unit.with_suffix(".service").read_text("utf-8")

    bind = Settings.model_fields["bind"].default
    assert f"\nListenStream={bind}\n" in unit.read_text("utf-8")
    assert f"\nRequires={unit.name}\n" in service
    assert re.search(r"^ExecStart=\S+ (serve|web)$", service, re.M)


@pytest.mark.parametrize("unit", [*UNITS, *SOCKETS], ids=lambda unit: unit.name)
def test_a_unit_is_one_that_systemd_understands(unit, tmp_path, request):
    program = shutil.which("systemd-analyze")
    if program is None:
        if request.config.getoption("--strict-machine"):
            pytest.fail("systemd-analyze is not installed on this machine")
        pytest.skip("systemd-analyze is not installed on this machine")
    here = re.compile("^(User|Group|EnvironmentFile|Documentation)=.*$", re.M)
    for one in (DEPLOY / "systemd").iterdir():  # a service names its socket
        text = one.read_text("utf-8").replace("/opt/allclear/.venv/bin/allclear", "/bin/true")
        (tmp_path / one.name).write_text(here.sub("", text))
    copy = tmp_path / unit.name

    seen = subprocess.run([program, "verify", "--man=no", copy], capture_output=True, text=True)

    assert [line for line in seen.stderr.splitlines() if unit.name in line] == []


def test_the_four_units_are_the_ways_to_run_it():
    names = {unit.stem for unit in UNITS}

    assert names == {"allclear", "allclear-web", "allclear-worker", "allclear-clock"}


def test_containers_run_commands_that_exist():
    assert {one["command"][0] for one in OURS.values()} == {"upgrade", "web", "worker", "clock"}
    assert {one["command"][0] for one in OURS.values()} <= set(COMMANDS)


def test_containers_wait_for_services_that_exist():
    for one in COMPOSE["services"].values():
        assert set(one.get("depends_on", ())) <= set(COMPOSE["services"])
        for volume in one.get("volumes", ()):
            name = volume.partition(":")[0]
            assert name[0] in "./$" or name in COMPOSE["volumes"]


def test_settings_in_the_example_exist():
    example = (DEPLOY / "allclear.env.example").read_text("utf-8")

    assert set_in(example) <= set(Settings.model_fields)


def test_the_image_copies_what_is_there_and_all_that_is_needed():
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = [
        source
        for line in re.findall(r"^COPY (.*) \S+$", dockerfile, re.M)
        for source in line.split()
    ]

    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert NEEDED <= set(copied)
