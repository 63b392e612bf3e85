"""A place where a message may stand, and whether quotes and prose at one are words to send."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import audience_words, blanks
from app.runbook import template_parts as parts
from app.runbook import template_sort as sort
from app.runbook import template_words as words
from app.runbook.document import Heading
from app.runbook.template_parts import Line
from app.words import Audience


@dataclass(frozen=True)
class Place:
    """A run of lines with what stands above it.

    `label` names it ("**Status Update Template**"); `prose` is what else was said before it.
    `covers` are all its lines, marks included.
    """

    kind: str
    lines: tuple[Line, ...]
    path: tuple[Heading, ...]
    covers: range
    info: str = ""
    label: str | None = None
    subject: str | None = None
    prose: str = ""
    shares_heading: bool = False

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)

    @property
    def above(self) -> tuple[str, ...]:
        """The headings that speak of this place, innermost first; not the document's title."""
        return named(self.path)

    @property
    def headings(self) -> str:
        return "\n".join((self.label or "", *self.above))

    @property
    def setting(self) -> str:
        """The headings, and the document's title where all of it is templates for messages."""
        title = self.path[0].text[:_LONGEST_HEADING] if self.path else ""
        told = words.COMMUNICATION.search(title) or "message" in title.lower()
        whole = told and words.TEMPLATES.search(title)
        return f"{self.headings}\n{title}" if whole else self.headings

    @property
    def nearest(self) -> str:
        return "\n".join((self.label or "", *self.above[:1]))


@lru_cache(maxsize=256)
def named(path: tuple[Heading, ...]) -> tuple[str, ...]:
    told = path[1:] if len(path) > 1 and path[0].level == 1 else path
    return tuple(parts.clean_name(heading.text[:_LONGEST_HEADING]) for heading in reversed(told))


def is_message_in_prose(place: Place) -> bool:
    """Whether a quote, paragraphs or a list item are words to send."""
    setting = place.setting
    if len(place.text) > sort.LONGEST_MESSAGE:
        return False
    if not is_about_messages(setting) and not _MARK.search(place.text):
        return False
    found = blanks.find(place.text)
    if place.kind == "prose" and (_is_directory(place) or not found and _is_advice(place)):
        return False
    if place.kind == "quote" and sort.is_note(place.text):
        return False
    if sort.reads_like_message(place.text):
        return is_about_messages(setting) or sort.is_plainly_message(place.text)
    if place.kind == "quote" and len(found) > 1 and not sort.is_instruction(place.text):
        return True
    return _is_template(place, len(found))


def _is_template(place: Place, blanks_found: int) -> bool:
    """Whether words that do not speak to anybody are a message by the place they stand at."""
    is_for_page = audience_words.audience_of(place.headings) is Audience.PUBLIC
    staged = place.kind == "quote" and blanks_found and words.stage_of_name(place.nearest)
    if not (words.TEMPLATES.search(place.setting) or is_for_page or staged):
        return False
    if place.label and words.stage_of_name(place.label) and sort.is_statement(place.text):
        return True
    if place.kind == "quote" or place.subject:
        return bool(blanks_found) or len(place.text.split()) >= 6
    return blanks_found >= 2 and place.kind == "prose" and not sort.is_instruction(place.text)


def _is_directory(place: Place) -> bool:
    """A list of where and whom to reach, each with a blank of its own, is to be filled in once."""
    if not _DIRECTORY.search(place.nearest) or words.TEMPLATES.search(place.nearest):
        return False
    return all(_BULLET.match(text.strip()) for _, text in place.lines if text.strip())


def _is_advice(place: Place) -> bool:
    """Whether sentences without blanks tell what "we" do about messages, and are none."""
    if _BULLET.match(place.text):
        return True
    is_labelled = place.label and words.stage_of_name(place.label)
    is_template = words.TEMPLATES.search(place.headings)
    return not (is_labelled or is_template or place.subject or sort.is_letter(place.text))


@lru_cache(maxsize=256)
def is_about_messages(headings: str) -> bool:
    return bool(words.TEMPLATES.search(headings) or words.COMMUNICATION.search(headings))


_LONGEST_HEADING = 300
_MARK = re.compile(r"[\[{<]|\(\(|__")
_BULLET = re.compile(r"^(?:[-*+]|\d{1,3}[.)])\s+")
_DIRECTORY = re.compile(
    r"channels?\b|contacts?\b|\blinks?\b|tools?\b|roles?\b|stakeholders\b|cadence|frequency|"
    r"schedule|kanäle|kontakte|canaux|canales|canais|kanaler",
    re.I,
)
