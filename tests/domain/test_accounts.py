"""Accounts: signing in, and who may not be left out."""

import threading

import pytest

from app.db import db
from app.domain import accounts
from app.errors import Rejected
from app.models import Account, Role
from tests.factories import PASSWORD, make_organisation

ANOTHER = "another password"


@pytest.fixture
def ada(app):
    make_organisation()
    return accounts.by_email("ada@example.org")


def test_the_right_password_signs_in_and_a_wrong_one_does_not(ada):
    assert accounts.sign_in(email=" Ada@Example.org ", password=PASSWORD) is ada
    assert ada.signed_in_at is not None
    assert accounts.sign_in(email="ada@example.org", password=ANOTHER) is None
    assert accounts.sign_in(email="bob@example.org", password=PASSWORD) is None


def test_a_password_that_is_changed_while_it_is_checked_does_not_sign_in(ada, monkeypatch):
    check = accounts.check_password
    monkeypatch.setattr(accounts, "_fits", lambda hashed, password: change(hashed, password))
    fits = accounts.hasher.verify

    def change(hashed, password):
        accounts.change_password(ada, password=ANOTHER, by=ada)
        return fits(hashed, password)

    assert accounts.sign_in(email="ada@example.org", password=PASSWORD) is None
    monkeypatch.undo()
    assert check(ada, ANOTHER)


def test_two_administrators_cannot_demote_each_other_at_once(app, ada):
    grace = accounts.create(
        email="grace@example.org", name="Grace", password=PASSWORD, role=Role.ADMINISTRATOR
    )
    pairs = [(ada.id, grace.id), (grace.id, ada.id)]
    db.session.remove()
    at_once, refused = threading.Barrier(2), []

    def demote(whom, by):
        with app.app_context():
            account, actor = db.session.get(Account, whom), db.session.get(Account, by)
            at_once.wait(5)
            try:
                accounts.change_role(account, role=Role.RESPONDER, active=True, by=actor)
            except Rejected as rejected:
                refused.append(rejected)

    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(refused) == 1
    left = [account for account in accounts.every() if account.role is Role.ADMINISTRATOR]
    assert len(left) == 1
