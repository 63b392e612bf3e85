"""Setting an instance up without a browser."""

from tests.cli.conftest import COMPONENTS
from tests.factories import PASSWORD, RUNBOOK


def set_up(terminal, *more):
    components = terminal.file("components.txt", COMPONENTS)
    return terminal(
        "setup",
        "--name",
        "Example",
        "--account",
        "ada@example.org",
        "--components",
        components,
        *more,
    )


def test_a_new_instance_is_set_up_with_a_password_shown_once(terminal):
    result = set_up(terminal)

    assert result.exit_code == 0
    assert "Example is set up" in result.output
    assert "shown only this once" in result.output


def test_the_password_can_come_from_a_file_and_is_not_shown(terminal):
    result = set_up(terminal, "--password-file", terminal.file("password", PASSWORD + "\n"))

    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert "password" not in result.output


def test_the_password_can_come_from_the_environment(terminal, monkeypatch):
    monkeypatch.setenv("ALLCLEAR_SETUP_PASSWORD", PASSWORD)

    assert "password" not in set_up(terminal).output


def test_the_teams_own_runbook_is_taken(terminal):
    result = set_up(terminal, "--runbook", terminal.file("ours.md", RUNBOOK))

    assert result.exit_code == 0


def test_a_second_time_says_that_it_is_done(set_up, terminal):
    components = terminal.file("components.txt", COMPONENTS)

    result = terminal(
        "setup", "--name", "Other", "--account", "bob@example.org", "--components", components
    )

    assert result.exit_code == 1
    assert "set up already" in result.output


def test_a_document_that_is_no_runbook_is_refused_by_its_option(terminal):
    result = set_up(terminal, "--runbook", terminal.file("readme.md", "# A library\n\nInstall it."))

    assert result.exit_code == 1
    assert result.output.startswith("--runbook: ")


def test_a_wrong_address_is_refused_by_its_option(terminal):
    components = terminal.file("components.txt", COMPONENTS)

    result = terminal("setup", "--name", "Example", "--account", "ada", "--components", components)

    assert result.exit_code == 1
    assert result.output.startswith("--account: ")


def test_a_short_password_is_refused_by_its_option(terminal):
    result = set_up(terminal, "--password-file", terminal.file("password", "short"))

    assert result.exit_code == 1
    assert result.output.startswith("--password-file: ")


def test_accounts_are_created_and_get_other_passwords(set_up):
    created = set_up("account", "create", "grace@example.org", "--role", "administrator")
    changed = set_up("account", "password", "grace@example.org")
    twice = set_up("account", "create", "grace@example.org")

    assert (created.exit_code, changed.exit_code) == (0, 0)
    assert "shown only this once" in changed.output
    assert twice.exit_code == 1


def test_another_runbook_is_taken_into_use(set_up):
    result = set_up("runbook", "use", set_up.file("ours.md", RUNBOOK))

    assert result.exit_code == 0
    assert "In use: Incident runbook (2 severities, 2 templates" in result.output


def test_a_document_that_is_no_runbook_is_not_taken_into_use(set_up):
    result = set_up("runbook", "use", set_up.file("readme.md", "# A library\n\nInstall it."))

    assert result.exit_code == 1
    assert result.output.startswith("readme.md is no runbook: ")
