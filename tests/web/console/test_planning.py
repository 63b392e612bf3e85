"""How planned work is named in the console."""

import pytest

from app.web.console import planning


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;BYDAY=SA", "every Saturday"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "every last Sunday of a month"),
        ("FREQ=MONTHLY;BYDAY=5SU", "by FREQ=MONTHLY;BYDAY=5SU"),
        ("FREQ=MONTHLY;BYMONTHDAY=5", "on day 5 of every month"),
        ("FREQ=WEEKLY;BYDAY=SA;COUNT=3", "by FREQ=WEEKLY;BYDAY=SA;COUNT=3"),
    ],
)
def test_a_rule_is_told_as_one_would_say_it(rule, said):
    assert planning.how_often(rule) == said
