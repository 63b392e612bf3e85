"""`allclear runbook show`."""

import json

import pytest
from click.testing import CliRunner

from app.cli.runbook import runbook
from tests.runbook import papers


@pytest.fixture
def show(tmp_path):
    def run(content: bytes, *options: str):
        file = tmp_path / "runbook.md"
        file.write_bytes(content)
        return CliRunner().invoke(runbook, ["show", str(file), *options])

    return run


def test_json_is_all_that_is_printed(show):
    result = show(papers.STARTUP.encode(), "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(answer) == {
        "title",
        "is_runbook",
        "severities",
        "obligations",
        "roles",
        "checklist_items",
        "review_within_hours",
        "templates",
        "not_understood",
    }
    assert set(answer["severities"][0]) == {
        "key",
        "name",
        "response_minutes",
        "resolution_minutes",
        "update_every_minutes",
    }
    assert set(answer["templates"][0]) == {
        "name",
        "audience",
        "stage",
        "subject",
        "blanks",
        "line",
    }


def test_people_see_severities_messages_and_what_was_not_understood(show):
    result = show(papers.SERVICE_TABLE.encode())

    assert result.exit_code == 0
    assert "Incident management handbook" in result.stdout
    assert "15 minutes" in result.stdout
    assert "line 7" in result.stdout


def test_people_see_error_budgets(show):
    budgets = (
        "## Error budgets\n\n| Service | Monthly Budget |\n|---|---|\n| API | 43.2 minutes |\n"
    )

    result = show(f"{papers.STARTUP}\n{budgets}".encode())

    assert "Error budgets" in result.stdout
    assert "API: 43.2 minutes (monthly)" in result.stdout


def test_a_document_that_is_no_runbook_is_shown_as_such(show):
    result = show(papers.OTHER_PAPERS["readme"].encode())

    assert result.exit_code == 0
    assert "no incident runbook" in result.stdout


def test_bytes_of_another_encoding_are_read_with_a_note(show):
    result = show(papers.GERMAN.encode("cp1252"), "--json")

    assert json.loads(result.stdout)["severities"][1]["name"] == "Hoch"
    assert "Windows-1252" in result.stderr


def test_any_bytes_end_in_an_answer(show):
    result = show(bytes(range(256)) * 40, "--json")

    assert json.loads(result.stdout)["is_runbook"] is False


def test_a_file_that_is_too_large_is_refused_with_a_sentence(show):
    result = show(b"a" * (1024 * 1024 + 1))

    assert result.exit_code == 1
    assert "larger than 1 MiB" in result.stderr


def test_a_file_that_is_not_there_is_named():
    result = CliRunner().invoke(runbook, ["show", "/nowhere/runbook.md"])

    assert result.exit_code == 1
    assert "There is no file" in result.stderr
