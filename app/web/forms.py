"""Reads what people typed. Only a time that is none is refused: rules are the domain's."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID, uuid4

from flask import request

from app.content import characters, composer, situations
from app.content.composer import Hand, Typed
from app.domain import components, runbooks
from app.errors import Rejected
from app.models import Incident, Organisation
from app.words import Audience, Impact, Stage

LONGEST = 20_000
LONGEST_WAIT = 31 * 24 * 60
"""Minutes."""
FACT = "fact_"
LARGEST_NUMBER = 999_999_999
YEARS = range(1990, 2200)
Word = TypeVar("Word", bound=StrEnum)


def text(name: str, otherwise: str = "") -> str:
    """Lines as typed, without characters that nothing can hold."""
    return characters.legal(request.form.get(name, otherwise))[: LONGEST + 1].strip()


def line(name: str, otherwise: str = "") -> str:
    """The words of one line."""
    return characters.one_line(request.form.get(name, otherwise))[:1000]


def lines(name: str) -> str:
    """Lines as typed, with the space before them."""
    return characters.legal(request.form.get(name, ""))[:LONGEST]


def checked(name: str) -> bool:
    return name in request.form


def number(name: str) -> int | None:
    """A whole number, or None; one that no column can hold is none."""
    return whole(request.form.get(name, ""))


def whole(value: str) -> int | None:
    return int(value) if re.fullmatch(r"-?\d{1,9}", value, re.ASCII) else None


def word(words: type[Word], value: str | None, otherwise: Word) -> Word:
    """One of our words, or another when the form holds none of them."""
    return next((known for known in words if known.value == value), otherwise)


def moment(name: str, time_zone: str) -> datetime | None:
    """A day and time as typed in that zone; raise Rejected when there is no such moment."""
    value = request.form.get(name, "").strip()
    if not value:
        return None
    try:
        typed = datetime.fromisoformat(value)
    except ValueError as error:
        raise Rejected(**{name: "Give a day and a time: 2026-11-21 14:30."}) from error
    if typed.year not in YEARS:  # at either end of the calendar some zones have no such day
        raise Rejected(**{name: f"Give a year from {YEARS[0]} to {YEARS[-1]}."})
    there = typed.replace(tzinfo=situations.zone(time_zone))
    at = there.astimezone(UTC)
    if at.astimezone(there.tzinfo).replace(tzinfo=None) != typed.replace(tzinfo=None):
        raise Rejected(**{name: "The clocks skip this time on that day. Choose another."})
    return at


def runbook() -> tuple[str, str]:
    """A document's text and its name: the uploaded file, or what was pasted or carried along.

    Raise Rejected when there is none, or it is no text.
    """
    file = request.files.get("runbook")
    if file is not None and file.filename:
        content = file.stream.read(runbooks.LARGEST + 1)
        name = characters.one_line(file.filename.replace("\\", "/").rpartition("/")[2])
        return runbooks.decode(content), name[:100] or "runbook.md"
    pasted = characters.legal(request.form.get("runbook_text", ""))
    if not pasted.strip():
        raise Rejected(runbook="Choose a Markdown file, or paste its text.")
    return pasted, line("source")[:100] or "pasted text"


def form_key() -> str:
    """The form's one-time key: the one it was sent with, or a new one for a new form."""
    try:
        return str(UUID(request.form.get("form_key", "")))
    except ValueError:
        return str(uuid4())


def read_typed(organisation: Organisation, incident: Incident | None) -> Typed:
    """What the composer's form holds."""
    start = composer.begin(organisation, incident)
    return Typed(
        stage=word(Stage, request.form.get("stage"), start.stage),
        severity_key=line("severity", start.severity_key),
        title=line("title"),
        facts=_facts(start),
        impacts=_impacts(),
        audiences=frozenset(word(Audience, told, Audience.PUBLIC) for told in _told()),
        by_hand=_by_hand(),
        promise_minutes=_promise(),
        sentence=line("sentence"),
        roles=_roles(organisation),
        channel=line("channel", start.channel).lstrip("#"),
        form_key=form_key(),
    )


def _facts(start: Typed) -> dict[str, str]:
    """Facts that were asked, and those that an earlier update told and nobody asked for now."""
    asked = {name.removeprefix(FACT): text(name) for name in request.form if name.startswith(FACT)}
    return {**start.facts, **asked}


def _promise() -> int | None:
    if request.form.get("promise") == "none":
        return composer.WAIVED
    minutes = number("promise") or 0
    return minutes if 0 < minutes <= LONGEST_WAIT else None


def _impacts() -> dict[int, Impact]:
    found: dict[int, Impact] = {}
    for component in components.every():
        said = request.form.get(f"impact_{component.code}")
        impact = word(Impact, said, Impact.OPERATIONAL)
        if impact is not Impact.OPERATIONAL:
            found[component.id] = impact
    return found


def _told() -> list[str]:
    known = {audience.value for audience in Audience}
    return [told for told in request.form.getlist("tell") if told in known]


def _by_hand() -> dict[Audience, Hand]:
    return {
        audience: Hand(text(f"body_{audience}"), line(f"subject_{audience}"))
        for audience in Audience
        if audience.value in request.form.getlist("hand")
    }


def _roles(organisation: Organisation) -> dict[str, str]:
    commander = line("commander")
    return {commander_role(organisation): commander} if commander else {}


def commander_role(organisation: Organisation) -> str:
    """The runbook's own name for who leads, or ours."""
    roles = (role.name for role in organisation.runbook.read.roles)
    return next((name for name in roles if "commander" in name.lower()), "Incident Commander")


def page() -> int:
    """The page of a list that is asked for, from 1."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if re.fullmatch(r"\d{1,6}", asked, re.ASCII) else 1
