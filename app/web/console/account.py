"""One's own account."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import accounts
from app.errors import Rejected
from app.web import auth
from app.web.limits import client_network, limiter

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
def show() -> ResponseReturnValue:
    return _page({})


@bp.post("")
@limiter.limit("10 per 15 minutes", key_func=lambda: f"password {client_network()}")
def change_password() -> ResponseReturnValue:
    try:
        if not accounts.check_password(g.account, request.form.get("present", "")):
            raise Rejected(present="This is not your present password.")
        if request.form.get("password") != request.form.get("again"):
            raise Rejected(again="This is not the same as above.")
        accounts.change_password(g.account, password=request.form.get("password", ""), by=g.account)
    except Rejected as rejected:
        return _page(rejected.errors), 422
    auth.start_session(g.account)
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for(".show"), 303)


def _page(errors: dict[str, str]) -> str:
    return render_template("console/account.html", errors=errors)
