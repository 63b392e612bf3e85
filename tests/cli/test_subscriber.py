"""What is kept of an address, shown and erased from a terminal."""

import json


def test_nothing_is_kept_of_a_stranger(set_up):
    shown = set_up("subscriber", "data", "nobody@example.org")
    erased = set_up("subscriber", "erase", "nobody@example.org")

    assert json.loads(shown.output) == []
    assert erased.exit_code == 1
    assert "Nothing is kept" in erased.output


def test_an_address_is_shown_erased_and_gone(set_up):
    from app.cli import instance
    from app.domain import subscribers

    with instance.opened():
        subscribers.sign_up("grace@example.org")

    shown = set_up("subscriber", "data", "Grace@example.org")
    erased = set_up("subscriber", "erase", "Grace@example.org")

    assert json.loads(shown.output)[0]["address"] == "grace@example.org"
    assert erased.exit_code == 0, erased.output
    assert json.loads(set_up("subscriber", "data", "grace@example.org").output) == []
