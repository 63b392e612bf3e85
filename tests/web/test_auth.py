"""Signing in and out."""

import re
from datetime import timedelta

import pytest

from app import clock, create_app
from app.db import db
from app.domain import accounts
from app.models import Account, Role
from tests.factories import PASSWORD, make_account, make_incident, make_organisation
from tests.web.visiting import Visitor

ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "/%09/evil.example",
    "https:evil.example",
    "https://evil.example/console",
    "\t//evil.example",
    "/console\\..\\evil",
    "/console//evil.example",
    "/console\n/x",
    "javascript:alert(1)",
    "/consoleevil@evil.example//x",
    "console",
)


def cookie_of(response):
    return response.headers.get("Set-Cookie", "")


def test_who_knows_the_password_comes_in_and_goes_out_again(app):
    make_organisation()
    visitor = Visitor(app)

    visitor.sign_in()
    inside = visitor.get("/console/incidents")
    visitor.post("/console/sign-out")

    assert "Incidents" in inside.text
    assert visitor.client.get("/console/incidents").status_code == 302


def test_a_session_that_is_used_every_day_ends_all_the_same(app, monkeypatch):
    make_organisation()
    visitor = Visitor(app)
    visitor.sign_in()
    start = clock.now()

    answers = []
    for day in range(1, 33):
        monkeypatch.setattr(clock, "now", lambda now=start + timedelta(days=day, hours=-1): now)
        answers.append(visitor.client.get("/console/account").status_code)

    assert answers == [200] * 30 + [302] * 2


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app):
    make_organisation()

    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        page = Visitor(app).sign_in(email=email, password="a wrong password", status=422)
        plain = re.sub(r'value="[^"]*"', "", page.text)
        answers.append(plain)

    assert "do not belong together" in answers[0]
    assert answers[0] == answers[1]


def test_an_account_that_was_closed_does_not_come_in(app):
    make_organisation()
    accounts.create(email="x@example.org", name="X", password=PASSWORD, role=Role.RESPONDER)
    account = accounts.by_email("x@example.org")
    visitor = Visitor(app)
    visitor.sign_in(email="x@example.org")

    accounts.change_role(account, role=Role.RESPONDER, active=False, by=account)

    assert visitor.client.get("/console/incidents").status_code == 302
    Visitor(app).sign_in(email="x@example.org", status=422)


def test_a_changed_password_ends_every_other_session_at_once(app):
    make_organisation()
    here, elsewhere = Visitor(app), Visitor(app)
    here.sign_in()
    elsewhere.sign_in()

    here.post(
        "/console/account",
        {"present": PASSWORD, "password": "another long one", "again": "another long one"},
    )

    assert here.get("/console/account").status == 200
    assert elsewhere.client.get("/console/account").status_code == 302
    Visitor(app).sign_in(password="another long one")


def test_a_new_password_needs_the_present_one_and_is_typed_twice(ada):
    wrong = ada.post(
        "/console/account", {"present": "no", "password": "x" * 12, "again": "x" * 12}, status=422
    )
    unlike = ada.post(
        "/console/account",
        {"present": PASSWORD, "password": "x" * 12, "again": "y" * 12},
        status=422,
    )
    short = ada.post(
        "/console/account", {"present": PASSWORD, "password": "x", "again": "x"}, status=422
    )

    assert wrong.words("w-present")
    assert unlike.words("w-again")
    assert short.words("w-password")


def test_a_session_of_before_is_not_the_one_inside(app):
    make_organisation()
    visitor = Visitor(app)
    visitor.get("/console/sign-in")
    before = visitor.client.get_cookie("allclear", path="/console").value

    visitor.sign_in()
    after = visitor.client.get_cookie("allclear", path="/console").value
    planted = Visitor(app)
    planted.client.set_cookie("allclear", before, path="/console")

    assert before != after
    assert planted.client.get("/console/incidents").status_code == 302


def test_the_cookie_is_for_the_console_only_and_for_no_script(app):
    make_organisation()
    answer = app.test_client().get("/console/sign-in")

    cookie = cookie_of(answer)

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/console" in cookie


def test_the_cookie_travels_encrypted_where_the_page_does(settings):
    app = create_app(settings.model_copy(update={"public_url": "https://status.example.org"}))

    with app.app_context():
        make_organisation()
        answer = app.test_client().get("/console/sign-in", base_url="https://status.example.org")
        db.engine.dispose()

    assert "Secure" in cookie_of(answer)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(app, target):
    make_organisation()
    visitor = Visitor(app)

    page = visitor.sign_in(next=target)

    assert page.response.location == "/console/incidents"


def test_who_was_sent_to_sign_in_comes_back_to_where_they_wanted_to_go(app):
    make_organisation()
    visitor = Visitor(app)
    asked = visitor.client.get("/console/components?x=1")

    page = visitor.get(asked.location)
    onwards = page.field("next")
    signed_in = visitor.sign_in(next=onwards)

    assert signed_in.response.location == "/console/components?x=1"


def test_six_wrong_passwords_make_one_wait_but_nobody_else(app):
    make_organisation()
    attacker = Visitor(app)
    for _ in range(6):
        attacker.sign_in(password="a wrong password", status=422)

    attacker.sign_in(status=429)

    elsewhere = Visitor(app)
    elsewhere.get("/console/sign-in")
    from_another_address = elsewhere.post(
        "/console/sign-in",
        {"email": "ada@example.org", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "198.51.100.7"},
    )
    assert from_another_address.response.location == "/console/incidents"


def test_a_form_sent_after_the_session_ended_is_told_that_its_text_is_kept(app):
    incident = make_incident()
    visitor = Visitor(app)
    visitor.sign_in()
    visitor.client.delete_cookie("allclear", path="/console")

    page = visitor.post(
        f"/console/incidents/{incident.code}/updates",
        {"fact_issue": "typed for ten minutes"},
        status=401,
        headers={"Referer": f"http://localhost/console/incidents/{incident.code}"},
    )

    assert "kept in this browser" in page.text
    assert page.field("next") == f"/console/incidents/{incident.code}"
    assert incident.newest == 1


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://localhost.evil.example"]
)
def test_a_request_from_another_site_is_refused(ada, origin):
    answer = ada.client.post(
        "/console/components/new",
        data={"csrf_token": ada.token, "name": "Planted"},
        headers={"Origin": origin},
    )

    assert answer.status_code == 403


def test_a_request_that_hides_its_origin_is_judged_by_where_it_was_linked(ada):
    answer = ada.client.post(
        "/console/components/new",
        data={"csrf_token": ada.token, "name": "Planted"},
        headers={"Referer": "https://evil.example/page"},
    )

    assert answer.status_code == 403


def test_our_own_page_may_send_its_form(ada):
    ada.post("/console/components/new", {"name": "Wanted"}, headers={"Origin": "http://localhost"})


def test_no_form_of_the_console_counts_without_its_token(app, ada):
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or not rule.endpoint.startswith("console."):
            continue
        _, address = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        answer = ada.client.post(address, data={"csrf_token": "made up"})
        assert answer.status_code == 400, rule.endpoint
    assert db.session.query(Account).count() == 1


def test_a_role_only_narrows_what_one_may_do(app):
    make_organisation()
    accounts.create(email="r@example.org", name="R", password=PASSWORD, role=Role.RESPONDER)
    visitor = Visitor(app)
    visitor.sign_in(email="r@example.org")

    visitor.get("/console/incidents/new")
    visitor.get("/console/components")
    visitor.get("/console/people", status=403)
    visitor.get("/console/settings", status=403)
    visitor.post("/console/components/new", {"name": "X"}, status=403)
    visitor.post("/console/runbook/use", {"runbook_text": "x"}, status=403)


def test_the_names_of_accounts_without_a_password_open_nothing(app):
    make_organisation()
    make_account(email="empty@example.org")

    Visitor(app).sign_in(email="empty@example.org", password="!", status=422)
