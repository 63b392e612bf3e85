"""What subscribers read in Slack, in Teams and on their telephones, and what webhooks get."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier

from app.content import links, posts, sms
from app.db import db, transaction
from app.delivery.webhook import Endpoint, headers
from app.domain import components, organisation, tokens
from app.domain.incidents import Words
from app.domain.outbox import ask
from app.models import Announcement, AnnouncementKind, Channel
from app.words import Audience, Impact, Stage
from tests import shared
from tests.factories import (
    down,
    first_component,
    make_component,
    make_incident,
    make_maintenance,
    make_organisation,
    make_subscriber,
    post,
)

HOOK = "https://hooks.example.org/x"
NASTY = "<!channel> @here [x](javascript:alert(1)) **bold** *x* & <b>\n\n- one\n- two\u202e"


def said_by(channel, kind=AnnouncementKind.UPDATE, body="We are **looking** into it.", **changes):
    """What one subscriber by this channel is sent."""
    make_organisation()
    subscriber = make_subscriber(channel=channel, address=f"{HOOK}/{channel}", **changes)
    if kind is AnnouncementKind.UPDATE:
        words = {Audience.PUBLIC: Words("", body), Audience.CUSTOMER: Words("Hello", "Dear all")}
        make_incident(words=words, impacts=down(first_component()))
    else:
        with transaction():
            ask(subscriber, kind)
    found = select(Announcement).where(Announcement.channel == channel)
    composed = posts.compose(db.session.scalars(found).one())
    return subscriber, composed.addressed(f"subscriber:{subscriber.code}", "+447400123456")


def all_texts(values):
    """Every text in nested values, as they stand."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        return [text for one in values for text in all_texts(one)]
    return [values] if isinstance(values, str) else []


CHATS = [Channel.SLACK, Channel.TEAMS]
MAILED = {AnnouncementKind.HELD}
"""What is told by mail alone."""
KINDS = [kind for kind in AnnouncementKind if kind not in MAILED]


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_is_one_that_teams_takes(app, kind):
    schema = shared.spec("adaptive-card-1.5.json")
    _, card = said_by(Channel.TEAMS, kind, NASTY)

    payload = card.payload()
    content = payload["attachments"][0]["content"]

    assert payload["type"] == "message"
    assert payload["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [error.message for error in Draft7Validator(schema).iter_errors(content)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_are_ones_that_slack_takes(app, kind):
    _, message = said_by(Channel.SLACK, kind, NASTY * 200)

    blocks = Block.parse_all(message.payload()["blocks"])

    assert 0 < len(blocks) <= 50
    for block in blocks:
        block.validate_json()
    assert not any("<!channel>" in text for text in all_texts(message.payload()))


@pytest.mark.parametrize("channel", CHATS)
def test_a_chat_is_told_the_pages_words_and_has_its_own_way_out(app, channel):
    subscriber, message = said_by(channel)

    texts = " ".join(all_texts(message.payload()))

    assert "looking" in texts
    assert "Dear all" not in texts
    assert links.manage(subscriber.code) in texts
    assert "/console/" not in texts


@pytest.mark.parametrize("channel", CHATS)
def test_a_chat_is_asked_with_a_link_to_confirm_and_with_nothing_else(app, channel):
    subscriber, message = said_by(channel, AnnouncementKind.CONFIRM, confirmed_at=None)

    texts = " ".join(all_texts(message.payload()))

    assert links.confirm(subscriber.code) in texts
    assert links.manage(subscriber.code) not in texts


def test_what_people_typed_is_a_plain_run_of_text_in_teams(app):
    _, card = said_by(Channel.TEAMS, body="[x](https://evil.example) **not bold**")

    runs = [run for line in card.body for run in line["inlines"]]

    assert {line["type"] for line in card.body} == {"RichTextBlock"}
    assert {run["type"] for run in runs} == {"TextRun"}


@pytest.mark.parametrize("channel", CHATS)
def test_a_subscriber_reads_its_own_language(app, channel):
    make_organisation()
    subscriber = make_subscriber(channel=channel, address=HOOK, confirmed_at=None)
    with transaction():
        ask(subscriber, AnnouncementKind.CONFIRM)
    composed = posts.compose(db.session.scalars(select(Announcement)).one(), "de")

    message = composed.addressed(f"subscriber:{subscriber.code}", "")

    assert "Bestätigen" in all_texts(message.payload())


def test_an_event_is_statuspages_and_verified_by_the_library_with_either_secret(app):
    first, second = tokens.new_signing_secret(), tokens.new_signing_secret()
    subscriber, event = said_by(Channel.WEBHOOK)
    body = event.body()

    signed = headers(event.reference, body, Endpoint(HOOK, (second, first)))

    for secret in (first, second):
        assert Verifier(secret).verify(body, signed) == json.loads(body)
    assert list(json.loads(body)) == ["meta", "page", "incident"]
    assert json.loads(body)["meta"]["unsubscribe"] == links.leave(subscriber.code)
    assert "Dear all" not in body
    assert len(signed["webhook-signature"].split()) == 2


def test_components_that_an_update_changed_follow_in_events_of_their_own(app):
    make_organisation(component_lines="Website\nSearch\nMail")
    subscriber = make_subscriber(channel=Channel.WEBHOOK, address=HOOK)
    website, search, mail = (one for one in components.every())
    make_incident(impacts={search.id: Impact.MAJOR})
    incident = make_incident(
        impacts={search.id: Impact.PARTIAL, mail.id: Impact.MAJOR, website.id: Impact.DEGRADED}
    )
    post(incident, impacts={mail.id: Impact.MAJOR})
    post(incident, stage=Stage.RESOLVED)

    told = [events_of(one, subscriber) for one in webhooks_owed()]

    assert [[name for name, *_ in one] for one in told] == [
        ["incident", "Search"], ["incident", "Website", "Mail"], ["incident", "Website"],
        ["incident", "Mail"],
    ]  # fmt: skip
    assert told[1][1:] == [("Website", "operational", "degraded_performance"),
                           ("Mail", "operational", "major_outage")]  # fmt: skip
    assert told[3][1] == ("Mail", "major_outage", "operational")


def test_what_is_planned_or_hidden_changes_no_component(app):
    hidden = make_component(name="Hidden", hidden=True)
    make_subscriber(channel=Channel.WEBHOOK, address=HOOK)
    make_incident(impacts={hidden.id: Impact.MAJOR})
    make_maintenance()

    assert [posts.compose(one).more for one in webhooks_owed()] == [{}, {}]


def webhooks_owed():
    owed = select(Announcement).where(Announcement.channel == Channel.WEBHOOK)
    return db.session.scalars(owed.order_by(Announcement.id)).all()


def events_of(announcement, subscriber):
    parts = posts.compose(announcement).addressed(f"subscriber:{subscriber.code}", "").parts()
    assert len({part.reference for part in parts}) == len(parts)
    assert all(links.leave(subscriber.code) in part.body() for part in parts)
    return [
        (part.values["component"]["name"], *list(part.values["component_update"].values())[:2])
        if "component" in part.values
        else ("incident",)
        for part in parts
    ]


def test_the_same_event_has_the_same_id_when_it_is_sent_again(app):
    _, event = said_by(Channel.WEBHOOK)
    found = db.session.scalars(select(Announcement).where(Announcement.channel == "webhook")).one()

    again = posts.compose(found).addressed(event.recipient, "")

    assert again.reference == event.reference


def test_a_challenge_names_the_way_to_manage_it_and_no_secret(app):
    subscriber, event = said_by(Channel.WEBHOOK, AnnouncementKind.CONFIRM, secret="whsec_x")

    assert event.values["challenge"] == tokens.challenge(subscriber.code)
    assert event.values["manage"] == links.manage(subscriber.code)
    assert "whsec_x" not in event.body()


def test_a_text_keeps_the_link_and_fits_one_segment(app):
    make_organisation()
    make_subscriber(channel=Channel.SMS, address="+447400123456")
    incident = make_incident(title="Payments by card are declined at the checkout " * 3)
    found = db.session.scalars(select(Announcement).where(Announcement.channel == "sms")).one()

    text = posts.compose(found).addressed("subscriber:x", "+447400123456")

    assert text.words.endswith(links.incident(incident.code))
    assert sms.segments(text.words) == 1
    assert text.to == "+447400123456"
    assert organisation.current().name in text.words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("🚨" * 35, 1),
        ("🚨" * 36, 2),
        ("é" * 160, 1),
    ],
)
def test_segments_are_counted_as_networks_count_them(text, count):
    assert sms.segments(text) == count


@given(st.text(max_size=300))
def test_any_title_leaves_the_link_whole(title):
    link = " https://status.example.org/incidents/abcdefghijkl"

    words = sms.fitted("Example: ", title, link)

    assert words.endswith(link)
    assert sms.segments(words) <= 3
