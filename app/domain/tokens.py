"""The tokens in a subscriber's links: derived from the secret key, so that none is kept."""

import base64
import hashlib
import hmac
import secrets
from enum import StrEnum
from functools import lru_cache

from app.config import settings


class Purpose(StrEnum):
    """What a link is good for; a token for one purpose opens no other."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    LEAVE = "leave"


LONGEST = 200


def make(purpose: Purpose, code: str, *, key: str = "") -> str:
    """The token for one purpose of one subscriber: its code, and a proof of 256 bits."""
    return f"{code}.{_proof(purpose, code, key or settings().key())}"


def read(purpose: Purpose, token: str, *, key: str = "") -> str | None:
    """The code in a token that was made for this purpose, else None, whatever the text is."""
    code, point, proof = token.partition(".")
    if not code or not point or len(token) > LONGEST:
        return None
    expected = _proof(purpose, code, key or settings().key()).encode()
    offered = proof.encode("utf-8", "replace")
    return code if hmac.compare_digest(expected, offered) else None


def fingerprint(recipient: str, *, key: str = "") -> str:
    """Sixteen characters that stand for a recipient and tell nothing about it."""
    return _digest(f"recipient:{recipient}", key or settings().key()).hex()[:16]


def new_signing_secret() -> str:
    """A secret as Standard Webhooks writes it: 256 random bits."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def challenge(code: str) -> str:
    """What a webhook answers with, to show that its owner wants it to be told."""
    return _digest(f"challenge:{code}", settings().key()).hex()


def stamp(moment: float) -> str:
    """A moment that a form carries, so that it cannot be made up."""
    text = f"{moment:.1f}"
    return f"{text}~{_digest(f'stamp:{text}', settings().key()).hex()[:32]}"


def stamped_at(text: str) -> float | None:
    """The moment of a stamp of ours, else None."""
    moment, _, proof = text[:LONGEST].partition("~")
    expected = _digest(f"stamp:{moment}", settings().key()).hex()[:32]
    if not hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace")):
        return None
    return float(moment)


def _proof(purpose: Purpose, code: str, key: str) -> str:
    # Lower case letters and digits only: some mail programs change or cut other characters.
    # The library's own base32 takes twice as long, and a fan-out makes two for each recipient.
    number = int.from_bytes(_digest(f"{purpose.value}:{code}", key), "big") << 4
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS])


_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_SHIFTS = range(250, -1, -10)


def _digest(text: str, key: str) -> bytes:
    code = _begun(key).copy()
    code.update(text.encode("utf-8", "replace"))
    return code.digest()


@lru_cache(maxsize=8)
def _begun(key: str) -> hmac.HMAC:
    """With the key in it already: half of the work of each, done once."""
    return hmac.new(key.encode(), digestmod=hashlib.sha256)
