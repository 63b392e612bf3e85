"""What makes a page the organisation's own: its logo, its colour, its links and its last line."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from app.content import characters, colours
from app.domain import logo
from app.models import Organisation


@dataclass(frozen=True)
class Link:
    words: str
    address: str


@dataclass(frozen=True)
class Picture:
    """The logo: where it lies, and its size on the page, so that nothing moves when it comes."""

    address: str
    width: int
    height: int


@dataclass(frozen=True)
class Brand:
    logo: Picture | None
    style: str
    """The address of the site's own style sheet; empty when it needs none."""
    links: tuple[Link, ...]
    footer: str


def brand(organisation: Organisation) -> Brand:
    """What every public page carries of the organisation's own."""
    css = style(organisation)
    return Brand(
        logo=_picture(organisation.logo) if organisation.logo_type and organisation.logo else None,
        style=f"/brand.css?v={_fingerprint(css.encode())}" if css else "",
        links=tuple(links(organisation.links)),
        footer=characters.one_line(organisation.footer),
    )


def style(organisation: Organisation) -> str:
    """The site's own style sheet; only colours that were computed here stand in it."""
    said = []
    if worn := colours.shades(organisation.accent):
        said.append(
            "@layer tokens{:root{"
            f"--accent:light-dark({worn.light.colour},{worn.dark.colour});"
            f"--on-accent:light-dark({worn.light.on_it},{worn.dark.on_it})"
            "}}"
        )
    if organisation.logo_type and organisation.logo and _has_holes(organisation.logo):
        # Most logos are drawn for white paper.
        said.append(
            "@media (prefers-color-scheme:dark){@layer pieces{"
            ".logo{background:#fff;padding:5px 8px;border-radius:6px}"
            "}}"
        )
    return "".join(f"{rule}\n" for rule in said)


def links(lines: list[str]) -> list[Link]:
    """Each "words | address" as a link."""
    parts = [line.rpartition("|") for line in lines]
    return [Link(words.strip(), address.strip()) for words, _, address in parts]


@lru_cache(maxsize=4)
def _picture(data: bytes) -> Picture:
    return Picture(f"/logo.webp?v={_fingerprint(data)}", *logo.size(data))


@lru_cache(maxsize=4)
def _has_holes(data: bytes) -> bool:
    return logo.has_holes(data)


def _fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]
