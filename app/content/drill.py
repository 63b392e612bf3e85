"""Rehearses a runbook: an example incident through every stage, for every severity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app import clock
from app.content import cadences, composer, messages
from app.content.filling import Question
from app.content.messages import Draft
from app.content.situations import Situation
from app.runbook import blanks, default
from app.runbook.model import Runbook, Severity
from app.words import INCIDENT_ROAD, Audience, Stage

ORGANISATION = "Example Company"
TITLE = "Reports cannot be opened"
COMPONENT = "Reports"
CONTACT = "help@example.org"
PAGE = "https://status.example.org"
CHANNEL = "incident-example"
ROAD = (Stage.INVESTIGATING, *INCIDENT_ROAD)
"""The updates of the example, in order: the second has nothing new but what is being done."""


@dataclass(frozen=True)
class Scene:
    """One update of the example, with everything that it would have told and asked."""

    number: int
    stage: Stage
    stage_word: str
    at: datetime
    promise_at: datetime | None
    asked: tuple[Question, ...]
    """What people would have been asked for the first time; `value` is the example's answer."""
    facts: Mapping[str, str]
    """Every answer up to here."""
    drafts: Mapping[Audience, Draft]


@dataclass(frozen=True)
class Due:
    """Something that the runbook wants done, and by when in the example."""

    text: str
    at: datetime


@dataclass(frozen=True)
class Act:
    """The example incident at one severity."""

    severity: Severity
    scenes: tuple[Scene, ...]
    dues: tuple[Due, ...]


@dataclass(frozen=True)
class Rehearsal:
    """What would have happened. `problems` need work on the runbook; `notes` are good to know."""

    runbook: Runbook
    begins: datetime
    roles: Mapping[str, str]
    acts: tuple[Act, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def rehearse(runbook: Runbook, *, begins: datetime | None = None) -> Rehearsal:
    """Play the example with this runbook; nothing is kept and nothing leaves."""
    begins = (begins or clock.now()).replace(second=0, microsecond=0)
    roles = dict(zip((role.name for role in runbook.roles), PEOPLE, strict=False))
    acts = tuple(
        _act(runbook, severity, begins, roles) for severity in cadences.severities(runbook)
    )
    problems = dict.fromkeys(_problems(runbook, acts))
    notes = dict.fromkeys(_notes(runbook, acts))
    return Rehearsal(runbook, begins, roles, acts, tuple(problems), tuple(notes))


def _act(runbook: Runbook, severity: Severity, begins: datetime, roles: Mapping[str, str]) -> Act:
    scenes: list[Scene] = []
    at = begins
    for number, stage in enumerate(ROAD, start=1):
        earlier = scenes[-1].facts if scenes else {}
        wait = cadences.promise_minutes(runbook, severity.key, stage=stage, first=number == 1)
        promise_at = at + timedelta(minutes=wait) if stage.is_open else None
        known = Situation(
            title=TITLE,
            stage=stage,
            first=number == 1,
            started_at=begins,
            published_at=at,
            organisation=ORGANISATION,
            severity_key=severity.key,
            severity_name=severity.name,
            components=(COMPONENT,),
            next_update_at=promise_at,
            update_every_minutes=cadences.cadence(runbook, severity.key),
            roles=roles,
            author=AUTHOR,
            channel=f"#{CHANNEL}",
            code="example",
            contact=CONTACT,
            responders=tuple(dict.fromkeys([*roles.values(), AUTHOR])),
            link=PAGE,
            review_by=_review_by(runbook, severity, stage, at),
            earlier_templates=_templates(scenes[-1]) if scenes else {},
        )
        scenes.append(_scene(runbook, known, number, earlier))
        at = promise_at or at
    return Act(severity, tuple(scenes), tuple(_dues(runbook, severity, begins, at)))


def _review_by(runbook: Runbook, severity: Severity, stage: Stage, at: datetime) -> datetime | None:
    hours = cadences.review_hours(runbook, severity.key)
    return None if hours is None or stage.is_open else at + timedelta(hours=hours)


def _templates(scene: Scene) -> dict[Audience, str]:
    return {audience: draft.template_name for audience, draft in scene.drafts.items()}


def _scene(runbook: Runbook, known: Situation, number: int, earlier: Mapping[str, str]) -> Scene:
    """Ask what the messages want, answer as somebody would, and write them."""
    asked: dict[str, Question] = {}
    facts = {
        name: TOLD.get((name, known.stage), answer)
        for name, answer in earlier.items()
        if name not in composer.NEWS
    }
    # An answer may bring up another question: an own template may want more once it is chosen.
    for _ in range(3):
        composed = messages.compose(runbook, default.default(), known, facts)
        new = [question for question in composed.questions if question.name not in facts]
        for question in new:
            facts[question.name] = _answer(question, known)
            asked[question.name] = replace(question, value=facts[question.name])
        if not new:
            break
    composed = messages.compose(runbook, default.default(), known, facts)
    return Scene(
        number,
        known.stage,
        composer.stage_word(runbook, known.stage),
        known.published_at,
        known.next_update_at,
        tuple(asked.values()),
        facts,
        composed.drafts,
    )


def _answer(question: Question, known: Situation) -> str:
    told = TOLD.get((question.name, known.stage)) or ANSWERS.get(question.name)
    if known.first and question.name in composer.NEWS:
        told = FIRST_NEWS
    return told or f"(your answer to “{question.text}”)"


def _dues(runbook: Runbook, severity: Severity, begins: datetime, ends: datetime) -> Iterator[Due]:
    wanted = [o for o in runbook.obligations if o.severity in (None, severity.key)]
    for obligation in sorted(wanted, key=lambda each: each.within_minutes):
        yield Due(obligation.text, begins + timedelta(minutes=obligation.within_minutes))
    hours = cadences.review_hours(runbook, severity.key)
    if hours is not None:
        yield Due("Post-incident review", ends + timedelta(hours=hours))


def _problems(runbook: Runbook, acts: Sequence[Act]) -> Iterator[str]:
    """What would have stopped somebody in the middle of an incident."""
    if not acts:
        yield "There is no severity to choose."
    for _, scene, audience, draft in _drafts(acts):
        where = f"{draft.template_name} (line {draft.line}), {audience} at {scene.stage}"
        for question in draft.missing:
            yield f"{where}: nobody can fill the blank that asks “{question.text}”"
        answers = "\n".join(scene.facts.values())
        left = blanks.distinct(f"{draft.subject or ''}\n{draft.body}")
        for text in () if draft.missing else left:
            if text not in answers:
                yield f"{where}: the blank [{text}] stays in the message."
        if not draft.body.strip():
            yield f"{where}: the message is empty."


def _notes(runbook: Runbook, acts: Sequence[Act]) -> Iterator[str]:
    """What the runbook leaves open, and where it comes from instead."""
    if not runbook.severities:
        yield "The runbook names no severities; the default runbook's are used."
    elif silent := [s.key for s in runbook.severities if not s.update_every_minutes]:
        keys = ", ".join(silent)
        yield f"No time between updates for {keys}; the default runbook's is used."
    for audience in Audience:
        if stages := list(_borrowed(acts, audience)):
            named = ", ".join(stages)
            yield f"{WHO[audience]}: no template for {named}; the default runbook's is used."
    for lacking in runbook.not_understood:
        yield f"Line {lacking.line} was not understood: {lacking.why}"


def _borrowed(acts: Sequence[Act], audience: Audience) -> Iterator[str]:
    """The stages whose words come from the default runbook, and at which severities."""
    found: dict[str, dict[str, None]] = {}
    for act, scene, told, draft in _drafts(acts):
        if told is audience and draft.origin == "default":
            found.setdefault(scene.stage.value, {})[act.severity.key] = None
    for stage, keys in found.items():
        yield stage if len(keys) == len(acts) else f"{stage} (at {', '.join(keys)})"


def _drafts(acts: Sequence[Act]) -> Iterator[tuple[Act, Scene, Audience, Draft]]:
    for act in acts:
        for scene in act.scenes:
            for audience, draft in scene.drafts.items():
                yield act, scene, audience, draft


WHO = {
    Audience.PUBLIC: "Status page",
    Audience.CUSTOMER: "Customers, by email",
    Audience.INTERNAL: "Colleagues",
}
AUTHOR = "Robin Example"
PEOPLE = ("Ada Example", "Grace Example", "Alan Example", "Edsger Example", "Barbara Example")
ANSWERS = {
    "issue": "an error when opening reports",
    "impact": "Opening a report shows an error. Everything else works.",
    "scope": "all customers",
    "workaround": "Export the figures from the overview page.",
    "changed": "We have ruled out the network and are looking at last night's release.",
    "actions": "Comparing the two latest releases\nWatching the error rate",
    "eta": "within two hours",
    "cause": "A new release could not read reports made before it.",
    "fix": "We went back to the release before it.",
    "prevention": "Every release is now tried with old reports first.",
    "review_time": "Thursday, 10:00",
}
FIRST_NEWS = "The first reports reached us a few minutes ago."
TOLD = {
    ("changed", Stage.IDENTIFIED): "The cause is last night's release.",
    ("changed", Stage.MONITORING): "The earlier release is running again, and reports open.",
    ("changed", Stage.RESOLVED): "Reports have opened without an error for an hour.",
    ("actions", Stage.IDENTIFIED): "Going back to the earlier release",
    ("actions", Stage.MONITORING): "Watching the error rate",
    ("eta", Stage.MONITORING): "within the hour",
}
"""Answers that differ from stage to stage."""
