"""Subscribing in a real browser: opening a link does nothing, and each button works."""

import pytest
from sqlalchemy import select

from app.db import db
from app.domain import tokens
from app.domain.tokens import Purpose
from app.models import Subscriber
from tests.factories import make_organisation

pytestmark = [pytest.mark.browser, pytest.mark.once]


def subscribers():
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).all()


def test_from_the_form_to_leaving_by_buttons_alone(browser, address):
    make_organisation()
    page = browser.new_context().new_page()

    page.goto(f"{address}/subscribe")
    page.fill("#address", "ada@example.org")
    page.click("text=Only what I choose here")
    page.click("text=Website")
    page.wait_for_timeout(2_100)  # who is quicker is asked once more
    page.click("button[type=submit]")
    asked = page.inner_text("h1")
    [subscriber] = subscribers()
    page.goto(f"{address}/s/confirm/{tokens.make(Purpose.CONFIRM, subscriber.code)}")
    page.wait_for_timeout(500)
    before = subscribers()[0].confirmed_at
    page.click("button[type=submit]")
    confirmed = subscribers()[0].confirmed_at
    page.click("text=Choose what you are told of")
    chosen = page.is_checked("text=Website")
    page.goto(f"{address}/u/{tokens.make(Purpose.LEAVE, subscribers()[0].code)}")
    page.wait_for_timeout(500)
    still_there = len(subscribers())
    page.click("button[type=submit]")
    page.context.close()

    assert asked == "Look into your mailbox"
    assert before is None
    assert confirmed is not None
    assert chosen
    assert still_there == 1
    assert subscribers() == []
