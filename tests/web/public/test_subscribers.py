"""Subscribing and leaving, as a browser and as a mail program does it."""

import re

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import db, transaction
from app.domain import tokens
from app.domain.tokens import Purpose
from app.models import Announcement, Organisation, Subscriber
from app.web.public import keys
from tests.factories import first_component, make_organisation, make_subscriber

ADDRESS = "ada@example.org"


@pytest.fixture(autouse=True)
def organisation(app):
    make_organisation()


def count(table):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table))


def only():
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).one()


def typed(**fields):
    """A form as a person sends it, who took a while."""
    opened = tokens.stamp(clock.now().timestamp() - 10)
    return {"address": ADDRESS, "opened": opened} | fields


def link(purpose, subscriber):
    token = tokens.make(purpose, subscriber.code)
    return {"confirm": "/s/confirm/", "manage": "/s/", "leave": "/u/"}[purpose] + token


def test_the_whole_way_from_the_form_to_leaving(stranger):
    component = first_component()
    stranger.get("/subscribe")
    chosen = typed(what="some", component=component.code)
    stranger.post("/subscribe", chosen, status=200)
    confirm = link(Purpose.CONFIRM, only())
    stranger.get(confirm)
    before = only().confirmed_at
    stranger.post(confirm, status=200)
    manage = link(Purpose.MANAGE, only())
    page = stranger.get(manage)
    told_of = page.field("component")
    stranger.post(manage, {"what": "everything"}, status=200)
    everything = only().everything
    stranger.post(f"{manage}/leave", status=200)

    assert before is None
    assert told_of == component.code
    assert everything
    assert count(Subscriber) == 0


def test_opening_any_link_changes_nothing(stranger):
    asked = make_subscriber(confirmed_at=None)
    subscribed = make_subscriber()

    for subscriber in (asked, subscribed):
        for purpose in Purpose:
            stranger.get(link(purpose, subscriber))
            stranger.client.head(link(purpose, subscriber))

    db.session.rollback()
    assert count(Subscriber) == 2
    assert db.session.get(Subscriber, asked.id).confirmed_at is None


def test_a_mail_program_leaves_with_one_request(client):
    leave = link(Purpose.LEAVE, make_subscriber())
    body = {"List-Unsubscribe": "One-Click"}
    foreign = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}

    first = client.post(leave, data=body, headers=foreign)
    second = client.post(leave, data=body)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Set-Cookie" not in first.headers
    assert count(Subscriber) == 0


def test_the_answer_is_the_same_whoever_is_subscribed(app):
    make_subscriber(address="subscribed@example.org")
    make_subscriber(address="asked@example.org", confirmed_at=None)
    answers = set()

    for address in ("new@example.org", "subscribed@example.org", "asked@example.org"):
        answer = app.test_client().post("/subscribe", data=typed(address=address))
        answers.add((answer.status_code, answer.data, str(sorted(answer.headers))))

    assert len(answers) == 1


def test_a_network_may_sign_up_five_addresses_an_hour(app):
    client = app.test_client()

    def sign_up(number, address):
        data = typed(address=f"reader{number}@example.org")
        return client.post("/subscribe", data=data, environ_base={"REMOTE_ADDR": address})

    v4 = [sign_up(number, f"192.0.2.{number}").status_code for number in range(7)]
    v6 = [sign_up(10 + number, f"2001:db8:0:{number}::1").status_code for number in range(7)]
    refused = sign_up(7, "192.0.2.7").get_data(as_text=True)
    elsewhere = sign_up(20, "198.51.100.1").status_code

    assert re.search(r"Wait (1 hour|\d\d minutes), then try again\.", refused)
    assert 'href="/subscribe"' in refused
    assert v4 == v6 == [200] * 5 + [429] * 2
    assert elsewhere == 200
    assert count(Subscriber) == 11


def test_many_sign_ups_of_one_address_from_forty_networks_are_one_mail(app):
    client = app.test_client()

    for number in range(200):  # as many as the limit of each network lets through
        network = {"REMOTE_ADDR": f"10.{number % 40}.0.1"}
        client.post("/subscribe", data=typed(), environ_base=network)

    assert count(Announcement) == 1


def test_a_wrong_address_is_said_beside_the_field_and_kept(stranger):
    page = stranger.post("/subscribe", typed(address="nobody", what="everything"), status=422)

    assert page.field("address") == "nobody"
    assert count(Subscriber) == 0


def test_a_program_that_fills_every_field_subscribes_nobody(client):
    data = typed(homepage="https://spam.example")

    answer = client.post("/subscribe", data=data)

    assert answer.status_code == 200
    assert count(Subscriber) == 0


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_of_another_site_is_refused(client, headers):
    manage = link(Purpose.MANAGE, make_subscriber())

    answers = [
        client.post(path, data={"address": ADDRESS}, headers=headers).status_code
        for path in ("/subscribe", manage, f"{manage}/leave")
    ]

    assert answers == [403, 403, 403]
    assert count(Subscriber) == 1


@pytest.mark.parametrize("token", ["x", "x.y", "%00.%00", "é.é", "a" * 3000, "..", "%ED%A0%80.x"])
def test_a_wrong_link_is_not_found(client, token):
    for path in (f"/s/confirm/{token}", f"/s/{token}", f"/u/{token}"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert client.post(f"/s/{token}/leave").status_code == 404


def test_who_has_left_is_told_so_by_their_own_links(stranger):
    subscriber = make_subscriber()
    manage, confirm = link(Purpose.MANAGE, subscriber), link(Purpose.CONFIRM, subscriber)
    stranger.post(f"{manage}/leave", status=200)

    answers = [stranger.get(manage, status=410), stranger.post(manage, status=410)]
    run_out = [stranger.get(confirm, status=410), stranger.post(confirm, status=410)]

    assert all("You are not subscribed any more" in answer.text for answer in answers)
    assert all("This link has run out" in answer.text for answer in run_out)
    assert all('href="/subscribe"' in answer.text for answer in (*answers, *run_out))


@pytest.mark.parametrize(("everything", "chosen"), [(True, False), (False, True)])
def test_the_consent_is_to_what_was_chosen(stranger, everything, chosen):
    some = {} if everything else {"components": [first_component()]}
    subscriber = make_subscriber(confirmed_at=None, everything=everything, **some)
    confirm = link(Purpose.CONFIRM, subscriber)

    asked = stranger.get(confirm).text
    stranger.post(confirm, status=200)

    assert ("something I chose" in asked) is chosen
    assert ("something I chose" in only().consent) is chosen


def test_these_pages_are_kept_by_nobody_and_found_by_no_search(client):
    subscriber = make_subscriber()

    for path in ("/subscribe", *(link(purpose, subscriber) for purpose in Purpose)):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in answer.headers


def test_links_hold_the_configured_address_whatever_host_was_asked_for(app):
    answer = app.test_client().post("/subscribe", data=typed(), headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert count(Subscriber) == 0


def test_choosing_nothing_is_no_choice(stranger):
    manage = link(Purpose.MANAGE, make_subscriber())

    page = stranger.post(manage, {"what": "some"}, status=422)

    assert "Choose at least one" in page.text
    assert only().everything


def test_before_set_up_there_is_nothing_to_subscribe_to(client):
    with transaction() as session:
        session.delete(session.get(Organisation, 1))

    assert client.get("/subscribe").status_code == 404


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("::ffff:192.0.2.7", "192.0.2.200", True),
        ("::ffff:192.0.2.7", "::ffff:198.51.100.7", False),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", True),
        ("2001:db8:0:1::1", "2001:db8:1:1::1", False),
    ],
)
def test_who_shares_a_network_shares_its_limit_however_the_socket_names_it(
    app, first, second, is_one
):
    found = []
    for address in (first, second):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            found.append(keys.network())

    assert (found[0] == found[1]) is is_one
