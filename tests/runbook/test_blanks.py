"""What is a blank, what only looks like one, and that no text can hang the search."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runbook import blanks


def texts(text):
    return [blank.text for blank in blanks.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Since [time].", ["time"]),
        ("Since <start time>.", ["start time"]),
        ("Since {time}.", ["time"]),
        ("Since {{ time }}.", ["time"]),
        ("Since ${TIME}.", ["TIME"]),
        ("Since ((time)).", ["time"]),
        ("Since [[time]].", ["time"]),
        ("Since \\[time\\].", ["time"]),
        ("By @[name] and @<handle>", ["name", "handle"]),
        ("Cause: ____", ["____"]),
        ("Severity: P[X]", ["X"]),
        ("War room: #incident-[timestamp]", ["timestamp"]),
        ("SEV [1/2/3/4]", ["1/2/3/4"]),
        ("[affected\nservices] are slow", ["affected services"]),
        ("[list [of] systems]", ["list [of] systems"]),
        ("Since <time>, see <https://a.example>", ["time"]),
        ("Status: [STATUS]", ["STATUS"]),
        ("Update: [UPDATE]", ["UPDATE"]),
        ("Betroffen: [Dienste für Prüfungen]", ["Dienste für Prüfungen"]),
    ],
)
def test_blanks_are_found_in_every_kind_of_mark(text, expected):
    assert texts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "See [the guide](https://a.example/x_(y)).",
        "![a picture](a.png)",
        "- [ ] Page the team",
        "- [x] Page the team",
        "1. [X] Page the team",
        "[ ] Page the team",
        "[x] Page the team",
        "Line one<br>line two<br/>",
        '<div class="note">',
        "<details><summary>More</summary></details>",
        "<!-- a [remark] to the writer -->",
        "<https://a.example> and <ada@a.example> and <mailto:ada@a.example>",
        "[RESOLVED] Mail is down",
        "Subject: [UPDATE] Mail is down",
        "**[INCIDENT]** Mail is down",
        "[SEV-1] Mail is down",
        '{"model": "fallback"}',
        "As said.[^1]",
        "[!NOTE]",
        "Phone: [REDACTED]",
        "less than <5 and more than 3>",
        "__bold__ and ___both___",
        "___",
    ],
)
def test_what_only_looks_like_a_blank_is_none(text):
    assert texts(text) == []


def test_reference_links_are_no_blanks_where_the_document_defines_them():
    assert blanks.find("See [guide] and [this][guide].", frozenset({"guide"}))[0].text == "this"
    assert texts("[guide]") == ["guide"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Started at: [timestamp]", ["Started at"]),
        ("- **Impact**: [words]", ["Impact"]),
        ("from [start] to [end]", ["from", "to"]),
        ("What happened:\n[words]", ["What happened"]),
        ("Current Actions:\n- [action 1]\n- [action 2]", ["Current Actions", "Current Actions"]),
        ("One line.\n[words]", [""]),
    ],
)
def test_a_blank_knows_the_words_before_it(text, labels):
    assert [blank.label for blank in blanks.find(text)] == labels


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("Investigating/Identified", ("Investigating", "Identified")),
        ("1/2/3/4", ("1", "2", "3", "4")),
        ("P1|P2", ("P1", "P2")),
        ("Critical/High/Low", ("Critical", "High", "Low")),
        ("date/time", ()),
        ("X hours/minutes", ()),
        ("service or feature", ()),
    ],
)
def test_choices_are_told_from_slashes_between_words(inside, expected):
    assert blanks.choices(inside) == expected


@given(st.text(alphabet="[]<>{}()_@$#!x1/|: \n\\`*", max_size=300))
def test_any_text_is_searched_and_the_pieces_make_up_the_whole(text):
    found = blanks.find(text)

    assert "".join(piece for piece, _ in blanks.iter_text(text, found)) == text
    assert all(text[blank.start : blank.end] for blank in found)


@pytest.mark.parametrize(
    "unit", ["[", "[a", "[x]", "[a](", "<", "</a>", "<!--", "{", "((", "____ ", "[\n", "[a|", "\\["]
)
def test_a_hostile_text_is_searched_in_line_with_its_length(unit):
    text = unit * (200_000 // len(unit))
    began = time.process_time()

    blanks.find(text)

    assert time.process_time() - began < 4
