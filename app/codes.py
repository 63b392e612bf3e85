"""Public ids: twelve characters that tell nothing and spell nothing."""

import secrets

ALPHABET = "0123456789bcdfghjklmnpqrstvwxyz"
"""Digits and consonants, as Statuspage's ids have them: no word can appear in one."""
LENGTH = 12


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
