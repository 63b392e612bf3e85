"""What announcements say, composed once for all of their recipients."""

import time
from collections.abc import Sequence
from itertools import groupby

from app.content import posts
from app.content.posts import Composed, Post
from app.db import db
from app.domain.claims import Claim
from app.models import Announcement

KEPT_FOR = 1.0
"""Seconds after which it is composed again: a correction goes out in its new words."""

Key = tuple[int, str, int | None]


def key_of(claim: Claim) -> Key:
    """What is composed alike: the announcement, in one language and time zone, with what came
    before it."""
    return claim.announcement_id, claim.reader, claim.since_id


class Letters:
    """Composed announcements, kept for a moment. Used by one thread, in an app context."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[float, Composed]] = {}

    def addressed(self, claim: Claim) -> Post:
        """The message of a delivery."""
        return self.of(claim).addressed(claim.recipient, claim.address)

    def of(self, claim: Claim) -> Composed:
        key, now = key_of(claim), time.monotonic()
        found = self._kept.get(key)
        if found is None or now - found[0] > KEPT_FOR:
            self._kept = {k: kept for k, kept in self._kept.items() if now - kept[0] <= KEPT_FOR}
            announcement = db.session.get_one(Announcement, claim.announcement_id)
            language, _, zone = claim.reader.partition(" ")
            composed = posts.compose(announcement, language, claim.since_id, zone)
            found = self._kept[key] = (now, composed)
            db.session.remove()  # hands the connection back: the provider may be slow
        return found[1]


def calls(batch: Sequence[Claim], most: int) -> list[list[Claim]]:
    """A batch in calls: one letter each, and no address twice in one."""
    made: list[list[Claim]] = []
    alike = sorted(batch, key=lambda claim: (claim[1], claim.reader, claim.since_id or 0))
    for _key, group in groupby(alike, key=key_of):
        left = list(group)
        while left:
            once = {claim.address: claim for claim in reversed(left)}
            chosen = list(once.values())[::-1][:most]
            made.append(chosen)
            if len(chosen) == len(left):
                break
            taken = {claim.id for claim in chosen}
            left = [claim for claim in left if claim.id not in taken]
    return made
