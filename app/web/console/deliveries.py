"""What is owed, sent and failed, and why."""

from enum import StrEnum
from typing import TypeVar

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.config import settings
from app.content import ledger_csv
from app.db import db
from app.domain import (
    deliveries,
    health,
    organisation,
    outbox,
    progress,
    quarantine,
    suppressions,
    transports,
)
from app.errors import Rejected
from app.models import Announcement, Channel, Delivery, DeliveryState, Role, Subscriber
from app.web import forms
from app.web.auth import may, requires
from app.web.console import outcomes

bp = Blueprint("deliveries", __name__, url_prefix="/deliveries")

T = TypeVar("T", bound=StrEnum)

PAGE = 50
ANNOUNCEMENTS = 20


@bp.get("")
def index() -> ResponseReturnValue:
    return _page()


@bp.get("/quarantine")
def held() -> ResponseReturnValue:
    """Who is told nothing any more, and why."""
    return _held()


@bp.post("/quarantine/let-back")
@requires(Role.COMMUNICATIONS_LEAD)
def let_back() -> ResponseReturnValue:
    """Let an address sign up again that strangers could not enter any more."""
    try:
        lifted = suppressions.let_back(request.form.get("address", ""), by=g.account)
    except Rejected as rejected:
        return _held(rejected.errors), 422
    flash("It may sign up again." if lifted else "Nothing kept this address from signing up.")
    return redirect(url_for(".held"), 303)


@bp.post("/quarantine/<int:subscriber_id>/release")
@requires(Role.COMMUNICATIONS_LEAD)
def release(subscriber_id: int) -> ResponseReturnValue:
    known = subscriber_id <= forms.LARGEST_NUMBER
    found = (db.session.get(Subscriber, subscriber_id) if known else None) or abort(404)
    quarantine.release(found, by=g.account)
    flash("It is told again, from the next update on.")
    return redirect(url_for(".held"), 303)


@bp.get("/<code>")
def show(code: str) -> ResponseReturnValue:
    """The ledger of one announcement; its script asks for what changes alone.

    The counts are read before the rows: where they say that it is over, no row says otherwise.
    """
    told = deliveries.announcement(code) or abort(404)
    come = progress.of(told)
    state = _word(DeliveryState, request.args.get("state"))
    before = forms.whole(request.args.get("before", ""))
    here = url_for(".show", code=code, state=state and state.value, before=before)
    found = deliveries.newest(state=state, announcement=told, before=before, limit=PAGE + 1)
    is_part = request.headers.get("X-Part") == "fresh"
    return render_template(
        f"console/deliveries/{'_fresh' if is_part else 'show'}.html",
        told=told,
        progress=come,
        pace=progress.pace(told, come),
        whys=progress.reasons({told.id: come})[told.id],
        fresh=here if come.is_under_way else None,
        deliveries=found[:PAGE],
        attempts=deliveries.attempts_of(found[:PAGE]),
        hosts=_hosts(found[:PAGE]),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        state=state,
        states=list(DeliveryState),
    )


@bp.get("/messages/<int:message_id>")
def of_message(message_id: int) -> ResponseReturnValue:
    """How one message went, in a line: what the pages that show it ask for while it goes out."""
    went = outcomes.of_message(message_id if message_id <= forms.LARGEST_NUMBER else abort(404))
    if not went.words:
        abort(404)
    return render_template("console/deliveries/_outcome.html", message_id=message_id, went=went)


@bp.get("/<code>.csv")
@requires(Role.COMMUNICATIONS_LEAD)
def export(code: str) -> ResponseReturnValue:
    told = deliveries.announcement(code) or abort(404)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    answer = Response(ledger_csv.pages(app, told.id), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="deliveries-{told.code}.csv"'
    return answer


@bp.post("/transports/<name>/try-now")
@requires(Role.COMMUNICATIONS_LEAD)
def try_now(name: str) -> ResponseReturnValue:
    if name not in transports.every():
        abort(404)
    transports.try_now(name, by=g.account)
    flash("It is tried again in a moment.")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:delivery_id>/try-again")
def try_again(delivery_id: int) -> ResponseReturnValue:
    known = delivery_id <= forms.LARGEST_NUMBER
    delivery = (db.session.get(Delivery, delivery_id) if known else None) or abort(404)
    try:
        deliveries.try_again(delivery, by=g.account)
    except Rejected as rejected:
        return _page(rejected.errors), 409
    flash("It is owed again and goes out in a moment.")
    return redirect(url_for(".show", code=delivery.announcement.code), 303)


@bp.post("/test")
@requires(Role.COMMUNICATIONS_LEAD)
def send_test() -> ResponseReturnValue:
    channel = _word(Channel, request.form.get("channel")) or abort(400)
    try:
        trial = outbox.try_channel(channel, by=g.account)
    except Rejected as rejected:
        return _page(rejected.errors), 422
    flash("A test message is on its way.")
    return redirect(url_for(".show", code=trial.code), 303)


def _hosts(shown: list[Delivery]) -> dict[int, str]:
    """Which endpoints these are, for who may see addresses."""
    return deliveries.hosts_of(shown) if may(Role.COMMUNICATIONS_LEAD) else {}


def _held(errors: dict[str, str] | None = None) -> str:
    return render_template(
        "console/deliveries/quarantine.html",
        held=quarantine.held(),
        errors=errors or {},
        typed=request.form.get("address", ""),
    )


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
        attempts=deliveries.attempts_of(found[:PAGE]),
        hosts=_hosts(found[:PAGE]),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        announcements=announcements,
        progress=progress.of_each(announcements),
        counts=deliveries.counts(),
        state=state,
        chosen=chosen,
        is_folder=settings().email == "folder",
        organisation=organisation.current(),
        health=health.look(),
        rates=quarantine.rates(),
    )


def _chosen() -> Announcement | None:
    code = request.args.get("announcement")
    return (deliveries.announcement(code) or abort(404)) if code else None


def _word(words: type[T], said: str | None) -> T | None:
    return words(said) if said in list(words) else None
