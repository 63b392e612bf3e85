from datetime import datetime
from itertools import islice

import pytest
from dateutil import rrule as rrule_module

from app.domain import recurrence, windows
from app.errors import Rejected

FIRST = datetime.fromisoformat("2026-12-06T02:30")
"""A Sunday, the first of its month."""


def dates(rule, first=FIRST, zone="Europe/Berlin", count=5):
    return recurrence.next_dates(recurrence.read(rule), first, zone, count)


@pytest.mark.parametrize(
    "zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
)
def test_the_time_on_the_wall_stays_across_changes_of_the_clocks(zone):
    found = islice(
        recurrence.dates("FREQ=WEEKLY;BYDAY=SU", datetime.fromisoformat("2026-01-04T05:00"), zone),
        60,
    )

    moments = [windows.lenient(local, zone) for local in found]

    assert {m.astimezone(windows.zone(zone)).strftime("%A %H:%M") for m in moments} == {
        "Sunday 05:00"
    }
    assert moments == sorted(set(moments))


def test_a_time_that_is_skipped_one_day_comes_by_the_clock_before_the_jump():
    skipped = datetime.fromisoformat("2026-03-29T02:30")

    moment = windows.lenient(skipped, "Europe/Berlin")

    assert windows.is_skipped(skipped, "Europe/Berlin")
    assert f"{moment.astimezone(windows.zone('Europe/Berlin')):%H:%M}" == "03:30"


def test_the_usual_rules_begin_on_their_first_day():
    assert recurrence.usual("daily", FIRST) == "FREQ=DAILY"
    assert recurrence.usual("weekly", FIRST) == "FREQ=WEEKLY;BYDAY=SU"
    assert recurrence.usual("monthly", FIRST) == "FREQ=MONTHLY;BYDAY=1SU"
    assert (
        recurrence.usual("monthly", datetime.fromisoformat("2026-05-31"))
        == "FREQ=MONTHLY;BYDAY=-1SU"
    )
    assert recurrence.usual("monthday", FIRST) == "FREQ=MONTHLY;BYMONTHDAY=6"
    for every in ("daily", "weekly", "monthly", "monthday"):
        assert dates(recurrence.usual(every, FIRST))[0] == FIRST


def test_count_and_until_end_a_series():
    assert len(dates("FREQ=WEEKLY;COUNT=2")) == 2
    assert len(dates("FREQ=WEEKLY;UNTIL=20261220")) == 3
    assert len(dates("FREQ=WEEKLY;UNTIL=20261220T013000Z")) == 3
    assert len(dates("FREQ=WEEKLY;UNTIL=20261220T012900Z")) == 2
    assert len(dates("FREQ=DAILY;UNTIL=99991231")) == 5


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=MINUTELY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;FREQ=DAILY",
        "INTERVAL=2",
        "FREQ=DAILY;COUNT=5000",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=1;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY\nDTSTART:20200101",
        "FREQ=DAILY;X=1",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 100),
        "every sunday",
    ],
)
def test_what_is_no_rule_of_days_is_refused(rule):
    with pytest.raises(Rejected) as refused:
        dates(rule)

    assert "rule" in refused.value.errors


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;BYDAY=54MO;INTERVAL=1000",
        "FREQ=DAILY;BYSETPOS=5",
        "FREQ=WEEKLY;UNTIL=20200101",
    ],
)
def test_a_rule_that_matches_no_date_is_refused_after_few_steps(rule, monkeypatch):
    steps = 0

    def count(self, *years):
        nonlocal steps
        steps += 1
        return rebuild(self, *years)

    rebuild = rrule_module._iterinfo.rebuild
    monkeypatch.setattr(rrule_module._iterinfo, "rebuild", count)

    with pytest.raises(Rejected, match="no date"):
        dates(rule)

    # One step is a day at most: without a bound it would be three million of them.
    assert steps < 366 * 100


def test_a_first_time_that_the_rule_does_not_have_is_refused():
    with pytest.raises(Rejected) as refused:
        dates("FREQ=MONTHLY;BYDAY=2SU")

    assert "Sunday 13 December 2026" in refused.value.errors["starts"]
