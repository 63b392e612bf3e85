"""What providers tell later, while deliveries are written."""

import threading

from app.db import db
from app.domain import outbox, provider_events, quarantine
from app.models import Channel, Subscriber
from tests.factories import make_incident, make_organisation, make_subscriber


def bounce(address, number):
    return {
        "sg_message_id": f"m{number}",
        "event": "bounce",
        "type": "bounce",
        "email": address,
        "timestamp": 1_700_000_000 + number,
        "reason": "550 5.1.1 no such mailbox",
    }


def test_bounces_in_any_order_and_a_page_do_not_wait_for_one_another(app, monkeypatch):
    make_organisation()
    people = [make_subscriber() for _ in range(4)]
    make_incident()
    events = [bounce(people[place].address, number) for number, place in enumerate((3, 1))]
    db.session.commit()
    hold, held, written = quarantine.hold, threading.Event(), threading.Event()

    def slowly(which, reason):
        hold(which, reason)
        held.set()
        written.wait(0.5)  # it cannot be over before, where it has to wait

    monkeypatch.setattr(quarantine, "hold", slowly)

    def write():
        with app.app_context():
            assert held.wait(20)
            outbox.expand_for("worker", {Channel.EMAIL})
            db.session.remove()
            written.set()

    other = threading.Thread(target=write)
    other.start()
    provider_events.note(events)
    other.join()

    assert written.is_set()
    db.session.rollback()
    stopped = [db.session.get(Subscriber, one.id).quarantined_at is not None for one in people]
    assert stopped == [False, True, False, True]
