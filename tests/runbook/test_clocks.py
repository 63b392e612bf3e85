"""Durations as people write them."""

import pytest

from app.runbook import clocks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hourly", 60),
        ("every 2 hours", 120),
        ("15 min", 15),
        ("15-min", 15),
        ("within 30 minutes", 30),
        ("immediately", 0),
        ("daily", 1440),
        ("weekly", 10080),
        ("half an hour", 30),
        ("an hour", 60),
        ("1h", 60),
        ("4 hrs", 240),
        ("30m", 30),
        ("2 days", 2880),
        ("1 week", 10080),
        ("24-48 hours", 2880),
        ("30 min - 1 hour", 60),
        ("< 15 minutes", 15),
        ("1 hour 30 minutes", 90),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1,440 minutes", 1440),
        ("3,6 Stunden", 216),
        ("alle 30 Minuten", 30),
        ("stündlich", 60),
        ("eine halbe Stunde", 30),
        ("toutes les 2 heures", 120),
        ("cada 30 minutos", 30),
        ("a cada 2 horas", 120),
        ("diariamente", 1440),
        ("hver time", 60),
        ("hver 30. minut", 30),
        ("var 30:e minut", 30),
        ("1 dygn", 1440),
        ("øjeblikkeligt", 0),
    ],
)
def test_a_duration_is_read_as_minutes(text, expected):
    assert clocks.minutes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "next business day",
        "5 business days",
        "8 business hours",
        "2 Werktage",
        "3 jours ouvrés",
        "2 días hábiles",
        "24/7",
        "24x7",
        "best effort",
        "at 3 am",
        "50 users",
        "10 m/s",
        "",
    ],
)
def test_what_is_no_number_of_minutes_is_none(text):
    assert clocks.minutes(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Phase 2: Triage (5-15 minutes)", (5, 15)),
        ("First Responder Actions (First 15 minutes)", (0, 15)),
        ("Post-Incident (24-72 hours)", (1440, 4320)),
        ("Resolution (Variable)", (None, None)),
    ],
)
def test_a_phase_has_the_time_box_of_its_heading(text, expected):
    assert clocks.time_box(text) == expected


def test_a_fraction_stays_exact_for_budgets():
    assert clocks.exact_minutes("43.2 min") == 43.2
    assert clocks.exact_minutes("3.6 hours") == 216
