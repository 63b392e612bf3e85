"""What each audience will read of a maintenance: composed, or in a person's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from app.domain import recipients, subscribers
from app.domain.incidents import Words
from app.models import Organisation
from app.web import filters, forms
from app.words import Audience


@dataclass(frozen=True)
class Sheet:
    """One audience's message as it would be posted now."""

    audience: Audience
    words: Words
    reach: str
    is_told: bool

    @property
    def is_by_hand(self) -> bool:
        return self.words.origin == "hand"


def sheets(ours: Organisation, composed: Mapping[Audience, Words]) -> list[Sheet]:
    """The composed words, or what a person made of them; told are all until somebody chooses."""
    is_new = request.method == "GET" or "told" not in request.form
    chosen = set(composed) if is_new else set(request.form.getlist("tell"))
    act, _, name = request.form.get("do", "").partition("-")
    by_hand = set(request.form.getlist("hand"))
    by_hand = by_hand | {name} if act == "edit" else by_hand - {name} if act == "again" else by_hand
    return [
        Sheet(audience, _words(audience, said, by_hand), _reach(ours, audience), audience in chosen)
        for audience, said in composed.items()
    ]


def chosen(shown: Sequence[Sheet]) -> dict[Audience, Words]:
    """The words for each audience that is told."""
    return {sheet.audience: sheet.words for sheet in shown if sheet.is_told}


def is_posting() -> bool:
    return request.form.get("do") == "post"


def _words(audience: Audience, composed: Words, by_hand: set[str]) -> Words:
    if audience.value not in by_hand:
        return composed
    body = forms.text(f"body_{audience}", composed.body)
    subject = forms.line(f"subject_{audience}", composed.subject)
    return Words(subject, body, composed.template, "hand")


def _reach(ours: Organisation, audience: Audience) -> str:
    if audience is Audience.PUBLIC:
        return "whoever looks"
    if audience is Audience.CUSTOMER:
        return filters.many(subscribers.count(), "subscriber")
    slack = ["Slack"] if recipients.has_slack(ours) else []
    count = len(ours.internal_emails)
    mails = [filters.many(count, "address", "addresses")] if count else []
    return ", ".join([*slack, *mails]) or "kept here; no Slack and no address is set"
