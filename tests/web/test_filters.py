"""Words for times that are waited for."""

from datetime import timedelta

import pytest

from app import clock
from app.web import filters


@pytest.mark.parametrize(
    ("seconds", "said", "late"),
    [
        (7 * 60 + 30, "in 7 min", False),
        (59, "now", False),
        (-1, "now", False),
        (-59, "now", False),
        (-60, "1 min late", True),
        (-125 * 60, "2 h 5 min late", True),
        (3600, "in 1 h", False),
        (2 * 24 * 3600, "in 2 d", False),
    ],
)
def test_the_minute_around_a_moment_is_now_and_not_late(monkeypatch, seconds, said, late):
    present = clock.now()
    monkeypatch.setattr(clock, "now", lambda: present)
    moment = present + timedelta(seconds=seconds)

    assert (filters.until(moment), filters.late(moment)) == (said, late)


@pytest.mark.parametrize(
    ("count", "said"), [(0.04, "0.0 s"), (3.21, "3.2 s"), (99.94, "99.9 s"), (2223.9, "37 minutes")]
)
def test_many_seconds_are_told_in_minutes(count, said):
    assert filters.seconds(count) == said
