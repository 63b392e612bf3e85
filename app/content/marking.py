"""A draft as it is shown while it is written: the facts in it marked, its gaps too."""

import re
from collections.abc import Collection

import nh3
from markupsafe import Markup

from app.content import markdown
from app.content.filling import Segment

# Private characters enclose a fact through the rendering; nobody's text can hold them after it.
_OPEN, _GAP, _CLOSE = "\ue000", "\ue001", "\ue002"
_PRIVATE = re.compile("[\ue000-\ue002]")
_LEAD = re.compile(r"\s*(?:[-*+•]\s+|\d{1,3}[.)]\s+)?")


def rendered(segments: Collection[Segment], missing: Collection[str] = ()) -> Markup:
    """The words as the page shows them, from Markdown, with each fact marked."""
    return _with_marks(str(markdown.render(_enclosed(segments, missing))))


def plain(segments: Collection[Segment], missing: Collection[str] = ()) -> Markup:
    """The words as they stand, for a message without Markdown, with each fact marked."""
    return _with_marks(str(Markup.escape(_enclosed(segments, missing))))


def _enclosed(segments: Collection[Segment], missing: Collection[str]) -> str:
    return "".join(
        _enclose(text, _GAP if fact in missing else _OPEN) if fact else _PRIVATE.sub("", text)
        for text, fact in segments
    )


def _enclose(text: str, mark: str) -> str:
    """Each line of a fact between marks; a link stays whole, for marks would become part of it."""
    text = _PRIVATE.sub("", text)
    if "://" in text:
        return text
    lines = []
    for line in text.split("\n"):
        lead = _LEAD.match(line)
        start = lead.end() if lead else 0
        told = line[start:]
        lines.append(f"{line[:start]}{mark}{told}{_CLOSE}" if told.strip() else line)
    return "\n".join(lines)


def _with_marks(html: str) -> Markup:
    html = html.replace(_OPEN, "<mark>").replace(_GAP, '<mark class="gap">')
    html = html.replace(_CLOSE, "</mark>")
    cleaned = nh3.clean(
        html,
        tags=markdown.TAGS | {"mark"},
        attributes={"a": {"href"}, "ol": {"start"}, "mark": {"class"}},
        url_schemes=markdown.SCHEMES,
        link_rel="nofollow noopener",
    )
    return Markup(cleaned)  # noqa: S704  # cleaned by the line above
