"""Setting up, once, and the organisation's details."""

import threading

import pytest
from sqlalchemy import func, select

from app.db import db
from app.domain import accounts, components, organisation, runbooks
from app.errors import Rejected
from app.models import Account, Audit, Organisation, Role
from tests.factories import PASSWORD, RUNBOOK, make_account, make_organisation


def test_set_up_makes_everything_a_page_needs(app):
    made = make_organisation(component_lines="Website\nMessages\n  Text\n  Email\nReports")

    assert made.runbook.title == "Incident runbook"
    assert db.session.get(Account, 1).role is Role.ADMINISTRATOR
    named = [(row.group.name if row.group else None, row.name) for row in components.every()]
    assert named == [
        (None, "Website"),
        ("Messages", "Text"),
        ("Messages", "Email"),
        (None, "Reports"),
    ]


def test_set_up_is_done_once(app):
    make_organisation()

    with pytest.raises(Rejected, match="set up already"):
        make_organisation(account_email="bob@example.org")

    assert db.session.scalars(select(Account.email)).all() == ["ada@example.org"]


def test_when_two_people_race_one_of_them_sets_up(app):
    start = threading.Barrier(2)
    outcomes = []

    def race(number):
        with app.app_context():
            start.wait()
            try:
                make_organisation(name=f"Org {number}", account_email=f"p{number}@example.org")
                outcomes.append("done")
            except Rejected as rejected:
                outcomes.append(rejected.errors["form"])
            db.session.remove()

    threads = [threading.Thread(target=race, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["This instance has been set up already.", "done"]
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": " "}),
        ("email", {"account_email": "nobody"}),
        ("password", {"password": "short"}),
        ("components", {"component_lines": "\n  \n"}),
        ("runbook", {"runbook_text": "# Pancakes\n\nMix flour and milk."}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
    ],
)
def test_set_up_names_the_field_that_is_wrong_and_keeps_nothing(app, field, changes):
    with pytest.raises(Rejected) as rejected:
        make_organisation(**changes)

    assert list(rejected.value.errors) == [field]
    assert organisation.current() is None
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0


def test_another_runbook_leaves_the_earlier_version_as_it_was(app):
    made = make_organisation()
    first = made.runbook_id
    changed = RUNBOOK.replace("15 minutes", "5 minutes")

    runbooks.use(changed, source="new.md", by=db.session.get(Account, 1))

    assert organisation.current().runbook.read.severities[0].response_minutes == 5
    assert [version.id for version in runbooks.versions()][-1] == first


def test_the_last_administrator_stays_one(app):
    make_organisation()
    ada = db.session.get(Account, 1)

    with pytest.raises(Rejected, match="administrator"):
        accounts.change_role(ada, role=Role.RESPONDER, active=True, by=ada)
    make_account(role=Role.ADMINISTRATOR)
    accounts.change_role(ada, role=Role.RESPONDER, active=True, by=ada)

    assert ada.role is Role.RESPONDER


def test_another_password_ends_every_session(app):
    make_organisation()
    ada = db.session.get(Account, 1)
    before = ada.fs_uniquifier

    accounts.change_password(ada, password="another long password", by=ada)

    assert ada.fs_uniquifier != before
    assert PASSWORD not in ada.password


def test_what_is_done_is_on_record(app):
    make_organisation()

    actions = set(db.session.scalars(select(Audit.action)))

    assert {"set up", "account created", "component created"} <= actions


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Größe 🚨".encode(), "Größe 🚨"),
        (b"\xef\xbb\xbfPlain", "Plain"),
        ("Größe".encode("utf-16"), "Größe"),
        (b"Gr\xf6\xdfe", "Größe"),
    ],
)
def test_an_uploaded_file_is_read_in_the_encoding_it_has(content, text):
    assert runbooks.decode(content) == text


@pytest.mark.parametrize("content", [b"x" * (1024 * 1024 + 1), b"PK\x03\x04\x00\x00"])
def test_a_file_that_is_too_large_or_no_text_is_refused(content):
    with pytest.raises(Rejected):
        runbooks.decode(content)


def test_colleagues_addresses_are_kept_as_a_mail_can_carry_them(app):
    ours = make_organisation()
    details = {
        "name": "Example", "website": "", "contact": "", "time_zone": "UTC",
        "slack_webhook": "", "incident_channel": "", "by": db.session.get(Account, 1),
    }  # fmt: skip

    organisation.change(ours, internal_emails=["Ops@Bücher.example"], **details)

    assert ours.internal_emails == ["ops@xn--bcher-kva.example"]
    with pytest.raises(Rejected, match="jörg@example.org"):
        organisation.change(ours, internal_emails=["jörg@example.org"], **details)
