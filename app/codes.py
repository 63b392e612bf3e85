"""Public ids: twelve characters that tell nothing and spell nothing."""

import secrets
from hashlib import blake2b

ALPHABET = "0123456789bcdfghjklmnpqrstvwxyz"
"""Digits and consonants, as Statuspage's ids have them: no word can appear in one."""
LENGTH = 12


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def code_of(text: str) -> str:
    """A code that is always the same for the same text."""
    digest = blake2b(text.encode(), digest_size=LENGTH).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest)
