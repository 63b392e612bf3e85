"""Every text of the public side and of mails, in every language we speak."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from html.parser import HTMLParser

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.config import ROOT
from app.content import grammar, language, stages, times, values
from app.words import LANGUAGES, Impact, Stage

OTHERS = [code for code in LANGUAGES if code != language.SOURCE]
INSIDE = ("console/", "errors/error.html")
NAMES = {"RSS", "Atom", "JSON", "iCalendar", "Slack", "Microsoft", "Teams", "SMS"}
NAMES |= {"Webhook", "Allclear"}
"""Words that are the same in every language."""
READ_ALOUD = {"aria-label", "alt", "title", "placeholder"}


def is_public(path):
    """Whether strangers see it: no page of the console, and no macro that only those use."""
    told = path.relative_to(ROOT / "templates").as_posix()
    return not told.startswith(INSIDE) and (not told.startswith("macros/") or told in used())


@lru_cache(maxsize=1)
def used():
    """What the pages that strangers see take from elsewhere."""
    found, read = set(), {path for path in ALL if not name(path).startswith((*INSIDE, "macros/"))}
    while read:
        texts = [path.read_text("utf-8") for path in read]
        named = {each for text in texts for each in re.findall(r'"([\w/]+\.\w+)"', text)} - found
        found |= named
        read = {path for path in ALL if name(path) in named}
    return found


def name(path):
    return path.relative_to(ROOT / "templates").as_posix()


ALL = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in (".html", ".txt")]
TEMPLATES = sorted(path for path in ALL if is_public(path))


@lru_cache(maxsize=1)
def texts():
    """Every text that is marked, with its plural where it has one, by (context, text)."""
    with (ROOT / "translations" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {
        "_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)
    }  # fmt: skip
    found = {}
    for folder in ("app", "templates"):
        for file, _, text, _, context in extract_from_dir(
            ROOT / folder, [(f"{glob.removeprefix(f'{folder}/')}", how) for glob, how in methods],
            {glob.removeprefix(f"{folder}/"): opts for glob, opts in options.items()}, keywords,
        ):  # fmt: skip
            one, more = text if isinstance(text, tuple) else (text, None)
            if one and not one.isspace() and "console" not in file:
                found[(context, one)] = more
    return found


@lru_cache(maxsize=4)
def catalogue(code):
    with (language.FOLDER / code / "LC_MESSAGES" / "allclear.po").open("rb") as file:
        return read_po(file, locale=code)


def places(text):
    """What is filled in, and the marks around it."""
    return sorted(re.findall(r"%\(\w+\)s|(?<![%\w])\{\w+\}|</?\w+>", text))


def test_texts_are_found():
    assert len(texts()) > 100


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated(code):
    missing = []
    for (context, text), _more in texts().items():
        message = catalogue(code).get(text, context)
        said = message.string if message else ""
        whole = all(said) if isinstance(said, tuple) else bool(said)
        if not whole or message.fuzzy:
            missing.append(text)

    assert missing == [], "say it in translations/; `make messages` adds what is new"


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_fills_in_what_the_text_does(code):
    differing = []
    for message in catalogue(code):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(places(each) in map(places, ids) for each in said):
            differing.append(ids[0])

    assert differing == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_holds_nothing_that_is_not_said_any_more(code):
    kept = {
        (message.context, message.id[0] if isinstance(message.id, tuple) else message.id)
        for message in catalogue(code)
        if message.id
    }

    assert sorted(text for _, text in kept - texts().keys()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_no_words_that_cannot_be_translated(path):
    environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701  # renders nothing
    source = path.read_text("utf-8")

    assert [*bare_words(environment, source, path.suffix), *bare_strings(environment, source)] == []


def bare_words(environment, source, suffix):
    """Words that stand in the template itself, outside of what is marked."""
    kept, in_trans, statement = [], False, []
    for _, kind, value in environment.lex(source):
        if kind == "block_begin":
            statement = []
        elif kind == "name":
            statement.append(value)
        elif kind == "block_end" and statement:
            in_trans = statement[0] == "trans" or (in_trans and statement[0] != "endtrans")
        elif kind == "data" and not in_trans:
            kept.append(value)
    text = "".join(kept)
    if suffix == ".txt":
        seen = [text]
    else:
        reader = Reader()
        reader.feed(text)
        seen = reader.seen
    words = {word for each in seen for word in re.findall(r"[^\W\d_]{2,}", each)}
    return sorted(words - NAMES)


class Reader(HTMLParser):
    """Collects what a person reads or hears of a page."""

    def __init__(self):
        super().__init__()
        self.seen, self._in_style = [], False

    def handle_starttag(self, tag, attributes):
        self._in_style = tag == "style"
        self.seen += [value or "" for key, value in attributes if key in READ_ALOUD]

    def handle_endtag(self, tag):
        self._in_style = False

    def handle_data(self, data):
        if not self._in_style:
            self.seen.append(data)


def bare_strings(environment, source):
    """Sentences inside of expressions that are given to nothing that translates."""
    tree = environment.parse(source)
    marked = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in ("_", "gettext", "ngettext", "pgettext")
        for argument in call.args
    }
    strings = [each for each in tree.find_all(nodes.Const) if isinstance(each.value, str)]
    return [
        each.value
        for each in strings
        if id(each) not in marked
        and re.match(r"[A-Z]\w+(\s|$)", each.value)
        and not set(each.value.split()) <= NAMES
    ]


def test_a_bare_word_would_be_seen():
    environment = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701  # renders nothing
    source = '<p title="One">{{ _("Two") }} Three {% trans %}Four{% endtrans %}</p>{{ "Five it" }}'

    assert bare_words(environment, source, ".html") == ["One", "Three"]
    assert bare_strings(environment, source) == ["Five it"]


def test_what_is_said_in_a_language_ends_with_its_block():
    with language.speaking("de"):
        inside = language.gettext("History")
        with language.speaking("xx"):
            unknown = language.gettext("History")

    assert (inside, unknown, language.gettext("History")) == ("Verlauf", "History", "History")


def test_stages_have_one_word():
    assert {stage: stages.NAMES[stage] for stage in Stage} == {one: one.word for one in Stage}


def test_numbers_and_times_are_written_as_in_the_language():
    berlin = times.zone("Europe/Berlin", datetime(2026, 11, 21, 12, tzinfo=UTC))
    day = date(2026, 11, 14)

    with language.speaking("de"):
        german = (
            berlin.clock(datetime(2026, 11, 21, 13, 31, tzinfo=UTC)).words,
            berlin.clock(datetime(2026, 7, 1, 13, 31, tzinfo=UTC)).words,
            times.day_with_year(day),
            times.days(day, day + timedelta(days=7)),
            times.days(date(2026, 10, 28), date(2026, 11, 3)),
            times.month(day),
            values.span(timedelta(minutes=1)),
            values.span(timedelta(minutes=87)),
            values.span(timedelta(days=2, hours=3)),
            values.listed(("Suche", "Zahlungen", "Mails")),
            values.number(1204.5, 1),
        )

    assert german == (
        "14:31 MEZ",
        "1. Juli, 15:31 MESZ",
        "14. November 2026",
        "14.–21. November",
        "28. Oktober – 3. November",
        "November 2026",
        "1 Minute",
        "1 Std. 27 Min.",
        "2 Tage 3 Std.",
        "Suche, Zahlungen und Mails",
        "1.204,5",
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_a_grammar_with_words_for_every_state(code):
    spoken = grammar.GRAMMARS[code]

    assert {*spoken.states, Impact.OPERATIONAL} == set(Impact)
    assert len(spoken.counts) == 13
