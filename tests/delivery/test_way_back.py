"""Whom no update is sent to is still sent what was asked for there: a test, and the way back."""

import pytest
from sqlalchemy import select

from app import clock, delivery
from app.db import db
from app.delivery.worker import Worker
from app.domain import own_page, quarantine, tokens
from app.domain.tokens import Purpose
from app.models import Announcement, AnnouncementKind, Channel, Delivery, DeliveryState, Subscriber
from tests.delivery.made import local_client
from tests.delivery.sinks import http_sink
from tests.factories import make_organisation, make_subscriber

CHANNELS = [Channel.WEBHOOK, Channel.SLACK, Channel.TEAMS]


@pytest.fixture
def place(monkeypatch, settings):
    """A stand-in of every receiver, which agrees to a challenge."""
    monkeypatch.setattr(delivery, "Client", lambda *_, **__: local_client())
    with http_sink() as (sink, address):
        sink.status, sink.address = 200, address
        sink.answer = lambda asked: (200, {}, asked.get("challenge", "ok").encode())
        yield sink


def subscriber_at(place, channel, **changes):
    make_organisation()
    secret = tokens.new_signing_secret()
    return make_subscriber(channel=channel, address=place.address, secret=secret, **changes)


def work(app, settings, channel):
    worker = Worker(app, {channel: delivery.channels(settings)[channel]})
    while worker.work():
        pass
    worker.close()
    db.session.rollback()
    told = select(Announcement.kind, Delivery.state).join(Delivery.announcement)
    return [tuple(row) for row in db.session.execute(told)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_is_in_quarantine_is_asked_where_it_is_whether_it_comes_back(
    app, settings, place, channel
):
    subscriber = subscriber_at(place, channel)
    quarantine.hold([subscriber.id], "failed 10 times within an hour")

    own_page.come_back(tokens.make(Purpose.MANAGE, subscriber.code))

    assert work(app, settings, channel) == [(AnnouncementKind.CONFIRM, DeliveryState.SENT)]
    [(_path, _headers, asked)] = place.requests
    is_question = "challenge" in asked or "/s/confirm/" in str(asked)
    assert is_question
    # Who runs a webhook agrees by answering; in a chat, somebody presses the link.
    is_back = db.session.scalar(select(Subscriber.quarantined_at)) is None
    assert is_back is (channel is Channel.WEBHOOK)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_test_is_sent_during_a_pause_too(app, settings, place, channel):
    subscriber = subscriber_at(place, channel, paused_at=clock.now())

    own_page.try_out(tokens.make(Purpose.MANAGE, subscriber.code))

    assert work(app, settings, channel) == [(AnnouncementKind.TEST, DeliveryState.SENT)]
    assert "test" in str(place.requests).lower()
