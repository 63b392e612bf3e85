"""Who hears of an update: by channel, incident, how bad it is, and a pause."""

import pytest
from sqlalchemy import select

from app import clock
from app.db import db
from app.domain import outbox, own_page, recipients, tokens
from app.domain.tokens import Purpose
from app.models import Announcement, AnnouncementKind, Channel, Delivery, DeliveryState, Message
from app.words import Impact, Stage
from tests.factories import (
    down,
    first_component,
    make_component,
    make_incident,
    make_organisation,
    make_subscriber,
    post,
)


@pytest.fixture(autouse=True)
def organisation(app):
    make_organisation()


def told():
    """Whom the newest announcement of each channel is owed to, by the subscriber's name."""
    while outbox.expand():
        pass
    db.session.rollback()
    newest = select(db.func.max(Message.update_id)).scalar_subquery()
    rows = db.session.scalars(
        select(Delivery)
        .join(Delivery.announcement)
        .join(Message, Announcement.message_id == Message.id)
        .where(Message.update_id == newest)
    )
    return sorted(row.recipient.removeprefix("subscriber:") for row in rows)


def at(impact, component=None):
    return {(component or first_component()).id: impact}


def test_each_channel_in_use_is_told_and_no_other():
    for channel in (Channel.SLACK, Channel.WEBHOOK):
        make_subscriber(channel=channel, address=f"https://x.example/{channel}")
    make_subscriber(channel=Channel.TEAMS, address="https://x.example/t", confirmed_at=None)

    make_incident()

    channels = db.session.scalars(select(Announcement.channel))
    assert sorted(channels) == ["email", "slack", "webhook"]


def test_addresses_that_are_keys_stand_in_no_ledger():
    make_subscriber(channel=Channel.WEBHOOK, address="https://x.example/secret")
    make_subscriber(channel=Channel.SMS, address="+447400123456")
    make_incident()

    told()

    kept = set(db.session.scalars(select(Delivery.address)))
    assert kept == {"", "+447400123456"}


def test_one_hears_from_the_impact_on_that_one_chose():
    make_subscriber(code="any")
    make_subscriber(code="partial", least_impact=Impact.PARTIAL)
    make_subscriber(code="major", least_impact=Impact.MAJOR)

    incident = make_incident(impacts=at(Impact.DEGRADED))
    mild = told()
    post(incident, impacts=at(Impact.MAJOR))
    worst = told()
    post(incident, impacts=at(Impact.OPERATIONAL))

    assert mild == ["any"]
    assert worst == ["any", "major", "partial"]
    assert told() == worst  # who heard of it hears how it goes on


def test_the_impact_is_that_on_what_one_chose():
    other = make_component(name="Other")
    mine = {"everything": False, "components": [first_component()]}
    make_subscriber(code="major", least_impact=Impact.MAJOR, **mine)
    make_subscriber(code="degraded", least_impact=Impact.DEGRADED, **mine)

    make_incident(impacts=at(Impact.DEGRADED) | at(Impact.MAJOR, other))

    assert told() == ["degraded"]


def test_one_incident_is_told_to_who_asked_for_it_alone():
    incident = make_incident()
    make_subscriber(code="only", incident_id=incident.id)

    make_incident(title="Another")
    another = told()
    post(incident)

    assert another == []
    assert told() == ["only"]


def reach(code, kind=AnnouncementKind.UPDATE):
    return recipients.reach(f"subscriber:{code}", kind)


@pytest.mark.parametrize("column", ["paused_at", "quarantined_at"])
def test_nobody_is_told_during_a_pause_or_in_quarantine(column):
    make_subscriber(**{column: clock.now()})

    make_incident()

    assert told() == []


def test_a_pause_cancels_what_is_owed_and_hides_the_address():
    subscriber = make_subscriber(channel=Channel.WEBHOOK, address="https://x.example/")
    token = tokens.make(Purpose.MANAGE, subscriber.code)
    make_incident()
    told()

    own_page.pause(token, paused=True)

    assert set(db.session.scalars(select(Delivery.state))) == {DeliveryState.CANCELLED}
    assert reach(subscriber.code) is None
    assert reach(subscriber.code, AnnouncementKind.TEST).address == "https://x.example/"
    own_page.pause(token, paused=False)
    assert reach(subscriber.code).address == "https://x.example/"


def texted(subscriber):
    return {"channel": Channel.SMS, "address": f"+4474001234{subscriber}", "code": f"s{subscriber}"}


def test_a_text_says_that_it_begins_and_that_it_is_over():
    make_subscriber(**texted(10))
    incident = make_incident(impacts=down(first_component()))
    heard = [told()]

    for stage in (Stage.IDENTIFIED, Stage.MONITORING, Stage.RESOLVED):
        post(incident, stage=stage, impacts=down(first_component()))
        heard.append(told())
    post(incident, stage=Stage.IDENTIFIED, reopen=True)

    assert heard == [["s10"], [], [], ["s10"]]
    assert told() == ["s10"]


def test_who_is_texted_from_an_impact_on_hears_when_it_is_reached_later():
    make_subscriber(**texted(10), least_impact=Impact.MAJOR)
    make_subscriber(**texted(11))
    incident = make_incident(impacts=at(Impact.DEGRADED))
    opened = told()
    post(incident, impacts=at(Impact.MAJOR))
    reached = told()
    make_subscriber(**texted(12))  # signed up in the middle: hears how it ends
    post(incident, stage=Stage.MONITORING, impacts=at(Impact.MAJOR))

    assert opened == ["s11"]
    assert reached == ["s10"]
    assert told() == []


def test_asking_which_channels_are_used_costs_one_query(app):
    asked = []
    db.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    recipients.in_use()

    assert len(asked) == 1


def test_what_is_owed_to_a_webhook_is_signed_with_both_secrets():
    secrets = {"secret": "a", "earlier_secret": "b"}
    make_subscriber(code="hook", channel=Channel.WEBHOOK, address="https://x/", **secrets)

    assert reach("hook").secrets == ("a", "b")
