"""What a duration in a sentence or a table's cell is for: response, resolution, update, or else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from app.runbook import clocks, words
from app.runbook.clocks import Clock


class Kind(StrEnum):
    RESPONSE = "response"
    RESOLUTION = "resolution"
    UPDATE = "update"
    OTHER = "other"


@dataclass(frozen=True)
class Timing:
    """A duration and what it is for; the heavier one of two for the same thing counts."""

    kind: Kind
    minutes: int | None
    weight: int
    clock: Clock
    outward: bool = False
    """Whether it speaks of customers or the status page."""


_NO_KIND = re.compile(
    r"(?<!\w)(?:requirements?|required|teams?|plans?|procedures?|phases?|process|steps?|roles?|"
    r"templates?|timeline|owner|lead|who|channels?|actions?|expectations?|responsible|responsab\w+)(?!\w)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"(?<!\w)(?:within|in|inside|under|less than|no later than|not later than|by|after|max\w*\.?|"
    r"at most|up to|time|target|sla|slo|of|is|the|about|approx\w*\.?|ca\.?|goal|first|"
    r"innerhalb(?: von)?|binnen|in|nach|spätestens|unter|höchstens|von|beträgt|"
    r"dans(?: les)?|en|sous|moins de|d.ici|au plus tard|après|les|de|"
    r"dentro de|en|antes de|menos de|tras|máximo|em|até|no prazo de|após|"
    r"inden(?: for)?|innen(?:for)?|inom|efter|etter|senest|senast|under|i løbet af|"
    r"i løpet av|mål|best[- ]effort|24\s?[x×/]\s?7)(?!\w)|\W",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"(?:every|each|per|once (?:an?|per)|alle|jede[rns]?|toutes? les|tous les|chaque|cada|a cada|"
    r"hver(?:t)?(?:\.)?|var(?:t)?|varje|in intervals of|at least every|frequency|cadence|interval)"
    r"\W{0,3}(?:at least |about |~ ?|hver )?$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;|.]|\s[-–—]\s|\sand\s")
_VERB = re.compile(
    r"respond(?!s?e)|react\b|ack|reagier|répondre|responder|reager|svar|resolve\b|fix\b|restore\b|"
    r"beheben|lösen|résoudre|resolver|løse|lös|bestätig|acus|accus|confirm|kvitter|bekr|mitigate\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4_096)
def label_kind(label: str) -> tuple[Kind, ...]:
    """What a column or a label says its values are for; two when it says two ("Response / fix")."""
    if not label or len(label) > 60 or _NO_KIND.search(label):
        return ()
    found: list[tuple[int, Kind]] = []
    update = words.has(words.UPDATE, label)
    if update and not words.has(words.FIRST, label):
        return (Kind.UPDATE,)
    acknowledged = words.ACKNOWLEDGE.search(label)
    if match := words.RESPONSE.search(label) or acknowledged:
        found.append((match.start(), Kind.RESPONSE))
    if acknowledged and match is not acknowledged and "/" in label:
        found.append((acknowledged.start(), Kind.OTHER))
    if match := words.RESOLUTION.search(label):
        found.append((match.start(), Kind.RESOLUTION))
    return tuple(kind for _, kind in sorted(found))


def is_acknowledgement(label: str) -> bool:
    return words.has(words.ACKNOWLEDGE, label) and not words.RESPONSE.search(label)


def read(text: str, label: str = "") -> list[Timing]:
    """Every duration of a text with what it is for, by the words beside it, else by its label."""
    found = clocks.find(text)
    if not found:
        return []
    kinds = list(label_kind(label))
    if Kind.OTHER in kinds and len(found) < len(kinds):
        kinds.remove(Kind.OTHER)
    several = len(kinds) > 1
    timings: list[Timing] = []
    settled_after = False
    for index, clock in enumerate(found):
        start = found[index - 1].end if index else 0
        end = found[index + 1].start if index + 1 < len(found) else len(text)
        before, after = text[start : clock.start], text[clock.end : end]
        outward = bool(words.OUTWARD.search(before) or words.has(words.OUTWARD, label))
        if settled_after:
            before = _CLAUSE.split(before, maxsplit=1)[-1]
        spoken = _spoken(before, after, clock)
        settled_after = spoken is not None and not any(_words_before(before, clock))
        at_once_as_prose = clock.rhythm and not clock.minutes and len(before.split()) > 1
        if spoken is None and kinds and not at_once_as_prose:
            kind = kinds.pop(0) if len(kinds) > 1 else kinds[0]
            direct = not _NEXT.sub("", before).strip()
            elsewhere = len(_NEXT.sub(" ", before).split()) > 3 or (index and not several)
            if elsewhere or _NO_RESPONSE.search(before) or _is_told_once(kind, label, before):
                kind = Kind.OTHER  # A sentence about something else that is done in time.
            weight = 1 if is_acknowledgement(label) or not direct else 4
        else:
            kind, weight = spoken or (Kind.OTHER, 1)
        weight = 0 if _is_zeal(clock, after) else weight
        if kind is Kind.UPDATE and clock.rhythm and not clock.minutes:
            kind = Kind.OTHER  # "Updated immediately" is no rhythm.
        if kind is Kind.RESOLUTION and _NEGATED.search(before[-40:]):
            kind = Kind.OTHER  # "Not resolved in 30 minutes" is a reason to escalate.
        timings.append(Timing(kind, clock.whole, weight, clock, outward))
    return list(_first_and_every(timings, text))


def _first_and_every(timings: list[Timing], text: str) -> Iterator[Timing]:
    """ "Update within 5 minutes, every 15 minutes thereafter": the rhythm is the second."""
    repeated = [bool(_EVERY.search(text[: timing.clock.start][-40:])) for timing in timings]
    for index, timing in enumerate(timings):
        once = not repeated[index] and not timing.clock.rhythm
        before = re.split(r"[;|]|\.\s", text[: timing.clock.start])[-1]
        if once and timing.kind is Kind.UPDATE and True in repeated[index + 1 :]:
            yield replace(timing, kind=Kind.OTHER)
        elif repeated[index] and timing.kind is Kind.OTHER and words.UPDATE.search(before):
            outward = bool(words.OUTWARD.search(before))
            yield replace(timing, kind=Kind.UPDATE, weight=3, outward=outward)
        else:
            yield timing


def _is_told_once(kind: Kind, label: str, before: str) -> bool:
    """ "Communication: customers within 30 minutes" is a duty and no rhythm."""
    within = _WITHIN.search(before) and not _EVERY.search(before)
    return kind is Kind.UPDATE and bool(within) and not _RHYTHMIC.search(label)


_WITHIN = re.compile(
    r"(?<!\w)(?:within|in under|no later than|innerhalb|binnen|dans|dentro|em até|inden|innen|"
    r"inom)",
    re.IGNORECASE,
)
_RHYTHMIC = re.compile(
    r"update|cadence|frequen|interval|takt|aktualis|mise|actualiz|atualiz|p?opdat|oppdat|uppdat|"
    r"fréquence|frecuencia",
    re.IGNORECASE,
)


def _is_zeal(clock: Clock, after: str) -> bool:
    """ "Immediate page to everybody on call" is what is done, and less of a time than a figure."""
    said = re.split(r"[;|,.()]|\s[-–—]\s", after)[0]
    return clock.rhythm and not clock.minutes and len(said.split()) > 1


_NO_RESPONSE = re.compile(
    r"(?<!\w)(?:dete[ck]t|découvert|erkenn|opdag|oppdag|upptäck)", re.IGNORECASE
)
_NEGATED = re.compile(
    r"(?<!\w)(?:not|no|isn.t|unless|without|nicht|keine?|ohne|pas|sans|sin|no|sem|não|ikke|uden|uten|"
    r"inte|utan)\s(?:\w+\s){0,2}\w*\W*(?:\w+\s){0,2}$|(?<!\w)un(?:resolved|fixed)",
    re.IGNORECASE,
)


def _spoken(before: str, after: str, clock: Clock) -> tuple[Kind, int] | None:
    """What the words around a duration say it is for, the nearest word first."""
    before = re.split(r"[;|]|\.\s", before)[-1]
    nearest = max(_words_before(before, clock), default=None, key=lambda found: found[0])
    if nearest:
        return nearest[1], nearest[2]
    follows = re.split(r"[;|,.()]|\s[-–—]\s", after)[0][:60]
    return _words_after(follows, before, clock)


def _words_before(before: str, clock: Clock) -> Iterator[tuple[int, Kind, int]]:
    every = bool(_EVERY.search(before)) or (clock.rhythm and bool(clock.minutes))
    for match in words.UPDATE.finditer(before):
        between = before[match.end() :]
        if words.FIRST.search(before[: match.start()][-20:]) and not every:
            continue
        if every or not re.sub(_NEXT, "", between).strip():
            if every or ":" in between or not between.strip(" (<≤~"):
                yield match.start(), Kind.UPDATE, 3 if every else 2
    if every:
        return
    for pattern, kind, weight in _TIMED:
        if clock.rhythm and kind is Kind.RESOLUTION:
            continue  # "Fix immediately" is zeal, not a target.
        for match in pattern.finditer(before):
            between = re.sub(_NEXT, "", before[match.end() :]).strip()
            if not between or (_VERB.match(match[0]) and len(before) - match.end() < 50):
                yield match.start(), kind, weight


_TIMED = (
    (words.RESPONSE, Kind.RESPONSE, 3),
    (words.ACKNOWLEDGE, Kind.RESPONSE, 1),
    (words.RESOLUTION, Kind.RESOLUTION, 3),
)


def _words_after(follows: str, before: str, clock: Clock) -> tuple[Kind, int] | None:
    if match := words.UPDATE.search(follows):
        every = bool(_EVERY.search(before)) or (clock.rhythm and bool(clock.minutes))
        if every or not follows[: match.start()].strip(" -"):
            return Kind.UPDATE, 3
    if clock.rhythm and clock.minutes:
        return None
    for pattern, kind, weight in _TIMED:
        match = pattern.match(re.sub(r"^(?:\s|-|to\b|pour\b|para\b|zur\b|for\b)+", "", follows))
        if match and not _NO_KIND.match(follows[match.end() :].strip()) and not clock.rhythm:
            return kind, weight
    return None
