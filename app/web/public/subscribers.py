"""Subscribing, confirming, choosing and leaving. A link opens a page; only its button acts."""

from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.content.language import gettext as _
from app.domain import organisation, subscribers, tokens
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Component, Subscriber
from app.web import origins
from app.web.limits import limiter
from app.words import N_

bp = Blueprint("subscribers", __name__)

CONSENT = N_("%(what)s I can change or stop this at any time by the links in each mail.")
OF_EVERYTHING = N_("Mail me when something does not work.")
OF_SOME = N_("Mail me when something I chose does not work.")
SIGN_UPS = "5 per hour"


@bp.before_request
def _only_when_set_up() -> None:
    if organisation.current() is None:
        abort(404)


@bp.after_request
def _keep_private(response: Response) -> Response:
    """These addresses are keys: no cache keeps them, no search engine lists them."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with it a browser hides the origin of our own forms as well.
    return response


def _network() -> str:
    """The network of who asks, as one household or one rented server has it."""
    address = request.remote_addr or ""
    try:
        size = 56 if ip_address(address).version == 6 else 24
        return str(ip_network(f"{address}/{size}", strict=False))
    except ValueError:
        return address


def _signed_up(response: Response) -> bool:
    return response.status_code == 200


@bp.get("/subscribe")
def subscribe() -> ResponseReturnValue:
    return _form()


@bp.post("/subscribe")
@limiter.limit(SIGN_UPS, key_func=_network, deduct_when=_signed_up)
def sign_up() -> ResponseReturnValue:
    _refuse_other_sites()
    # A field that people do not see: whoever fills it in is a program, and learns nothing.
    if not request.form.get("homepage"):
        try:
            subscribers.sign_up(request.form.get("address", ""), codes=_codes())
        except Rejected as rejected:
            return _form(rejected.errors), 422
    return _page("asked")


@bp.get("/s/confirm/<token>")
def ask_to_confirm(token: str) -> ResponseReturnValue:
    subscriber = _found(token, Purpose.CONFIRM)
    return _page("confirm", subscriber=subscriber, token=token, consent=_consent(subscriber))


@bp.post("/s/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    _refuse_other_sites()
    consent = _consent(_found(token, Purpose.CONFIRM))
    subscriber = subscribers.confirm(token, consent=consent) or abort(404)
    manage = tokens.make(Purpose.MANAGE, subscriber.code)
    return _page("confirmed", subscriber=subscriber, token=manage)


@bp.get("/s/<token>")
def manage(token: str) -> ResponseReturnValue:
    return _manage(_found(token, Purpose.MANAGE), token)


@bp.post("/s/<token>")
def change(token: str) -> ResponseReturnValue:
    _refuse_other_sites()
    subscriber = _found(token, Purpose.MANAGE)
    everything = request.form.get("what") != "some"
    try:
        subscribers.change(token, everything=everything, codes=request.form.getlist("component"))
    except Rejected as rejected:
        return _manage(subscriber, token, rejected.errors), 422
    return _manage(subscriber, token, changed=True)


@bp.post("/s/<token>/leave")
def leave(token: str) -> ResponseReturnValue:
    _refuse_other_sites()
    return _leave(token, Purpose.MANAGE)


@bp.get("/u/<token>")
def ask_to_leave(token: str) -> ResponseReturnValue:
    if tokens.read(Purpose.LEAVE, token) is None:
        abort(404)
    subscriber = subscribers.find(token, Purpose.LEAVE)
    return _page("leave", subscriber=subscriber, token=token) if subscriber else _page("left")


# RFC 8058: mail programs post here by themselves, from anywhere, without cookies.
@bp.post("/u/<token>")
def leave_at_once(token: str) -> ResponseReturnValue:
    return _leave(token, Purpose.LEAVE)


def _leave(token: str, purpose: Purpose) -> ResponseReturnValue:
    if not subscribers.leave(token, purpose):
        abort(404)
    return _page("left")


def _found(token: str, purpose: Purpose) -> Subscriber:
    """Whose link this is; else a page that says that it leads nowhere any more, or nowhere.

    Only who was given a link has one that proves true: the answer tells nobody anything else.
    """
    subscriber = subscribers.find(token, purpose)
    if subscriber is not None:
        return subscriber
    if tokens.read(purpose, token) is None:
        abort(404)
    abort(make_response(_page("gone", asked=purpose is Purpose.CONFIRM), 410))


def _consent(subscriber: Subscriber) -> str:
    """What the button to confirm says yes to."""
    return _(CONSENT, what=_(OF_EVERYTHING if subscriber.everything else OF_SOME))


def _refuse_other_sites() -> None:
    """Refuse a form that another site sent, without a cookie or a token of our own."""
    origins.check_origin()
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403, N_("This request came from another site."))


def _codes() -> list[str]:
    """The chosen components; none of them means everything."""
    if request.form.get("what") != "some":
        return []
    codes = request.form.getlist("component")
    if not codes:
        raise Rejected(components=N_("Choose at least one, or everything."))
    return codes


def _form(errors: dict[str, str] | None = None) -> str:
    typed = request.form
    return _page(
        "form",
        errors=errors or {},
        address=typed.get("address", ""),
        everything=typed.get("what") != "some",
        chosen=typed.getlist("component"),
        groups=_grouped(),
    )


def _manage(
    subscriber: Subscriber,
    token: str,
    errors: dict[str, str] | None = None,
    *,
    changed: bool = False,
) -> str:
    if errors:
        everything, chosen = False, request.form.getlist("component")
    else:
        everything = subscriber.everything
        chosen = [component.code for component in subscriber.components]
    return _page(
        "manage",
        subscriber=subscriber,
        token=token,
        errors=errors or {},
        changed=changed,
        everything=everything,
        chosen=chosen,
        groups=_grouped(),
    )


def _grouped() -> list[tuple[str, list[Component]]]:
    """What may be chosen, under the names of the groups; what stands alone has none."""
    found: list[tuple[str, list[Component]]] = []
    for component in subscribers.offered():
        name = component.group.name if component.group else ""
        if not found or found[-1][0] != name:
            found.append((name, []))
        found[-1][1].append(component)
    return found


def _page(name: str, **values: object) -> str:
    return render_template(f"public/subscribe/{name}.html", **values)
