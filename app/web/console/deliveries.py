"""What is owed, sent and failed, and why."""

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.config import settings
from app.db import db
from app.domain import deliveries, organisation, outbox
from app.errors import Rejected
from app.models import Announcement, Channel, Delivery, DeliveryState, Role
from app.web import forms
from app.web.auth import requires

bp = Blueprint("deliveries", __name__, url_prefix="/deliveries")

T = TypeVar("T", bound=StrEnum)

PAGE = 50
ANNOUNCEMENTS = 20


@bp.get("")
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/<int:delivery_id>/try-again")
def try_again(delivery_id: int) -> ResponseReturnValue:
    known = delivery_id <= forms.LARGEST_NUMBER
    delivery = (db.session.get(Delivery, delivery_id) if known else None) or abort(404)
    try:
        deliveries.try_again(delivery, by=g.account)
    except Rejected as rejected:
        return _page(rejected.errors), 409
    flash("It is owed again and goes out in a moment.")
    return redirect(url_for(".index", announcement=delivery.announcement.code), 303)


@bp.post("/test")
@requires(Role.COMMUNICATIONS_LEAD)
def send_test() -> ResponseReturnValue:
    channel = _word(Channel, request.form.get("channel")) or abort(400)
    try:
        trial = outbox.try_channel(channel, by=g.account)
    except Rejected as rejected:
        return _page(rejected.errors), 422
    flash("A test message is on its way.")
    return redirect(url_for(".index", announcement=trial.code), 303)


def _page(errors: dict[str, str] | None = None) -> str:
    state = _word(DeliveryState, request.args.get("state"))
    chosen = _chosen()
    found = deliveries.newest(
        state=state,
        announcement=chosen,
        before=forms.whole(request.args.get("before", "")),
        limit=PAGE + 1,
    )
    announcements = [chosen] if chosen else deliveries.newest_announcements(ANNOUNCEMENTS)
    return render_template(
        "console/deliveries/index.html",
        errors=errors or {},
        deliveries=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        announcements=announcements,
        progress=deliveries.progress_of(announcements),
        counts=deliveries.counts(),
        state=state,
        chosen=chosen,
        is_folder=settings().email == "folder",
        organisation=organisation.current(),
        failed=DeliveryState.FAILED,
    )


def _chosen() -> Announcement | None:
    code = request.args.get("announcement")
    return (deliveries.announcement(code) or abort(404)) if code else None


def _word(words: type[T], said: str | None) -> T | None:
    return words(said) if said in list(words) else None
