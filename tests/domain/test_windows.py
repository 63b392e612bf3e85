from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import windows
from app.domain.windows import Ambiguous
from app.errors import Rejected

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
)


def at(text: str, zone: str, which: str = "") -> datetime:
    return windows.moment(datetime.fromisoformat(text), zone, field="starts", which=which)


@pytest.mark.parametrize(
    ("local", "zone", "sentence"),
    [
        (
            "2026-03-29T02:30",
            "Europe/Berlin",
            "02:30 does not exist on 29 March in Europe/Berlin: clocks go from 02:00 to 03:00.",
        ),
        (
            "2026-03-08T02:00",
            "America/New_York",
            "02:00 does not exist on 8 March in America/New_York: clocks go from 02:00 to 03:00.",
        ),
        (
            "2026-10-04T02:15",
            "Australia/Lord_Howe",
            (
                "02:15 does not exist on 4 October in Australia/Lord_Howe: clocks go from 02:00 to"
                " 02:30."
            ),
        ),
        (
            "2011-12-30T12:00",
            "Pacific/Apia",
            (
                "12:00 does not exist on 30 December in Pacific/Apia: clocks go from 00:00 on"
                " 30 December to 00:00 on 31 December."
            ),
        ),
    ],
)
def test_a_time_that_the_clocks_skip_is_refused_in_a_sentence(local, zone, sentence):
    with pytest.raises(Rejected) as refused:
        at(local, zone)

    assert refused.value.errors == {"starts": sentence}


def test_a_time_that_comes_twice_is_asked_about_and_each_can_be_meant():
    with pytest.raises(Ambiguous) as asked:
        at("2026-10-25T01:30", "Europe/London")

    assert "the first or the second 01:30?" in asked.value.errors["starts"]
    assert [which for which, _ in asked.value.choices] == ["first", "second"]
    assert "BST" in asked.value.choices[0][1]
    assert at("2026-10-25T01:30", "Europe/London", "first") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert at("2026-10-25T01:30", "Europe/London", "second") == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


@settings(max_examples=150, deadline=None)
@given(
    minutes=st.integers(0, 60 * 24 * 366),
    zone=st.sampled_from(ZONES),
)
def test_a_local_time_is_one_moment_or_two_or_none_and_never_a_guess(minutes, zone):
    local = datetime.fromisoformat("2026-01-01") + timedelta(minutes=minutes)
    place = ZoneInfo(zone)
    there = local.replace(tzinfo=UTC)
    near = [there + timedelta(minutes=15 * quarters) for quarters in range(-60, 60)]
    meant = {m for m in near if m.astimezone(place).replace(tzinfo=None) == local}

    try:
        found = {windows.moment(local, zone, field="starts")}
    except Ambiguous:
        found = {
            windows.moment(local, zone, field="starts", which=which)
            for which in ("first", "second")
        }
        assert len(found) == 2
    except Rejected:
        found = set()

    assert found == meant


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc/passwd", "", "x" * 300, "Europe"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(Rejected):
        windows.zone(zone)


def test_a_window_lasts_as_long_as_it_does_also_while_the_clocks_change():
    night = windows.window(
        at("2026-03-28T23:00", "Europe/Berlin"),
        at("2026-03-29T05:00", "Europe/Berlin"),
        "Europe/Berlin",
    )

    assert night.length == timedelta(hours=5)


@pytest.mark.parametrize("hours", [0, -1, 24 * 32])
def test_a_window_ends_after_it_begins_and_lasts_no_months(hours):
    start = datetime(2026, 12, 1, tzinfo=UTC)

    with pytest.raises(Rejected) as refused:
        windows.window(start, start + timedelta(hours=hours), "UTC")

    assert "ends" in refused.value.errors
