"""Accounts: who may sign in, and what each may do."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import accounts
from app.errors import Rejected
from app.models import Account, Role
from app.web import auth, forms

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.before_request
def _administrators_only() -> None:
    if not auth.may(Role.ADMINISTRATOR):
        abort(403, f"This needs the role “{Role.ADMINISTRATOR.value}”.")


@bp.get("")
def index() -> ResponseReturnValue:
    return _index({})


@bp.post("")
def create() -> ResponseReturnValue:
    try:
        account = accounts.create(
            email=forms.line("email"),
            name=forms.line("name")[:100],
            password=request.form.get("password", ""),
            role=forms.word(Role, request.form.get("role"), Role.RESPONDER),
            by=g.account,
        )
    except Rejected as rejected:
        return _index(rejected.errors), 422
    flash(f"{account.name} may sign in now. Hand over the password in person.")
    return redirect(url_for(".index"), 303)


@bp.get("/<int:number>")
def edit(number: int) -> ResponseReturnValue:
    return _edit_page(_account(number), {})


@bp.post("/<int:number>")
def change(number: int) -> ResponseReturnValue:
    account = _account(number)
    try:
        accounts.change_role(
            account,
            role=forms.word(Role, request.form.get("role"), account.role),
            active=forms.checked("active"),
            by=g.account,
        )
    except Rejected as rejected:
        return _edit_page(account, rejected.errors), 422
    flash(f"{account.name} is changed. Every session of theirs has ended.")
    return _onwards(account)


@bp.post("/<int:number>/password")
def change_password(number: int) -> ResponseReturnValue:
    account = _account(number)
    try:
        accounts.change_password(account, password=request.form.get("password", ""), by=g.account)
    except Rejected as rejected:
        return _edit_page(account, rejected.errors), 422
    flash(f"{account.name} has another password. Every session of theirs has ended.")
    return _onwards(account)


def _onwards(account: Account) -> ResponseReturnValue:
    """Back to the list; whoever changed themselves goes on in a new session."""
    if account.id == g.account.id:
        auth.start_session(account)
    if account.id == g.account.id and account.role is not Role.ADMINISTRATOR:
        return redirect(url_for("console.incidents.index"), 303)
    return redirect(url_for(".index"), 303)


def _account(number: int) -> Account:
    return {account.id: account for account in accounts.every()}.get(number) or abort(404)


def _index(errors: dict[str, str]) -> str:
    return render_template(
        "console/people/index.html",
        accounts=accounts.every(),
        errors=errors,
        typed=request.form,
        roles=[(role.value, role.value.capitalize()) for role in Role],
    )


def _edit_page(account: Account, errors: dict[str, str]) -> str:
    return render_template(
        "console/people/edit.html",
        account=account,
        errors=errors,
        roles=[(role.value, role.value.capitalize()) for role in Role],
    )
