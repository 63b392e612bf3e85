"""What the options of `allclear incident` say, as the composer wants it."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app import clock
from app.content import composer
from app.content.composer import Hand, Writing
from app.domain import components
from app.errors import Rejected
from app.models import Component
from app.words import Audience, Impact, Stage


@dataclass(frozen=True)
class Options:
    """The options that telling people takes, as they were written."""

    stage: str | None = None
    facts: tuple[str, ...] = ()
    impacts: tuple[str, ...] = ()
    next_update: str | None = None
    tell: str | None = None
    message: str | None = None
    message_file: str | None = None
    say: tuple[str, ...] = ()
    edit: bool = False
    key: str | None = None


def stage(written: str | None, otherwise: Stage) -> Stage:
    return Stage(written) if written else otherwise


def facts(written: Iterable[str]) -> dict[str, str]:
    """`name=value` as facts; an empty value takes the fact back."""
    return dict(_pair(each, "--fact", 'impact="Signing in fails"') for each in written)


def role(written: str) -> tuple[str, str]:
    """`Incident Commander=Ada` as a role and who plays it."""
    return _pair(written, "--role", '"Incident Commander=Ada"')


def impacts(written: Iterable[str]) -> dict[int, Impact]:
    """`Component=major_outage` by the component's id; a component is named or given by its code."""
    said: dict[int, Impact] = {}
    for each in written:
        name, word = _pair(each, "--impact", "Website=partial_outage")
        said[component(name).id] = _impact(word)
    return said


def minutes(written: str | None, time_zone: str) -> int | None:
    """`30m`, `2h`, `1d`, `15:30` or `none` as minutes from now; None when nothing was written."""
    if written is None:
        return None
    text = written.strip().lower()
    if text in ("none", "never", "waive"):
        return composer.WAIVED
    if span := re.fullmatch(r"(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?)?", text):
        per = {"h": 60, "d": 1440}.get((span[2] or "m")[0], 1)
        if int(span[1]):
            return int(span[1]) * per
    if hour := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text):
        return _until(int(hour[1]), int(hour[2]), ZoneInfo(time_zone))
    raise Rejected(
        promise=f"--next-update {written}: write a time from now (30m, 2h), a time of day (15:30) "
        "or none."
    )


def audiences(written: str | None) -> frozenset[Audience]:
    """`public,customer` as audiences; everyone when nothing was written."""
    if written is None:
        return frozenset(Audience)
    names = {name.strip().lower() for name in written.split(",") if name.strip()}
    if unknown := names - set(Audience):
        raise Rejected(
            audiences=f"--tell: {', '.join(sorted(unknown))} is no audience. "
            f"Choose among {', '.join(Audience)}."
        )
    return frozenset(Audience(name) for name in names)


def hands(options: Options, told: frozenset[Audience]) -> dict[Audience, Hand]:
    """The words that a person wrote: the same for everyone, or an audience's own."""
    written: dict[Audience, Hand] = {}
    if options.message is not None or options.message_file is not None:
        text = options.message or _text(options.message_file or "-")
        written = {audience: _hand(text) for audience in told}
    for each in options.say:
        name, place = _pair(each, "--say", "customer=letter.md")
        audience = next(iter(audiences(name)), None)
        if audience is not None:
            written[audience] = _hand(_text(place))
    return written


def edited(writing: Writing) -> dict[Audience, Hand]:
    """Every message in the person's editor, one after the other; the changed ones."""
    changed: dict[Audience, Hand] = {}
    for audience in Audience:
        if audience not in writing.typed.audiences:
            continue
        draft = writing.draft(audience)
        earlier = f"Subject: {draft.subject}\n\n{draft.body}" if draft.subject else draft.body
        text = click.edit(earlier + "\n", extension=".md", require_save=False)
        if text is not None and text.strip() != earlier.strip():
            changed[audience] = _hand(text)
    return changed


def _pair(written: str, option: str, example: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name.strip():
        raise Rejected(form=f"{option} {written}: write a name, = and a value: {option} {example}")
    return name.strip(), value.strip()


def component(name: str) -> Component:
    """A component by its name or code."""
    known = components.every()
    for one in known:
        if name.casefold() == one.name.casefold() or name == one.code:
            return one
    names = ", ".join(one.name for one in known)
    raise Rejected(components=f"Here there is no component {name}. There are: {names}.")


def _impact(word: str) -> Impact:
    wanted = word.lower().replace(" ", "_").replace("-", "_")
    for impact in Impact:
        if wanted and impact.value.startswith(wanted):
            return impact
    raise Rejected(components=f"--impact: {word} is none of {', '.join(Impact)}.")


def _until(hour: int, minute: int, zone: ZoneInfo) -> int:
    now = clock.now().astimezone(zone)
    at = datetime(now.year, now.month, now.day, hour, minute, tzinfo=zone)
    if at <= now:
        at += timedelta(days=1)
    return max(1, round((at - now).total_seconds() / 60))


def _text(place: str) -> str:
    try:
        return sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8")
    except OSError as error:
        raise Rejected(form=f"{place} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Rejected(form=f"{place} is no text in UTF-8.") from error


def _hand(text: str) -> Hand:
    """The words; a first line `Subject: …` is the subject."""
    first, _, rest = text.strip().partition("\n")
    if first.lower().startswith("subject:"):
        return Hand(rest.strip(), first.partition(":")[2].strip())
    return Hand(text.strip())
