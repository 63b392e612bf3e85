"""What the blanks of templates mean: each is bound to a fact, which is asked at most once."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import fact_words
from app.runbook import template_words as words
from app.runbook.blanks import Blank
from app.runbook.model import TemplateStage
from app.words import Audience


@dataclass(frozen=True)
class Fact:
    """A named value of an incident. `known` facts Allclear has itself; the others are asked.

    `question` is put to people, `hint` stands below it, `multiline` asks for more than a line.
    """

    name: str
    question: str
    known: bool = False
    multiline: bool = False
    hint: str = ""


def fact(name: str) -> Fact:
    """The fact of that name; roles and facts that only a runbook knows are made on the spot."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    kind, _, rest = name.partition(":")
    if kind == "role":
        return Fact(name, f"Who is the {rest}?", known=True)
    return Fact(name, f"{rest[:1].upper()}{rest[1:]}?")


@lru_cache(maxsize=2048)
def bind(
    blank: Blank,
    *,
    stage: TemplateStage,
    audience: Audience | None = None,
    line_text: str = "",
    in_subject: bool = False,
    after: str = "",
) -> str:
    """The name of the fact that a blank stands for, by its words, its label and its sentence.

    `line_text` is the whole line, `after` what follows the blank on it.
    """
    inside, label = _bare(blank.text), _bare(fact_words.MENTION.sub("", blank.label))
    found = (
        _of_choices(blank)
        or _counted(inside, label, after.lower())
        or _named_at_once(inside, label, blank.label, in_subject)
        or _of_sense(inside, label, line_text.lower(), stage, in_subject)
    )
    if found == "author" and audience is not Audience.INTERNAL:
        # To the outside it is the organisation that signs, not the responder on duty.
        return "organisation"
    if stage is TemplateStage.OTHER:
        return fact_words.WINDOW.get(found, found)
    return found


def _named_at_once(inside: str, label: str, before: str, in_subject: bool) -> str | None:
    """Facts that a few words tell wherever they stand."""
    vague = fact_words.VAGUE.fullmatch(inside) or fact_words.BRIEF.search(inside)
    if in_subject and vague:
        return "title"
    if not _says_something(inside):
        return None
    if inside == "name" and not label and not in_subject:
        return "author"
    if fact_words.GREETING.fullmatch(label) and fact_words.RECIPIENT.search(inside):
        return "recipient"
    return "channel" if fact_words.CHANNEL_BEFORE.search(before) else _role(inside, label)


def _of_sense(inside: str, label: str, line: str, stage: TemplateStage, in_subject: bool) -> str:
    if not _says_something(inside):
        return _of_label(label, line, stage, in_subject) or _own(label or inside)
    if found := _of_time(inside, label, line, stage):
        return found
    by_label = _of_label(label, line, stage, in_subject)
    by_words = _of_words(inside, label, in_subject)
    if fact_words.VAGUE.fullmatch(inside):
        return by_label or by_words or _own(f"{label} {inside}")
    return by_words or by_label or _own(inside)


def _of_choices(blank: Blank) -> str | None:
    if not blank.choices:
        return None
    if any(words.stage_named(choice) for choice in blank.choices):
        return "stage"
    if all(fact_words.SEVERITY_CHOICE.fullmatch(choice) for choice in blank.choices):
        return "severity"
    if all(fact_words.LEVEL.fullmatch(choice) for choice in blank.choices):
        return "severity_name"
    return None


def _of_label(label: str, line: str, stage: TemplateStage, in_subject: bool) -> str | None:
    """What the label alone tells, for blanks that say nothing themselves."""
    if not label:
        return "title" if in_subject else None
    return (
        _role("", label)
        or _of_time("", label, line, stage)
        or _of_words(label, "", in_subject)
        or ("title" if in_subject else None)
    )


def _of_words(inside: str, label: str, in_subject: bool) -> str | None:
    if fact_words.TITLE.search(inside):
        return "title"
    if fact_words.BRIEF.search(inside) and not fact_words.CAUSE.search(inside):
        if fact_words.CAUSE.search(label):
            return "cause"
        if label and (found := _first(fact_words.LABELLED, label)):
            return found
        if in_subject or fact_words.TITLE_LABEL.search(label):
            return "title"
        return "issue"
    return _first(fact_words.WORDS, inside) or (_first(fact_words.WORDS, label) if label else None)


def _first(patterns: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    return next((name for name, pattern in patterns if pattern.search(text)), None)


def _of_time(inside: str, label: str, line: str, stage: TemplateStage) -> str | None:
    """Which moment or span a blank about time means."""
    if not (fact_words.TIME.search(inside) or (not inside and fact_words.TIME.search(label))):
        return None
    both = f"{label} {inside}"
    if "date" in inside.split() and not fact_words.CLOCK.search(inside) and "review" not in both:
        return next((name for name in ("review_time", "eta") if _says(name, both)), "date")
    for name, pattern in fact_words.TIMES:
        if pattern.search(inside):
            return name
    for name, pattern in fact_words.TIMES:
        if pattern.search(label):
            is_ahead = stage in _BEFORE_THE_END and fact_words.UNTIL.search(label)
            return "eta" if name == "resolved" and is_ahead else name
    if fact_words.DATE.fullmatch(inside):
        return "date"
    if re.search(r"resolved|restored|fixed|behoben|résolu|resuelt|resolvid", line):
        return "resolved"
    if fact_words.DATE.search(both) and not re.search(r"time|zeit|heure|hora|tid", both):
        return "date"
    return {TemplateStage.INITIAL: "started", TemplateStage.RESOLVED: "resolved"}.get(
        stage, "updated"
    )


def _says(name: str, text: str) -> bool:
    return (
        next(pattern for fact, pattern in fact_words.TIMES if fact == name).search(text) is not None
    )


def _counted(inside: str, label: str, after: str) -> str | None:
    """A number whose unit follows it ("in [X] minutes"), or that completes a severity ("P[X]")."""
    if not fact_words.NUMBER.fullmatch(inside) and _says_something(inside):
        return None
    if re.search(r"(?:^|\b)(?:p|s|sev|severity|level)-?$", label):
        return "severity"
    if fact_words.UPDATE_NUMBER.search(label) and fact_words.COUNTER.fullmatch(inside):
        return "update_number"
    unit = re.match(r"\s*(h|m)(?:ours?|rs?|in(?:ute)?s?)?\b", after)
    if not unit:
        return None
    hours = unit.group(1) == "h"
    if fact_words.NEXT.search(label):
        return "next_update_hours" if hours else "next_update_minutes"
    if fact_words.EVERY.search(label):
        return "frequency_hours" if hours else "frequency_minutes"
    if hours and fact_words.DURATION.search(label):
        return "duration_hours"
    if not hours and re.match(r"(?:h|hrs?|hours?)\b", label):
        return "duration_rest"
    return "duration_minutes" if fact_words.DURATION.search(label) else None


def _role(inside: str, label: str) -> str | None:
    for text in (inside, label):
        if fact_words.COMMANDER.search(text) and (
            text is inside or fact_words.PERSON.fullmatch(inside) or not inside
        ):
            return "commander"
    if inside and not fact_words.PERSON.fullmatch(inside):
        found = fact_words.ROLE.search(inside)
    else:
        found = fact_words.ROLE.search(label)
    return role(found.group(0)) if found else None


def role(name: str) -> str:
    """The name of the fact who plays a role, the same for "Technical Lead" and "tech lead"."""
    bare = (
        "comms lead"
        if _bare(name) in ("comm", "comms")
        else _bare(name).replace("technical", "tech").replace("operations", "ops")
    )
    return f"role:{re.sub(r'communications?', 'comms', bare).strip()}"


def _own(text: str) -> str:
    """A fact that only this runbook knows, by its own words."""
    either = re.sub(r"\s*[/|]\s*", " or ", text)
    bare = " ".join(re.sub(r"[^\w' ]+", " ", either).split())
    return f"other:{bare[:60] or 'more'}"


def _bare(text: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ").replace("’", "'")
    spaced = re.sub(r"(?<=\w)[-.](?=\w)", " ", spaced) if "#" not in spaced else spaced
    return " ".join(spaced.lower().split()).strip(" :")


def _says_something(inside: str) -> bool:
    return bool(re.search(r"[^\W_]", inside)) and not re.fullmatch(
        r"(?:x+|n|\.+|…|tbd|insert(?: here)?|here|value|text|fill in|placeholder)", inside
    )


_BEFORE_THE_END = (TemplateStage.INITIAL, TemplateStage.UPDATE)
_KNOWN = (
    ("title", "What is it about?"),
    ("severity", "Which severity?"),
    ("severity_name", "Which severity?"),
    ("stage", "Where does it stand?"),
    ("status", "How do things stand, in a sentence?"),
    ("components", "What is affected?"),
    ("started", "When did it start?"),
    ("updated", "When was this written?"),
    ("resolved", "When was it resolved?"),
    ("duration", "How long did it last?"),
    ("duration_hours", "How many full hours did it last?"),
    ("duration_minutes", "How many minutes did it last?"),
    ("duration_rest", "How many minutes beyond the full hours did it last?"),
    ("window_start", "When does the maintenance begin?"),
    ("window_end", "When does the maintenance end?"),
    ("next_update", "When does the next update come?"),
    ("next_update_minutes", "In how many minutes does the next update come?"),
    ("next_update_hours", "In how many hours does the next update come?"),
    ("next_update_span", "How long until the next update?"),
    ("frequency", "How often do updates come?"),
    ("frequency_minutes", "How many minutes lie between updates?"),
    ("frequency_hours", "How many hours lie between updates?"),
    ("commander", "Who is the incident commander?"),
    ("author", "Who signs?"),
    ("recipient", "Who is addressed?"),
    ("channel", "Where do responders meet?"),
    ("update_number", "Which update is it?"),
    ("incident_code", "What is the incident's number?"),
    ("responders", "Who helped?"),
    ("review_time", "When is the review?"),
    ("contact", "Where can people get help?"),
    ("organisation", "What is your organisation called?"),
    ("date", "Which day?"),
    ("link", "Where can people follow along?"),
    ("time_zone", "Which time zone?"),
)
_ASKED = (
    Fact("issue", "What is the issue?"),
    Fact("impact", "What do people notice?", multiline=True, hint="What no longer works for them."),
    Fact("scope", "Who is affected?", hint="Such as “all customers” or “about one in ten”."),
    Fact("workaround", "What can people do meanwhile?", multiline=True),
    Fact("changed", "What has changed?", multiline=True, hint="Since the last update."),
    Fact("actions", "What is being done now?", multiline=True, hint="One action a line."),
    Fact("eta", "When do you expect it to be fixed?", hint="Leave empty when nobody knows."),
    Fact("cause", "What was the cause?", multiline=True, hint="In plain words, no blame."),
    Fact("fix", "What was done to fix it?", multiline=True),
    Fact("prevention", "What will keep it from happening again?", multiline=True),
)
CATALOGUE: dict[str, Fact] = {
    **{name: Fact(name, question, known=True) for name, question in _KNOWN},
    **{asked.name: asked for asked in _ASKED},
}
ORDER: tuple[str, ...] = tuple(asked.name for asked in _ASKED)
