"""While messages go out, the pages that tell of it follow by themselves, and say one thing."""

import pytest
from sqlalchemy import select

from app.db import db
from app.domain import claims, ledger, outbox
from app.domain.ledger import Sent
from app.models import Announcement, Channel
from tests.factories import PASSWORD, make_incident, make_subscriber

pytestmark = [pytest.mark.browser, pytest.mark.once]


def go_out():
    claimed = claims.claim("w", 10, channel=Channel.EMAIL)
    ledger.settle([Sent(claim, "250 ok", "smtp") for claim in claimed])
    db.session.rollback()


def test_the_room_and_the_ledger_follow_what_goes_out(visit):
    for _ in range(2):
        make_subscriber()
    code = make_incident().code
    room = visit("/console/sign-in")
    room.fill("#email", "ada@example.org")
    room.fill("#password", PASSWORD)
    room.get_by_role("button", name="Sign in").click()
    room.wait_for_url("**/console/incidents**")
    here = room.url.partition("/console")[0]
    room.goto(f"{here}/console/incidents/{code}")
    so_far = room.locator("#so-far")
    assert "subscribers: about to be told" in so_far.inner_text()
    room.locator("[name=fact_actions]").fill("asking our carrier")

    outbox.expand()
    told = db.session.scalar(select(Announcement)).code
    page = room.context.new_page()
    page.goto(f"{here}/console/deliveries/{told}")
    rows = page.locator("tbody tr")
    before = rows.all_inner_texts()
    go_out()

    so_far.get_by_text("subscribers: told 2 of 2").wait_for()
    room.locator("#story").get_by_text("subscribers: told 2 of 2").wait_for(state="attached")
    page.get_by_text("Told 2 of 2.").wait_for()
    assert all("owed" in row for row in before)
    assert len(before) == 2
    assert all("sent" in row for row in rows.all_inner_texts()), "as soon as the head says so"
    assert room.locator("[data-fresh]").count() == 0
    assert page.locator("[data-fresh]").count() == 0
    assert room.locator("[name=fact_actions]").input_value() == "asking our carrier"
