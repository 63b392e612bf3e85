"""Texts: one segment where it can be, and the link always whole."""

from dataclasses import dataclass

from app.content import characters, links, told
from app.content.language import gettext as _
from app.domain import numbers
from app.models import Announcement, AnnouncementKind

GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of GSM 03.38; one septet each."""
GSM_TWICE = "^{}\\[~]|€\f"
"""Two septets each."""
PLAINER = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "·": "-",
        "\u00a0": " ",
    }
)
SHORTEST_TITLE = 12


@dataclass(frozen=True)
class Text:
    """A text for one number."""

    reference: str
    kind: AnnouncementKind
    words: str
    to: str = ""

    def addressed(self, recipient: str, address: str) -> "Text":
        """The text for one number, with its own code or link."""
        code = told.subscriber(recipient)
        words = self.words
        if self.kind is AnnouncementKind.ALREADY:
            words = fitted(words, "", f" {links.manage(code)}")
        return Text(self.reference, self.kind, words, address)


def compose(announcement: Announcement, language: str = "") -> Text:
    """The text of an announcement."""
    what = told.read(announcement)
    name = what.organisation
    if what.kind is AnnouncementKind.CONFIRM:
        subscriber_id = announcement.subscriber_id or 0
        words = fitted(
            "", f"{name} status", _(": your code is %(code)s", code=numbers.code_of(subscriber_id))
        )
    elif what.kind is AnnouncementKind.ALREADY:
        words = _("%(name)s status: this number is subscribed already.", name=name)
    elif what.kind is AnnouncementKind.TEST:
        words = fitted("", f"{name} status", _(": this is a test."))
    else:
        words = fitted(f"{name}: ", what.title, f" - {what.stage}. {what.link}")
    return Text(announcement.code, announcement.kind, words)


def fitted(before: str, title: str, after: str) -> str:
    """The three together, the title shortened so that they need no segment more than they must."""
    before, title, after = (characters.legal(part).translate(PLAINER) for part in
                            (before, title, after))  # fmt: skip
    whole = before + title + after
    if segments(whole) == 1 or not title:
        return whole
    for wanted in (1, 2, 3):
        for length in range(len(title) - 1, SHORTEST_TITLE - 1, -1):
            shorter = f"{before}{title[:length].rstrip()}...{after}"
            if segments(shorter) <= wanted:
                return shorter
    return whole


def segments(text: str) -> int:
    """How many messages a network makes of a text, and bills."""
    if all(letter in GSM or letter in GSM_TWICE for letter in text):
        size, one, many = len(text) + sum(letter in GSM_TWICE for letter in text), 160, 153
    else:
        size, one, many = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= one else -(-size // many)
