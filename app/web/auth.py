"""Signing in and out, and who may do what."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app import clock
from app.domain import accounts, organisation
from app.models import Account, Role
from app.web import forms, origins
from app.web.limits import client_network, limiter

P = ParamSpec("P")
R = TypeVar("R")

LONGEST_SESSION = timedelta(days=30)
"""After it even who was here every day signs in again."""

bp = Blueprint("auth", __name__, url_prefix="/console")


def guard() -> ResponseReturnValue | None:
    """Runs before every view of the console: who is it, and did our own page send this?"""
    origins.check_origin()
    account = _from_session()
    if account is None:
        return _ask_to_sign_in()
    g.account = account
    origins.check_token()
    return None


def requires(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Narrow a view of the console to accounts that may do at least what this role may."""

    def narrow(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def narrowed(*args: P.args, **kwargs: P.kwargs) -> R:
            if not may(role):
                abort(403, f"This needs the role “{role.value}”.")
            return view(*args, **kwargs)

        return narrowed

    return narrow


def may(role: Role) -> bool:
    """Whether the account of this request may do at least what this role may."""
    account: Account = g.account
    return account.role.rank >= role.rank


def start_session(account: Account) -> None:
    """Begin a new session for the account; nothing of an earlier one stays."""
    session.clear()
    session.permanent = True
    session["account"] = account.fs_uniquifier
    session["since"] = int(clock.now().timestamp())


@bp.before_request
def _check_origin() -> None:
    origins.check_origin()


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    if _from_session():
        return redirect(_onwards())
    return _page()


def _account_and_address() -> str:
    return f"{request.form.get('email', '').strip().lower()[:254]} {client_network()}"


def _failed(response: Response) -> bool:
    return response.status_code == 422


# Counted by address, so a stranger cannot lock anybody out from elsewhere.
@bp.post("/sign-in")
@limiter.limit("40 per 15 minutes", deduct_when=_failed)
@limiter.limit("6 per 5 minutes", key_func=_account_and_address, deduct_when=_failed)
def sign_in_with_password() -> ResponseReturnValue:
    origins.check_token()
    account = accounts.sign_in(email=forms.line("email"), password=request.form.get("password", ""))
    if account is None:
        error = "This address and this password do not belong together."
        return _page(error=error), 422
    start_session(account)
    return redirect(_onwards(), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    if _from_session():
        origins.check_token()
    session.clear()
    return redirect(url_for("auth.sign_in"), 303)


def _from_session() -> Account | None:
    key, since = session.get("account"), session.get("since")
    if not isinstance(key, str) or not isinstance(since, int):
        return None
    # Each answer renews the cookie, so a copy of it would else be good for ever.
    is_old = clock.now() - datetime.fromtimestamp(since, UTC) > LONGEST_SESSION
    return None if is_old else accounts.by_session(key)


def _ask_to_sign_in() -> ResponseReturnValue:
    """Answer with the sign-in page; what a form held is kept in the browser by its script."""
    if request.method in ("GET", "HEAD"):
        path = request.full_path.rstrip("?")
        return redirect(url_for("auth.sign_in", next=path))
    came_from = urlsplit(request.referrer or "")
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    answer = make_response(_page(interrupted=True, onwards=path), 401)
    answer.headers["X-Signed-Out"] = "1"
    return answer


def _onwards() -> str:
    """Where the person wanted to go."""
    target = request.values.get("next")
    return origins.safe_path(target, otherwise=url_for("console.incidents.index"))


def _page(*, error: str = "", interrupted: bool = False, onwards: str = "") -> str:
    return render_template(
        "console/sign_in.html",
        error=error,
        interrupted=interrupted,
        onwards=origins.safe_path(onwards or request.values.get("next"), otherwise=""),
        email=request.form.get("email", "") if not interrupted else "",
        organisation=organisation.current(),
    )
