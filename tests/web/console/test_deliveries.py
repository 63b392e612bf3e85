"""What was sent to whom, and the mails that were kept in the folder."""

import pytest
from sqlalchemy import select

from app import delivery
from app.db import db, transaction
from app.delivery.worker import Worker
from app.domain import (
    claims,
    ledger,
    organisation,
    outbox,
    quarantine,
    subscribers,
    tokens,
    transports,
)
from app.domain.incidents import Words
from app.domain.ledger import Sent
from app.domain.tokens import Purpose
from app.models import Account, Announcement, Channel, Delivery, DeliveryState, Role
from app.words import Audience
from tests.factories import PASSWORD, make_incident, make_subscriber
from tests.web.visiting import Visitor


def work(app):
    worker = Worker(app, delivery.channels(app.config["ALLCLEAR"]))
    while worker.work():
        pass
    worker.close()
    db.session.rollback()


@pytest.fixture
def failed(ada):
    """A delivery that was refused for good, and its incident."""
    make_subscriber(address="reader@example.org")
    make_incident()
    outbox.expand()
    ledger.fail(claims.claim("w", 1, channel=Channel.EMAIL)[0], "550 <no> such mailbox")
    db.session.rollback()
    return db.session.scalar(select(Delivery))


def test_before_anything_is_sent_the_page_says_what_will_stand_there(ada):
    assert "Nothing has been sent yet" in ada.get("/console/deliveries").text
    assert "No mail yet" in ada.get("/console/mails").text


def test_what_failed_says_why_and_is_tried_again_by_a_button(app, ada, failed):
    page = ada.get("/console/deliveries?state=failed")
    ada.post(f"/console/deliveries/{failed.id}/try-again")
    again = ada.get("/console/deliveries?state=failed")
    work(app)

    assert "550 &lt;no&gt; such mailbox" in page.text
    assert "reader@example.org" in page.text
    assert "Try again" not in again.text
    assert db.session.scalar(select(Delivery)).state is DeliveryState.SENT


def test_what_has_not_failed_is_not_tried_again(app, ada, failed):
    ada.post(f"/console/deliveries/{failed.id}/try-again")

    page = ada.post(f"/console/deliveries/{failed.id}/try-again", status=409)

    assert "Only what has failed" in page.text


def test_one_message_can_be_looked_at_alone_and_page_by_page(ada):
    for _ in range(60):
        make_subscriber()
    make_incident()
    outbox.expand()
    code = db.session.scalar(select(Announcement)).code

    first = ada.get(f"/console/deliveries?announcement={code}")
    older = [link.get("href") for link in first.all("a") if link.text == "Older"]
    second = ada.get(older[0])

    assert first.text.count("@example.org") == 50
    assert second.text.count("@example.org") == 10
    assert "0 of 60" in first.text
    ada.get("/console/deliveries?announcement=nothing", status=404)
    ada.get("/console/deliveries?state=nonsense&before=x")


def test_mails_in_the_folder_can_be_read(app, ada):
    make_subscriber(address="reader@example.org")
    body = "We are **looking** <script>alert(1)</script>"
    make_incident(words={Audience.CUSTOMER: Words("Service <update>", body)})
    work(app)

    index = ada.get("/console/mails")
    [path] = [link.get("href") for link in index.all("td/a")]
    page = ada.get(path)
    frame = ada.client.get(f"{path}/html")
    policy = frame.headers["Content-Security-Policy"]

    assert "nothing is sent, until ALLCLEAR_EMAIL is set" in index.text
    assert "Service <update>" in index.tree.find(".//td/a").text
    assert page.all("iframe")[0].get("sandbox") == ""
    assert "frame-src 'self'" in page.response.headers["Content-Security-Policy"]
    assert "<strong>looking</strong>" in frame.text
    assert "<script>" not in frame.text
    assert "style=" not in frame.text
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert "sandbox" in policy
    assert "unsafe" not in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["x", "..%2f..%2ftest.db", "%2e%2e", "a.b.eml", "a.0.eml"])
def test_only_mails_are_read_from_the_folder(ada, name):
    ada.get(f"/console/mails/{name}", status=404)
    ada.get(f"/console/mails/{name}/html", status=404)


def test_a_test_message_goes_to_colleagues(app, ada):
    refused = ada.post("/console/deliveries/test", {"channel": "email"}, status=422)
    with transaction():
        organisation.current().internal_emails = ["ops@example.org"]
    ada.post("/console/deliveries/test", {"channel": "email"})
    work(app)

    assert "Name the colleagues" in refused.text
    assert "A test message" in ada.get("/console/mails").text
    ada.post("/console/deliveries/test", {"channel": "pigeon"}, status=400)


def test_a_responder_may_read_but_not_send_tests(app, ada):
    with transaction() as session:
        session.get(Account, 1).role = Role.RESPONDER
    visitor = Visitor(app)
    visitor.sign_in(password=PASSWORD)

    visitor.get("/console/deliveries")

    visitor.post("/console/deliveries/test", {"channel": "email"}, status=403)


def test_who_is_told_is_named_to_the_communications_lead_alone(app, ada, failed):
    work(app)
    with transaction():
        quarantine.hold([failed.subscriber_id], "550 no such mailbox")
    code = failed.announcement.code
    paths = ["/console/deliveries", f"/console/deliveries/{code}", "/console/deliveries/quarantine"]
    seen = [ada.get(path).text for path in paths]
    with transaction() as session:
        session.get(Account, 1).role = Role.RESPONDER
    hidden = [ada.get(path).text for path in paths]

    assert all("reader@example.org" in text for text in seen)
    assert not any("reader@" in text for text in hidden)
    assert all("r…@example.org" in text for text in hidden)
    ada.get(f"/console/deliveries/{code}.csv", status=403)


def test_mails_that_are_kept_are_read_by_the_communications_lead_alone(app, ada):
    make_subscriber(address="reader@example.org")
    make_incident()
    work(app)
    [path] = [link.get("href") for link in ada.get("/console/mails").all("td/a")]
    with transaction() as session:
        session.get(Account, 1).role = Role.RESPONDER

    index = ada.get("/console/mails")

    assert "r…@example.org" in index.text
    assert index.all("td/a") == []
    ada.get(path, status=403)
    ada.get(f"{path}/html", status=403)


def test_numbers_that_no_column_holds_find_nothing(ada):
    make_incident()

    ada.get(f"/console/deliveries?before={10**30}")
    ada.post(f"/console/deliveries/{10**30}/try-again", status=404)


def test_the_ledger_of_a_message_shows_pace_attempts_and_reasons(ada, failed):
    code = failed.announcement.code

    page = ada.get(f"/console/deliveries/{code}")
    part = ada.client.get(f"/console/deliveries/{code}", headers={"X-Part": "fresh"})

    assert "Told <b>0</b> of 1" in page.text
    assert "1 failed attempt" in page.text
    assert page.text.count("550 &lt;no&gt; such mailbox") == 3
    assert "<html" not in part.text
    assert "Why some failed" in part.text
    ada.get("/console/deliveries/nothing", status=404)


def test_while_a_message_goes_out_its_head_and_its_rows_are_read_anew_together(ada):
    make_subscriber()
    make_incident()
    outbox.expand()
    code = db.session.scalar(select(Announcement)).code
    path = f"/console/deliveries/{code}?state=owed"

    page = ada.get(path)
    part = ada.client.get(path, headers={"X-Part": "fresh"})
    [claim] = claims.claim("w", 1, channel=Channel.EMAIL)
    ledger.settle([Sent(claim, "250 ok")])
    over = ada.get(path)

    assert page.text.count(f'data-fresh="{path}"') == 2
    assert "Told <b>0</b> of 1; 1 owed." in part.text
    assert "@example.org" in part.text
    assert "It took" in over.text
    assert "data-fresh" not in over.text


def test_the_ledger_tells_no_time_that_not_enough_of_them_had(ada):
    for _ in range(3):
        make_subscriber()
    make_incident()
    outbox.expand()
    code = db.session.scalar(select(Announcement)).code
    [first, second, third] = claims.claim("w", 3, channel=Channel.EMAIL)

    ledger.settle([Sent(first, "250 ok")])
    one = ada.get(f"/console/deliveries/{code}").words("progress")
    ledger.settle([Sent(second, "250 ok")])
    two = ada.get(f"/console/deliveries/{code}").words("progress")
    ledger.settle([Sent(third, "250 ok")])
    three = ada.get(f"/console/deliveries/{code}").words("progress")

    assert "had it after" not in one
    assert "Half had it after" in two
    assert "95 %" not in two
    assert "last" not in two
    assert "95 % after" in three
    assert "the last of those told after" in three


def test_the_ledger_says_why_some_are_not_told(ada):
    reader = make_subscriber()
    make_incident()
    outbox.expand()
    with transaction():
        quarantine.hold([reader.id], "bounced: 550 no such mailbox")
    code = db.session.scalar(select(Announcement)).code

    said = ada.get(f"/console/deliveries/{code}").words("progress")
    row = ada.get("/console/deliveries").all("td[@data-name='Not told']")[0]

    assert said == "Told 0 of 1; 1 not told. Why some are not told 1 in quarantine"
    assert row.text == "1"


def test_the_note_to_whoever_runs_an_endpoint_is_named_as_what_it_is(ada):
    endpoint = make_subscriber(
        channel=Channel.WEBHOOK,
        address="https://hooks.example.net/key",
        owner_address="ops@example.net",
    )
    with transaction():
        quarantine.hold([endpoint.id], "answered 500")
    outbox.expand()

    page = ada.get("/console/deliveries")

    assert "The note to whoever runs an endpoint in quarantine" in page.text
    assert "A test message" not in page.text


def test_which_endpoint_failed_is_known_by_its_host_and_code_never_by_its_key(ada):
    first, second = (
        make_subscriber(
            channel=Channel.WEBHOOK, address=f"https://{host}.example.net/hook?k=s3cret"
        )
        for host in ("one", "two")
    )
    make_incident()
    while outbox.expand():
        pass
    told = db.session.scalar(select(Announcement).where(Announcement.channel == Channel.WEBHOOK))
    quarantine.hold([second.id], "answered 500")
    paths = ("", f"/{told.code}", "/quarantine")
    csv = ada.client.get(f"/console/deliveries/{told.code}.csv").get_data(as_text=True)
    seen = [ada.get(f"/console/deliveries{path}").text for path in paths]
    with transaction() as session:
        session.get(Account, 1).role = Role.RESPONDER
    hidden = [ada.get(f"/console/deliveries{path}").text for path in paths]

    assert all("two.example.net" in text and second.code in text for text in (*seen, csv))
    assert all("one.example.net" in text and first.code in text for text in (*seen[:2], csv))
    assert not any("s3cret" in text for text in (*seen, *hidden, csv))
    assert not any(".example.net" in text for text in hidden)


def test_the_ledger_can_be_taken_away_as_csv_without_formulas(ada, failed):
    with transaction():
        failed.reason = "=HYPERLINK(1)"

    page = ada.get(f"/console/deliveries/{failed.announcement.code}.csv")

    lines = page.text.splitlines()
    assert lines[0].startswith("recipient,address,state")
    assert len(lines) == 2
    assert "'=HYPERLINK(1)" in lines[1]


def test_a_way_out_that_is_paused_is_told_everywhere_and_can_be_tried(ada):
    transports.pause("smtp", "535 wrong password", ours=True)

    page = ada.get("/console/incidents")
    ada.post("/console/deliveries/transports/smtp/try-now")

    assert "535 wrong password" in page.text
    assert "Try smtp now" in page.text
    assert not transports.is_paused(transports.every()["smtp"])


def test_an_address_that_was_erased_is_let_back_by_a_button(ada):
    subscribers.erase("grace@example.org")
    path, grace = "/console/deliveries/quarantine", {"address": "grace@example.org"}

    wrong = ada.post(f"{path}/let-back", {"address": "grace"}, status=422)
    ada.post(f"{path}/let-back", grace)
    first = ada.get(path)
    ada.post(f"{path}/let-back", grace)
    again = ada.get(path)

    assert "no email address" in wrong.text
    assert "It may sign up again." in first.text
    assert "Nothing kept this address" in again.text


def test_an_update_is_taken_back_by_a_button_in_the_room(ada):
    incident = make_incident()

    room = ada.get(f"/console/incidents/{incident.code}")
    ada.post(f"/console/incidents/{incident.code}/updates/1/take-back")
    after = ada.get(f"/console/incidents/{incident.code}")

    assert "Take update 1 back" in room.text
    assert "Taken back" in after.text
    assert "Nobody had it yet" in after.text


def test_the_csv_names_nobody_who_has_left(app, ada):
    hook = make_subscriber(
        channel=Channel.WEBHOOK, address="https://x.example/", owner_address="eve@example.org"
    )
    with transaction():
        quarantine.hold([hook.id], "it answered 500")
    while outbox.expand():
        pass
    ledger.settle([Sent(one, "250") for one in claims.claim("w", 5, channel=Channel.EMAIL)])
    told = db.session.scalars(select(Announcement)).all()[-1]
    subscribers.leave(tokens.make(Purpose.LEAVE, hook.code))
    assert db.session.scalar(select(Delivery.address).where(Delivery.announcement_id == told.id))

    csv = ada.client.get(f"/console/deliveries/{told.code}.csv").get_data(as_text=True)

    [_head, row] = csv.splitlines()
    assert row.split(",")[1].strip('"') == ""
