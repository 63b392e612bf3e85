"""From Markdown to a runbook: every part read by its own noun, and then judged as a whole."""

import re
from dataclasses import replace

from app.runbook import (
    checklists,
    contacts,
    document,
    escalation,
    evidence,
    matrix,
    mending,
    obligations,
    outline,
    reviews,
    roles,
    severities,
    stages,
    templates,
)
from app.runbook.document import Document
from app.runbook.model import NotUnderstood, Runbook

_MOST_NOTES = 50


def read(text: str) -> Runbook:
    """What a document says about handling incidents. Any text ends in an answer."""
    text, front_title = _without_front_matter(mending.mend(text))
    parsed = document.parse(text)
    lines = outline.read(parsed)
    found = severities.read(lines)
    stage_words = stages.own_words(parsed, lines)
    messages = templates.read(parsed, found.severities, stage_words)
    skip = messages.used_lines
    boxes = checklists.read(parsed, lines, found.levels)
    review_rules, unread_reviews = reviews.read(lines, boxes, found.levels, skip)
    notes = [*found.not_understood, *messages.not_understood, *unread_reviews, *_unread(parsed)]
    runbook = Runbook(
        title=_title(parsed, front_title),
        is_runbook=True,
        severities=found.severities,
        obligations=obligations.read(lines, boxes, found.levels, skip),
        matrix=matrix.read(lines, found.levels),
        alert_channels=escalation.alert_channels(lines, found.levels),
        escalation=escalation.criteria(lines),
        roles=roles.read(lines, skip),
        templates=messages.templates,
        checklists=boxes,
        contacts=contacts.read(lines, skip),
        actions=escalation.actions(lines),
        reviews=review_rules,
        review_form=messages.review_form,
        error_budgets=reviews.error_budgets(lines),
        stage_words=stage_words,
        sections=stages.sections(parsed),
        not_understood=_noted(notes),
    )
    why_not = evidence.judge(runbook, lines)
    return replace(runbook, is_runbook=why_not is None, why_not=why_not)


_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?P<body>(?:[^\n]*\n){0,100}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?([^\n\"']{1,200})", re.MULTILINE | re.IGNORECASE)
_FRONT_LINE = re.compile(r"^(?:[\w.-]+\s*:|\s+\S|\s*-\s|#|\s*$)")


def _without_front_matter(text: str) -> tuple[str, str | None]:
    """The text with its front matter as empty lines, so that lines keep their numbers."""
    match = _FRONT_MATTER.match(text)
    if match is None or not all(map(_FRONT_LINE.match, match["body"].split("\n"))):
        return text, None
    title = _FRONT_TITLE.search(match["body"])
    blank = "\n" * match[0].count("\n")
    return blank + text[match.end() :], title[1].strip() if title else None


def _title(parsed: Document, front_title: str | None) -> str:
    """The first heading of the highest level, else the first words."""
    top = next((h for h in parsed.headings if h.level == 1), None)
    if top is None and front_title:
        return outline.plain(front_title)
    top = top or next(iter(parsed.headings), None)
    if top and outline.plain(top.text):
        return outline.plain(top.text)[:200]
    first = next((line for line in parsed.lines if line.strip(" #>*-_`|")), "")
    return outline.plain(first.strip(" #>-|"))[:200]


def _unread(parsed: Document) -> list[NotUnderstood]:
    if parsed.unread_from is None:
        return []
    why = "The document is too long to be read whole; from this line on nothing was read."
    return [NotUnderstood(parsed.unread_from, "", why)]


def _noted(notes: list[NotUnderstood]) -> tuple[NotUnderstood, ...]:
    """In the order of lines, each once, and no longer than a person would read."""
    unique = {(note.line, note.text): note for note in notes}
    ordered = sorted(unique.values(), key=lambda note: note.line)[:_MOST_NOTES]
    return tuple(replace(note, text=note.text[:120]) for note in ordered)
