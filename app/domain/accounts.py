"""Accounts: who may sign in, and their passwords."""

from functools import cache
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, transaction
from app.domain import audit
from app.errors import Rejected
from app.models import Account, Role

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

hasher = PasswordHasher()
"""The library's own parameters, after RFC 9106; tests make it cheap."""


def create(
    *, email: str, name: str, password: str, role: Role, by: Account | None = None
) -> Account:
    """Create an account; raise Rejected when its address or password cannot be used."""
    account = Account(
        email=check_address(email),
        name=name.strip() or email.split("@")[0],
        password=hash_password(password),
        role=role,
        active=True,
        fs_uniquifier=uuid4().hex,
    )
    with transaction() as session:
        session.add(account)
        try:
            session.flush()
        except IntegrityError as error:
            raise Rejected(email="There is an account with this address already.") from error
        audit.record("account created", by=by, account=account.id, role=role.value)
    return account


def sign_in(*, email: str, password: str) -> Account | None:
    """The account with this address and password, or None; both take the same time."""
    account = by_email(email)
    usable = account is not None and account.active
    checked = account.password if account and usable else _nobodys()
    fits = _fits(checked, password)
    if account is None or not usable or not fits:
        return None
    renewed = hasher.hash(password) if hasher.check_needs_rehash(checked) else checked
    with transaction() as session:
        # Checking takes a moment, in which the password may have been changed.
        signed_in = (
            update(Account)
            .where(Account.id == account.id, Account.active, Account.password == checked)
            .values(password=renewed, signed_in_at=clock.now())
            .returning(Account.id)
        )
        if session.scalar(signed_in) is None:
            return None
        audit.record("signed in", by=account)
    return account


def note_sign_in(account: Account) -> None:
    """Note that the account came in without its password: it was made a moment ago."""
    with transaction():
        account.signed_in_at = clock.now()
        audit.record("signed in", by=account)


def check_password(account: Account, password: str) -> bool:
    """Whether this is the account's password."""
    return _fits(account.password, password)


def by_session(key: str) -> Account | None:
    """The active account that a session's key names."""
    return db.session.scalar(select(Account).where(Account.fs_uniquifier == key, Account.active))


def change_password(account: Account, *, password: str, by: Account) -> None:
    """Set another password and end every session of the account."""
    hashed = hash_password(password)
    with transaction():
        account.password = hashed
        account.fs_uniquifier = uuid4().hex
        audit.record("password changed", by=by, account=account.id)


def change_role(account: Account, *, role: Role, active: bool, by: Account) -> None:
    """Change what an account may do, and end its sessions; the last administrator stays."""
    with transaction() as session:
        # Locked, so that two who demote each other at the same moment are not both right.
        administrators = session.scalars(
            select(Account.id)
            .where(Account.role == Role.ADMINISTRATOR, Account.active)
            .order_by(Account.id)
            .with_for_update()
        )
        others = set(administrators) - {account.id}
        if not others and not (active and role is Role.ADMINISTRATOR):
            raise Rejected(role="Somebody must stay an administrator.")
        account.role = role
        account.active = active
        account.fs_uniquifier = uuid4().hex
        audit.record("account changed", by=by, account=account.id, role=role.value, active=active)


def by_email(email: str) -> Account | None:
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))


def every() -> list[Account]:
    """All accounts, by name; those that may no longer sign in come last."""
    return list(db.session.scalars(select(Account).order_by(Account.active.desc(), Account.name)))


def hash_password(password: str) -> str:
    """An argon2 hash; raise Rejected when the password is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise Rejected(password=f"Use at least {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise Rejected(password=f"Use at most {LONGEST_PASSWORD} characters.")
    return hasher.hash(password)


def check_address(email: str) -> str:
    """The address normalised, in lower case; raise Rejected when it is none."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Rejected(email="This is no email address. Example: ada@example.org") from error


@cache
def _nobodys() -> str:
    """Checked when there is no such account, so that the answer takes as long."""
    return hasher.hash("nobody's password")


def _fits(hashed: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return hasher.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False
