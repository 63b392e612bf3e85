"""Badges, the picture, the text form and what machines look for, without a database."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.content import badge, preview, site_files
from app.content.sentence import Segment, Tone
from app.publication import negotiation

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAGE = "https://status.example.org"


@given(st.text(max_size=60), st.sampled_from(list(Tone)))
@settings(deadline=None)
def test_no_name_can_break_a_badge_and_it_is_read_as_it_looks(name, tone):
    drawn = ET.fromstring(badge.draw(name, "Down", tone))  # noqa: S314 - it is ours

    texts = [one.text or "" for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[1] == "Down"
    assert len(texts[0]) <= badge.LONGEST_NAME
    assert drawn.get("aria-label").startswith(texts[0])
    assert int(drawn.get("width")) >= 50


def test_the_badge_of_the_page_says_what_is_the_matter():
    assert badge.words(Tone.OK, set()) == "Everything works"
    assert badge.words(Tone.MAJOR, {Tone.MAJOR, Tone.OK}) == "Something is down"
    assert badge.words(Tone.SLOW, {Tone.OK}) == "A problem"


@pytest.mark.parametrize("tone", list(Tone))
def test_a_badge_can_be_read_on_its_ground(tone):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return sum(
            share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    assert 1.05 / (light(badge.GROUNDS[tone]) + 0.05) >= 4.5


@pytest.mark.parametrize(
    "words",
    [
        "Everything works.",
        "",
        "x" * 400,
        "шифр 漢字 🚨 שלום\u202e " * 40,
        "The\0 shop\x1b[31m is slow.",
    ],
)
def test_the_picture_is_drawn_whatever_the_sentence_is(words):
    segments = (Segment(words), Segment(" cannot be reached", problem=True), Segment("."))

    image = Image.open(BytesIO(preview.draw("Example status", segments, Tone.MAJOR, "21 November")))

    assert image.format == "PNG"
    assert image.size == (1200, 630)


def test_the_same_words_are_drawn_once():
    preview.draw.cache_clear()
    for _ in range(5):
        preview.draw("A", (Segment("Everything works."),), Tone.OK, "21 November")

    assert preview.draw.cache_info().misses == 1


def test_a_full_stop_stays_at_its_word():
    segments = (
        Segment("The shop is "),
        Segment("slow", problem=True),
        Segment(". Else works."),
    )

    words = preview._words(segments)

    assert [word.text for word in words] == ["The", "shop", "is", "slow.", "Else", "works."]
    assert [word.is_problem for word in words] == [False] * 3 + [True] + [False] * 2


def test_a_sitemap_holds_no_more_than_it_may():
    pages = ((f"/incidents/{at}", NOON) for at in range(site_files.MOST_ADDRESSES + 5))

    root = ET.fromstring(site_files.sitemap(PAGE, pages))  # noqa: S314 - it is ours

    assert len(root) == site_files.MOST_ADDRESSES
    assert root[0][0].text == f"{PAGE}/incidents/0"
    assert root[0][1].text == "2026-11-21T12:00:00Z"


def security(contact):
    whose = SimpleNamespace(security_contact=contact, language="de")
    return site_files.security(whose, PAGE, NOON).splitlines()


def test_security_txt_runs_out_within_a_year_and_is_empty_without_a_contact():
    lines = security("security@example.org")

    assert "Contact: mailto:security@example.org" in lines
    assert "Expires: 2027-04-30T00:00:00Z" in lines
    assert security("") == []


@pytest.mark.parametrize("contact", ["https://example.org/report", "mailto:a@example.org"])
def test_a_contact_that_is_an_address_already_stays_as_it_is(contact):
    assert f"Contact: {contact}" in security(contact)


def test_robots_are_kept_from_what_is_somebodys_own():
    assert "Disallow: /console\n" in site_files.robots(PAGE)
    assert f"Sitemap: {PAGE}/sitemap.xml" in site_files.robots(PAGE)


@pytest.mark.parametrize(
    ("path", "accepted", "agent", "meant"),
    [
        ("/", "*/*", "curl/8.5.0", "/index.txt"),
        ("/", "*/*", "Wget/1.21", "/index.txt"),
        ("/", "text/plain", "Mozilla/5.0", "/index.txt"),
        ("/", "text/html", "curl/8.5.0", "/"),
        ("/", "text/html,application/xhtml+xml,*/*;q=0.8", "Mozilla/5.0", "/"),
        ("/", "*/*", "Mozilla/5.0", "/"),
        ("/", "", "", "/"),
        ("/history", "*/*", "curl/8.5.0", "/history"),
    ],
)
def test_only_a_terminal_at_the_front_page_gets_the_text(path, accepted, agent, meant):
    assert negotiation.path_for(path, accepted, agent) == meant
