"""Serving for real: a process, a port, a signal."""

import os
import re
import signal
import socket
import sqlite3
from contextlib import closing

import pytest

from app.cli import instance, serving
from tests.cli import running
from tests.cli.conftest import COMPONENTS
from tests.waiting import eventually

# Processes start slowly on a machine that is busy.
pytestmark = pytest.mark.timeout(300)

PATIENCE = 10


@pytest.fixture
def serve(tmp_path):
    """Start `allclear serve` in an empty folder, on a free port."""

    def start(*arguments, **settings):
        port = running.free_port()
        command = running.started(
            "serve", "--bind", f"127.0.0.1:{port}", *arguments, cwd=tmp_path, **settings
        )
        return command, f"http://127.0.0.1:{port}"

    return start


def set_up(folder):
    components = folder / "components.txt"
    components.write_text(COMPONENTS)
    done = running.run(
        "setup", "--name", "Example", "--account", "ada@example.org",
        "--components", components, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_new_instance_answers_and_stops_on_sigterm(serve, tmp_path):
    command, url = serve()

    with command as process:
        printed = running.printed_until(process, "Stop it with")
        assert f"Status page  {url}/" in printed
        assert "nobody is mailed" in printed
        assert "the link works until that is done" in printed
        link = re.search(rf"{url}/setup/\S+", printed)
        assert running.get(link[0])[0] == 200

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    with closing(sqlite3.connect(tmp_path / "instance" / "allclear.db")) as kept:
        assert kept.execute("SELECT name FROM pulse").fetchall() == [], "who stopped as asked"


def test_an_instance_that_is_set_up_shows_its_page(serve, tmp_path):
    set_up(tmp_path)
    command, url = serve()

    with command as process:
        printed = running.printed_until(process, "Stop it with")
        assert "/setup" not in printed
        assert "Example" in running.get(f"{url}/")[1]
        # Nothing of one request is left for the next: each visitor gets a token of their own.
        tokens = {re.search('csrf_token" value="([^"]+)', signing_in(url))[1] for _ in range(3)}
        assert len({token.split(".")[0] for token in tokens}) == 3


def signing_in(url):
    return running.get(f"{url}/console/sign-in")[1]


def test_it_stops_while_a_browser_keeps_its_connection_open(serve):
    command, url = serve()

    with command as process:
        running.printed_until(process, "Stop it with")
        place = url.removeprefix("http://").split(":")
        with socket.create_connection((place[0], int(place[1])), timeout=5) as connection:
            connection.sendall(b"GET /healthy HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            connection.recv(100)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0


def test_what_is_owed_is_delivered_beside_the_pages(serve, tmp_path):
    set_up(tmp_path)
    command, _ = serve()

    with command as process:
        running.printed_until(process, "Stop it with")
        with closing(sqlite3.connect(tmp_path / "instance" / "allclear.db")) as database:
            database.execute(
                "UPDATE organisation SET internal_emails = '[\"team@example.org\"]' WHERE id = 1"
            )
            database.commit()
        posted = running.run(
            "incident", "open", "--title", "X", "--severity", "1", "--impact", "website=major",
            cwd=tmp_path,
        )  # fmt: skip
        assert posted.returncode == 0, posted.stderr
        mails = tmp_path / "instance" / "mails"
        assert eventually(lambda: list(mails.glob("*.eml")))


def test_it_is_one_process_so_that_a_hard_kill_leaves_nothing_behind(serve):
    command, _ = serve()

    with command as process:
        running.printed_until(process, "Stop it with")
        assert running.children(process.pid) == []


def test_a_taken_port_is_told_in_a_sentence(serve, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"

        result = running.run("serve", "--bind", bind, cwd=tmp_path)

    assert result.returncode == 2
    assert f"Cannot listen on {bind}: address already in use." in result.stderr
    assert "Traceback" not in result.stderr


def test_it_listens_where_a_socket_was_opened_for_it(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as held:
        monkeypatch.setattr(serving, "FIRST_HANDED", held.fileno())
        monkeypatch.setenv("LISTEN_FDS", "1")
        monkeypatch.setenv("LISTEN_PID", str(os.getpid()))

        assert serving.address("127.0.0.1:1") == held.getsockname()  # and it stays open
        assert serving.address("127.0.0.1:1") == held.getsockname()

        monkeypatch.setenv("LISTEN_PID", "1")  # it was meant for another process
        assert serving.address("127.0.0.1:0") != held.getsockname()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLCLEAR_BIND", "8000"),
        ("ALLCLEAR_PUBLIC_URL", "status.example.org"),
        ("ALLCLEAR_EMAIL", "pigeon"),
        ("ALLCLEAR_WORKERS", "many"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path, name, value):
    result = running.run("serve", cwd=tmp_path, **{name: value})

    assert result.returncode == 2
    assert result.stderr.startswith(f"{name} should be")
    assert "Traceback" not in result.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    result = running.run("serve", cwd=tmp_path, ALLCLEAR_DATA_DIR="file/below")

    assert result.returncode == 2
    assert result.stderr.startswith("ALLCLEAR_DATA_DIR should be a folder")


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path):
    port = running.free_port()

    result = running.run(
        "incident", "list", cwd=tmp_path,
        ALLCLEAR_DATABASE_URL=f"postgresql://allclear:secret@127.0.0.1:{port}/status",
    )  # fmt: skip

    assert result.returncode == 2
    assert "The database 127.0.0.1/status cannot be used" in result.stderr
    assert "secret" not in result.stderr


def test_settings_may_lie_in_a_file(tmp_path):
    (tmp_path / ".env").write_text("ALLCLEAR_EMAIL=pigeon\n")

    assert "ALLCLEAR_EMAIL should be" in running.run("serve", cwd=tmp_path).stderr


def test_without_a_public_address_links_lead_to_where_it_listens(terminal):
    assert instance.read("127.0.0.1:9001").public_url == "http://127.0.0.1:9001"
    assert instance.read("[::1]:9001").public_host == "::1"


def test_listening_everywhere_it_says_that_its_public_address_is_unknown(terminal, monkeypatch):
    settings = instance.read("0.0.0.0:9001")

    assert settings.hosts == ["127.0.0.1", "localhost"]
    assert instance.is_only_local(settings)
    monkeypatch.setenv("ALLCLEAR_PUBLIC_URL", "https://status.example.org")
    assert not instance.is_only_local(instance.read("0.0.0.0:9001"))


def test_the_page_outlives_its_database_also_after_a_restart(serve, tmp_path):
    set_up(tmp_path)
    data = tmp_path / "instance"
    command, url = serve()
    with command as process:
        running.printed_until(process, "Stop it with")
        posted = running.run(
            "incident", "open", "--title", "X", "--severity", "1", "--impact", "website=major",
            cwd=tmp_path,
        )  # fmt: skip
        assert posted.returncode == 0, posted.stderr
        assert eventually(lambda: "X" in running.get(f"{url}/feed.rss")[1], within=2)
    away = tmp_path / "away"
    away.mkdir()
    for file in data.glob("allclear.db*"):
        file.rename(away / file.name)

    command, url = serve()
    with command as process:
        printed = running.printed_until(process, "Stop it with")
        assert "is not there" in printed
        assert "/setup/" not in printed
        answers = {
            running.get(f"{url}{path}")[0] for path in ("/", "/feed.rss") for _ in range(500)
        }
        assert answers == {200}
        assert running.get(f"{url}/console/sign-in")[0] == 503
        assert not (data / "allclear.db").exists()

        for file in away.iterdir():
            file.rename(data / file.name)
        assert eventually(lambda: running.get(f"{url}/console/sign-in")[0] == 200)


def test_the_public_side_is_written_as_files_and_only_what_changed(tmp_path):
    set_up(tmp_path)

    first = running.run("publish", "--to", "site", cwd=tmp_path)
    again = running.run("publish", "--to", "site", cwd=tmp_path)

    assert first.returncode == 0, first.stderr
    assert "documents written to site." in first.stdout
    assert "0 documents" in again.stdout
    assert "Example" in (tmp_path / "site" / "index.html").read_text()
    assert (tmp_path / "site" / "static" / "css" / "public.css").exists()
