"""Closed by default: what is not listed here answers no stranger."""

import pytest

from tests.factories import make_incident, make_organisation

# What comes to the hooks is believed by its signature; their tests forge it.
OPEN_BLUEPRINTS = ("public", "auth", "setup", "hooks")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def is_open(endpoint):
    return endpoint == "static" or endpoint.split(".")[0] in OPEN_BLUEPRINTS


def closed_addresses(app):
    """Every rule of the console with something in the place of its variables."""
    for rule in app.url_map.iter_rules():
        if not is_open(rule.endpoint):
            values = dict.fromkeys(rule.arguments, 1)
            yield rule.endpoint, rule.build(values, append_unknown=False)[1]


def test_every_route_that_is_not_open_lies_in_the_console(app):
    closed = [rule for rule in app.url_map.iter_rules() if not is_open(rule.endpoint)]

    assert len(closed) > 30
    assert [rule.rule for rule in closed if not rule.rule.startswith("/console")] == []
    assert [rule for rule in closed if not rule.endpoint.startswith("console.")] == []


@pytest.mark.parametrize("method", METHODS)
def test_no_closed_route_answers_a_stranger(app, method):
    make_incident()
    client = app.test_client()

    for endpoint, address in closed_addresses(app):
        answer = client.open(address, method=method)
        refused = answer.status_code in (401, 403, 404, 405)
        sent_to_sign_in = answer.status_code == 302 and answer.location.startswith(
            "/console/sign-in"
        )
        assert refused or sent_to_sign_in, (endpoint, answer.status_code)
        assert b"Text messages are late" not in answer.data


def test_whoever_makes_up_a_session_is_a_stranger(app):
    make_organisation()
    client = app.test_client()
    client.set_cookie("allclear", "eyJhY2NvdW50IjoiMSJ9.made.up", path="/console")

    answer = client.get("/console/people")

    assert answer.status_code == 302


def test_what_is_inside_is_kept_by_no_cache(app, ada):
    for _, address in closed_addresses(app):
        answer = ada.client.get(address)
        assert answer.headers["Cache-Control"] == "no-store, private", address
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
