"""Commands called in this process, on an instance of their own."""

import pytest
from click.testing import CliRunner

from app.cli import main

COMPONENTS = "Website\nMessages\n    Email\n    Text messages\n"


class Terminal:
    """Calls commands and keeps what they say."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *arguments, typed=""):
        return CliRunner().invoke(main, [str(part) for part in arguments], input=typed)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def terminal(database, tmp_path, monkeypatch):
    """A terminal in an empty folder, with a migrated database and nothing set up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLCLEAR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ALLCLEAR_DATABASE_URL", database(tmp_path))
    monkeypatch.setenv("ALLCLEAR_SECRET_KEY", "test " * 8)
    return Terminal(tmp_path)


@pytest.fixture
def set_up(terminal):
    """The same, with an organisation that uses the runbook we ship."""
    components = terminal.file("components.txt", COMPONENTS)
    result = terminal(
        "setup", "--name", "Example", "--account", "ada@example.org", "--components", components
    )
    assert result.exit_code == 0, result.output
    return terminal
