"""Reads the message templates and the review form out of a runbook's blocks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.runbook import blanks, template_place
from app.runbook import template_meaning as meaning
from app.runbook import template_parts as parts
from app.runbook import template_places as places
from app.runbook import template_sort as sort
from app.runbook.document import Document
from app.runbook.model import NotUnderstood, Severity, Template, TemplateStage
from app.runbook.template_place import Place
from app.words import Stage


@dataclass(frozen=True)
class TemplatesRead:
    """What was found. `used_lines` are the lines of messages and forms, which hold nothing else."""

    templates: tuple[Template, ...] = ()
    review_form: str | None = None
    not_understood: tuple[NotUnderstood, ...] = ()
    used_lines: frozenset[int] = frozenset()


@dataclass
class _Found:
    templates: list[Template] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)


def read(
    document: Document, severities: Sequence[Severity], stage_words: Mapping[Stage, str]
) -> TemplatesRead:
    """The templates of a document in order, each with what it is for."""
    found = _Found()
    reader = meaning.Reader(severities, stage_words, blanks.references(document.text))
    for place in _messages(document, found):
        if len(found.templates) >= places.MOST:
            break
        _read_place(place, reader, found)
    templates = tuple(meaning.settle(_unique(found.templates)))
    return TemplatesRead(
        templates,
        found.forms[0] if found.forms else None,
        tuple(_unknown(templates)),
        frozenset(found.lines),
    )


def _messages(document: Document, found: _Found) -> list[Place]:
    """The places that hold messages; forms are put aside on the way.

    Places that share a heading and have no label of their own go by what they say.
    """
    listed: list[Place] = []
    for place in places.all_places(document):
        if len(listed) >= places.MOST:
            break
        kind = _sort(place)
        if kind is sort.Sort.REVIEW_FORM:
            found.forms.append(place.text.strip("\n"))
            found.lines.update(place.covers)
        elif kind is sort.Sort.MESSAGE and parts.letter(place.lines):
            listed.append(place)
    shared = Counter(place.path[-1].line for place in listed if place.path and not place.label)
    return [
        replace(place, shares_heading=bool(place.path) and shared[place.path[-1].line] > 1)
        for place in listed
    ]


def _read_place(place: Place, reader: meaning.Reader, found: _Found) -> None:
    cut = parts.cut(place.lines, is_prose=place.kind != "fence")
    messages = [part for part in cut if _is_whole(part, place)]
    made = [
        template
        for part in messages
        if (template := reader.template(place, part, alone=len(messages) == 1))
    ]
    if made:
        found.templates.extend(made)
        found.lines.update(place.covers)


def _is_whole(part: parts.Part, place: Place) -> bool:
    return place.kind == "fence" or not sort.is_instruction(part.text) or bool(part.title)


def _sort(place: Place) -> sort.Sort:
    if sort.is_example(f"{place.label or ''}:\n{place.prose}", place.text):
        return sort.Sort.NEITHER
    if place.kind == "fence":
        return sort.sort_fence(
            place.text, info=place.info, headings=place.setting, own=place.nearest
        )
    # A form in prose is the runbook telling what a review is about: it stays where it is.
    is_message = template_place.is_message_in_prose(place) and not sort.is_review_form(
        place.text, place.nearest
    )
    return sort.Sort.MESSAGE if is_message else sort.Sort.NEITHER


def _unique(templates: list[Template]) -> list[Template]:
    """Templates in the order of the document, no text twice at one line."""
    by_line = {template.line: template for template in sorted(templates, key=lambda t: t.line)}
    return list(by_line.values())


def _unknown(templates: Sequence[Template]) -> Iterator[NotUnderstood]:
    for template in templates:
        if template.audience is None and template.stage is not TemplateStage.OTHER:
            why = (
                "It is not said who this message is for: colleagues, customers or the status page."
            )
            yield NotUnderstood(template.line, template.name, why)
