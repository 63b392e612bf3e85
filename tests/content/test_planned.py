from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.content import email, pages
from app.db import db
from app.domain import maintenance, organisation
from app.domain.incidents import Words
from app.models import Announcement
from app.publication import documents
from app.words import Audience, Stage
from tests.factories import (
    make_incident,
    make_maintenance,
    make_organisation,
    make_told,
    make_window,
)


def overview(now=None):
    return pages.overview(organisation.current(), now or clock.now())


def html(path="/", now=None):
    document = documents.render(path, now)
    assert document is not None
    return document.body.decode()


def test_planned_work_is_shown_and_changes_nothing_about_how_things_stand(app):
    planned = make_maintenance()

    shown = overview()

    assert shown.sentence.text == "Everything works."
    assert shown.incidents == ()
    assert [one.title for one in shown.work.ahead] == [planned.title]
    assert "Planned work" in html()
    assert [part.state for group in shown.groups for part in group.parts] == ["Working"] * 2


def test_what_is_under_way_is_said_with_its_end_and_in_a_quiet_tone(app):
    planned = make_maintenance()
    window = maintenance.window_of(planned)
    with clock.pretend(window.start):
        maintenance.post(planned, Stage.IN_PROGRESS, make_told("Begun."), seen=1)

    shown = overview(window.start + timedelta(minutes=1))

    assert shown.sentence.text.startswith(
        f"Website is being worked on until {window.end:%H:%M} UTC"
        if window.end.date() == window.start.date()
        else "Website is being worked on until "
    )
    assert shown.sentence.tone == "planned"
    assert [one.title for one in shown.work.active] == [planned.title]
    late = overview(window.end + timedelta(minutes=1))
    assert late.sentence.text == "Website is being worked on. Everything else works."


def test_only_what_comes_soon_stands_on_the_overview(app):
    make_maintenance(window=make_window(starts_in=timedelta(days=20)))

    assert overview().work.ahead == ()
    assert len(overview(clock.now() + timedelta(days=7)).work.ahead) == 1


def test_what_was_called_off_says_so_until_its_time_is_over(app):
    planned = make_maintenance()
    window = maintenance.window_of(planned)
    maintenance.cancel(planned, make_told("It is off."), seen=1)

    assert [one.planned.place for one in overview().work.ahead] == ["cancelled"]
    assert overview(window.end).work.ahead == ()
    page = html(f"/incidents/{planned.code}")
    assert "cancelled" in page
    assert "It is off." in page


def test_its_own_page_has_its_window_its_road_and_an_anchor_for_each_update(app):
    planned = make_maintenance()
    maintenance.move(
        planned, make_window(starts_in=timedelta(days=4)), make_told("It is moved."), seen=1
    )

    page = html(f"/incidents/{planned.code}")

    assert all(word in page for word in ("Scheduled", "In progress", "Verifying", "Completed"))
    assert all(f'id="{update.code}"' in page for update in planned.updates)
    assert "<b>Moved</b>" in page
    assert "No time is set" not in page


def test_the_history_tells_of_it_when_it_took_place(app):
    planned = make_maintenance(window=make_window(starts_in=timedelta(minutes=1)))
    assert planned.title not in html("/history")

    maintenance.post(planned, Stage.IN_PROGRESS, make_told("Begun."), seen=1)
    maintenance.post(planned, Stage.COMPLETED, make_told("Done."), seen=2)

    window = maintenance.window_of(planned)
    month = html("/history", window.end)
    assert planned.title in month
    assert "maintenance, done after" in month


def test_feeds_hold_its_updates_at_the_time_they_were_published(app):
    planned = make_maintenance()

    feed = html("/feed.atom")

    assert planned.title in feed
    assert f"{planned.updates[0].published_at:%Y-%m-%dT%H:%M}" in feed
    assert f"{planned.scheduled_for:%Y-%m-%dT%H:%M}" not in feed


def test_what_only_customers_or_colleagues_were_told_is_nowhere_in_public(app):
    make_organisation()
    secret = make_told(words={Audience.INTERNAL: Words("", "Canary words")})
    planned = make_maintenance(told=secret, title="Canary title")

    for path in documents.lasting():
        document = documents.render(path)
        assert document is None or b"Canary" not in document.body
    assert documents.render(f"/incidents/{planned.code}") is None


def test_an_incident_beside_it_stays_the_first_thing_said(app):
    planned = make_maintenance()
    maintenance.post(planned, Stage.IN_PROGRESS, make_told("Begun."), seen=1)
    make_incident()

    shown = overview()

    assert len(shown.incidents) == 1
    assert len(shown.work.active) == 1


def test_mails_of_what_was_moved_or_called_off_say_so(app):
    make_maintenance()
    planned = make_maintenance()
    maintenance.move(
        planned, make_window(starts_in=timedelta(days=4)), make_told("It is moved."), seen=1
    )
    maintenance.cancel(planned, make_told("It is off."), seen=2)

    letters = [
        email.compose(one) for one in db.session.scalars(select(Announcement)) if one.message
    ]

    assert any(f"{planned.title} · Moved" in letter.text for letter in letters)
    assert any(f"{planned.title} · Cancelled" in letter.text for letter in letters)
    assert not any("Completed" in letter.text for letter in letters)
    assert len({letter.headers["References"] for letter in letters}) == 2
