"""Telephone numbers, and the codes that prove whose they are.

A code is derived from the secret key and a random value that is kept for ten minutes: what lies
in the database tells nobody a code.
"""

import hashlib
import hmac
import secrets

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from sqlalchemy import select, update

from app import clock
from app.config import settings
from app.db import db
from app.errors import Rejected
from app.models import Subscriber
from app.words import N_

GOOD_FOR = 600
"""Seconds."""
MOST_TRIES = 5
COSTLY = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
    PhoneNumberType.TOLL_FREE,
}
"""Whoever owns such a number can earn by what we send there; nobody reads texts on them."""


def with_country(text: str, country: str) -> str:
    """A number as people of that country (`us`) write it, with its country in front."""
    try:
        number = phonenumbers.parse(text[:40], country[:2].upper())
    except NumberParseException:
        return text
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def canonical(text: str) -> str:
    """The number as E.164 has it: `+442079460000`; raise Rejected when it is none."""
    if not text.strip():
        raise Rejected(address=N_("Which number should we text?"))
    try:
        number = phonenumbers.parse(text[:40], None)
    except NumberParseException as error:
        raise Rejected(address=N_("Write the number with its country: +44 7700 900123.")) from error
    if not phonenumbers.is_valid_number(number):
        raise Rejected(address=N_("There is no such number."))
    if phonenumbers.number_type(number) in COSTLY:
        raise Rejected(address=N_("We send no texts to this number."))
    countries = settings().sms_countries
    if countries and phonenumbers.region_code_for_number(number) not in countries:
        raise Rejected(address=N_("We send no texts to this country."))
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def new_code() -> str:
    """What to keep of a new code: a random value, when it runs out, and the tries so far."""
    return f"{secrets.token_hex(16)}.{_now() + GOOD_FOR}.0"


def code_of(subscriber_id: int) -> str:
    """The six digits to text to a number; empty when there is none to prove."""
    kept = db.session.scalar(select(Subscriber.secret).where(Subscriber.id == subscriber_id))
    return _digits(kept) if kept else ""


def proves(subscriber: Subscriber, code: str) -> bool:
    """Whether this is its code, in the transaction around it. Each try counts; five burn it."""
    kept = db.session.scalar(select(Subscriber.secret).where(Subscriber.id == subscriber.id)) or ""
    nonce, _, rest = kept.partition(".")
    until, _, tried = rest.partition(".")
    if not nonce or int(until) < _now() or int(tried) >= MOST_TRIES:
        return False
    # Two tries at once count as two: who comes second finds another value, and is refused.
    counted = (
        update(Subscriber)
        .where(Subscriber.id == subscriber.id, Subscriber.secret == kept)
        .values(secret=f"{nonce}.{until}.{int(tried) + 1}")
        .returning(Subscriber.id)
    )
    if db.session.scalar(counted) is None:
        return False
    typed = "".join(letter for letter in code if letter.isdigit())
    return hmac.compare_digest(_digits(kept).encode(), typed.encode())


def _now() -> int:
    return int(clock.now().timestamp())


def _digits(kept: str) -> str:
    nonce = kept.partition(".")[0]
    digest = hmac.digest(settings().key().encode(), f"code:{nonce}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
