"""Mails: what stands in them, read back from their bytes."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.content import email, links, mime
from app.content.mime import Unsafe
from app.db import db, transaction
from app.delivery.letters import Letters
from app.domain import claims, organisation, outbox, subscribers, tokens
from app.domain.incidents import Words
from app.domain.tokens import Purpose
from app.domain.windows import Window
from app.models import Announcement, Channel, Delivery, Subscriber
from app.words import Audience, Stage
from tests.factories import (
    make_incident,
    make_maintenance,
    make_organisation,
    make_subscriber,
    post,
)

ON_EVERY_UPDATE = {
    "MIME-Version",
    "Content-Type",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Precedence",
}
TO_LEAVE = {"List-Unsubscribe", "List-Unsubscribe-Post"}
NASTY = [
    "=?utf-8?q?a=0D=0ABcc:=20v@example.org?=",
    "=?utf-8?b?QQ0KQmNjOiB2QGV4YW1wbGUub3Jn?=",
    "a\r\nBcc: v@example.org",
    "a\nBcc: v@example.org\n\nbody",
    "a\u2028Bcc: v@example.org",
    "a\u2029Bcc: v@example.org",
    "a\x85Bcc: v@example.org",
    "a\x0bBcc: v@example.org\x0c",
    "a\x00b\x1b[31m",
    "\u202egnp.exe",
    "ünïcode " * 30,
    "🚨" * 80,
    "x" * 250,
]


def test_the_times_of_the_frame_are_in_the_readers_zone_and_the_words_as_written(app):
    make_organisation(time_zone="UTC")
    for zone in ("Asia/Tokyo", "", "America/New_York"):
        make_subscriber(time_zone=zone)
    incident = make_maintenance(window=Window(at(2037, 12, 6, 20), at(2037, 12, 6, 22), "UTC"))
    letters = Letters()
    while outbox.expand():
        pass

    sent = {
        claim.reader: letters.addressed(claim)
        for claim in claims.claim("w", 9, channel=Channel.EMAIL)
    }

    assert set(sent) == {"", " Asia/Tokyo", " America/New_York"}
    assert "Planned: 6 December, 20:00 UTC to 22:00 UTC" in sent[""].text
    assert "Planned: 7 December, 05:00 JST to 07:00 JST" in sent[" Asia/Tokyo"].text
    assert "Planned: 6 December, 15:00 EST to 17:00 EST" in sent[" America/New_York"].html
    posted = incident.updates[0].published_at
    for zone, short in (("UTC", "UTC"), ("Asia/Tokyo", "JST")):
        time = f"{posted.astimezone(ZoneInfo(zone)):%H:%M} {short}"
        assert f" · {time}" in sent["" if zone == "UTC" else f" {zone}"].text
    assert len({one.text.count("We will work on it.") for one in sent.values()}) == 1


def at(*moment):
    return datetime(*moment, tzinfo=UTC)


def said(subject="Service update", body="We are **looking** into it.", title="Mails are late"):
    words = {Audience.CUSTOMER: Words(subject, body), Audience.PUBLIC: Words("", body)}
    return make_incident(title=title, words=words)


def mails():
    """What is owed by mail now, each as the bytes that would leave, with its email."""
    while outbox.expand():
        pass
    found = []
    rows = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    for row in rows:
        letter = email.compose(row.announcement)
        post = email.addressed(letter, recipient=row.recipient, address=row.address)
        found.append((post, mime.to_bytes(post)))
    return found


def parsed(raw):
    return message_from_bytes(raw, policy=policy.default)


def body(raw, kind):
    return parsed(raw).get_body((kind,)).get_content().replace("\r\n", "\n")


def test_an_update_has_every_header_and_none_more(app):
    make_subscriber(address="ada@example.org")
    incident = said()

    [(_, raw)] = mails()
    mail = parsed(raw)

    update = incident.updates[0]
    assert set(mail.keys()) == ON_EVERY_UPDATE | TO_LEAVE
    assert len(mail.keys()) == len(set(mail.keys()))
    assert mail["To"] == "ada@example.org"
    assert mail["From"] == "Example status <status@127.0.0.1>"
    assert mail["Subject"] == "Service update"
    assert mail["Message-ID"].startswith(f"<u.{update.code}.")
    assert mail["References"] == mail["In-Reply-To"] == f"<i.{incident.code}@127.0.0.1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["List-Id"].endswith("<status.127.0.0.1>")
    assert mail["Date"].datetime is not None
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_the_mails_of_an_incident_thread_though_their_subjects_differ(app):
    make_subscriber()
    incident = said(subject="Service update")
    told = Words("Service restored", "It works.")
    words = {Audience.PUBLIC: told, Audience.CUSTOMER: told}
    post(incident, stage=Stage.RESOLVED, words=words)

    first, second = (parsed(raw) for _, raw in mails())

    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert (first["Subject"], second["Subject"]) == ("Service update", "Service restored")


def test_the_same_mail_has_the_same_message_id_each_time(app):
    make_subscriber()
    said()

    [(_, first)] = mails()
    [(_, again)] = mails()

    assert parsed(first)["Message-ID"] == parsed(again)["Message-ID"]


def test_text_and_html_say_the_same_and_links_are_the_recipients_own(app):
    subscriber = make_subscriber(address="ada@example.org")
    incident = said(body="We are **looking** into <it> & more.\n\n- one\n- two")

    [(post, raw)] = mails()
    text, html = body(raw, "plain"), body(raw, "html")

    assert text == post.text
    assert html == post.html
    for words in ("one", "two", "Mails are late", "Investigating"):
        assert words in text
        assert words in html
    assert "We are looking into <it> & more." in text
    assert "We are <strong>looking</strong> into &lt;it&gt; &amp; more." in html
    for link in (
        links.manage(subscriber.code),
        links.leave(subscriber.code),
        links.incident(incident.code),
    ):
        assert link in text
        assert link in html
    assert links.leave(subscriber.code) in parsed(raw)["List-Unsubscribe"]


def test_the_html_keeps_its_dark_colours_and_loads_nothing(app):
    make_subscriber()
    said(body="![x](https://evil.example/p.png) <img src=x> [a](javascript:alert(1))")

    [(post, _)] = mails()

    assert "prefers-color-scheme: dark" in post.html
    assert 'style="' in post.html
    assert not re.search(r"<(img|script|link|iframe)\b", post.html)
    assert 'href="javascript' not in post.html


def test_no_mark_of_the_letter_is_left_in_any_mail(app):
    make_subscriber(address="ada@example.org")
    said()
    subscribers.sign_up("new@example.org")
    subscribers.sign_up("ada@example.org")

    for sent, raw in mails():
        for mark in sent.letter.marks.values():
            assert mark.encode() not in raw


@pytest.mark.parametrize("nasty", NASTY)
def test_no_words_make_a_header(app, nasty):
    make_organisation(name=f"Example {nasty}")
    make_subscriber(address="ada@example.org")
    with transaction():
        organisation.current().internal_emails = ["ops@example.org"]
    words = {
        Audience.CUSTOMER: Words(nasty, nasty),
        Audience.INTERNAL: Words("", nasty),
    }
    make_incident(title=nasty[:140], words=words)

    found = mails()

    assert len(found) == 2
    for sent, raw in found:
        mail = message_from_bytes(raw, policy=policy.compat32)
        assert set(mail.keys()) <= ON_EVERY_UPDATE | TO_LEAVE
        assert mail.get_all("To") == [sent.to]
        assert not re.search(rb"^bcc:", raw.split(b"\r\n\r\n")[0], re.I | re.M)
        assert all(len(line) < 998 for line in raw.split(b"\r\n"))


def test_a_mail_that_reads_back_otherwise_is_not_sent(app):
    make_subscriber(address="ada@example.org")
    said()
    [(post, _)] = mails()
    fills = post.fills | {post.letter.marks["to"]: "ada@example.org\r\nBcc: v@example.org"}

    with pytest.raises(Unsafe):
        mime.to_bytes(email.Email(post.letter, post.to, post.reference, fills))


def test_colleagues_get_no_link_to_leave(app):
    make_organisation()
    with transaction():
        organisation.current().internal_emails = ["ops@example.org"]
    make_incident(words={Audience.INTERNAL: Words("", "For us")})

    [(post, raw)] = mails()

    assert set(parsed(raw).keys()) == ON_EVERY_UPDATE
    assert "/u/" not in post.text
    assert "/console/incidents/" in post.text
    assert parsed(raw)["Subject"] == "[Example] Text messages are late"


def test_the_question_to_an_address_holds_no_words_of_a_stranger(app):
    make_organisation()
    subscribers.sign_up("stranger@example.org")

    [(post, raw)] = mails()
    code = db.session.scalar(select(Subscriber)).code

    assert parsed(raw)["Subject"] == "Please confirm: updates from Example"
    assert f"/s/confirm/{tokens.make(Purpose.CONFIRM, code)}" in post.text
    assert "List-Unsubscribe" not in parsed(raw)
    assert "stranger" not in post.text + post.html


def test_long_lines_and_long_addresses_survive(app):
    address = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.org"
    make_subscriber(address=address)
    said(body="wörter " * 500 + "\n\n" + "x" * 3000 + "\n\n.\n\n..dots")

    [(post, raw)] = mails()

    assert body(raw, "plain") == post.text
    assert body(raw, "html") == post.html
    assert parsed(raw)["To"] == address


def test_a_letter_is_composed_without_a_request_and_links_come_from_the_settings(app):
    make_subscriber()
    said()
    announcement = None

    with app.test_request_context(headers={"Host": "evil.example"}):
        while outbox.expand():
            pass
        announcement = db.session.scalar(select(Announcement))
        letter = email.compose(announcement)

    assert "evil.example" not in letter.text + letter.html + str(letter.headers)
    assert "http://127.0.0.1:8000/" in letter.text
