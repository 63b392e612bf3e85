"""Settings are checked at start, and the secret key is whole or not there."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.config import WrongSettings, read_settings


def read(**settings):
    return read_settings(_env_file=None, **settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "status.example.org"),
        ("public_url", "https://example.org/status"),
        ("public_url", "https://example.org?x=1"),
        ("public_url", "https://user:word@example.org"),
        ("secret_key", "guess me"),
        ("email_from", "Example <status@example.org>"),
        ("email_from", "status"),
        ("email", "imap://example.org"),
        ("bind", "8000"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(name, value):
    with pytest.raises(WrongSettings, match=f"ALLCLEAR_{name.upper()} should") as stopped:
        read(**{name: value})

    assert "guess me" not in str(stopped.value)


def test_a_key_is_made_once_and_is_for_its_owner_only(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: read(data_dir=tmp_path).key(), range(40)))

    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_a_full_disk_cut_off_is_refused(tmp_path):
    (tmp_path / "secret_key").write_text("")

    with pytest.raises(WrongSettings, match="secret_key should hold"):
        read(data_dir=tmp_path).key()
