"""What other servers answered, made fit to be kept: they choose the words, and may name people."""

import re

LONGEST = 300
SOMEBODY = "(an address)"
_MAILBOX = re.compile(r"[^\s<>()\[\]\"',;:=]{1,64}@[^\s<>()\[\]\"',;:=]{1,255}")
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def legal(said: str) -> str:
    """What was said without control characters and halves of characters."""
    return _UNFIT.sub(" ", said)


def kept(said: str) -> str:
    """One line of what was said, without addresses, and without what no database holds.

    The ledger names a recipient in its own column, which is emptied after a month and when
    somebody is erased: what stands in a sentence would stay.
    """
    return _MAILBOX.sub(SOMEBODY, legal(said[: LONGEST * 4]))[:LONGEST]
