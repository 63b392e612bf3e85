"""The page's sentence: what a customer would tell a colleague."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.content import characters, grammar, values
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

    @property
    def mark(self) -> str:
        """Another one for other words: what shows them has another address then."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Spoken:
    """A public component as the sentence speaks of it."""

    name: str
    impact: Impact
    words_slow: str = ""
    words_down: str = ""
    until: str = ""
    """Until when it is being worked on, as far as planned."""

    @property
    def words(self) -> str:
        """Its own words for its state; empty when it has none."""
        if self.impact is Impact.DEGRADED:
            return self.words_slow
        return self.words_down if self.impact in (Impact.PARTIAL, Impact.MAJOR) else ""

    @property
    def ends(self) -> str:
        """Until when its state lasts, where that is planned."""
        return self.until if self.impact is Impact.UNDER_MAINTENANCE else ""


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
    spoken = grammar.current()
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
        said.append(Segment(f" {spoken.else_works}"))
    if not said:
        said = [Segment(spoken.all_works if components else spoken.nothing_known)]
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
        end = Segment(f" {grammar.current().until} {alike[0].ends}." if alike[0].ends else ".")
        _join(said, [Segment(values.capital(first.text)), *rest, end])
    return said


def _alike(hurt: Sequence[Spoken]) -> list[list[Spoken]]:
    """Components without words of their own in the same state are said in one breath."""
    groups: list[list[Spoken]] = []
    shared: dict[tuple[Impact, str], list[Spoken]] = {}
    for one in hurt:
        state = (one.impact, one.ends)
        if not one.words and state in shared:
            shared[state].append(one)
            continue
        groups.append([one])
        if not one.words:
            shared[state] = groups[-1]
    return groups


def _clause(group: Sequence[Spoken]) -> list[Segment]:
    spoken, first = grammar.current(), group[0]
    if first.words:
        words = characters.one_line(first.words).rstrip(".")
        return _said(spoken.own(first.name, words))
    return _said(spoken.clause([one.name for one in group], first.impact))


def _counted(hurt: Sequence[Spoken], of: int) -> list[Segment]:
    same = len({one.impact for one in hurt}) == 1
    said = grammar.current().counted(len(hurt), of, hurt[0].impact if same else None)
    return [*_said(said), Segment(".")]


def _of_concerns(concerns: Sequence[Concern]) -> list[Segment]:
    spoken = grammar.current()
    active = [one for one in concerns if one.stage is not Stage.MONITORING]
    if not active:
        return [Segment(spoken.works_again)]
    is_known = all(one.stage is not Stage.INVESTIGATING for one in active)
    if len(active) > NAMED:
        return [*_said(spoken.cared_for(len(active), is_known=is_known)), Segment(".")]
    titles = spoken.quoted([one.title for one in active])
    said = _said(spoken.cared_for(titles, is_known=is_known))
    return [*said, Segment(f". {spoken.else_works}")]


def _said(pair: tuple[str, str]) -> list[Segment]:
    calm, problem = pair
    return [Segment(calm), Segment(problem, problem=True)]


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
