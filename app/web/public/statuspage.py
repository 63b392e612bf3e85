"""The requests of Statuspage's public API that are no documents: to subscribe, and to leave.

No cookie is looked at, so no site can send one in somebody else's name. Every answer is the same
whether the address is new, asked before or subscribed: knowing one, or an id, gives nothing.
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from app import clock, codes
from app.config import settings
from app.content import statuspage_board
from app.content.statuspage import Values
from app.domain import addresses, numbers, organisation, subscribers, tokens
from app.domain.subscribers import Wish
from app.domain.tokens import Purpose
from app.errors import Rejected
from app.models import Channel, Organisation
from app.web.public import keys
from app.web.public import subscribers as form

JSON = "application/json; charset=utf-8"

bp = Blueprint("statuspage", __name__, url_prefix="/api/v2")
bp.before_request(keys.only_when_set_up)
bp.after_request(keys.keep_private)


class Asked(BaseModel):
    """Who wants to be told, and of what; other fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    email: str = Field("", max_length=1_000)
    endpoint: str = Field("", max_length=4_000)
    phone_number: str = Field("", max_length=100)
    phone_country: str = Field("us", max_length=2)
    component_id: str = Field("", max_length=100)
    component_ids: list[str] = Field([], max_length=1_000)
    incident: str = Field("", max_length=100)
    incident_id: str = Field("", max_length=100)

    @property
    def channel(self) -> Channel:
        """An endpoint decides; an email beside it is whom to mail when it does not answer."""
        if self.endpoint:
            return Channel.WEBHOOK
        return Channel.SMS if self.phone_number else Channel.EMAIL

    @property
    def address(self) -> str:
        if self.channel is Channel.SMS:
            return numbers.with_country(self.phone_number, self.phone_country)
        return self.endpoint or self.email

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(code for code in (self.component_id, *self.component_ids) if code)


@bp.errorhandler(HTTPException)
def _in_json(error: HTTPException) -> ResponseReturnValue:
    return jsonify(error=error.description), error.code or 500


@bp.after_request
def _from_anywhere(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.post("/subscribers.json")
@form.sign_ups
def subscribe() -> ResponseReturnValue:
    """Ask the address whether it wants to be told: as the page's form does."""
    try:
        asked = _read()
        known = {part.code for part in subscribers.offered()}
        if not known.issuperset(asked.parts):
            raise Rejected(component_id="There is no component with this id.")
        subscribers.sign_up(
            asked.address,
            channel=asked.channel,
            wish=Wish(asked.parts, None, asked.incident or asked.incident_id),
            consent=form.consent(asked.channel, everything=not asked.parts),
            network=keys.network(),
            owner_address=asked.email if asked.channel is Channel.WEBHOOK else "",
        )
        ours = organisation.current() or abort(404)
        # Not by Flask's own hand, which would put the keys in another order.
        body = json.dumps({"subscriber": _subscriber(asked, ours)}, ensure_ascii=False)
        return Response(body, 201, content_type=JSON)
    except Rejected as rejected:
        return jsonify(error=" ".join(rejected.errors.values())), 422


@bp.delete("/subscribers/<token>.json")
def leave(token: str) -> ResponseReturnValue:
    """Leave, by the token of a message's own link; an id is none, and learns nothing."""
    if not subscribers.leave(token, Purpose.LEAVE):
        abort(404, "This is no link of ours to leave. Each message carries one.")
    return jsonify({})


def _read() -> Asked:
    """`subscriber[email]=…` as a form, or `{"subscriber": {"email": …}}`."""
    said: object
    if request.is_json:
        whole = request.get_json(silent=True)
        said = whole.get("subscriber") if isinstance(whole, Mapping) else None
    else:
        said = _fields()
    if not isinstance(said, Mapping):
        raise Rejected(form="Send a subscriber with an email.")
    # Null is how some programs write that they say nothing.
    given = {name: value for name, value in said.items() if value is not None}
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = "".join(f".{part}" for part in first["loc"])
        raise Rejected(form=f"subscriber{field}: {first['msg']}.") from None


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in Asked.model_fields:
        if name == "component_ids":
            found[name] = request.form.getlist(f"subscriber[{name}][]")
        elif f"subscriber[{name}]" in request.form:
            found[name] = request.form[f"subscriber[{name}]"]
    return found


def _subscriber(asked: Asked, ours: Organisation) -> Values:
    """What Statuspage answers. Its id is derived from the address, and opens nothing."""
    now = clock.now()
    address = addresses.canonical(asked.channel, asked.address)
    values: Values = {
        "created_at": statuspage_board.whose(ours, settings().public_url, now).time(now),
        "skip_confirmation_notification": False,
        "quarantined_at": None,
        "id": codes.code_of(tokens.fingerprint(f"{asked.channel}:{address}")),
        "mode": asked.channel.value,
        "purge_at": None,
    }
    field = {Channel.WEBHOOK: "endpoint", Channel.SMS: "phone_number"}.get(asked.channel, "email")
    return values | {field: address}
