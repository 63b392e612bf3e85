"""Answers to texts, signed as Twilio's own library signs them."""

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from app.db import db
from app.models import Channel, Subscriber, Suppression
from tests.factories import make_organisation, make_subscriber

TOKEN = "a twilio token"
NUMBER = "+447400123456"


@pytest.fixture
def settings(settings):
    twilio = {"twilio_account": "AC1", "twilio_token": SecretStr(TOKEN)}
    return settings.model_copy(update=twilio)


@pytest.fixture(autouse=True)
def subscriber(app):
    make_organisation()
    make_subscriber(channel=Channel.SMS, address=NUMBER)


def left():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


def answer(client, form, *, signature=None, headers=None):
    url = f"{client.application.config['ALLCLEAR'].public_url}/hooks/twilio"
    signed = RequestValidator(TOKEN).compute_signature(url, form)
    sent = {"X-Twilio-Signature": signed if signature is None else signature}
    return client.post("/hooks/twilio", data=form, headers=sent | (headers or {}))


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop. ", "Stopp bitte", "QUIT"])
def test_stop_deletes_the_number_however_often_it_is_said(client, word):
    form = {"From": NUMBER, "Body": word, "To": "+15005550006", "Zeichen": "ä €"}

    statuses = [answer(client, form).status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert left()


def test_start_lets_a_number_be_asked_again_at_once(client):
    answer(client, {"From": NUMBER, "Body": "STOP"})
    kept = db.session.scalar(select(Suppression.reason))
    answer(client, {"From": NUMBER, "Body": "start"})
    db.session.rollback()

    assert kept == "stopped"
    assert db.session.scalar(select(Suppression.reason)) is None


@pytest.mark.parametrize("word", ["", "Thanks", "do not STOP", "?"])
def test_anything_else_changes_nothing(client, word):
    assert answer(client, {"From": NUMBER, "Body": word}).status_code == 200
    assert not left()


@pytest.mark.parametrize("signature", ["", "x", "é", "=" * 5000, "AAAA"])
def test_what_twilio_did_not_sign_is_refused(client, signature):
    refused = answer(client, {"From": NUMBER, "Body": "STOP"}, signature=signature)

    assert refused.status_code == 401
    assert not left()


def test_a_signature_for_another_form_is_worth_nothing(client):
    url = f"{client.application.config['ALLCLEAR'].public_url}/hooks/twilio"
    other = RequestValidator(TOKEN).compute_signature(url, {"From": NUMBER, "Body": "Hello"})

    assert answer(client, {"From": NUMBER, "Body": "STOP"}, signature=other).status_code == 401
