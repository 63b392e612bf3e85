"""Maintenance from a terminal."""

import json

import pytest

TIMES = ("--from", "2037-12-06T02:00", "--until", "04:00", "--zone", "Europe/Berlin")


def scheduled(terminal, *more):
    result = terminal(
        "maintenance", "schedule", "--title", "New disks", *TIMES,
        "--component", "website", "--expect", "Pages are slow.", "--json", *more,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_it_is_scheduled_listed_moved_and_cancelled(set_up):
    planned = scheduled(set_up)
    code = planned["code"]
    assert planned["starts"] == "2037-12-06T01:00:00+00:00"
    assert code in set_up("maintenance", "list").output

    moved = set_up("maintenance", "move", code, *TIMES[:2], "--until", "5h")
    assert moved.exit_code == 0, moved.output
    cancelled = set_up("maintenance", "cancel", code, "-m", "It is off.")

    assert "cancelled" in cancelled.output
    assert "No maintenance is planned." in set_up("maintenance", "list").output
    assert "New disks" in set_up("maintenance", "list", "--past").output


def test_a_preview_tells_nobody(set_up):
    shown = set_up(
        "maintenance", "schedule", "--title", "New disks", *TIMES, "--preview",
        "--component", "website",
    )  # fmt: skip

    assert "We will do maintenance on Website" in shown.output
    assert "No maintenance is planned." in set_up("maintenance", "list").output


def test_stages_are_told(set_up):
    code = scheduled(set_up)["code"]
    assert f"{code} · scheduled\n" in set_up("incident", "show", code).output

    for event in ("started", "verifying", "completed"):
        told = set_up("maintenance", "tell", code, event)
        assert told.exit_code == 0, told.output

    assert set_up("maintenance", "tell", code, "started").exit_code == 1


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (("--from", "2037-03-29T02:30", "--until", "2h"), "02:30 does not exist on 29 March"),
        (("--from", "soon", "--until", "2h"), "write a day and a time"),
        (("--from", "2020-12-06T02:00", "--until", "2h"), "This time has passed."),
    ],
)
def test_times_that_cannot_be_are_refused_in_a_sentence(set_up, times, sentence):
    refused = set_up("maintenance", "schedule", "--title", "x", *times, "--zone", "Europe/Berlin")

    assert refused.exit_code == 1
    assert sentence in refused.output
