"""Markdown of updates to cleaned HTML: the only place that makes Markup."""

import re
import threading
from functools import lru_cache
from html.parser import HTMLParser
from re import Match
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from markupsafe import Markup, escape

from app.content import characters

LONGEST = 20_000
"""Characters: rendering takes time that grows with the square of some inputs."""
TAGS = {
    "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
# "https://example.org/x" without the point that ends the sentence around it.
_BARE_LINK = r"(https?://[^\s<>\"'`\[\]()*\\]+[^\s<>\"'`\[\]()*\\.,;:!?])"
# "[words](address)"; a picture is shown as the link to it. Every part has an end in sight: the
# library's own search for the closing bracket takes minutes on twenty thousand opening ones.
_LINK = (
    r"!?\[([^\[\]]{1,300})\]"
    r"\([ ]{0,3}<?((?:https?://|mailto:)[^\s<>()]{1,2000}(?:\([^\s<>()]{0,200}\)[^\s<>()]{0,200})?)>?"
    r"(?:[ ]{1,3}\"[^\"]{0,300}\")?[ ]{0,3}\)"
)
# A list right below its announcement, as people write it; Markdown of old wants an empty line.
_LIST_AT_ONCE = re.compile(r"^(?![-*+] |\d+\. |\s)(.+)\n(?=[-*+] |1\. )", re.M)
# "- The Example Team" at the very end is a sign-off, as people write it, and no list of one.
_SIGN_OFF = re.compile(r"(?<=\n\n)-(?= [^\n]+\s*\Z)")
_BRACKETS = (
    "link", "reference", "image_link", "image_reference", "short_reference", "short_image_ref",
)  # fmt: skip
_BLOCKS = ("p", "pre", "blockquote", "ul", "ol", "hr")
_readers = threading.local()
_MANY_BREAKS = re.compile(r"\n{3,}")


@lru_cache(maxsize=1024)  # the same updates stand on many pages and in every feed
def render(text: str) -> Markup:
    """The text as HTML that is safe on any page: no picture, no script, no foreign tag."""
    text = _SIGN_OFF.sub(r"\-", _LIST_AT_ONCE.sub(r"\1\n\n", characters.legal(text)))
    if len(text) > LONGEST:
        text = text[:LONGEST].rstrip() + "…"
    cleaned = nh3.clean(
        _convert(text),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        attribute_filter=_whole_address,
        link_rel="nofollow noopener",
    )
    # Once more, as what was typed as "&#1;" has become the character itself. To leave it out opens
    # nothing: what is no mark was escaped, and an address keeps the beginning it was judged by.
    return Markup(characters.legal(cleaned))  # noqa: S704  # cleaned by the lines above


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """The text without marks, for where only words can stand; links show where they lead."""
    return words(render(text))


def words(html: Markup) -> str:
    """The words of what `render` made."""
    collected = _Words()
    collected.feed(html)
    collected.close()
    return collected.text()


def _whole_address(_tag: str, name: str, value: str) -> str | None:
    """No relative link: in a feed or a mail it would lead nowhere, or elsewhere."""
    whole = value.lower().startswith(("https://", "http://", "mailto:"))
    return value if whole or name != "href" else None


def _convert(text: str) -> str:
    # To make a reader takes longer than to read a message, so each thread keeps one. While it
    # reads it is taken away: one that failed in the middle is not used again.
    reader: Markdown = _readers.__dict__.pop("kept", None) or Markdown(
        extensions=["sane_lists", "nl2br", _House()], output_format="html"
    )
    try:
        html: str = reader.convert(text)
    except RecursionError:  # lists inside lists inside lists, hundreds deep
        return f"<pre>{escape(text)}</pre>"
    _readers.kept = reader.reset()
    return html


class _House(Extension):
    """Our own manners: tags that people type stay visible, bare links lead somewhere."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        md.parser.blockprocessors.deregister("reference")
        # A line under a line is no heading: thousands of them would take seconds to find.
        md.parser.blockprocessors.deregister("setextheader")
        md.inlinePatterns.deregister("html")
        for name in _BRACKETS:
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(_Link(_LINK, md), "link", 160)
        # Just after links and <links>, so that an address inside one is left alone.
        md.inlinePatterns.register(_BareLink(_BARE_LINK, md), "bare_link", 115)
        md.treeprocessors.register(_Headings(md), "headings", 5)


class _Link(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: Match[str], data: str) -> tuple[Element, int, int]:
        link = Element("a", href=m.group(2))
        link.text = m.group(1)
        return link, m.start(0), m.end(0)


class _BareLink(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: Match[str], data: str) -> tuple[Element, int, int]:
        link = Element("a", href=m.group(1))
        link.text = AtomicString(m.group(1))
        return link, m.start(0), m.end(0)


class _Headings(Treeprocessor):
    """Headings become bold lines: the page around has its own."""

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                _into_bold_line(element)


def _into_bold_line(heading: Element) -> None:
    bold = Element("strong")
    bold.text = heading.text
    bold.extend(list(heading))
    for child in list(heading):
        heading.remove(child)
    heading.tag, heading.text = "p", None
    heading.append(bold)


class _Words(HTMLParser):
    """Collects the words of our own cleaned HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self._parts.append("\n- ")
        elif tag in _BLOCKS and not "".join(self._parts[-1:]).endswith("- "):
            self._parts.append("\n\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or "", len(self._parts)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link:
            href, start = self._link
            if href and href.removeprefix("mailto:") != "".join(self._parts[start:]):
                self._parts.append(f" ({href})")
            self._link = None

    def handle_data(self, data: str) -> None:
        # White space alone is the renderer's between blocks, or the space between two links.
        if data.strip():
            self._parts.append(data)
        elif "\n" not in data:
            self._parts.append(" ")

    def text(self) -> str:
        lines = (line.rstrip() for line in "".join(self._parts).split("\n"))
        return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip()
