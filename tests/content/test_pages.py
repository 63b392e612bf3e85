"""What each public page shows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import clock
from app.content import pages, past, times
from app.content.public_incidents import PublicIncident
from app.content.sentence import Tone
from app.content.times import Moment
from app.db import transaction
from app.domain import components, incidents, organisation
from app.domain.incidents import Words
from app.words import Audience, Impact, Stage
from tests.factories import first_component, make_incident, make_organisation, post

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOMENT = Moment("12:00 UTC", "2026-11-21T12:00:00Z", "2026-11-21")
INCIDENT = PublicIncident(
    title="Mail is late",
    path="/incidents/x",
    tone=Tone.OK,
    parts=(),
    is_open=False,
    started=MOMENT,
    day="21 November 2026",
    ended=MOMENT,
    took="43 minutes",
    road=(),
    updates=(),
    promise=None,
    changed_at=NOON,
)


@pytest.fixture
def at(monkeypatch):
    """Set the clock."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    return set_to


def set_up_on(moment, **changes):
    make_organisation(**changes)
    with transaction():
        organisation.current().set_up_at = moment


def days(*events, first, last):
    shown = [(date(2026, 11, day), INCIDENT) for day in events]
    rows = past.rows(shown, first=date(2026, 11, first), last=date(2026, 11, last))
    return [(row.days, len(row.incidents)) for row in rows]


def test_silence_is_one_row():
    assert days(first=8, last=21) == [("8 – 21 November", 0)]
    assert days(first=21, last=21) == [("21 November", 0)]


def test_quiet_days_around_an_incident_are_condensed():
    assert days(13, first=8, last=21) == [
        ("14 – 21 November", 0),
        ("13 November", 1),
        ("8 – 12 November", 0),
    ]


def test_incidents_of_one_day_share_its_row_at_either_end():
    assert days(21, 21, 8, first=8, last=21) == [
        ("21 November", 2),
        ("9 – 20 November", 0),
        ("8 November", 1),
    ]


def test_days_that_reach_into_another_month_name_both():
    assert times.days(date(2026, 10, 28), date(2026, 11, 3)) == "28 October – 3 November"


def test_a_time_names_its_day_only_when_it_is_another_one():
    zone = times.zone("Europe/Berlin", NOON)

    assert zone.clock(NOON) == Moment("13:00 CET", "2026-11-21T12:00:00Z", "2026-11-21")
    assert zone.clock(NOON - timedelta(days=1)).words == "20 November, 13:00 CET"
    assert zone.clock(NOON - timedelta(days=1), on=NOON - timedelta(days=1)).words == "13:00 CET"


def test_a_zone_without_a_short_name_is_told_by_its_distance():
    zone = times.zone("America/Sao_Paulo", NOON)

    assert (zone.clock(NOON).words, zone.name) == ("09:00 UTC-03", "UTC-03")


def test_an_unknown_zone_is_read_as_utc():
    assert times.zone("Middle/Earth", NOON).name == "UTC"


def test_days_before_there_was_anybody_to_report_are_not_called_quiet(app, at):
    at(NOON)
    set_up_on(NOON - timedelta(days=2))

    shown = pages.overview(organisation.current(), NOON)

    assert [row.days for row in shown.past] == ["19 – 21 November"]


def test_the_earliest_promise_stands_on_top(app, at):
    at(NOON)
    make_incident(promise_at=NOON + timedelta(minutes=50))
    make_incident(promise_at=NOON + timedelta(minutes=20))
    make_incident(promise_at=None)

    shown = pages.overview(organisation.current(), NOON)

    assert shown.promise.at.words == "12:20 UTC"
    assert not shown.promise.late


def test_a_promise_is_kept_until_its_very_moment(app, at):
    at(NOON)
    due = NOON + timedelta(minutes=20)
    make_incident(promise_at=due)
    ours = organisation.current()

    assert not pages.overview(ours, due).promise.late
    assert pages.overview(ours, due + timedelta(seconds=1)).promise.late


def test_the_worst_of_several_incidents_is_a_components_state(app, at):
    at(NOON)
    make_organisation(component_lines="Website\nSearch")
    website = first_component()
    make_incident(impacts={website.id: Impact.MAJOR})
    make_incident(impacts={website.id: Impact.DEGRADED})

    shown = pages.overview(organisation.current(), NOON)

    assert [(group.parts[0].name, group.state) for group in shown.groups] == [
        ("Website", "Down"),
        ("Search", "Working"),
    ]


def test_the_worst_incident_comes_first_and_then_the_newest(app, at):
    at(NOON)
    make_organisation(component_lines="Website\nSearch")
    website = first_component()
    make_incident(title="Down", impacts={website.id: Impact.MAJOR})
    make_incident(title="Slow", impacts={website.id: Impact.DEGRADED})
    make_incident(title="Slow since now", impacts={website.id: Impact.DEGRADED})

    shown = pages.overview(organisation.current(), NOON)

    assert [one.title for one in shown.incidents] == ["Down", "Slow since now", "Slow"]


def test_a_group_shows_the_worst_of_its_parts_and_stands_open_then(app, at):
    at(NOON)
    many = "\n".join(f"    Part {number}" for number in range(20))
    make_organisation(component_lines=f"Quiet\n{many}\nLoud\n    A\n    B")
    make_incident(impacts={components.every()[-1].id: Impact.PARTIAL})

    quiet, loud = pages.overview(organisation.current(), NOON).groups

    assert (quiet.name, quiet.state, quiet.is_spread) == ("Quiet", "Working", False)
    assert (loud.name, loud.state, loud.is_spread) == ("Loud", "Partly down", True)


def test_a_persons_own_sentence_stands_on_the_page(app, at):
    at(NOON)
    make_incident(impacts={}, sentence="You can order, but not pay")

    assert pages.overview(organisation.current(), NOON).sentence.text == (
        "You can order, but not pay."
    )


def test_what_colleagues_alone_were_told_moves_nothing(app, at):
    at(NOON)
    incident = make_incident()
    post(incident, stage=Stage.RESOLVED, words={Audience.PUBLIC: Words("", "It works.")})
    inside = {Audience.INTERNAL: Words("", "Not quite.")}
    post(incident, stage=Stage.INVESTIGATING, words=inside, reopen=True)

    assert pages.overview(organisation.current(), NOON).incidents == ()


def test_months_lead_to_the_nearest_one_in_which_something_happened(app, at):
    at(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    make_organisation()
    early = make_incident(title="Early")
    post(early, stage=Stage.RESOLVED)
    at(NOON)
    set_up = organisation.current()
    with transaction():
        set_up.set_up_at = datetime(2026, 6, 1, tzinfo=UTC)

    now = pages.history(set_up, None, NOON)
    june = pages.history(set_up, date(2026, 6, 1), NOON)
    august = pages.history(set_up, date(2026, 8, 1), NOON)

    assert (now.month, now.rows, now.newer) == ("November 2026", (), None)
    assert now.older == pages.Month("June 2026", "/history/2026-06")
    assert [row.days for row in june.rows] == ["30 June"]
    assert june.newer == pages.Month("November 2026", "/history")
    assert (august.rows, august.older.name) == ((), "June 2026")
    assert pages.history(set_up, date(2026, 5, 1), NOON) is None
    assert pages.history(set_up, date(2026, 12, 1), NOON) is None


def test_a_month_begins_at_midnight_of_the_organisation(app, at):
    at(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    make_organisation(time_zone="Europe/Berlin")
    make_incident(title="In the night")
    at(NOON)

    november = pages.history(organisation.current(), None, NOON)

    assert [row.days for row in november.rows] == ["1 November"]


def test_what_only_colleagues_are_told_changes_no_sentence(app, at):
    at(NOON)
    incident = make_incident(impacts={}, sentence="You can order, but not pay")
    said = pages.overview(organisation.current(), NOON).sentence

    post(incident, words={Audience.INTERNAL: Words("", "It was Bob")}, sentence="Bob erred")

    assert pages.overview(organisation.current(), NOON).sentence == said


def test_a_correction_is_told_with_its_time_and_its_reason_is_not(app, at):
    at(NOON)
    incident = make_incident()
    author = incident.updates[0].author
    message = incident.updates[0].message(Audience.PUBLIC)
    incidents.correct(message, subject="", body="Better words.", reason="a typo", author=author)

    shown = pages.incident(organisation.current(), incident.code, NOON).incident

    assert shown.updates[0].edited_at is not None
    assert "a typo" not in repr(shown)
    assert shown.updates[0].text == "Better words."


def test_a_contact_becomes_a_link_only_when_it_is_an_address(app):
    make_organisation()
    ours = organisation.current()

    links = {}
    for contact in ("help@example.org", "https://example.org/help", "0800 123", "javascript:x@y"):
        with transaction():
            ours.contact = contact
        links[contact] = pages.site(ours, NOON).contact_link

    assert links == {
        "help@example.org": "mailto:help@example.org",
        "https://example.org/help": "https://example.org/help",
        "0800 123": "",
        "javascript:x@y": "mailto:javascript:x@y",
    }
