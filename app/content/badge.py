"""A badge: a name, a shape and a word, as a small picture that stands on any ground."""

from collections.abc import Collection
from xml.sax.saxutils import escape, quoteattr

from app.content import characters
from app.content.language import gettext as _
from app.content.sentence import Tone

LONGEST_NAME = 40
HEIGHT = 22
DARK = "#2b3038"
GROUNDS = {
    Tone.OK: "#1f6f4f",
    Tone.PLANNED: "#2a5d93",
    Tone.SLOW: "#8a5a00",
    Tone.PARTIAL: "#a8440b",
    Tone.MAJOR: "#b0201f",
}
"""Each is dark enough for white letters (4.5 to 1), on light ground and on dark."""
SHAPES = {
    Tone.OK: '<circle cx="6" cy="6" r="4.6"/>',
    Tone.SLOW: '<path d="M6 1 11.4 10.6H.6z"/>',
    Tone.PARTIAL: '<path d="M6 .4 11.6 6 6 11.6.4 6z"/>',
    Tone.MAJOR: '<path d="M1.4 1.4h9.2v9.2H1.4z"/>',
    Tone.PLANNED: (
        '<path fill-rule="evenodd" d="M6 1.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6'
        'm0 2.3a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5"/>'
    ),
}
_NARROW = set("fijlrtI.,:;!|'()[] ")
_WIDE = set("mwMW@%—…")


def draw(name: str, word: str, tone: Tone) -> str:
    """The picture; who cannot see it is read the same words."""
    name = _short(characters.one_line(name))
    left, right = width(name) + 16, width(word) + 34
    label = quoteattr(f"{name}: {word}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" '
        f'viewBox="0 0 {left + right} {HEIGHT}" role="img" aria-label={label}>'
        f"<title>{escape(f'{name}: {word}')}</title>"
        f'<rect width="{left + right}" height="{HEIGHT}" rx="4" fill="{GROUNDS[tone]}"/>'
        f'<path d="M4 0H{left}V{HEIGHT}H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="{DARK}"/>'
        f'<rect x=".5" y=".5" width="{left + right - 1}" height="{HEIGHT - 1}" rx="3.5" '
        'fill="none" stroke="#fff" stroke-opacity=".25"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">'
        f"{_text(name, 8)}"
        f'<g transform="translate({left + 8} 5)">{SHAPES[tone]}</g>'
        f"{_text(word, left + 26)}</g></svg>\n"
    )


def words(tone: Tone, parts: Collection[Tone]) -> str:
    """What the badge of the whole page says; `parts` are the tones of what we run."""
    if tone is Tone.OK:
        return _("Everything works")
    if tone not in parts:  # an incident that names none of them
        return _("Being watched") if tone is Tone.PLANNED else _("A problem")
    return {
        Tone.PLANNED: _("Maintenance"),
        Tone.SLOW: _("Something is slow"),
        Tone.PARTIAL: _("Something is partly down"),
        Tone.MAJOR: _("Something is down"),
    }[tone]


def width(text: str) -> int:
    """How wide the letters are, near enough: whoever draws them is told to fit them to it."""
    return round(sum(_letter(one) for one in text))


def _letter(one: str) -> float:
    if ord(one) >= 0x1100:  # scripts of square letters, and emoji
        return 11.5
    if one in _NARROW:
        return 4.2
    return 10 if one in _WIDE else 8 if one.isupper() else 6.9


def _text(text: str, at: int) -> str:
    return f'<text x="{at}" y="15" textLength="{width(text)}">{escape(text)}</text>'


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
