"""The arithmetic of uptime: intervals in, days and figures out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import uptime
from app.domain.uptime import NOTHING, Said, Span
from app.words import Impact, Stage

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HURT = [impact for impact in Impact if impact is not Impact.OPERATIONAL]


def at(hours):
    return NOON + hours * HOUR


def said(hours, impact=None, stage=Stage.IDENTIFIED):
    return Said(at(hours), stage, {1: impact} if impact else {})


def spans(*told, began=0.0, ended=None, now=100.0):
    ends = None if ended is None else at(ended)
    found = uptime.spans(told, began_at=at(began), ended_at=ends, now=at(now), code="x")
    return [
        ((span.start - NOON) / HOUR, (span.end - NOON) / HOUR, span.impact) for _, span in found
    ]


def test_an_update_holds_until_the_next_one():
    told = [said(0, Impact.MAJOR), said(1, Impact.PARTIAL), said(3, stage=Stage.RESOLVED)]

    assert spans(*told) == [(0, 1, Impact.MAJOR), (1, 3, Impact.PARTIAL)]


def test_the_first_one_holds_from_when_it_began_for_customers():
    assert spans(said(0, Impact.MAJOR), said(1), began=-2) == [(-2, 1, Impact.MAJOR)]


def test_that_it_began_later_than_was_told_takes_nothing_back():
    assert spans(said(0, Impact.MAJOR), said(1), began=0.5) == [(0, 1, Impact.MAJOR)]


def test_what_is_open_goes_on_until_now():
    assert spans(said(0, Impact.MAJOR), now=5) == [(0, 5, Impact.MAJOR)]


def test_what_ended_without_the_public_being_told_ended_all_the_same():
    assert spans(said(0, Impact.MAJOR), ended=2, now=5) == [(0, 2, Impact.MAJOR)]


def test_an_update_that_names_a_component_no_more_ends_its_trouble():
    assert spans(said(0, Impact.MAJOR), said(1), said(2, stage=Stage.RESOLVED)) == [
        (0, 1, Impact.MAJOR)
    ]


def test_what_a_resolving_update_says_is_over():
    assert spans(said(0, Impact.MAJOR, Stage.RESOLVED), now=5) == []


def test_an_incident_that_is_opened_again_hurts_again():
    told = [
        said(0, Impact.MAJOR),
        said(1, stage=Stage.RESOLVED),
        said(4, Impact.PARTIAL, Stage.INVESTIGATING),
    ]

    assert spans(*told, now=5) == [(0, 1, Impact.MAJOR), (4, 5, Impact.PARTIAL)]


def test_maintenance_counts_as_such_while_it_runs_whatever_it_takes_down():
    told = [
        said(0, Impact.UNDER_MAINTENANCE, Stage.SCHEDULED),
        said(3, Impact.MAJOR, Stage.IN_PROGRESS),
        said(4, Impact.UNDER_MAINTENANCE, Stage.VERIFYING),
        said(5, stage=Stage.COMPLETED),
    ]

    assert spans(*told, began=-50) == [
        (3, 4, Impact.UNDER_MAINTENANCE),
        (4, 5, Impact.UNDER_MAINTENANCE),
    ]


def span(start, end, impact, code="x"):
    return Span(at(start), at(end), impact, (code,))


def worst(*given, start=-1000.0, end=1000.0):
    return [
        ((one.start - NOON) / HOUR, (one.end - NOON) / HOUR, one.impact, "".join(one.sources))
        for one in uptime.worst_of(given, start=at(start), end=at(end))
    ]


def test_of_two_incidents_at_once_the_worse_counts_once():
    slow = span(0, 10, Impact.DEGRADED, "a")
    down = span(2, 4, Impact.MAJOR, "b")

    assert worst(slow, down) == [
        (0, 2, Impact.DEGRADED, "a"),
        (2, 4, Impact.MAJOR, "b"),
        (4, 10, Impact.DEGRADED, "a"),
    ]


def test_two_incidents_that_say_the_same_are_one_time_with_two_sources():
    assert worst(span(0, 2, Impact.MAJOR, "a"), span(1, 3, Impact.MAJOR, "b")) == [
        (0, 3, Impact.MAJOR, "ab")
    ]


def test_only_the_days_asked_for_are_looked_at():
    assert worst(span(-5, 50, Impact.MAJOR), start=0, end=10) == [(0, 10, Impact.MAJOR, "x")]


def test_an_outage_lasts_while_it_is_down_in_whichever_way():
    timeline = [
        span(0, 1, Impact.PARTIAL, "a"),
        span(1, 2, Impact.MAJOR, "b"),
        span(2, 3, Impact.DEGRADED, "a"),
        span(5, 6, Impact.PARTIAL, "c"),
    ]

    found = uptime.outages(timeline)

    assert [(one.length / HOUR, one.impact, one.sources) for one in found] == [
        (2, Impact.MAJOR, ("a", "b")),
        (1, Impact.PARTIAL, ("c",)),
    ]


def midnights(zone, first, count):
    days = [first + timedelta(days=at) for at in range(count + 1)]
    info = ZoneInfo(zone)
    return [
        (day, datetime(day.year, day.month, day.day, tzinfo=info).astimezone(UTC)) for day in days
    ]


@pytest.mark.parametrize(
    ("first", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_the_hours_that_the_clock_gives_it(first, hours):
    edges = midnights("Europe/Berlin", first, 1)
    whole = Span(edges[0][1] - HOUR, edges[1][1] + HOUR, Impact.MAJOR)

    (day,) = uptime.days([whole], edges, since=NOON - 9000 * HOUR, now=NOON + 9000 * HOUR)

    assert day.known == day.outage == hours * HOUR


def test_today_is_known_until_now_and_the_first_day_from_the_start_on():
    edges = midnights("UTC", date(2026, 11, 19), 4)

    days = uptime.days([], edges, since=datetime(2026, 11, 20, 18, tzinfo=UTC), now=NOON)

    assert [day.known / HOUR for day in days] == [0, 6, 12, 0]


def test_what_was_hurt_before_the_start_does_not_count():
    edges = midnights("UTC", date(2026, 11, 20), 1)
    span = Span(edges[0][1], edges[1][1], Impact.MAJOR)

    (day,) = uptime.days([span], edges, since=edges[0][1] + 20 * HOUR, now=NOON)

    assert day.outage == 4 * HOUR


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1, "100"),
        (0.9998, "99.98"),
        (0.99989, "99.98"),
        (0.999999999, "99.99"),
        (1 - 1e-15, "99.99"),
        (0.5, "50.00"),
        (0.07, "7.00"),
        (0, "0.00"),
    ],
)
def test_a_figure_is_never_rounded_up(share, words):
    assert uptime.percent(share) == words


def test_a_partial_outage_counts_as_much_as_is_set():
    timeline = [
        span(0, 10, Impact.PARTIAL),
        span(10, 11, Impact.MAJOR),
        span(11, 99, Impact.DEGRADED),
    ]

    assert uptime.lost(timeline, partial_percent=30) == 4 * HOUR
    assert uptime.lost(timeline, partial_percent=0) == HOUR
    assert uptime.lost(timeline, partial_percent=100) == 11 * HOUR


minutes = st.integers(0, 4 * 1440)
some_spans = st.lists(
    st.tuples(minutes, minutes, st.sampled_from(HURT), st.sampled_from("abc")).map(
        lambda drawn: Span(
            NOON + timedelta(minutes=min(drawn[:2])),
            NOON + timedelta(minutes=max(drawn[:2])),
            drawn[2],
            (drawn[3],),
        )
    ),
    max_size=12,
)
window = st.tuples(minutes, minutes).map(sorted)


@given(some_spans, window)
def test_each_moment_is_told_once_and_at_its_worst(given, window):
    start, end = (NOON + timedelta(minutes=edge) for edge in window)

    timeline = uptime.worst_of(given, start=start, end=end)

    assert all(one.end <= two.start for one, two in zip(timeline, timeline[1:], strict=False))
    assert all(start <= one.start < one.end <= end for one in timeline)
    for minute in range(0, 4 * 1440, 97):
        moment = NOON + timedelta(minutes=minute, seconds=30)
        if not start <= moment < end:
            continue
        here = [one for one in given if one.start <= moment < one.end]
        told = next((one for one in timeline if one.start <= moment < one.end), None)
        assert (told is None) == (not here)
        if told:
            assert told.impact is max((one.impact for one in here), key=lambda each: each.rank)
            assert {code for one in here if one.impact is told.impact for code in one.sources} <= {
                *told.sources
            }


@given(
    some_spans, st.integers(0, 4 * 1440), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])
)
def test_days_add_up_to_the_whole(given, started, zone):
    edges = midnights(zone, date(2026, 11, 20), 6)
    now, since = NOON + timedelta(days=3), NOON + timedelta(minutes=started)
    begin, end = max(edges[0][1], since), min(edges[-1][1], now)
    timeline = uptime.worst_of(given, start=begin, end=end)

    days = uptime.days(timeline, edges, since=since, now=now)

    assert sum((day.known for day in days), NOTHING) == max(end - begin, NOTHING)
    for impact in HURT:
        in_all = sum((one.length for one in timeline if one.impact is impact), NOTHING)
        assert sum((day.times.get(impact, NOTHING) for day in days), NOTHING) == in_all
    assert all(sum(day.times.values(), NOTHING) <= day.known for day in days)
