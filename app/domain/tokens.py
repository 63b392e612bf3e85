"""The tokens in a subscriber's links: derived from the secret key, so that none is kept."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
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
    return make_all(purpose, [code], key=key)[0]


def make_all(purpose: Purpose, codes: Sequence[str], *, key: str = "") -> list[str]:
    """The tokens for one purpose of many subscribers: a fan-out makes two for each recipient."""
    key = key or settings().key()
    proofs = _written(_digests(purpose.value, codes, key))
    return [f"{code}.{proof}" for code, proof in zip(codes, proofs, strict=True)]


def read(purpose: Purpose, token: str, *, key: str = "") -> str | None:
    """The code in a token that was made for this purpose, else None, whatever the text is."""
    code, point, proof = token.partition(".")
    if not code or not point or len(token) > LONGEST:
        return None
    expected = make(purpose, code, key=key).partition(".")[2].encode()
    offered = proof.encode("utf-8", "replace")
    return code if hmac.compare_digest(expected, offered) else None


def fingerprint(recipient: str, *, key: str = "") -> str:
    """Sixteen characters that stand for a recipient and tell nothing about it."""
    return fingerprints([recipient], key=key)[0]


def fingerprints(recipients: Sequence[str], *, key: str = "") -> list[str]:
    """Those of many."""
    return [d.hex()[:16] for d in _digests("recipient", recipients, key or settings().key())]


def new_signing_secret() -> str:
    """A secret as Standard Webhooks writes it: 256 random bits."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def challenge(code: str) -> str:
    """What a webhook answers with, to show that its owner wants it to be told."""
    return _digest("challenge", code).hex()


def stamp(moment: float) -> str:
    """A moment that a form carries, so that it cannot be made up."""
    text = f"{moment:.1f}"
    return f"{text}~{_digest('stamp', text).hex()[:32]}"


def stamped_at(text: str) -> float | None:
    """The moment of a stamp of ours, else None."""
    moment, _, proof = text[:LONGEST].partition("~")
    expected = _stamped(moment)
    if not hmac.compare_digest(expected.encode(), proof.encode("utf-8", "replace")):
        return None
    return float(moment)


_LETTERS = bytes(b"abcdefghijklmnopqrstuvwxyz234567"[five % 32] for five in range(256))
_PADDING = bytes(8)
"""What makes 32 bytes into 40, a multiple of five."""
_SPREAD = (
    (12, bytes.fromhex("000000fffff00000"), bytes.fromhex("00000000000fffff")),
    (6, bytes.fromhex("000ffc00000ffc00"), bytes.fromhex("000003ff000003ff")),
    (3, bytes.fromhex("03e003e003e003e0"), bytes.fromhex("001f001f001f001f")),
)
"""How far the upper bits of eight bytes move, which these are, and which stay."""


def _written(digests: Iterable[bytes]) -> list[str]:
    """Digests in base32, in lower case and without its padding, all of them at once.

    Lower case letters and digits only: some mail programs change or cut other characters. The
    library's own takes seven times as long for each, so here all move as one large number:
    each forty bits to the end of eight bytes, then by halves until a byte holds five of them.
    """
    packed = b"".join([digest + _PADDING for digest in digests])
    spread = bytearray(len(packed) // 5 * 8)
    for at in range(5):
        spread[3 + at :: 8] = packed[at::5]
    number = int.from_bytes(spread, "big")
    for shift, moves, stays in _masks(len(spread) // 8):
        number = (number & moves) << shift | (number & stays)
    text = number.to_bytes(len(spread), "big").translate(_LETTERS).decode("ascii")
    return [text[at : at + 52] for at in range(0, len(text), 64)]


@lru_cache(maxsize=8)
def _masks(count: int) -> list[tuple[int, int, int]]:
    return [
        (shift, int.from_bytes(moves * count, "big"), int.from_bytes(stays * count, "big"))
        for shift, moves, stays in _SPREAD
    ]


def _stamped(moment: str) -> str:
    return _digest("stamp", moment).hex()[:32]


def _digest(about: str, text: str) -> bytes:
    return _digests(about, [text], settings().key())[0]


def _digests(about: str, texts: Sequence[str], key: str) -> list[bytes]:
    """The HMAC-SHA-256 of each; what the key alone decides is worked out once for all."""
    inner, outer = _begun(f"{about}:", key)
    digests = []
    for text in texts:
        within, around = inner.copy(), outer.copy()
        within.update(text.encode("utf-8", "replace"))
        around.update(within.digest())
        digests.append(around.digest())
    return digests


@lru_cache(maxsize=32)
def _begun(start: str, key: str) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """Both halves of RFC 2104 with the key in them; the library copies them in twice the time."""
    secret = key.encode()
    block = (hashlib.sha256(secret).digest() if len(secret) > 64 else secret).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + start.encode())
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
