"""A subscriber's own page: what it is told of and how, a pause, its data."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.content import language
from app.db import db
from app.domain import own_page, subscribers
from app.errors import Rejected
from app.models import Channel, Incident, Subscriber
from app.web.console import settings as console_settings
from app.web.public import keys
from app.web.public.subscribers import asked, read_wish
from app.words import LANGUAGES, N_

bp = Blueprint("own_page", __name__)
bp.before_request(keys.only_when_set_up)
bp.after_request(keys.keep_private)
Errors = dict[str, str]


@bp.get("/s/<token>")
def manage(token: str) -> ResponseReturnValue:
    return _page(keys.found(token), token)


@bp.post("/s/<token>")
def change(token: str) -> ResponseReturnValue:
    subscriber = _mine(token)
    everything = request.form.get("what") != "some"
    try:
        wish = read_wish()
        subscribers.change(token, everything=everything, codes=wish.codes, wish=wish)
    except Rejected as rejected:
        return _page(subscriber, token, errors=rejected.errors, typed=True), 422
    return _page(subscriber, token, said=N_("This is kept from now on."))


@bp.post("/s/<token>/language")
def set_language(token: str) -> ResponseReturnValue:
    subscriber = _mine(token)
    try:
        own_page.set_language(
            token,
            language=request.form.get("language", ""),
            time_zone=request.form.get("time_zone", ""),
            owner_address=request.form.get("owner_address", ""),
        )
    except Rejected as rejected:
        return _page(subscriber, token, errors=rejected.errors), 422
    return _page(subscriber, token, said=N_("This is kept from now on."))


@bp.post("/s/<token>/pause")
def pause(token: str) -> ResponseReturnValue:
    subscriber = _mine(token)
    paused = request.form.get("paused") == "yes"
    own_page.pause(token, paused=paused)
    said = (
        N_("Nothing is sent until you go on.") if paused else N_("From now on you are told again.")
    )
    return _page(subscriber, token, said=said)


@bp.post("/s/<token>/secret")
def renew_secret(token: str) -> ResponseReturnValue:
    subscriber = _mine(token)
    if request.form.get("drop"):
        own_page.drop_earlier_secret(token)
        return _page(subscriber, token, said=N_("Only the new secret signs from now on."))
    own_page.renew_secret(token)
    return _page(subscriber, token, said=N_("Both secrets sign until you drop the earlier one."))


@bp.post("/s/<token>/test")
def try_out(token: str) -> ResponseReturnValue:
    subscriber = _mine(token)
    try:
        own_page.try_out(token)
    except Rejected as rejected:
        return _page(subscriber, token, errors=rejected.errors), 422
    return _page(subscriber, token, said=N_("A test is on its way."))


@bp.post("/s/<token>/come-back")
def come_back(token: str) -> ResponseReturnValue:
    subscriber = _mine(token)
    try:
        own_page.come_back(token)
    except Rejected as rejected:
        return _page(subscriber, token, errors=rejected.errors), 422
    if subscriber.channel is Channel.SMS:
        return asked(Channel.SMS, subscriber.address)
    said = N_("A message to confirm is on its way. You are told again once it is confirmed.")
    return _page(subscriber, token, said=said)


@bp.get("/s/<token>/data")
def download(token: str) -> ResponseReturnValue:
    kept = own_page.data(keys.found(token))
    body = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    disposition = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(body, mimetype="application/json", headers=disposition)


def _mine(token: str) -> Subscriber:
    keys.refuse_other_sites()
    return keys.found(token)


def _page(
    subscriber: Subscriber,
    token: str,
    *,
    errors: Errors | None = None,
    said: str = "",
    typed: bool = False,
) -> str:
    form = request.form
    if subscriber.language:
        language.speak(subscriber.language)
    incident = db.session.get(Incident, subscriber.incident_id) if subscriber.incident_id else None
    kept = "incident" if incident else "everything" if subscriber.everything else "some"
    codes = [component.code for component in subscriber.components]
    least = subscriber.least_impact.value if subscriber.least_impact else ""
    return keys.page(
        "manage",
        subscriber=subscriber,
        channel=subscriber.channel.value,
        token=token,
        errors=errors or {},
        said=said,
        what=form.get("what", "everything") if typed else kept,
        chosen=form.getlist("component") if typed else codes,
        least_impact=form.get("least_impact", "") if typed else least,
        incident=incident,
        groups=keys.grouped(),
        languages=LANGUAGES,
        zones=console_settings.zones(),
    )
