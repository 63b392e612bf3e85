"""Subscribing by Statuspage's API: the same double opt-in, and nothing to learn from it."""

import pytest
from sqlalchemy import func, select

from app.db import db
from app.domain import tokens
from app.domain.tokens import Purpose
from app.models import Announcement, AnnouncementKind, Channel, Subscriber
from tests.factories import first_component, make_incident, make_organisation, make_subscriber

PATH = "/api/v2/subscribers.json"
KEYS = [
    "created_at", "skip_confirmation_notification", "quarantined_at", "id", "mode", "purge_at",
    "email",
]  # fmt: skip


@pytest.fixture(autouse=True)
def ours(app):
    return make_organisation()


def only():
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).one()


def kinds():
    db.session.rollback()
    return list(db.session.scalars(select(Announcement.kind)))


def by_form(client, **fields):
    return client.post(PATH, data={f"subscriber[{name}]": it for name, it in fields.items()})


def by_json(client, **fields):
    return client.post(PATH, json={"subscriber": fields})


@pytest.mark.parametrize("send", [by_form, by_json])
def test_an_address_is_asked_first(client, send):
    answer = send(client, email="Ada@Example.org")

    assert answer.status_code == 201
    assert list(answer.json["subscriber"]) == KEYS
    assert answer.json["subscriber"]["email"] == "ada@example.org"
    assert answer.json["subscriber"]["mode"] == "email"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    assert only().confirmed_at is None
    assert only().code != answer.json["subscriber"]["id"]
    assert kinds() == [AnnouncementKind.CONFIRM]


@pytest.mark.parametrize("send", [by_form, by_json])
def test_a_component_is_chosen_by_its_id(client, send):
    part = first_component().code

    assert send(client, email="ada@example.org", component_id=part).status_code == 201

    assert [one.code for one in only().components] == [part]
    assert not only().everything


def test_an_incident_is_chosen_by_its_id(client):
    incident = make_incident()

    assert by_json(client, email="ada@example.org", incident_id=incident.code).status_code == 201

    assert only().incident_id == incident.id


def test_the_answer_is_the_same_whoever_is_subscribed(client, monkeypatch):
    make_subscriber(address="known@example.org")
    make_subscriber(address="asked@example.org", confirmed_at=None)

    answers = [
        by_json(client, email=f"{name}@example.org") for name in ("known", "asked", "new", "new")
    ]

    assert {answer.status_code for answer in answers} == {201}
    fixed = [
        {name: it for name, it in one.json["subscriber"].items() if name not in VARYING}
        for one in answers
    ]
    assert all(one == fixed[0] for one in fixed)
    assert answers[2].json["subscriber"]["id"] == answers[3].json["subscriber"]["id"]


VARYING = {"created_at", "id", "email"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Which address should we write to?"),
        ({"email": "nobody"}, "no email address"),
        ({"email": "ada@example.org", "component_id": "000000000000"}, "no component"),
        ({"email": ["ada@example.org"]}, "subscriber.email: Input should be a valid string"),
        ({"email": "a" * 2000}, "at most 1000"),
        ({"endpoint": "ftp://hooks.example.org/"}, ""),
        ({"phone_number": "5"}, ""),
        ({"email": None, "phone_number": None}, "Which address"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(client, fields, said):
    answer = by_json(client, **fields)

    assert answer.status_code == 422
    assert said in answer.json["error"]
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


@pytest.mark.parametrize("sent", [b"{", b"[]", b'{"subscriber": 5}', b"5"])
def test_what_is_no_subscriber_is_refused(client, sent):
    answer = client.post(PATH, data=sent, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json == {"error": "Send a subscriber with an email."}


def test_one_network_signs_few_up_whichever_way(client):
    codes = [by_json(client, email=f"ada{at}@example.org").status_code for at in range(6)]

    assert codes == [201] * 5 + [429]
    again = client.post(PATH, json={"subscriber": {"email": "bob@example.org"}})
    assert again.status_code == 429
    assert "error" in again.json


def test_a_messages_own_link_leaves_and_an_id_does_not(client):
    subscriber = make_subscriber(address="ada@example.org")
    code = subscriber.code
    told = by_json(client, email="ada@example.org").json["subscriber"]["id"]

    for wrong in (code, told, "x", f"{code}.x", tokens.make(Purpose.CONFIRM, code)):
        assert client.delete(f"/api/v2/subscribers/{wrong}.json").status_code == 404
    assert only().code == code

    token = tokens.make(Purpose.LEAVE, code)
    assert client.delete(f"/api/v2/subscribers/{token}.json").json == {}
    assert client.delete(f"/api/v2/subscribers/{token}.json").status_code == 200
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_an_endpoint_is_signed_up_where_the_settings_offer_it(client, app):
    app.config["ALLCLEAR"] = app.config["ALLCLEAR"].model_copy(
        update={"offer": ["email", "webhook"]}
    )

    answer = by_json(client, endpoint="https://hooks.example.org/allclear", email="a@example.org")

    assert answer.status_code == 201, answer.json
    assert answer.json["subscriber"]["mode"] == "webhook"
    assert answer.json["subscriber"]["endpoint"] == "https://hooks.example.org/allclear"
    assert (only().channel, only().confirmed_at) == (Channel.WEBHOOK, None)
    assert only().owner_address == "a@example.org"
