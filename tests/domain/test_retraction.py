"""Taking an update back: nothing more of it leaves, and everybody can see that it was."""

import threading

import pytest
from sqlalchemy import select

from app import clock
from app.content import feeds
from app.db import db, transaction
from app.delivery.worker import Worker
from app.domain import (
    claims,
    deliveries,
    ledger,
    organisation,
    outbox,
    own_page,
    progress,
    retraction,
    status,
    tokens,
)
from app.domain.ledger import Sent
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Account, Announcement, Channel, Delivery, DeliveryState, Incident, Update
from app.publication import documents
from app.words import Stage
from tests.factories import (
    down,
    first_component,
    make_incident,
    make_organisation,
    make_subscriber,
    post,
)


def ada():
    return db.session.get(Account, 1)


def states():
    db.session.rollback()
    return sorted(state.value for state in db.session.scalars(select(Delivery.state)))


def test_what_is_still_owed_is_cancelled_and_what_is_gone_is_counted(app):
    for _ in range(3):
        make_subscriber()
    incident = make_incident()
    outbox.expand()
    first, *_rest = claims.claim("w", 1, channel=Channel.EMAIL)
    ledger.settle([Sent(first, "250 OK")])

    gone = retraction.retract(incident.updates[0], by=ada())

    assert gone == 1
    assert states() == ["cancelled", "cancelled", "sent"]
    with pytest.raises(Rejected, match="already"):
        retraction.retract(incident.updates[0], by=ada())


def test_a_worker_in_the_middle_of_it_hands_over_nothing_more(app):
    class Recorder:
        sent = 0

        def send(self, post):
            self.sent += 1
            if self.sent == 2:
                retraction.retract(db.session.get(Update, number), by=ada())
            return "250 OK"

        def close(self):
            pass

    for _ in range(6):
        make_subscriber()
    number = make_incident().updates[0].id
    recorder = Recorder()
    worker = Worker(app, {Channel.EMAIL: recorder})

    while worker.work():
        pass
    worker.close()

    assert recorder.sent == 2
    assert states() == ["cancelled"] * 4 + ["sent"] * 2


def expand_all():
    while outbox.expand():
        pass


def take(worker="worker", channel=Channel.EMAIL):
    expand_all()
    return claims.claim(worker, 5, channel=channel)


def late(claimed):
    for one in claimed:
        ledger.postpone(one, "451 come back later")


def overtaken():
    """A reader who was not reached, and an incident with a second update that tells them both."""
    reader = make_subscriber()
    incident = make_incident()
    late(take())
    post(incident)
    return reader, incident


def test_an_update_that_follows_waits_for_the_one_before_what_was_taken_back(app):
    make_subscriber()
    incident = make_incident()
    [first] = take()
    post(incident)
    wrong = incident.updates[0]
    post(incident)

    retraction.retract(wrong, by=ada())

    assert take("other") == []
    late([first])
    [third] = take("other")
    assert third.since_id == first.announcement_id


def test_who_would_have_got_it_in_the_place_of_earlier_ones_is_owed_those_again(app):
    make_subscriber()
    incident = make_incident()
    [first] = take()
    late([first])
    for _ in range(2):
        post(incident)
        expand_all()

    retraction.retract(incident.updates[0], by=ada())

    [second] = take()
    assert second.since_id == first.announcement_id  # as it was when it took that one's place
    assert states() == ["cancelled", "owed", "superseded"]


def test_nobody_is_owed_again_what_a_later_update_tells(app):
    _reader, incident = overtaken()
    expand_all()
    wrong = incident.updates[0]
    post(incident)
    expand_all()

    retraction.retract(wrong, by=ada())

    [third] = take()
    assert states() == ["owed", "superseded", "superseded"]
    assert third.since_id


def test_who_has_paused_is_owed_nothing_again(app):
    reader, incident = overtaken()
    expand_all()
    with transaction():
        deliveries.cancel_for(reader.id, "paused")

    retraction.retract(incident.updates[0], by=ada())

    assert states() == ["cancelled", "superseded"]


def test_what_is_owed_again_waits_for_whoever_holds_what_was_taken_back(app):
    _reader, incident = overtaken()
    on_its_way = take()

    retraction.retract(incident.updates[0], by=ada())

    assert take("other") == []
    ledger.settle([Sent(one, "250") for one in on_its_way])  # it went out all the same
    retraction.sweep()
    assert states() == ["sent", "superseded"]


def test_what_is_owed_again_is_not_claimed_where_the_later_one_went_out(app):
    _reader, incident = overtaken()
    on_its_way = take()
    retraction.retract(incident.updates[0], by=ada())
    ledger.settle([Sent(one, "250") for one in on_its_way])

    with clock.pretend(clock.now() + claims.LEASE + clock.timedelta(seconds=1)):
        assert take("other") == []  # though nobody has swept yet


def test_an_update_that_waited_for_what_was_taken_back_tells_all_that_it_had_told(app):
    make_subscriber()
    incident = make_incident()
    [first] = take()
    late([first])
    post(incident)
    take("slow")  # holds the second, which tells the first as well
    wrong = incident.updates[0]
    post(incident)
    expand_all()

    retraction.retract(wrong, by=ada())

    with clock.pretend(clock.now() + claims.LEASE + clock.timedelta(seconds=1)):
        [third] = take("other")
    assert third.since_id == first.announcement_id


def test_what_a_pause_gave_up_is_not_owed_again(app):
    reader, incident = overtaken()
    expand_all()
    with transaction():
        deliveries.cancel_for(reader.id, "paused")
    post(incident)  # it goes on again
    expand_all()

    retraction.retract(incident.updates[0], by=ada())

    assert states() == ["cancelled", "cancelled", "superseded"]


def test_who_pauses_while_an_update_is_taken_back_is_owed_nothing(app, monkeypatch):
    reader, incident = overtaken()
    expand_all()
    wrong, link = incident.updates[0].id, tokens.make(Purpose.MANAGE, reader.code)
    db.session.commit()
    owe_again, owed, paused = retraction._owe_again, threading.Event(), threading.Event()

    def slowly(cancelled):
        owe_again(cancelled)
        owed.set()
        paused.wait(0.5)  # it cannot be over before, where it has to wait

    monkeypatch.setattr(retraction, "_owe_again", slowly)

    def take_back():
        with app.app_context():
            retraction.retract(db.session.get(Update, wrong), by=ada())
            db.session.remove()

    other = threading.Thread(target=take_back)
    other.start()
    assert owed.wait(20)
    own_page.pause(link, paused=True)
    paused.set()
    other.join()

    assert "owed" not in states()


def test_what_is_owed_again_goes_out_when_who_held_the_other_let_it_be(app):
    make_subscriber()
    incident = make_incident()
    [first] = take()
    late([first])
    post(incident)
    take()
    retraction.retract(incident.updates[0], by=ada())
    retraction.sweep()

    with clock.pretend(clock.now() + claims.LEASE + clock.timedelta(seconds=1)):
        [again] = take("other")

    assert again.announcement_id == first.announcement_id


def test_a_reopening_that_is_taken_back_ends_the_incident_again(app):
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED)
    ended_at = incident.resolved_at
    post(incident, stage=Stage.IDENTIFIED, reopen=True)

    retraction.retract(incident.updates[0], by=ada())

    assert incident.stage is Stage.RESOLVED
    assert incident.resolved_at == ended_at


def test_who_posts_at_the_same_moment_is_waited_for(app, monkeypatch):
    make_subscriber()
    incident = make_incident()
    post(incident)
    number, wrong = incident.id, incident.updates[0].id
    db.session.commit()
    announce, posting, retracting = outbox.announce, threading.Event(), threading.Event()

    def slowly(update):
        announce(update)
        db.session.flush()
        posting.set()
        retracting.wait(0.3)

    monkeypatch.setattr(outbox, "announce", slowly)

    def resolve():
        with app.app_context():
            post(db.session.get(Incident, number), stage=Stage.RESOLVED)
            db.session.remove()

    other = threading.Thread(target=resolve)
    other.start()
    assert posting.wait(20)
    retraction.retract(db.session.get(Update, wrong), by=ada())
    retracting.set()
    other.join()
    db.session.rollback()

    assert incident.stage is Stage.RESOLVED
    assert incident.resolved_at


def test_texts_tell_of_an_incident_whose_first_update_was_taken_back(app):
    make_organisation()
    make_subscriber(address="+447700900123", channel=Channel.SMS)
    incident = make_incident()
    [opened] = take(channel=Channel.SMS)
    retraction.retract(incident.updates[0], by=ada())

    post(incident, stage=Stage.INVESTIGATING)

    [again] = take(channel=Channel.SMS)
    assert again.announcement_id > opened.announcement_id


def test_the_page_and_the_feed_say_that_it_was_taken_back(app):
    incident = make_incident(impacts={})
    post(incident, stage=Stage.RESOLVED)
    mistaken = incident.updates[0]
    before = feeds.build(organisation.current(), "https://s.example", mistaken.published_at)

    retraction.retract(mistaken, by=ada())
    page = documents.render(f"/incidents/{incident.code}").body.decode()
    after = feeds.build(organisation.current(), "https://s.example", mistaken.published_at)

    assert incident.stage is Stage.INVESTIGATING
    assert incident.resolved_at is None
    moment = f'<time datetime="{mistaken.retracted_at:%Y-%m-%dT%H:%M:%SZ}"'
    said = page.partition("<p>This update was taken back ")[2]
    assert said.startswith(moment)  # which the script tells in the reader's zone
    assert f"{mistaken.retracted_at:%H:%M} UTC</time>." in said
    assert [one.update.path for one in after.items] == [one.update.path for one in before.items]
    assert f"taken back {mistaken.retracted_at:%H:%M} UTC." in after.items[0].update.text


def test_the_only_update_of_an_incident_can_be_taken_back(app):
    make_incident()  # sets up the organisation
    part = first_component()
    incident = make_incident(impacts=down(part))

    retraction.retract(incident.updates[0], by=ada())
    page = documents.render(f"/incidents/{incident.code}").body.decode()
    documents.render("/")

    assert status.impacts_now(incident) == {}
    assert "This update was taken back" in page
    assert "resolved after" not in page
    assert ", taken back</span>" in page


def test_what_is_more_than_a_page_is_cancelled_by_the_workers(app, monkeypatch):
    monkeypatch.setattr(retraction, "PAGE", 2)
    for _ in range(5):
        make_subscriber()
    incident = make_incident()
    outbox.expand()

    retraction.retract(incident.updates[0], by=ada())
    at_once = states()
    none_left = claims.claim("w", 10, channel=Channel.EMAIL)
    retraction.sweep()

    assert at_once.count("cancelled") == 2
    assert none_left == []
    assert set(states()) == {DeliveryState.CANCELLED}


def test_an_update_that_is_taken_back_while_it_is_written_is_told_to_no_more(app):
    for _ in range(5):
        make_subscriber()
    incident = make_incident()
    outbox.expand(page=2)

    retraction.retract(incident.updates[0], by=ada())

    announcement = db.session.scalars(select(Announcement)).one()
    assert not outbox.expand()
    assert states() == ["cancelled", "cancelled"]
    assert progress.of(announcement).is_expanded, "it would be waited for"
