"""People's Markdown comes out as harmless HTML, whatever it is."""

from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.content import characters, markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "![x](https://evil.example/track.png)",
    "![x](javascript:alert(1))",
    '[x](https://e.org "onmouseover=alert(1)")',
    '[x](https://e.org"onmouseover="alert(1))',
    '<https://e.org/"onmouseover=alert(1)>',
    "https://e.org/'onmouseover='alert(1)",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "> <iframe src=https://evil.example></iframe>",
    "# <style>*{background:url(https://evil.example)}</style>",
    "<!--><script>alert(1)</script>-->",
    "<math><mtext></table><script>alert(1)</script>",
    "*<b onclick=alert(1)>x</b>*",
    "[a]: javascript:alert(1)\n\n[a]",
    "<form action=https://evil.example><input name=password>",
    "\x02script\x03alert(1)",
    "<http://[x>",
    "<ftp://e.org>",
    "klzzwxh:0000",
    "wzxhzdk:0",
]
ALLOWED = {"html", "head", "body", *markdown.TAGS}


def check_harmless(html):
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"href", "rel", "start"}
        if "href" in element.attrib:
            assert urlsplit(element.attrib["href"].strip()).scheme in markdown.SCHEMES
            assert element.attrib["rel"] == "nofollow noopener"


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_out_harmless(attack):
    check_harmless(markdown.render(attack))
    check_harmless(markdown.render(f"Before {attack} after\n\n- {attack}\n\n> {attack}"))


@given(st.text(max_size=300) | st.text(alphabet="<>[]()!*_`#&;:/\"'=\\ \nahref", max_size=300))
@hypothesis_settings(max_examples=150, deadline=None)
def test_any_text_comes_out_harmless(text):
    check_harmless(markdown.render(text))
    assert characters.legal(markdown.plain(text)) == markdown.plain(text)


def test_lines_lists_and_marks_stand_as_typed():
    html = markdown.render("Status: **down**\nSince: 13:05\n\nWe do:\n- this\n- that")

    assert html == (
        "<p>Status: <strong>down</strong><br>\nSince: 13:05</p>\n"
        "<p>We do:</p>\n<ul>\n<li>this</li>\n<li>that</li>\n</ul>"
    )


def test_a_tag_that_is_meant_as_words_stays_visible():
    assert markdown.render("All of <region>") == "<p>All of &lt;region&gt;</p>"


def test_a_bare_link_leads_somewhere_and_leaves_the_full_stop():
    assert markdown.render("See https://example.org/a_b_c?d=1.") == (
        '<p>See <a href="https://example.org/a_b_c?d=1" rel="nofollow noopener">'
        "https://example.org/a_b_c?d=1</a>.</p>"
    )


def test_a_heading_becomes_a_bold_line():
    assert markdown.render("## What *now*") == "<p><strong>What <em>now</em></strong></p>"


def test_a_picture_becomes_the_link_to_it():
    html = markdown.render("![A graph](https://example.org/graph.png)")

    assert ">A graph</a>" in html
    assert "<img" not in html


def test_plain_words_keep_lines_lists_and_where_links_lead():
    text = "We *are* **on** it.\nReally.\n\n- a & b\n- [more](https://example.org)\n\nBye <you>"

    assert markdown.plain(text) == (
        "We are on it.\nReally.\n\n- a & b\n- more (https://example.org)\n\nBye <you>"
    )


def test_what_is_too_long_is_cut():
    assert markdown.plain("x" * 30_000) == "x" * 20_000 + "…"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["[", "![", "[a](", "1. ", "> ", "**a*", "<", "`a ``b ", "<a@"])
def test_no_text_keeps_us_busy(piece):
    markdown.render(piece * (20_000 // len(piece)))


def test_a_sign_off_is_no_list():
    signed = markdown.render("Sorry.\n\n- The Example Team")

    assert signed == "<p>Sorry.</p>\n<p>- The Example Team</p>"
    assert "<li>" in markdown.render("Affected:\n\n- Website\n- Payments")


def test_what_cannot_be_read_leaves_nothing_behind_for_the_next():
    expected = markdown.render("> fine\n\n- a\n- b")
    markdown.render.cache_clear()

    markdown.render("".join(f"{' ' * 4 * depth}- x\n" for depth in range(400)))

    assert markdown.render("> fine\n\n- a\n- b") == expected


@pytest.mark.parametrize("typed", ["\x01", "&#1;", "&#xfdd0;", "\x9f", "\ufffe"])
def test_a_character_that_no_page_may_hold_is_left_out(typed):
    assert markdown.render(f"one{typed}two") == "<p>onetwo</p>"


def test_the_line_end_of_other_machines_ends_a_line():
    assert characters.one_line("one\x85two") == "one two"
    assert characters.legal("one\x85two\r\nthree\rfour") == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize(
    "typed",
    [
        "[x](java&#1;script:alert(1))",
        "[x](&#1;javascript:alert(1))",
        "[x](java\x01script:alert(1))",
        "<scr&#1;ipt>alert(1)</scr&#1;ipt>",
        "<a href='java&#1;script:alert(1)'>x</a>",
        "[x](htt&#1;ps://example.org)",
    ],
)
def test_what_is_left_out_opens_nothing(typed):
    assert "<a" not in markdown.render(typed)
    assert "<script" not in markdown.render(typed)
