"""What requests with a subscriber's own link share: a link opens a page; only its button acts."""

from ipaddress import ip_address, ip_network

from flask import Response, abort, make_response, render_template, request

from app.content import language
from app.domain import organisation, subscribers, tokens
from app.domain.tokens import Purpose
from app.models import Component, Subscriber
from app.web import origins
from app.words import N_


def only_when_set_up() -> None:
    if organisation.current() is None:
        abort(404)


def keep_private(response: Response) -> Response:
    """These addresses are keys: no cache keeps them, no search engine lists them."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with it a browser hides the origin of our own forms as well.
    return response


def network() -> str:
    """The network of who asks, as one household or one rented server has it."""
    address = request.remote_addr or ""
    try:
        known = ip_address(address)
        # A socket for both kinds names all of IPv4 within one network of IPv6.
        known = getattr(known, "ipv4_mapped", None) or known
        size = 56 if known.version == 6 else 24
        return str(ip_network(f"{known}/{size}", strict=False))
    except ValueError:
        return address


def refuse_other_sites() -> None:
    """Refuse a form that another site sent, without a cookie or a token of our own."""
    origins.check_origin()
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403, N_("This request came from another site."))


def found(token: str, purpose: Purpose = Purpose.MANAGE) -> Subscriber:
    """Whose link this is; else a page that says that it leads nowhere any more, or nowhere.

    Only who was given a link has one that proves true: the answer tells nobody anything else.
    """
    subscriber = subscribers.find(token, purpose)
    if subscriber is not None:
        if subscriber.language:
            language.speak(subscriber.language)
        return subscriber
    if tokens.read(purpose, token) is None:
        abort(404)
    abort(make_response(page("gone", asked=purpose is Purpose.CONFIRM), 410))


def grouped() -> list[tuple[str, list[Component]]]:
    """What may be chosen, under the names of the groups; what stands alone has none."""
    groups: list[tuple[str, list[Component]]] = []
    for component in subscribers.offered():
        name = component.group.name if component.group else ""
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].append(component)
    return groups


def page(name: str, **values: object) -> str:
    return render_template(f"public/subscribe/{name}.html", **values)
