"""How far announcements have come: everybody is counted, and no time is told too early."""

from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from app import clock
from app.db import db, transaction
from app.domain import progress
from app.domain.progress import Pace, Why
from app.models import Announcement, AnnouncementKind, Channel, Delivery, DeliveryState

OWED, SENT, FAILED, CANCELLED, SUPERSEDED = DeliveryState


def announce(*states, expanded=True, why=None):
    """An announcement with a delivery in each of these states; the nth was settled after n s."""
    now = clock.now()
    announcement = Announcement(
        kind=AnnouncementKind.UPDATE,
        channel=Channel.EMAIL,
        created_at=now,
        expanded_at=now if expanded else None,
    )
    with transaction() as session:
        session.add(announcement)
        session.flush()
        rows = [
            {
                "announcement_id": announcement.id,
                "recipient": f"subscriber:{place}",
                "state": state,
                "reason": (why or {}).get(place, ""),
                "settled_at": now + timedelta(seconds=place) if state is not OWED else None,
            }
            for place, state in enumerate(states, 1)
        ]
        if rows:
            session.execute(insert(Delivery), rows)
    return announcement


def pace(announcement):
    return progress.pace(announcement, progress.of(announcement))


def test_no_time_is_told_before_that_share_of_all_has_it(app):
    under_way = announce(*[SENT] * 400, *[OWED] * 401)
    growing = announce(*[SENT] * 400, expanded=False)
    half_way = announce(*[SENT] * 10, *[OWED] * 10)
    nearly = announce(*[SENT] * 19, OWED)
    over = announce(*[SENT] * 19, FAILED)

    assert pace(under_way) == Pace()
    assert pace(growing) == Pace(), "nobody knows yet how many they are"
    assert pace(half_way) == Pace(half=10)
    assert pace(nearly) == Pace(half=10, most=19)
    assert pace(over) == Pace(half=10, most=19, last=19)


def test_a_share_that_was_never_reached_has_no_time(app):
    assert pace(announce(SENT, *[CANCELLED] * 9)) == Pace(last=1)
    assert pace(announce(FAILED)) == Pace()


def test_everyone_counts_those_who_are_not_told_too(app):
    come = progress.of(announce(OWED, SENT, FAILED, CANCELLED, SUPERSEDED))

    assert come.everyone == 5


def test_reasons_are_counted_for_each_state_the_most_frequent_first(app):
    told = announce(
        *(SENT, OWED, OWED, FAILED, FAILED, FAILED, CANCELLED, CANCELLED, CANCELLED),
        why={
            2: "It answered 500.", 4: "550 one", 5: "550 other", 6: "550 other",
            7: "In quarantine: bounced: 550 one", 8: "In quarantine: bounced: 550 other",
            9: "The update was taken back.",
        },
    )  # fmt: skip
    other = announce(FAILED, why={1: "no answer in time"})

    whys = progress.reasons(progress.of_each([told, other]))

    assert whys[told.id][OWED] == [Why("It answered 500.", 1)]
    assert whys[told.id][FAILED] == [Why("550 other", 2), Why("550 one", 1)]
    assert whys[told.id][CANCELLED] == [Why("in quarantine", 2), Why("taken back", 1)]
    assert whys[other.id] == {FAILED: [Why("no answer in time", 1)]}


def test_of_many_reasons_the_most_frequent_are_named(app):
    told = announce(*[FAILED] * 9, why={place: f"answered 5{place}" for place in range(1, 10)})

    assert len(progress.reasons(progress.of_each([told]))[told.id][FAILED]) == 5


def test_where_all_were_told_nobody_asks_why(app):
    told = announce(SENT, SENT)
    come = progress.of_each([told])
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    assert progress.reasons(come) == {told.id: {}}
    assert asked == []


@pytest.mark.parametrize(
    ("states", "expanded", "is_under_way"),
    [((), False, True), ((SENT,), False, True), ((SENT, OWED), True, True), ((SENT,), True, False)],
)
def test_it_is_under_way_until_nobody_is_owed_it(app, states, expanded, is_under_way):
    assert progress.of(announce(*states, expanded=expanded)).is_under_way is is_under_way
