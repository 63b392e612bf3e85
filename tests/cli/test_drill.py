"""Rehearsing a runbook into a folder."""

import email
import email.policy
import json

import pytest

from tests.factories import RUNBOOK
from tests.runbook import shared

# Processes start slowly on a machine that is busy. A rehearsal has a SQLite file of its own.
pytestmark = [pytest.mark.timeout(300), pytest.mark.once]

TIMED = "\n## Requirements\n\n### Severity 1\n\n- Incident commander assigned within 15 minutes\n"


def drill(terminal, text, *more):
    file = terminal.file("ours.md", text)
    return terminal("drill", file, "--to", terminal.folder / "drill", *more)


def mails(folder):
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((folder / "drill" / "mails").iterdir())
    ]


def test_every_stage_of_every_severity_is_told_into_the_folder(terminal):
    result = drill(terminal, RUNBOOK)

    assert result.exit_code == 0, result.output
    assert len(mails(terminal.folder)) == 10
    assert len(list((terminal.folder / "drill" / "slack").iterdir())) == 10
    assert len(list((terminal.folder / "drill" / "page").iterdir())) == 10
    assert (terminal.folder / "drill" / "rehearsal.txt").read_text().strip() in result.output


def test_the_mails_are_those_that_customers_would_get(terminal):
    drill(terminal, RUNBOOK)

    resolved = mails(terminal.folder)[4]
    assert resolved["Subject"] == "Resolved: Reports cannot be opened"
    assert "It works again since" in resolved.get_body(("plain",)).get_content()


def test_what_people_would_be_asked_and_what_is_due_is_printed(terminal):
    output = drill(terminal, RUNBOOK + TIMED).output

    assert "What is the issue?" in output
    assert "by +15 minutes  Incident commander assigned within 15 minutes" in output
    assert "promises the next update by +30 minutes" in output
    assert "from the default runbook" in output


def test_what_is_due_at_once_is_not_due_by_at_once(terminal):
    output = drill(terminal, RUNBOOK + TIMED + "- Executive notification immediately\n").output

    assert "at once  Executive notification" in output
    assert "by at once" not in output


def test_nothing_real_is_touched(set_up):
    drill(set_up, RUNBOOK)

    assert set_up("incident", "list").output == "None in the last 90 days.\n"


def test_a_second_rehearsal_replaces_the_first(terminal):
    drill(terminal, RUNBOOK)

    assert drill(terminal, RUNBOOK).exit_code == 0
    assert len(mails(terminal.folder)) == 10


def test_a_folder_with_other_things_is_left_alone(terminal):
    (terminal.folder / "drill").mkdir()
    (terminal.folder / "drill" / "thesis.md").write_text("mine")

    result = drill(terminal, RUNBOOK)

    assert result.exit_code == 2
    assert "is not empty" in result.output
    assert (terminal.folder / "drill" / "thesis.md").read_text() == "mine"


def test_a_document_that_is_no_runbook_is_refused(terminal):
    result = drill(terminal, "# A library\n\nInstall it.")

    assert result.exit_code == 1
    assert result.output.startswith("ours.md is no runbook: ")


@pytest.mark.parametrize("name", ["dirt-free-crm.md", "intelliflow-crm.md"])
def test_real_runbooks_are_rehearsed_clean(terminal, name):
    result = drill(terminal, shared.text(name), "--json")

    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["problems"] == []
    assert len(told["severities"]) == 4
    assert len(mails(terminal.folder)) == 20
