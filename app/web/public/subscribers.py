"""Signing up, confirming and leaving, by each channel."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app import clock
from app.content.language import gettext as _
from app.domain import addresses, status, subscribers, tokens
from app.domain.subscribers import Wish
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Channel, Incident, Subscriber
from app.web.limits import limiter
from app.web.public import keys
from app.words import N_, Impact

bp = Blueprint("subscribers", __name__)
bp.before_request(keys.only_when_set_up)
bp.after_request(keys.keep_private)

IN_CHAT = (
    N_("Tell this channel when something does not work."),
    N_("Tell this channel when something I chose does not work."),
    N_("%(what)s I can change or stop this at any time by the link in each message."),
)
CONSENT = {
    Channel.EMAIL: (
        N_("Mail me when something does not work."),
        N_("Mail me when something I chose does not work."),
        N_("%(what)s I can change or stop this at any time by the links in each mail."),
    ),
    Channel.SMS: (
        N_("Text me when something does not work."),
        N_("Text me when something I chose does not work."),
        N_("%(what)s I can change or stop this at any time on my page, or by answering STOP."),
    ),
    Channel.WEBHOOK: (
        N_("Call my webhook when something does not work."),
        N_("Call my webhook when something I chose does not work."),
        N_("%(what)s I can change or stop this at any time by the link in each call."),
    ),
    Channel.SLACK: IN_CHAT,
    Channel.TEAMS: IN_CHAT,
}
"""What the button says yes to: of everything, of some, and how it ends."""
SIGN_UPS = "5 per hour"
CODES = "20 per hour"
LEAST_SECONDS = 2.0
"""People take longer than this to fill the form in; most programs do not."""
STAYS_OPEN = 86_400.0


def _signed_up(response: Response) -> bool:
    return response.status_code in (200, 201)


sign_ups = limiter.shared_limit(
    SIGN_UPS, scope="sign-ups", key_func=keys.network, deduct_when=_signed_up
)
"""However they are asked for: by our form or by the API."""


@bp.get("/subscribe")
def subscribe() -> ResponseReturnValue:
    return _form()


@bp.post("/subscribe")
@sign_ups
def sign_up() -> ResponseReturnValue:
    keys.refuse_other_sites()
    channel = _channel()
    # A field that people do not see: whoever fills it in is a program, and learns nothing.
    if not request.form.get("homepage"):
        try:
            wish = read_wish()
            address = addresses.canonical(channel, request.form.get("address", ""))
            _check_time()
            subscribers.sign_up(
                address,
                channel=channel,
                wish=wish,
                consent=consent(channel, everything=not wish.codes),
                network=keys.network(),
            )
        except Rejected as rejected:
            return _form(rejected.errors), 422
    return asked(channel, request.form.get("address", ""))


@bp.post("/subscribe/code")
@limiter.limit(CODES, key_func=keys.network)
def type_code() -> ResponseReturnValue:
    keys.refuse_other_sites()
    subscriber = subscribers.confirm_by_code(
        request.form.get("address", ""),
        request.form.get("code", ""),
        consent=consent(Channel.SMS, everything=True),
    )
    if subscriber is None:
        return asked(Channel.SMS, request.form.get("address", ""), wrong=True), 422
    return _confirmed(subscriber)


@bp.get("/s/confirm/<token>")
def ask_to_confirm(token: str) -> ResponseReturnValue:
    subscriber = keys.found(token, Purpose.CONFIRM)
    return keys.page("confirm", subscriber=subscriber, token=token, consent=_agreed(subscriber))


@bp.post("/s/confirm/<token>")
def confirm(token: str) -> ResponseReturnValue:
    keys.refuse_other_sites()
    consent = _agreed(keys.found(token, Purpose.CONFIRM))
    return _confirmed(subscribers.confirm(token, consent=consent) or abort(404))


@bp.post("/s/<token>/leave")
def leave(token: str) -> ResponseReturnValue:
    keys.refuse_other_sites()
    return _leave(token, Purpose.MANAGE)


@bp.get("/u/<token>")
def ask_to_leave(token: str) -> ResponseReturnValue:
    if tokens.read(Purpose.LEAVE, token) is None:
        abort(404)
    subscriber = subscribers.find(token, Purpose.LEAVE)
    if subscriber is None:
        return keys.page("left")
    return keys.page("leave", subscriber=subscriber, token=token)


# RFC 8058: mail programs post here by themselves, from anywhere, without cookies.
@bp.post("/u/<token>")
def leave_at_once(token: str) -> ResponseReturnValue:
    return _leave(token, Purpose.LEAVE)


def read_wish() -> Wish:
    """What the form wants to be told of; raise Rejected when it is nothing."""
    what, incident = request.form.get("what"), request.form.get("incident", "")
    codes = request.form.getlist("component") if what == "some" else []
    if what == "some" and not codes:
        raise Rejected(components=N_("Choose at least one, or everything."))
    try:
        least = Impact(request.form.get("least_impact", ""))
    except ValueError:
        least = None
    return Wish(tuple(codes), least, incident if what == "incident" else "")


def _channel() -> Channel:
    """The channel that was chosen, where it is offered; else the first that is."""
    offered = addresses.offered()
    if not offered:
        abort(404)
    chosen = request.values.get("channel", "")
    return next((channel for channel in offered if channel.value == chosen), offered[0])


def _check_time() -> None:
    """Raise Rejected where the form was sent too soon, or was open for too long."""
    now = clock.now().timestamp()
    opened = tokens.stamped_at(request.form.get("opened", ""))
    if opened is not None and now - opened > STAYS_OPEN:
        raise Rejected(
            form=N_("This page was open for a long time. Please press the button once more.")
        )
    if opened is None or now - opened < LEAST_SECONDS:
        raise Rejected(form=N_("That was quick. Please press the button once more."))


def _opened() -> str:
    """When the form was opened first, however often it was sent since.

    Whoever had it open for too long is waited for no more: the button works at once.
    """
    now = clock.now().timestamp()
    typed = request.form.get("opened", "")
    opened = tokens.stamped_at(typed)
    if opened is None:
        return tokens.stamp(now)
    return tokens.stamp(now - 2 * LEAST_SECONDS) if now - opened > STAYS_OPEN else typed


def _leave(token: str, purpose: Purpose) -> ResponseReturnValue:
    if not subscribers.leave(token, purpose):
        abort(404)
    return keys.page("left")


def asked(channel: Channel, address: str, *, wrong: bool = False) -> str:
    """Says that a question is on its way; asks for the code where it was texted."""
    return keys.page(
        "asked",
        channel=channel.value,
        address=address,
        consent=consent(channel, everything=True),
        wrong=wrong,
    )


def _confirmed(subscriber: Subscriber) -> str:
    manage = tokens.make(Purpose.MANAGE, subscriber.code)
    return keys.page("confirmed", subscriber=subscriber, token=manage)


def _agreed(subscriber: Subscriber) -> str:
    """What the button to confirm says yes to."""
    return consent(subscriber.channel, everything=subscriber.everything)


def consent(channel: Channel, *, everything: bool) -> str:
    """What who signs up by this channel says yes to."""
    all_of_it, some, sentence = CONSENT[channel]
    return _(sentence, what=_(all_of_it if everything else some))


def _form(errors: dict[str, str] | None = None) -> str:
    typed = request.form
    incident = _incident(request.values.get("incident", ""))
    return keys.page(
        "form",
        errors=errors or {},
        channel=_channel().value,
        channels=[channel.value for channel in addresses.offered()],
        address=typed.get("address", ""),
        what=typed.get("what") or ("incident" if incident else "everything"),
        chosen=typed.getlist("component"),
        least_impact=typed.get("least_impact", ""),
        incident=incident,
        groups=keys.grouped(),
        opened=_opened(),
    )


def _incident(code: str) -> Incident | None:
    """The incident that one may ask about alone: the public knows it, and it goes on."""
    incident = status.by_code(code) if code else None
    return incident if incident and incident.public_updates and incident.is_open else None
