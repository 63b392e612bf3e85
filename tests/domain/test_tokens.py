"""The tokens of links, beside what the standard library makes of the same words."""

import base64
import hashlib
import hmac

import pytest

from app.domain import tokens
from app.domain.claims import ends_of
from app.domain.tokens import Purpose

CODES = ["k7m2q9", "", "é" * 30, *(f"code{number}" for number in range(40))]


def by_the_library(about, text, key):
    return hmac.new(key.encode(), f"{about}:{text}".encode(), hashlib.sha256).digest()


@pytest.mark.parametrize("key", ["short", "exactly so" * 6 + "long", "l" * 64, "longer " * 20])
def test_many_tokens_are_those_that_the_library_makes(key):
    made = tokens.make_all(Purpose.LEAVE, CODES, key=key)

    for code, token in zip(CODES, made, strict=True):
        proof = base64.b32encode(by_the_library("leave", code, key)).decode()
        assert token == f"{code}.{proof.rstrip('=').lower()}"
        assert token == tokens.make(Purpose.LEAVE, code, key=key)


def test_a_token_opens_what_it_was_made_for_and_nothing_else():
    token = tokens.make(Purpose.LEAVE, "k7m2q9", key="a key")

    assert tokens.read(Purpose.LEAVE, token, key="a key") == "k7m2q9"
    assert tokens.read(Purpose.MANAGE, token, key="a key") is None
    assert tokens.read(Purpose.LEAVE, token, key="another") is None
    assert tokens.read(Purpose.LEAVE, f"{token[:-1]}!", key="a key") is None


def test_fingerprints_are_those_that_the_library_makes():
    expected = [by_the_library("recipient", code, "a key").hex()[:16] for code in CODES]

    assert tokens.fingerprints(CODES, key="a key") == expected


@pytest.mark.parametrize(
    ("ids", "ends"),
    [
        ([4, 5, 6], {"first": 4, "last": 6}),
        ([6, 4, 5], {"first": 4, "last": 6}),
        ([4, 6], None),
        ([4, 4, 6], None),
        ([4], {"first": 4, "last": 4}),
    ],
)
def test_two_ends_name_only_what_has_no_gap(ids, ends):
    assert ends_of(ids) == ends
