"""What a template is for: its audience, stage and severities, and the stages it serves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.runbook import audience_words, blanks
from app.runbook import template_parts as parts
from app.runbook import template_words as words
from app.runbook.model import Severity, Template, TemplateStage
from app.runbook.template_parts import Letter, Part
from app.runbook.template_place import Place
from app.words import INCIDENT_ROAD, Audience, Stage

OPEN_STAGES = (Stage.INVESTIGATING, Stage.IDENTIFIED, Stage.MONITORING)


@dataclass(frozen=True)
class Reader:
    """Turns parts of places into templates, with what is known of the whole runbook."""

    severities: Sequence[Severity]
    stage_words: Mapping[Stage, str]
    references: frozenset[str] = frozenset()

    def template(self, place: Place, part: Part, *, alone: bool) -> Template | None:
        """The template that a part is; `alone` when it is the only one at its place."""
        letter = parts.letter(part.lines)
        if letter is None:
            return None
        subject = letter.subject or (place.subject if alone else None)
        own = part.title or (place.label if alone else None)
        if own is None and alone and place.above and not place.shares_heading:
            own = place.above[0]
        name = own or _name_of(subject or letter.body.split("\n", 1)[0])
        said = _words_only(f"{subject or ''}\n{letter.body}", self.references)
        stage = self._stage(own, place, said)
        stages = self._serves(own, stage, letter, said)
        return Template(
            name=name,
            audience=self._audience(own, place, letter, subject, said),
            stage=stage,
            serves=stages,
            subject=subject,
            body=letter.body,
            blanks=blanks.distinct(f"{subject or ''}\n{letter.body}", self.references),
            line=letter.line,
            channel=_channel(own, place),
            severities=self._severities(own, place),
            first_only=_is_declaration(own, stage, letter, subject),
            promise_minutes=_promise(said),
        )

    def _stage(self, own: str | None, place: Place, said: str) -> TemplateStage:
        if own and (stage := self._stage_word(own)):
            return _STAGE_OF[stage]
        if own and (named := words.stage_of_name(own)):
            return TemplateStage.INITIAL if _is_declared(own, named, said) else named
        if told := words.stage_of_text(said):
            return told
        for heading in place.above:
            if named := words.stage_of_name(heading):
                return named
        return TemplateStage.INITIAL

    def _stage_word(self, text: str) -> Stage | None:
        bare = text.strip().lower()
        for stage, word in self.stage_words.items():
            if word.lower() == bare:
                return stage
        return words.stage_named(text)

    def _serves(
        self, own: str | None, stage: TemplateStage, letter: Letter, said: str
    ) -> tuple[Stage, ...]:
        if stage is TemplateStage.OTHER:
            return ()
        if stage is TemplateStage.RESOLVED:
            return (Stage.RESOLVED,)
        if chosen := self._chosen(letter.body):
            return chosen
        if own and (only := self._stage_word(own)) and only.is_open:
            return (only,)
        if fixed := words.STATUS_LINE.search(letter.body):
            only = self._stage_word(fixed["word"])
            if only and only.is_open:
                return (only,)
        for news, pattern in words.NEWS:
            if pattern.search(said) or (own and _names_stage(own, news)):
                return (news,)
        return OPEN_STAGES

    def _chosen(self, body: str) -> tuple[Stage, ...]:
        for blank in blanks.find(body, self.references):
            named = {found for choice in blank.choices if (found := self._stage_word(choice))}
            if named:
                return tuple(stage for stage in INCIDENT_ROAD if stage in named)
        return ()

    def _audience(
        self, own: str | None, place: Place, letter: Letter, subject: str | None, said: str
    ) -> Audience | None:
        if audience_words.OTHERS.search(f"{own or ''}\n{letter.headers}"):
            return None
        if own and (found := audience_words.audience_of(own, own=True)):
            return found
        told = (letter.headers, place.label or "", *place.above, place.prose)
        if found := next(filter(None, map(audience_words.audience_of, told)), None):
            return found
        if found := audience_words.audience_of_text(
            f"{letter.body}", has_subject=subject is not None
        ):
            return found
        headings = "\n".join((own or "", *place.above))
        return Audience.CUSTOMER if _MAIL.search(headings) else None

    def _severities(self, own: str | None, place: Place) -> tuple[str, ...]:
        for text in (own, *place.above):
            if text and (keys := tuple(_keys(text, self.severities))):
                return keys
        return ()


def settle(templates: Sequence[Template]) -> Iterator[Template]:
    """Take resolution off templates with a choice of stages where the audience has its own."""
    closing = {
        template.audience for template in templates if template.stage is TemplateStage.RESOLVED
    }
    for template in templates:
        if template.stage is not TemplateStage.RESOLVED and template.audience in closing:
            serves = tuple(stage for stage in template.serves if stage.is_open)
            yield replace(template, serves=serves)
        else:
            yield template


def _name_of(text: str) -> str:
    """A name from a message's own words: the bold ones that it opens with, else the first."""
    if (bold := _OPENS_BOLD.match(text)) and words.stage_named(parts.clean_name(bold["name"])):
        return parts.clean_name(bold["name"])
    return parts.clean_name(text.replace("<", "[").replace(">", "]"))[:120]


def _words_only(text: str, references: frozenset[str]) -> str:
    found = blanks.find(text, references)
    kept = (piece for piece, blank in blanks.iter_text(text, found) if blank is None)
    return " ".join("".join(kept).split(" ")).replace("’", "'").strip()


def _names_stage(name: str, stage: Stage) -> bool:
    found = _STAGE_IN_NAME.search(name.lower())
    return bool(found) and words.stage_named(found.group(0)) is stage if found else False


def _keys(text: str, severities: Sequence[Severity]) -> Iterator[str]:
    """The keys of the severities that a heading names."""
    numbers: set[str] = set()
    for found in _SEVERITY_RUN.finditer(text):
        digits = re.findall(r"\d", found.group(0))
        if _RANGE.search(found.group(0)) and len(digits) == 2:
            digits = [str(n) for n in range(int(digits[0]), int(digits[1]) + 1)]
        if re.match(r"\s*(?:\+|and above|or (?:higher|above)|und höher)", text[found.end() :]):
            digits = [str(n) for n in range(int(digits[0]) + 1)]
        numbers.update(digits)
    named = {found.lower() for found in re.findall(r"\w+", " ".join(_IN_PARENTHESES.findall(text)))}
    for severity in severities:
        digits = re.findall(r"\d", severity.key)
        by_name = severity.name and severity.name.lower() in named
        if (digits and digits[-1] in numbers) or by_name:
            yield severity.key


def _channel(own: str | None, place: Place) -> str | None:
    for text in (own, *place.above, place.prose):
        for channel, pattern in audience_words.CHANNELS:
            if text and pattern.search(text):
                return channel
    return None


def _is_declared(own: str, named: TemplateStage, said: str) -> bool:
    """ "Slack update" whose words are "Incident declared" is the first word after all."""
    channel_only = named is TemplateStage.UPDATE and audience_words.audience_of(own)
    return bool(channel_only) and bool(words.DECLARES.search(said[:80]))


def _is_declaration(
    own: str | None, stage: TemplateStage, letter: Letter, subject: str | None
) -> bool:
    if stage is not TemplateStage.INITIAL:
        return False
    opening = "\n".join(letter.body.split("\n")[:2])
    return bool(words.DECLARES.search(f"{own or ''}\n{subject or ''}\n{opening}"))


def _promise(said: str) -> int | None:
    """Minutes until the next update where the fixed words promise it."""
    found = PROMISE.search(said)
    if not found:
        return None
    amount = _NUMBERS.get(found["amount"].lower()) or (
        int(found["amount"]) if found["amount"].isdigit() else 0
    )
    return amount * (60 if found["unit"][0] in "hsu" else 1) or None


_STAGE_OF = {
    Stage.INVESTIGATING: TemplateStage.INITIAL,
    Stage.IDENTIFIED: TemplateStage.UPDATE,
    Stage.MONITORING: TemplateStage.UPDATE,
    Stage.RESOLVED: TemplateStage.RESOLVED,
}
_MAIL = re.compile(r"\be-?mails?\b|newsletter|\bmailing|\bsms\b|text message", re.I)
_STAGE_IN_NAME = re.compile(
    r"investigating|identified|mitigating|mitigated|monitoring|identifiziert|beobachtung"
)
_SEVERITY_RUN = re.compile(
    r"(?<!\w)(?:p|s|sev|severity|level|prio(?:rity)?|stufe|niveau)[ -]?\d(?!\d)"
    r"(?:\s{0,2}(?:/|,|&|-|–|\+|and|or|to|und|oder|bis|et|ou|y|o|e|og|eller|och)\s{0,2}"
    r"(?:p|s|sev|severity|level)?[ -]?\d(?![\d.]))*",
    re.I,
)
_RANGE = re.compile(r"\d\s*(?:-|–|to|bis)\s*", re.I)
_IN_PARENTHESES = re.compile(r"\(([^()]{1,60})\)")
PROMISE = re.compile(
    r"(?:next (?:status )?update|nächste[sr]? (?:update|meldung)|prochain\w* \w+|próxim\w+ \w+"
    r"|(?:provide|send|post|share) (?:an(?:other)? |a further |the next )?updates?"
    r"|update (?:you )?(?:again )?)\W{0,3}(?:is |will be |due |follows |expected |again )?"
    r"(?:in|within|dans|en|em|om|innerhalb von|every)\W{1,2}"
    r"(?P<amount>\d{1,4}|an?|one|two|three|four|fifteen|thirty|sixty)\s?"
    r"(?P<unit>min\w*|hours?|hrs?|h\b|stunden?|heures?|horas?)",
    re.I,
)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "fifteen": 15, "thirty": 30,
    "sixty": 60,
}  # fmt: skip
_OPENS_BOLD = re.compile(r"\W{0,4}(?:\*\*|__)(?P<name>[^*_\n]{2,40})(?:\*\*|__)")
