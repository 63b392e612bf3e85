"""Uptime as pages tell it: of what the public was told, of what it may see, in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from app import clock
from app.content import component_pages, pages, uptime_pages
from app.content.sentence import Tone
from app.db import db, transaction
from app.domain import components, organisation
from app.domain.incidents import Words
from app.words import Audience, Impact, Stage
from tests.factories import first_component, make_incident, make_organisation, post

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def long_ago(app):
    """An organisation that has run for a year."""
    with clock.pretend(NOON - timedelta(days=365)):
        return make_organisation(component_lines="Website\nMail\n    In\n    Out")


def outage(begin, hours, impact=Impact.MAJOR, part=None, **changes):
    part = part or first_component()
    with clock.pretend(begin):
        incident = make_incident(impacts={part.id: impact}, **changes)
    if hours:
        with clock.pretend(begin + hours * HOUR):
            post(incident, stage=Stage.RESOLVED)
    return incident


def overview(now=NOON):
    return pages.overview(organisation.current(), now)


def page(part=None, now=NOON):
    part = part or first_component()
    return component_pages.component(organisation.current(), part.code, now)


def record(now=NOON):
    return overview(now).groups[0].parts[0].record


def test_without_an_outage_the_figure_is_whole(long_ago):
    assert record().words == "100\N{NO-BREAK SPACE}% over 90 days; no outage"
    assert record().bar.marks == ()


def test_outages_are_counted_and_the_longest_is_told(long_ago):
    outage(NOON - timedelta(days=3), 1.2)
    outage(NOON - timedelta(days=9), 0.2, Impact.PARTIAL)
    outage(NOON - timedelta(days=20), 5, Impact.DEGRADED)

    assert record().words == (
        "99.94\N{NO-BREAK SPACE}% over 90 days; 2 outages, the longest 1 h 12 min; slow on 1 day"
    )
    assert [mark.tone for mark in record().bar.marks] == [Tone.SLOW, Tone.PARTIAL, Tone.MAJOR]


def test_what_began_before_the_ninety_days_and_went_on_counts(long_ago):
    outage(NOON - timedelta(days=200), 24 * 300)

    assert record().percent == "0.00\N{NO-BREAK SPACE}%"


def test_what_only_colleagues_were_told_is_no_outage(long_ago):
    outage(NOON - timedelta(days=3), 0, words={Audience.INTERNAL: Words("", "Down.")})

    assert record().troubles == ""


def test_what_was_taken_back_is_no_outage(long_ago):
    incident = outage(NOON - timedelta(days=3), 2)
    with transaction():
        incident.updates[-1].retracted_at = NOON

    assert record().troubles == ""


def test_maintenance_is_marked_and_costs_nothing(long_ago):
    outage(NOON - timedelta(days=3), 2, Impact.UNDER_MAINTENANCE, stage=Stage.IN_PROGRESS)

    assert record().words == ("100\N{NO-BREAK SPACE}% over 90 days; maintenance on 1 day")
    assert [mark.tone for mark in record().bar.marks] == [Tone.PLANNED]


def test_days_before_the_start_are_not_called_good(long_ago):
    with transaction():
        first_component().start_date = NOON - timedelta(days=9)

    assert record().length == "over 10 days"
    assert record().bar.known == (80 * 5, 90 * 5)


def test_a_group_has_the_mean_figure_and_anybodys_outages(long_ago):
    _, into, out = components.every()
    outage(NOON - timedelta(days=3), 2, part=into)
    outage(NOON - timedelta(days=3) + HOUR, 2, part=out)

    group = overview().groups[1]

    assert group.record.troubles == "1 outage, 3 hours"
    assert group.record.share == pytest.approx(sum(part.record.share for part in group.parts) / 2)


def test_how_much_a_partial_outage_counts_is_a_setting(long_ago):
    outage(NOON - timedelta(days=3), 24, Impact.PARTIAL)
    shares = []
    for percent in (0, 30, 100):
        with transaction():
            organisation.current().partial_percent = percent
        shares.append(1 - record().share)

    assert shares == pytest.approx([0, shares[2] * 0.3, shares[2]])


def test_bars_can_be_hidden_and_a_component_shown_only_while_it_is_hurt(long_ago):
    website, into, _ = components.every()
    with transaction():
        website.only_when_hurt = True
        into.shows_uptime = False

    assert [group.name for group in overview().groups] == ["Mail"]
    assert [bool(part.record) for part in overview().groups[0].parts] == [False, True]
    assert page(into).rows == ()

    outage(NOON - HOUR, 0)

    assert [group.name for group in overview().groups] == ["", "Mail"]


def test_a_components_page_tells_its_days_and_where_each_outage_is_explained(long_ago):
    incident = outage(NOON - timedelta(days=3), 1.2)
    outage(NOON - timedelta(days=3), 5, part=components.every()[1])

    rows = [row for row in page().rows if row.troubles]

    (trouble,) = rows[0].troubles
    assert (rows[0].days, trouble.state, trouble.length) == ("18 November", "Down", "1 h 12 min")
    assert (trouble.start.words, trouble.end.words) == ("12:00 UTC", "13:12 UTC")
    assert [link.path for link in trouble.incidents] == [f"/incidents/{incident.code}"]
    assert [row.days for row in page().rows] == [
        "19 – 21 November",
        "18 November",
        "24 August – 17 November",
    ]


def test_an_outage_over_midnight_is_told_on_both_days_with_all_of_its_length(long_ago):
    outage(datetime(2026, 11, 18, 23, tzinfo=UTC), 2)

    first, second = (row for row in reversed(page().rows) if row.troubles)

    assert [first.troubles[0].length, second.troubles[0].length] == ["2 hours", "2 hours"]
    assert first.troubles[0].end.words == "19 November, 01:00 UTC"
    assert second.troubles[0].start.words == "18 November, 23:00 UTC"


def test_an_outage_that_goes_on_has_no_end_and_shows_at_once(long_ago):
    outage(NOON + timedelta(seconds=20), 0)

    shown = page(now=NOON + timedelta(seconds=20))

    assert shown.rows[0].troubles[0].end is None
    assert shown.part.state == "Down"
    assert [link.title for link in shown.incidents] == ["Text messages are late"]


def test_a_hidden_or_archived_component_has_no_page(long_ago):
    website, into, out = components.every()
    with transaction():
        website.hidden, into.archived_at = True, NOON

    assert page(website) is None
    assert page(into) is None
    assert page(out) is not None
    assert component_pages.component(organisation.current(), "0" * 12, NOON) is None


def month(first, now=NOON):
    return uptime_pages.month(organisation.current(), first, now)


def test_a_month_has_every_part_and_its_outages_and_leads_to_those_beside_it(long_ago):
    outage(datetime(2026, 10, 5, 9, tzinfo=UTC), 3)
    outage(datetime(2026, 11, 5, 9, tzinfo=UTC), 3)

    shown = month(date(2026, 10, 1))

    assert [line.name for group in shown.groups for line in group.lines] == ["Website", "In", "Out"]
    assert [row.day for row in shown.days] == ["5 October"]
    assert shown.groups[0].lines[0].record.percent == "99.59\N{NO-BREAK SPACE}%"
    assert (shown.older.path, shown.newer.path) == ("/uptime/2026-09", "/uptime")


def test_months_go_back_to_the_start_and_not_ahead(long_ago):
    assert month(date(2025, 11, 1)).older is None
    assert month(date(2025, 10, 1)) is None
    assert month(date(2026, 12, 1)) is None
    assert month(None).month == "November 2026"


def test_all_bars_are_read_by_one_query_that_reads_no_more_than_these_days(long_ago):
    for at in range(3):
        outage(NOON - timedelta(days=200 + at), 1)
    outage(NOON - timedelta(days=2), 1)
    asked = []

    def note(_connection, _cursor, statement, values, *_rest):
        asked.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    overview()

    bars = [pair for pair in asked if "update.retracted_at IS NULL" in pair[0].replace('"', "")]
    assert len(bars) == 1
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(*bars[0]).fetchall()
    assert len(rows) == 2
