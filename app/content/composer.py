"""An update while it is being written: what was typed, what each audience would read, the news."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from app import clock
from app.content import cadences, messages, stages, surroundings
from app.content.filling import Question
from app.content.messages import Composed, Draft
from app.content.situations import Situation
from app.domain import status
from app.domain.incidents import News, Words
from app.errors import Rejected
from app.models import Account, Incident, Organisation
from app.runbook import blanks, default
from app.runbook.model import Runbook, Severity
from app.words import Audience, Impact, Stage

WAIVED = 0
"""In place of minutes: this update promises no next one."""
NEWS = frozenset({"changed"})
"""Facts that are news once: the next update begins without them."""


@dataclass(frozen=True)
class Hand:
    """A message in a person's own words, which are sent as they are."""

    body: str
    subject: str = ""


@dataclass(frozen=True)
class Typed:
    """What a person wrote and chose. `title`, `severity_key`, `roles` and `channel` count only
    for an incident that is not open yet."""

    stage: Stage
    severity_key: str
    title: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """By the fact's name."""
    impacts: Mapping[int, Impact] = field(default_factory=dict)
    """By component id; a component that works is left out."""
    audiences: frozenset[Audience] = frozenset(Audience)
    by_hand: Mapping[Audience, Hand] = field(default_factory=dict)
    promise_minutes: int | None = None
    """Minutes to the next update; None for the runbook's, WAIVED for no promise."""
    sentence: str = ""
    """The page's sentence in a person's words; empty for the composed one."""
    roles: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    form_key: str = ""


@dataclass(frozen=True)
class Writing:
    """One update being written; everything follows from what was typed and from the records."""

    organisation: Organisation
    incident: Incident | None
    typed: Typed
    author: Account | None
    now: datetime

    @property
    def runbook(self) -> Runbook:
        """The runbook that the incident keeps to."""
        return runbook_of(self.organisation, self.incident)

    @property
    def severity(self) -> Severity:
        key = self.incident.severity_key if self.incident else self.typed.severity_key
        return self.runbook.severity(key) or _named(cadences.severities(self.runbook), key)

    @property
    def default_minutes(self) -> int:
        """The wait that the runbook promises: its template's own words, else its cadence."""
        return self.usual_wait.minutes

    @property
    def usual_wait(self) -> cadences.Wait:
        """The same, with whose it is."""
        return cadences.usual(
            self.runbook, self.severity.key, stage=self.typed.stage, first=self.is_first
        )

    @cached_property
    def promise_at(self) -> datetime | None:
        """When this update promises the next one, on the full minute."""
        wait = self.typed.promise_minutes
        if not self.typed.stage.is_open or self.is_waived:
            return None
        at = self.now + timedelta(minutes=wait or self.default_minutes, seconds=59)
        return at.replace(second=0, microsecond=0)

    @cached_property
    def situation(self) -> Situation:
        return surroundings.situation(self)

    @property
    def facts(self) -> dict[str, str]:
        """What people told; words about what is affected give way to components that are chosen."""
        chosen = self.situation.components
        return {
            name: text
            for name, text in self.typed.facts.items()
            if not (name == "components" and chosen)
        }

    @cached_property
    def composed(self) -> Composed:
        """A draft for each audience from the templates, and what is asked of people."""
        return messages.compose(self.runbook, default.default(), self.situation, self.facts)

    def draft(self, audience: Audience) -> Draft:
        return self.composed.drafts[audience]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked of people, without what the form asks anyway."""
        return tuple(asked for asked in self.composed.questions if asked.name not in _ASKED_ANYWAY)

    @property
    def unasked(self) -> dict[str, str]:
        """What people told that no message of this stage uses."""
        asked = {question.name for question in self.questions}
        return {name: text for name, text in self.typed.facts.items() if name not in asked}

    @property
    def left_blank(self) -> dict[Audience, tuple[str, ...]]:
        """The blanks that stand in words which a person changed, by audience."""
        found = {
            audience: blanks.distinct(f"{hand.subject}\n{hand.body}")
            for audience, hand in self.typed.by_hand.items()
            if audience in self.typed.audiences
        }
        return {audience: texts for audience, texts in found.items() if texts}

    @property
    def is_first(self) -> bool:
        return self.incident is None or not self.incident.updates

    @property
    def is_waived(self) -> bool:
        """Whether somebody chose to promise no next update."""
        return self.typed.promise_minutes == WAIVED

    @property
    def is_reopening(self) -> bool:
        """Whether the incident was over and is no more."""
        return self.incident is not None and not self.incident.is_open and self.typed.stage.is_open

    def check(self) -> None:
        """Raise Rejected for what has to be said before the messages can go out.

        The field is named as by `field_of`.
        """
        errors: dict[str, str] = {}
        if self.incident is None and not self.typed.title.strip():
            errors["title"] = "What is happening? A few words, as a customer would say it."
        for audience in Audience:
            if audience not in self.typed.audiences or audience in self.typed.by_hand:
                continue
            for question in self.draft(audience).missing:
                errors.setdefault(
                    field_of(question.name),
                    f"{_SPEAKS[audience]} has a sentence about this: {question.text} Tell it here,"
                    " or edit the words.",
                )
        if errors:
            raise Rejected(**errors)

    def news(self) -> News:
        """What is to be posted; raise Rejected when a sentence would be left empty."""
        self.check()
        return News(
            stage=self.typed.stage,
            words={
                audience: self._words(audience)
                for audience in Audience
                if audience in self.typed.audiences
            },
            facts={name: text for name, text in self.facts.items() if text.strip()},
            impacts=self.typed.impacts,
            promise_at=self.promise_at,
            form_key=self.typed.form_key,
            sentence=self.typed.sentence,
        )

    def _words(self, audience: Audience) -> Words:
        draft = self.draft(audience)
        if hand := self.typed.by_hand.get(audience):
            subject = hand.subject.strip() or draft.subject or ""
            return Words(subject, hand.body, draft.template_name, "hand")
        return Words(draft.subject or "", draft.body, draft.template_name, draft.origin)


def write(
    organisation: Organisation,
    incident: Incident | None,
    typed: Typed,
    *,
    author: Account | None,
    now: datetime | None = None,
) -> Writing:
    """The update as it would be posted now; `incident` is None for one that is not open yet."""
    return Writing(organisation, incident, typed, author, now or clock.now())


def begin(
    organisation: Organisation, incident: Incident | None = None, *, at: Stage | None = None
) -> Typed:
    """What the composer starts from: a stage, else the next, and facts and impacts as they are."""
    if incident is None:
        known = cadences.severities(organisation.runbook.read)
        middle = known[min(1, len(known) - 1)].key if known else ""
        return Typed(
            stage=Stage.INVESTIGATING, severity_key=middle, channel=organisation.incident_channel
        )
    stage = at or next_stage(incident.stage)
    # What is resolved works again, so that a person has nothing to take back.
    is_hurt = incident.is_open and stage.is_open
    return Typed(
        stage=stage,
        severity_key=incident.severity_key,
        facts={name: text for name, text in incident.facts.items() if name not in NEWS},
        impacts=status.impacts_now(incident, public=False) if is_hurt else {},
        sentence=incident.sentence if incident.is_open else "",
    )


def field_of(fact: str) -> str:
    """The form's field that tells a fact: `fact_` and its name, or the one it has anyway."""
    return fact if fact in _ASKED_ANYWAY else f"fact_{fact}"


def next_stage(stage: Stage) -> Stage:
    """The stage after this one; a resolved incident that is reopened begins anew."""
    road = stage.road
    return road[(road.index(stage) + 1) % len(road)]


def runbook_of(organisation: Organisation, incident: Incident | None) -> Runbook:
    return incident.runbook.read if incident else organisation.runbook.read


def stage_word(runbook: Runbook, stage: Stage) -> str:
    """The runbook's own word for a stage, or ours."""
    return stages.word(runbook, stage)


def _named(levels: tuple[Severity, ...], key: str) -> Severity:
    return next((level for level in levels if level.key == key), Severity(key))


_ASKED_ANYWAY = ("title",)
_SPEAKS = {
    Audience.PUBLIC: "The status page",
    Audience.CUSTOMER: "The customers’ mail",
    Audience.INTERNAL: "The colleagues’ message",
}
