"""How the page's sentence is built, language by language: what a catalogue of texts cannot know.

A language that is added gets a grammar of its own here, and a catalogue in `translations/`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from app.content import language, values
from app.words import Impact


class Grammar:
    """Pieces of the sentence in one language. A pair is what is said, and the problem in it."""

    all_works: ClassVar[str]
    else_works: ClassVar[str]
    nothing_known: ClassVar[str]
    works_again: ClassVar[str]
    have_problems: ClassVar[str]
    until: ClassVar[str]
    states: ClassVar[Mapping[Impact, str]]
    counts: ClassVar[Sequence[str]]
    quotes: ClassVar[tuple[str, str]]
    leading: ClassVar[re.Pattern[str]]
    """The verb that an organisation's own words begin with; the problem is what follows."""
    plural: ClassVar[re.Pattern[str]]
    """A guess at names of more than one thing, for components without words of their own."""
    verbs: ClassVar[tuple[str, str]]
    """ "is" and "are"."""

    def clause(self, names: Sequence[str], impact: Impact) -> tuple[str, str]:
        """ "Search is ", "slow"."""
        are_many = len(names) > 1 or self.plural.search(names[0])
        verb = self.verbs[1 if are_many else 0]
        return f"{values.listed(tuple(names))} {verb} ", self.states[impact]

    def own(self, name: str, words: str) -> tuple[str, str]:
        """ "Text messages are ", "not going out": in the words that a person gave them."""
        found = self.leading.match(words)
        start = found.end() if found else 0
        return f"{name} {words[:start]}", words[start:]

    def counted(self, hurt: int, of: int, impact: Impact | None) -> tuple[str, str]:
        """ "Five of twelve services are ", "slow"; without an impact they differ."""
        who = values.capital(self.of_all(of) if hurt == of else self.some_of(hurt, of))
        if impact is None:
            return f"{who} ", self.have_problems
        return f"{who} {self.verbs[1]} ", self.states[impact]

    def count(self, number: int) -> str:
        return self.counts[number] if number < len(self.counts) else values.number(number)

    def quoted(self, titles: Sequence[str]) -> str:
        opening, closing = self.quotes
        return values.listed(tuple(f"{opening}{title}{closing}" for title in titles))

    def of_all(self, of: int) -> str:
        raise NotImplementedError

    def some_of(self, hurt: int, of: int) -> str:
        raise NotImplementedError

    def cared_for(self, what: str | int, *, is_known: bool) -> tuple[str, str]:
        """ "We are looking into ", "“Slow pages”"; "working on" once the cause is known."""
        raise NotImplementedError


class English(Grammar):
    all_works = "Everything works."
    else_works = "Everything else works."
    nothing_known = "We know of no problem."
    works_again = "Everything works again. We are watching that it stays so."
    have_problems = "have problems"
    until = "until"
    states: ClassVar = {
        Impact.UNDER_MAINTENANCE: "being worked on",
        Impact.DEGRADED: "slow",
        Impact.PARTIAL: "partly down",
        Impact.MAJOR: "down",
    }
    counts = (
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    )  # fmt: skip
    quotes = ("“", "”")
    leading = re.compile(r"(is|are|was|were|has|have|will)\s+(?=\S)", re.I)
    plural = re.compile(r"\s(and|&)\s|(?<![sui])s$")
    verbs = ("is", "are")

    def of_all(self, of: int) -> str:
        return f"all {self.count(of)} services"

    def some_of(self, hurt: int, of: int) -> str:
        return f"{self.count(hurt)} of {self.count(of)} services"

    def cared_for(self, what: str | int, *, is_known: bool) -> tuple[str, str]:
        doing = "working on" if is_known else "looking into"
        said = what if isinstance(what, str) else f"{self.count(what)} problems"
        return f"We are {doing} ", said


class German(Grammar):
    all_works = "Alles funktioniert."
    else_works = "Alles andere funktioniert."
    nothing_known = "Uns ist keine Störung bekannt."
    works_again = "Alles funktioniert wieder. Wir beobachten, ob es so bleibt."
    have_problems = "sind gestört"
    until = "bis"
    states: ClassVar = {
        Impact.UNDER_MAINTENANCE: "in Wartung",
        Impact.DEGRADED: "langsam",
        Impact.PARTIAL: "teilweise ausgefallen",
        Impact.MAJOR: "ausgefallen",
    }
    counts = (
        "kein", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
        "elf", "zwölf",
    )  # fmt: skip
    quotes = ("„", "“")
    # English words too: a page may be German, and what it tells of still be told in English.
    leading = re.compile(
        r"(ist|sind|war|waren|hat|haben|wird|werden|is|are|was|were|has|have|will)\s+(?=\S)", re.I
    )
    # "Zahlungen", "Dienste", "Mails"; but "Daten und Suche" by its "und", and "Status" is one.
    plural = re.compile(
        r"\s(und|&)\s|(?:ungen|ionen|heiten|keiten|schaften|dienste|seiten|nachrichten|daten"
        r"|systeme|konten|kurse|berichte|rechte|mails|apps|webhooks|downloads|exporte)$",
        re.I,
    )
    verbs = ("ist", "sind")

    def of_all(self, of: int) -> str:
        return f"alle {self.count(of)} Dienste"

    def some_of(self, hurt: int, of: int) -> str:
        return f"{self.count(hurt)} von {self.count(of)} Diensten"

    def cared_for(self, what: str | int, *, is_known: bool) -> tuple[str, str]:
        said = what if isinstance(what, str) else f"{self.count(what)} Störungen"
        return ("Wir arbeiten an " if is_known else "Wir untersuchen "), said


GRAMMARS: Mapping[str, Grammar] = {"en": English(), "de": German()}


def current() -> Grammar:
    """The grammar of the language that is spoken now."""
    return GRAMMARS[language.current()]
