"""The time that a person's own words name for the next update."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.content import promised

AT = datetime(2026, 11, 21, 21, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("It is slow.\n\nNext update by 21:32 UTC.", "21:32"),
        ("You will hear from us again by 9:05.", "9:05"),
        ("Next update by 21:17 UTC.", None),
        ("Next update by 21:14 UTC.", None),
        ("It began at 20:40 UTC. We write soon.", None),
        ("Next update soon.\nIt began at 20:40.", None),
    ],
)
def test_another_time_than_the_promised_one_is_found(words, expected):
    assert promised.other_time(words, AT, ZoneInfo("UTC")) == expected


def test_times_are_those_of_the_organisation():
    assert promised.other_time("Next update: 22:17", AT, ZoneInfo("Europe/Berlin")) is None


def test_without_a_promise_nothing_is_compared():
    assert promised.other_time("Next update: 22:17", None, ZoneInfo("UTC")) is None
