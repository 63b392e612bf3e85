"""What each audience is told: the runbook's templates filled with the facts of an incident."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.content import choosing, filling, language, situations, slots, values
from app.content.choosing import Choice, Origin
from app.content.filling import Filled, Question, Segment
from app.content.language import gettext as _
from app.content.situations import Situation
from app.runbook import facts
from app.runbook.model import Runbook, Template
from app.words import Audience


@dataclass(frozen=True)
class Draft:
    """One message as it would be sent. It may be posted when nothing is `missing`.

    `origin` tells whose template it is, `line` where that stands in its document.
    """

    audience: Audience
    subject: str | None
    body: str
    template_name: str
    origin: Origin
    line: int
    missing: tuple[Question, ...]
    segments: tuple[Segment, ...]
    subject_segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Composed:
    """A draft for each audience, and what is asked of people for them, each thing once."""

    drafts: Mapping[Audience, Draft]
    questions: tuple[Question, ...]

    @property
    def missing(self) -> tuple[Question, ...]:
        """What still has to be said before all drafts may be posted."""
        return tuple(asked for asked in self.questions if asked.required and not asked.value)


def compose(
    runbook: Runbook, default: Runbook, situation: Situation, typed: Mapping[str, str]
) -> Composed:
    """What every audience would read now. `typed` are the facts that people told, by name."""
    with language.speaking(situation.language):
        return _compose(runbook, default, situation, typed)


def _compose(
    runbook: Runbook, default: Runbook, situation: Situation, typed: Mapping[str, str]
) -> Composed:
    told = {name: text for name, text in typed.items() if text and text.strip()}
    stated = {**situations.known(situation, runbook), **told}
    choices = {
        audience: choosing.choose(
            runbook,
            default,
            audience=audience,
            stage=situation.stage,
            severity_key=situation.severity_key,
            first=situation.first,
            again=situation.again,
        )
        for audience in Audience
    }
    drafts = {
        audience: _draft(audience, choice, situation, stated)
        for audience, choice in choices.items()
    }
    return Composed(drafts, tuple(_questions(choices, situation, stated, typed)))


def _draft(
    audience: Audience, choice: Choice, situation: Situation, stated: Mapping[str, str]
) -> Draft:
    filled = filling.fill(choice.template, stated, droppable=_droppable(choice.template, situation))
    if _repeats(audience, choice, situation) and (news := stated.get("changed")):
        filled = _with(filled, values.capital(news.strip()), "changed")
    filled = _promising(filled, choice.template, audience, situation)
    subject, subject_segments = filled.subject, filled.subject_segments
    if audience is Audience.PUBLIC:
        subject, subject_segments = None, ()
    elif audience is Audience.CUSTOMER and not subject:
        subject = f"[{situation.organisation}] {situation.title}"
        subject_segments = ((subject, None),)
    return Draft(
        audience,
        subject,
        filled.body,
        choice.template.name,
        choice.origin,
        choice.template.line,
        filled.missing,
        filled.segments,
        subject_segments,
    )


def _droppable(template: Template, situation: Situation) -> frozenset[str]:
    """The facts whose sentences are left out where nothing is known of them.

    A subject stays whole: what it lacks is asked for.
    """
    dropped = _PROMISES if situation.next_update_at is None else frozenset()
    subject = slots.subject_row(template)
    return (dropped | {"review_time"}) - {slot.fact for slot in (subject.slots if subject else ())}


def _repeats(audience: Audience, choice: Choice, situation: Situation) -> bool:
    """Whether the words say nothing but what the update before said, or what stood there once."""
    if situation.first or slots.facts_of(choice.template).keys() & _NEWS:
        return False
    is_same = situation.earlier_templates.get(audience) == choice.template.name
    return is_same or situation.again


def _promising(
    filled: Filled, template: Template, audience: Audience, situation: Situation
) -> Filled:
    """The message with the promise of the next update, where its own words make none."""
    if audience is Audience.PUBLIC or not situation.stage.is_open:
        return filled
    if situation.next_update_at is None or _promises(template):
        return filled
    at = situations.moment(situation.next_update_at, situation)
    line = _("Next update by %(time)s.", time=at)
    return _with(filled, line)


def _promises(template: Template) -> bool:
    """Whether the template tells the time of the next update; "every hour" alone does not."""
    return bool(slots.facts_of(template).keys() & _NEXT_UPDATE)


def _with(filled: Filled, line: str, fact: str | None = None) -> Filled:
    segments = tuple(_with_line(filled.segments, (line, fact)))
    return replace(filled, segments=segments, body="".join(text for text, _ in segments))


def _with_line(segments: tuple[Segment, ...], line: Segment) -> Iterator[Segment]:
    """The message with a paragraph of its own before the sign-off, or at the end.

    What is new comes before the promise that the message ends with by itself, too.
    """
    text = "".join(piece for piece, _ in segments)
    found = list(_SIGN_OFF.finditer(text))
    if line[1] is not None:
        found = list(_LAST_PROMISE.finditer(text)) or found
    at = found[0].start() if found else len(text)
    passed = 0
    for piece, fact in segments:
        if passed <= at < passed + len(piece):
            yield piece[: at - passed], fact
            yield line
            yield "\n\n", None
            yield piece[at - passed :], fact
        else:
            yield piece, fact
        passed += len(piece)
    if at == len(text):
        yield "\n\n", None
        yield line


def _questions(
    choices: Mapping[Audience, Choice],
    situation: Situation,
    stated: Mapping[str, str],
    typed: Mapping[str, str],
) -> Iterator[Question]:
    """What people are asked: what only they know, and what a sentence needs that we lack."""
    asked: dict[str, Question] = {}
    for audience, choice in choices.items():
        wanted = slots.facts_of(choice.template)
        if _repeats(audience, choice, situation):
            wanted = wanted | {"changed": False}
        dropped = _droppable(choice.template, situation)
        for name, required in wanted.items():
            is_lacking = required and name not in stated and name not in dropped
            if facts.fact(name).known and not (name in typed or is_lacking):
                continue
            earlier = asked.get(name) or filling.question(name)
            sentence = slots.sentence_of(choice.template, name)
            asked[name] = replace(
                earlier,
                value=typed.get(name, ""),
                required=earlier.required or required,
                hint=f"For “{sentence}”" if sentence and not earlier.required else earlier.hint,
                used_by=(*earlier.used_by, audience.value),
            )
    yield from sorted(asked.values(), key=_order)


def _order(question: Question) -> tuple[int, str]:
    try:
        return facts.ORDER.index(question.name), ""
    except ValueError:
        return len(facts.ORDER), question.name


_NEXT_UPDATE = {
    "next_update",
    "next_update_minutes",
    "next_update_hours",
    "next_update_span",
}
_FREQUENCY = {"frequency", "frequency_minutes", "frequency_hours"}
_PROMISES = frozenset(_NEXT_UPDATE | _FREQUENCY)
_NEWS = {"changed", "actions"}
# A promise in a paragraph of its own, with nothing or a sign-off after it.
_LAST_PROMISE = re.compile(
    r"(?<=\n\n)(?=[^\n]{0,60}\b(?:next (?:status )?update|hear from us|updates? (?:every|by|in)\b"
    r"|nächste[sn]? (?:meldung|update|status)|wieder von uns)"
    r"[^\n]*(?:\n[^\n]+){0,3}(?:\n\n(?:[^\n]+\n?){1,4})?\s*\Z)",
    re.I,
)
_SIGN_OFF = re.compile(
    r"^(?:(?<=\n\n)[-–—]{1,2} ?\S.{0,60}(?=\s*\Z)|sincerely.{0,20}"
    r"|(?:best|kind|warm)? ?(?:regards|wishes)\b.{0,20}"
    r"|(?:many )?thanks(?: again)?,?|thank you,?|yours .{0,20}|cheers,?|mit freundlichen gr.{0,20}"
    r"|viele grüße.{0,10}|cordialement.{0,10}|bien à vous.{0,5}|saludos.{0,20}|atentamente.{0,5}"
    r"|atenciosamente.{0,5}|med venlig hilsen.{0,5}|med vennlig hilsen.{0,5}"
    r"|med vänliga hälsningar.{0,5}|(?:the|your|ihr|euer"
    r"|votre) .{0,50}\bteam)\s*$(?=(?:\n.{0,80}){0,4}\Z)",
    re.I | re.M,
)
