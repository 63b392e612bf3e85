"""How the page looks and speaks: its language, logo, colour, links, last line and small rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain import logo
from app.errors import Rejected
from app.models import Organisation
from app.words import LANGUAGES

MOST_LINKS = 8
LONGEST_FOOTER = 500
LATE_UPDATES = ("combine", "supersede")


@dataclass(frozen=True)
class Look:
    """What the page is to look like, as a person typed it."""

    language: str
    accent: str
    """`#rrggbb`, or empty for ours."""
    links: Sequence[str]
    """Each "words | address"."""
    footer: str
    security_contact: str
    partial_percent: int | None
    late_updates: str
    picture: bytes | None = None
    """The file of a new logo; None keeps the one there is."""
    forget_logo: bool = False


def dress(organisation: Organisation, look: Look) -> None:
    """Give the page this look, in the transaction around; raise Rejected for what cannot be."""
    wrong: dict[str, str] = {}
    for part in (_language, _accent, _links, _footer, _security_contact, _percent, _logo):
        try:
            part(organisation, look)
        except Rejected as rejected:
            wrong |= rejected.errors
    if wrong:
        raise Rejected(**wrong)
    if look.late_updates in LATE_UPDATES:
        organisation.late_updates = look.late_updates


def check_language(language: str) -> None:
    """Raise Rejected for a language that the public side does not speak."""
    if language not in LANGUAGES:
        known = ", ".join(f"{name} ({code})" for code, name in LANGUAGES.items())
        raise Rejected(language=f"Choose one of these: {known}.")


def _language(organisation: Organisation, look: Look) -> None:
    check_language(look.language)
    organisation.language = look.language


def _accent(organisation: Organisation, look: Look) -> None:
    accent = look.accent.strip().lower()
    if re.fullmatch("#?[0-9a-f]{3}", accent):
        accent = "".join(letter * 2 for letter in accent.lstrip("#"))
    accent = f"#{accent.lstrip('#')}" if accent else ""
    if accent and not re.fullmatch("#[0-9a-f]{6}", accent):
        raise Rejected(accent="Give the colour as # and six digits or letters: #1f4e8c.")
    organisation.accent = accent


def _links(organisation: Organisation, look: Look) -> None:
    kept = []
    for line in (line.strip() for line in look.links):
        words, mark, address = (part.strip() for part in line.rpartition("|"))
        if not line:
            continue
        if not (mark and words) or not _is_address(address):
            raise Rejected(
                links=f"“{line[:80]}” should be words, a bar and an address: "
                "Imprint | https://example.org/imprint"
            )
        kept.append(f"{words[:60]} | {address}")
    if len(kept) > MOST_LINKS:
        raise Rejected(links=f"At most {MOST_LINKS} links have room.")
    organisation.links = kept


def _footer(organisation: Organisation, look: Look) -> None:
    if len(look.footer) > LONGEST_FOOTER:
        raise Rejected(footer=f"At most {LONGEST_FOOTER} letters have room.")
    organisation.footer = look.footer.strip()


def _security_contact(organisation: Organisation, look: Look) -> None:
    contact = look.security_contact.strip()
    is_mail = re.fullmatch(r"(mailto:)?[^@\s]+@[^@\s]+\.[^@\s]+", contact)
    if contact and not (is_mail or _is_address(contact)):
        raise Rejected(
            security_contact="Give an email address, or a page that starts with https://"
        )
    organisation.security_contact = contact


def _percent(organisation: Organisation, look: Look) -> None:
    if look.partial_percent is None or not 0 <= look.partial_percent <= 100:
        raise Rejected(partial_percent="Give a whole number from 0 to 100.")
    organisation.partial_percent = look.partial_percent


def _logo(organisation: Organisation, look: Look) -> None:
    if look.picture is not None:
        organisation.logo, organisation.logo_type = logo.redraw(look.picture), logo.TYPE
    elif look.forget_logo:
        organisation.logo, organisation.logo_type = None, ""


def _is_address(text: str) -> bool:
    return bool(re.fullmatch(r"(https?://|mailto:)[^\s|<>\"]{3,300}", text))
