"""Error pages: plain words and a way on, whoever asks."""

import pytest
from sqlalchemy.exc import OperationalError

from app.domain import organisation, status, subscribers
from tests.factories import make_incident, make_organisation


@pytest.mark.parametrize("path", ["/subscribe", "/console/sign-in", "/nothing"])
def test_a_request_for_another_host_is_refused(client, path):
    make_organisation()

    answer = client.get(path, headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert b"evil.example" not in answer.data


def test_a_document_is_the_same_whatever_host_is_named(client):
    make_organisation()

    usual = client.get("/")
    other = client.get("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert other.data == usual.data
    assert b"evil.example" not in other.data


def test_what_is_not_there_says_so_inside(ada):
    page = ada.get("/console/nothing", status=404)

    assert "There is nothing here" in page.text


def test_what_is_not_there_outside_names_the_organisation(client):
    make_organisation(name="Dirt Free")

    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert b"Dirt Free" in answer.data


def test_a_database_that_cannot_be_asked_leaves_the_name_out(client, monkeypatch):
    def away():
        raise OperationalError("select", {}, Exception("it is away"))

    monkeypatch.setattr(organisation, "current", away)

    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert b"There is nothing here" in answer.data


@pytest.mark.parametrize(
    "path",
    [
        "incidents/%00",
        "incidents/..%2f..",
        "components/%00",
        "people/99999999999999999999999999",
        "runbook/versions/99999999999999999999999999",
        "incidents/{code}/messages/99999999999999999999999999",
    ],
)
def test_odd_addresses_are_not_found(ada, path):
    incident = make_incident()

    answer = ada.client.get(f"/console/{path.format(code=incident.code)}")

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/subscribe?incident=%00", "/subscribe?incident=a%00b"])
def test_a_character_that_a_database_cannot_hold_is_no_fault_of_ours(client, path):
    make_organisation()

    assert client.get(path).status_code < 500


def test_a_fault_of_ours_is_a_calm_page_and_tells_no_detail(app, ada, monkeypatch):
    app.config["TESTING"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(status, "open_incidents", lambda: 1 / 0)

    answer = ada.client.get("/console/incidents")

    assert answer.status_code == 500
    assert b"Something broke on our side" in answer.data
    assert b"ZeroDivision" not in answer.data


@pytest.mark.parametrize(
    "fault", [ZeroDivisionError(), OperationalError("select", {}, Exception())]
)
def test_no_log_holds_the_key_of_a_subscribers_page(app, monkeypatch, caplog, capfd, fault):
    app.config["TESTING"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    make_organisation()

    def broken(*_given):
        raise fault

    monkeypatch.setattr(subscribers, "find", broken)

    for path in ("/s/abc.sentinel", "/u/abc.sentinel", "/s/confirm/abc.sentinel"):
        app.test_client().get(path)

    out, err = capfd.readouterr()
    assert "sentinel" not in caplog.text + out + err
    assert "/s/<token>" in caplog.text + out + err


def test_a_form_from_before_the_sign_in_says_what_to_do(ada):
    answer = ada.client.post("/console/components/new", data={"name": "X", "csrf_token": "old"})

    assert answer.status_code == 400
    assert b"older than your sign-in" in answer.data
