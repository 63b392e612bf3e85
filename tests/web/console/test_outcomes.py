"""How messages went: the room says of everybody what became of them, and why."""

import re

import pytest
from sqlalchemy import event

from app import clock
from app.db import db, transaction
from app.domain import claims, ledger, outbox, quarantine
from app.domain.progress import Progress, Why
from app.models import Announcement, Channel, DeliveryState
from app.web.console import outcomes
from tests.factories import make_incident, make_subscriber, post

OWED, FAILED, CANCELLED = DeliveryState.OWED, DeliveryState.FAILED, DeliveryState.CANCELLED


@pytest.fixture
def statements(app):
    said = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    return said


def told(ada, incident):
    page = ada.get(f"/console/incidents/{incident.code}")
    return page, page.words("so-far")


@pytest.mark.parametrize(
    ("come", "whys", "words"),
    [
        (Progress(is_expanded=False), {}, "about to be told"),
        (Progress(), {}, "nobody to tell"),
        (Progress(sent=6002), {}, "told 6,002 of 6,002"),
        (
            Progress(sent=400, owed=1600, is_expanded=False),
            {},
            "told 400 of 2,000 so far; 1,600 owed",
        ),
        (
            Progress(owed=1),
            {OWED: [Why("It answered 500.", 1)]},
            "told 0 of 1; 1 owed: “It answered 500”",
        ),
        (
            Progress(sent=5, failed=4),
            {FAILED: [Why("550 no", 2), Why("551", 1), Why("552", 1)]},
            "told 5 of 9; 4 failed (2 “550 no”, 1 “551”)",
        ),
        (
            Progress(owed=40),
            {OWED: [Why("no answer in time", 3)]},
            "told 0 of 40; 40 owed (3 “no answer in time”)",
        ),
        (
            Progress(sent=1, cancelled=3, superseded=2),
            {CANCELLED: [Why("in quarantine", 2), Why("left", 1)]},
            "told 1 of 6; 3 not told (2 in quarantine, 1 left); 2 left to a later update",
        ),
    ],
)
def test_a_line_accounts_for_everybody(come, whys, words):
    assert outcomes.said(Announcement(), come, whys) == words


def test_what_was_taken_back_before_anybody_was_counted_says_so():
    announcement = Announcement(cancelled_at=clock.now())

    assert outcomes.said(announcement, Progress(), {}) == "taken back before anybody was told"


def test_what_was_taken_back_before_all_were_counted_claims_no_whole():
    announcement = Announcement(cancelled_at=clock.now())
    whys = {CANCELLED: [Why("taken back", 2)]}

    said = outcomes.said(announcement, Progress(sent=3, cancelled=2), whys)

    assert said == "told 3 of 5 counted when it was taken back; 2 not told: taken back"


def test_the_room_says_who_is_not_told_and_why(ada):
    endpoint = make_subscriber(channel=Channel.WEBHOOK, address="https://hooks.example.net/key")
    make_subscriber()
    incident = make_incident()
    while outbox.expand():
        pass
    ledger.fail(claims.claim("w", 1, channel=Channel.EMAIL)[0], "550 no such mailbox")
    with transaction():
        quarantine.hold([endpoint.id], "failed 10 times within an hour: answered 500")

    page, so_far = told(ada, incident)

    for line in (
        "subscribers: told 0 of 1; 1 failed: “550 no such mailbox”",
        "webhooks: told 0 of 1; 1 not told: in quarantine",
    ):
        assert line in so_far
        assert line in page.words("story")
    assert "data-fresh" not in page.text, "nothing is under way"


def test_the_room_says_what_is_owed_and_why_and_where_to_read_it_anew(ada):
    make_subscriber()
    incident = make_incident()
    about = told(ada, incident)[1]
    outbox.expand()
    ledger.postpone(claims.claim("w", 1, channel=Channel.EMAIL)[0], "451 try later")

    page, owed = told(ada, incident)
    [path] = set(re.findall(r'data-fresh="([^"]+)"', page.text))
    part = ada.client.get(path)

    assert "subscribers: about to be told" in about
    assert "subscribers: told 0 of 1; 1 owed: “451 try later”" in owed
    assert "told 0 of 1; 1 owed: “451 try later”" in part.text
    assert f'data-fresh="{path}"' in part.text
    assert "<html" not in part.text


def test_a_message_that_tells_nobody_by_itself_has_no_line(ada):
    ada.get("/console/deliveries/messages/12345", status=404)
    ada.get(f"/console/deliveries/messages/{10**30}", status=404)


def test_each_message_of_an_incident_is_counted_once_for_a_page(ada, statements):
    incident = make_incident()
    post(incident)

    ada.get(f"/console/incidents/{incident.code}")

    counting = [said for said in statements if "FROM delivery" in said and "count(" in said]
    assert len([said for said in counting if "delivery.announcement_id" in said]) == 1
