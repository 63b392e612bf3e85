"""How planned work is named in the console."""

import pytest

from app.web.console import rules


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;BYDAY=SA", "every Saturday"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "every last Sunday of a month"),
        ("FREQ=MONTHLY;BYDAY=1SU,3SU", "every first Sunday and third Sunday of a month"),
        ("FREQ=MONTHLY;BYDAY=2TU;INTERVAL=3", "on the second Tuesday of every 3 months"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of every month"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "on the last working day of every month"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every working day"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "every 2 weeks on Tuesday and Thursday"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=1SU", "every year on the first Sunday, in March"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on day 24, in December"),
        ("FREQ=WEEKLY;BYDAY=1SU", "by FREQ=WEEKLY;BYDAY=1SU"),
        ("FREQ=DAILY;UNTIL=20261224", "every day, until 24 December 2026"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "by FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"),
        ("FREQ=MONTHLY;BYDAY=7SU", "by FREQ=MONTHLY;BYDAY=7SU"),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "on day 5 of every month"),
        ("FREQ=WEEKLY;BYDAY=SA;COUNT=3", "every Saturday, 3 times in all"),
    ],
)
def test_a_rule_is_told_as_one_would_say_it(rule, said):
    assert rules.how_often(rule) == said
