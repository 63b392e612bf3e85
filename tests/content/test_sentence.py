"""The page's sentence, as a customer would repeat it."""

import pytest

from app.content import language, sentence
from app.content.sentence import Concern, Spoken, Tone
from app.words import Impact, Stage


def works(*names):
    return [Spoken(name, Impact.OPERATIONAL) for name in names]


def said(*components, concerns=()):
    return sentence.compose(components, concerns).text


TEXTS = Spoken(
    "Text messages to customers",
    Impact.MAJOR,
    words_slow="are delayed",
    words_down="are not going out",
)


def test_all_is_well_in_two_words():
    composed = sentence.compose(works("Website", "Payments"), ())

    assert composed.text == "Everything works."
    assert composed.tone is Tone.OK


def test_without_anything_to_watch_no_claim_is_made():
    assert said() == "We know of no problem."


def test_a_component_speaks_in_its_own_words_and_the_problem_is_marked():
    composed = sentence.compose([TEXTS, *works("Payments")], ())

    assert composed.text == "Text messages to customers are not going out. Everything else works."
    assert [part.text for part in composed.segments if part.problem] == ["not going out"]
    assert composed.tone is Tone.MAJOR


def test_a_partial_outage_uses_the_words_for_down_and_slow_those_for_slow():
    partial = Spoken("Mail", Impact.PARTIAL, words_down="loses some letters.")
    slow = Spoken("Text messages", Impact.DEGRADED, words_slow="are delayed")

    assert said(partial, *works("x")) == "Mail loses some letters. Everything else works."
    assert said(slow, *works("x")) == "Text messages are delayed. Everything else works."


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("Payments", "are"),
        ("Search", "is"),
        ("SMS", "is"),
        ("Address", "is"),
        ("Status", "is"),
        ("Analysis", "is"),
        ("Search and sort", "are"),
    ],
)
def test_one_or_many_is_guessed_from_the_name(name, verb):
    assert said(Spoken(name, Impact.DEGRADED), *works("x")).startswith(f"{name} {verb} slow.")


@pytest.mark.parametrize(
    ("impact", "words"),
    [
        (Impact.DEGRADED, "slow"),
        (Impact.PARTIAL, "partly down"),
        (Impact.MAJOR, "down"),
        (Impact.UNDER_MAINTENANCE, "being worked on"),
    ],
)
def test_each_state_has_words_of_its_own(impact, words):
    assert said(Spoken("Search", impact), *works("x")) == (
        f"Search is {words}. Everything else works."
    )


def test_components_in_the_same_state_are_said_in_one_breath_worst_first():
    hurt = [
        Spoken("Search", Impact.DEGRADED),
        Spoken("Payments", Impact.MAJOR),
        Spoken("API", Impact.MAJOR),
    ]

    assert said(*hurt, *works("x")) == (
        "Payments and API are down. Search is slow. Everything else works."
    )


def test_more_than_three_are_counted():
    names = ("a", "b", "c", "d", "e")
    same = [Spoken(name, Impact.DEGRADED) for name in names]
    mixed = [*same, Spoken("f", Impact.MAJOR)]

    assert said(*same, *works(*"ghijklm")) == (
        "Five of twelve services are slow. Everything else works."
    )
    assert said(*mixed, *works("g")) == (
        "Six of seven services have problems. Everything else works."
    )
    assert said(*same) == "All five services are slow."


def test_nothing_else_works_when_nothing_else_is_there():
    assert said(Spoken("Website", Impact.MAJOR)) == "Website is down."


def test_a_name_in_small_letters_begins_the_sentence_with_a_capital():
    assert said(Spoken("search", Impact.MAJOR)) == "Search is down."
    assert said(Spoken("iOS app", Impact.MAJOR)) == "iOS app is down."


def test_an_open_question_that_touches_nothing_is_named():
    concern = Concern("Some people cannot sign in", Stage.INVESTIGATING)

    composed = sentence.compose(works("Website"), [concern])

    assert composed.text == (
        "We are looking into “Some people cannot sign in”. Everything else works."
    )
    assert composed.tone is Tone.SLOW


def test_while_we_watch_everything_works_again():
    composed = sentence.compose(works("Website"), [Concern("It was slow", Stage.MONITORING)])

    assert composed.text == "Everything works again. We are watching that it stays so."
    assert composed.tone is Tone.PLANNED


def test_a_persons_own_sentence_overrules_and_gets_its_full_stop():
    own = Concern("x", Stage.IDENTIFIED, own_words="You can order, but not pay")

    composed = sentence.compose(works("Website"), [own], covered=[Impact.MAJOR])

    assert composed.text == "You can order, but not pay."
    assert composed.tone is Tone.MAJOR


def test_a_persons_own_sentence_does_not_hide_another_problem():
    own = Concern("x", Stage.IDENTIFIED, own_words="You can order, but not pay.")

    composed = sentence.compose([TEXTS, *works("Website")], [own], covered=[Impact.DEGRADED])

    assert composed.text == (
        "You can order, but not pay. Text messages to customers are not going out."
    )


@pytest.fixture
def german():
    with language.speaking("de"):
        yield


def test_in_german_a_component_speaks_in_its_own_words(german):
    texts = Spoken("SMS an Kunden", Impact.MAJOR, words_down="gehen nicht hinaus")
    late = Spoken("Berichte", Impact.DEGRADED, words_slow="sind verspätet.")

    assert said(texts, *works("Suche")) == (
        "SMS an Kunden gehen nicht hinaus. Alles andere funktioniert."
    )
    composed = sentence.compose([late, *works("Suche")], ())
    assert composed.text == "Berichte sind verspätet. Alles andere funktioniert."
    assert [part.text for part in composed.segments if part.problem] == ["verspätet"]


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("Suche", "ist"),
        ("Zahlungen", "sind"),
        ("Status", "ist"),
        ("Anmeldung", "ist"),
        ("Daten und Suche", "sind"),
        ("E-Mails", "sind"),
    ],
)
def test_in_german_one_or_many_is_guessed_from_the_name(german, name, verb):
    assert said(Spoken(name, Impact.DEGRADED), *works("x")).startswith(f"{name} {verb} langsam.")


def test_in_german_states_are_joined_and_counted(german):
    hurt = [
        Spoken("Suche", Impact.DEGRADED),
        Spoken("Zahlungen", Impact.MAJOR),
        Spoken("API", Impact.MAJOR),
    ]
    many = [Spoken(name, Impact.PARTIAL) for name in "abcde"]

    assert said(*hurt, *works("x")) == (
        "Zahlungen und API sind ausgefallen. Suche ist langsam. Alles andere funktioniert."
    )
    assert said(*many, *works(*"ghijklm")) == (
        "Fünf von zwölf Diensten sind teilweise ausgefallen. Alles andere funktioniert."
    )
    assert said(*many, Spoken("f", Impact.MAJOR)) == "Alle sechs Dienste sind gestört."
    assert said(*works("a")) == "Alles funktioniert."
    assert said() == "Uns ist keine Störung bekannt."


def test_in_german_open_questions_are_named(german):
    looking = Concern("Manche können sich nicht anmelden", Stage.INVESTIGATING)
    known = Concern("Berichte fehlen", Stage.IDENTIFIED)
    over = Concern("Langsame Seiten", Stage.MONITORING)

    assert said(*works("a"), concerns=[looking]) == (
        "Wir untersuchen „Manche können sich nicht anmelden“. Alles andere funktioniert."
    )
    assert said(*works("a"), concerns=[known]).startswith("Wir arbeiten an „Berichte fehlen“.")
    assert said(*works("a"), concerns=[known] * 4) == "Wir arbeiten an vier Störungen."
    assert said(*works("a"), concerns=[over]) == (
        "Alles funktioniert wieder. Wir beobachten, ob es so bleibt."
    )
