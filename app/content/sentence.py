"""The page's sentence: what a customer would tell a colleague."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.content import characters, values
from app.words import Impact, Stage

NAMED = 3
"""So many components are named; more than that are counted."""


class Tone(StrEnum):
    """The one colour of a page or an incident, mildest first."""

    OK = "ok"
    PLANNED = "planned"
    SLOW = "slow"
    PARTIAL = "partial"
    MAJOR = "major"


TONES = {
    Impact.OPERATIONAL: Tone.OK,
    Impact.UNDER_MAINTENANCE: Tone.PLANNED,
    Impact.DEGRADED: Tone.SLOW,
    Impact.PARTIAL: Tone.PARTIAL,
    Impact.MAJOR: Tone.MAJOR,
}
_DEFAULTS = {
    Impact.UNDER_MAINTENANCE: "being worked on",
    Impact.DEGRADED: "slow",
    Impact.PARTIAL: "partly down",
    Impact.MAJOR: "down",
}
_COUNTS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
_COPULA = re.compile(r"(is|are|was|were|has|have|will)\s+(?=\S)", re.I)


@dataclass(frozen=True)
class Segment:
    """A stretch of the sentence; the problem's words are underlined."""

    text: str
    problem: bool = False


@dataclass(frozen=True)
class Sentence:
    segments: tuple[Segment, ...]
    tone: Tone

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True)
class Spoken:
    """A public component as the sentence speaks of it."""

    name: str
    impact: Impact
    words_slow: str = ""
    words_down: str = ""

    @property
    def words(self) -> str:
        """Its own words for its state; empty when it has none."""
        if self.impact is Impact.DEGRADED:
            return self.words_slow
        return self.words_down if self.impact in (Impact.PARTIAL, Impact.MAJOR) else ""


@dataclass(frozen=True)
class Concern:
    """An open incident that touches no public component, or one a person put into words."""

    title: str
    stage: Stage
    own_words: str = ""


def tone_of(impacts: Sequence[Impact]) -> Tone:
    return TONES[max(impacts, key=lambda impact: impact.rank, default=Impact.OPERATIONAL)]


def compose(
    components: Sequence[Spoken], concerns: Sequence[Concern], *, covered: Sequence[Impact] = ()
) -> Sentence:
    """Say how things stand.

    `components` are all public ones, in the order of the page, but for those that an
    incident's own words speak of already: of these only the impacts, as `covered`. `concerns`
    are the open incidents that have own words, or touch no public component.
    """
    hurt = [one for one in components if one.impact is not Impact.OPERATIONAL]
    hurt.sort(key=lambda one: -one.impact.rank)
    own = [values.capital(_ended(one.own_words)) for one in concerns if one.own_words]
    open_questions = [one for one in concerns if not one.own_words]
    said: list[Segment] = [Segment(" ".join(own))] if own else []
    if hurt:
        _join(said, _of_components(hurt, len(components)))
    elif open_questions and not own:
        said = _of_concerns(open_questions)
    if hurt and not own and len(hurt) < len(components):
        said.append(Segment(" Everything else works."))
    if not said:
        said = [Segment("Everything works." if components else "We know of no problem.")]
    return Sentence(_merged(said), _tone([*(one.impact for one in hurt), *covered], concerns))


def _tone(impacts: Sequence[Impact], concerns: Sequence[Concern]) -> Tone:
    if impacts:
        return tone_of(impacts)
    if any(one.stage is not Stage.MONITORING for one in concerns):
        return Tone.SLOW
    return Tone.PLANNED if concerns else Tone.OK


def _of_components(hurt: Sequence[Spoken], of: int) -> list[Segment]:
    if len(hurt) > NAMED:
        return _counted(hurt, of)
    said: list[Segment] = []
    for alike in _alike(hurt):
        # A sentence for each state: inside of one, the names' capitals would be in the way.
        first, *rest = _clause(alike)
        _join(said, [Segment(values.capital(first.text)), *rest, Segment(".")])
    return said


def _alike(hurt: Sequence[Spoken]) -> list[list[Spoken]]:
    """Components without words of their own in the same state are said in one breath."""
    groups: list[list[Spoken]] = []
    shared: dict[Impact, list[Spoken]] = {}
    for one in hurt:
        if not one.words and one.impact in shared:
            shared[one.impact].append(one)
            continue
        groups.append([one])
        if not one.words:
            shared[one.impact] = groups[-1]
    return groups


def _clause(group: Sequence[Spoken]) -> list[Segment]:
    first = group[0]
    if first.words:
        words = characters.one_line(first.words).rstrip(".")
        copula = _COPULA.match(words)
        start = copula.end() if copula else 0
        return [Segment(f"{first.name} {words[:start]}"), Segment(words[start:], problem=True)]
    names = values.listed(tuple(one.name for one in group))
    verb = "are" if len(group) > 1 or _is_plural(first.name) else "is"
    return [Segment(f"{names} {verb} "), Segment(_DEFAULTS[first.impact], problem=True)]


def _counted(hurt: Sequence[Spoken], of: int) -> list[Segment]:
    same = len({one.impact for one in hurt}) == 1
    how = _count(len(hurt)).capitalize()
    who = f"All {_count(of)} services" if len(hurt) == of else f"{how} of {_count(of)} services"
    if same:
        return [Segment(f"{who} are "), Segment(_DEFAULTS[hurt[0].impact], True), Segment(".")]
    return [Segment(f"{who} "), Segment("have problems", problem=True), Segment(".")]


def _of_concerns(concerns: Sequence[Concern]) -> list[Segment]:
    if all(one.stage is Stage.MONITORING for one in concerns):
        return [Segment("Everything works again. We are watching that it stays so.")]
    titles = [f"“{one.title}”" for one in concerns if one.stage is not Stage.MONITORING]
    verb = "looking into"
    if all(one.stage is not Stage.INVESTIGATING for one in concerns):
        verb = "working on"
    if len(titles) > NAMED:
        counted = f"{_count(len(titles))} problems"
        return [Segment(f"We are {verb} "), Segment(counted, True), Segment(".")]
    said = [Segment(f"We are {verb} "), Segment(values.listed(tuple(titles)), problem=True)]
    return [*said, Segment(". Everything else works.")]


def _is_plural(name: str) -> bool:
    """A guess, for components without words of their own: "Text messages", "Search and sort"."""
    if re.search(r"\s(and|&)\s", name):
        return True
    return name.endswith("s") and not name.endswith(("ss", "us", "is"))


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _ended(words: str) -> str:
    words = characters.one_line(words)
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _join(said: list[Segment], more: list[Segment]) -> None:
    if said:
        said.append(Segment(" "))
    said += more


def _merged(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].problem is segment.problem:
            merged[-1] = Segment(merged[-1].text + segment.text, segment.problem)
        else:
            merged.append(segment)
    return tuple(merged)
