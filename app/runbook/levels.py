"""The keys of severities in a text: "SEV-1", "Severity 1 (Critical)", "P1/P2", "Critical"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.runbook import words
from app.runbook.outline import without_number


@dataclass(frozen=True)
class Level:
    """A severity's key as a text names it; `rank` is its number, or its name in small letters."""

    key: str
    family: str
    rank: int | str
    name: str | None
    rest: str
    """What follows the key and the name."""

    @property
    def is_numbered(self) -> bool:
        return isinstance(self.rank, int)

    @property
    def stands_alone(self) -> bool:
        """Whether the key is set off from what follows: "P1: ...", not "P1 incidents"."""
        return not self.rest or bool(self.name) or not self.rest[0].isalnum()


_SHORT = r"sev|prio|p|s"
_DIGIT = re.compile("[0-5]")
_NUMBERED = re.compile(
    rf"(?:(?P<noun>{words.SEVERITY_NOUN})[\s_#-]{{0,3}}|(?P<short>{_SHORT})(?P<gap>[\s_-]?))"
    r"(?P<number>[0-5])(?![\w%°]|[.,][0-9]|-[0-9])",
    re.IGNORECASE,
)
_ANY_LETTERS = re.compile(r"(?P<short>[A-Za-z]{1,4})(?P<gap>[\s_-]?)(?P<number>[0-5])(?![\w%.])")
_BARE = re.compile(r"(?P<number>[0-5])(?![\w%]|[.,][0-9])")
_FRONT = re.compile(r"^[^\w(\[<>=+#@]{0,8}")
_SEPARATED_NAME = re.compile(
    rf"^\s*[(\[:–—/|,·-]*\s*\W{{0,3}}(?P<name>{words.LEVEL_NAME.pattern})\)?", re.IGNORECASE
)
_PARENTHESIS = re.compile(r"^\s*[(\[](?P<name>[^\W\d][\w /&-]{1,30})[)\]]")
_RUNS_ON = re.compile(
    r" (?!(?:severity|priority|level|impact|incidents?|issues?)\s*(?:$|[^\w\s,])|response|sla)"
    r"[a-zà-ÿ]"
)
_NAME_FIRST = re.compile(
    rf"^(?P<name>{words.LEVEL_NAME.pattern})\s*[(\[/:–—|-]+\s*(?P<rest>.*)$", re.IGNORECASE
)
_TWIN = re.compile(
    rf"^\s*(?:/|\(|=|or)\s*(?:{_NUMBERED.pattern})\)?".replace("?P<", "?P<twin_"), re.IGNORECASE
)
_FAMILIES = {"priority": "p", "prio": "p", "p": "p", "s": "s", "sev": "sev", "severity": "sev"}


@lru_cache(maxsize=8_192)
def leading(text: str, *, loose: bool = False) -> Level | None:
    """The severity that a text opens with. Loose reading is for a column of severities."""
    if not _DIGIT.search(text):
        return None
    text = _bare_front(without_number(text))
    match = _NUMBERED.match(text)
    if match is None and loose:
        match = _ANY_LETTERS.match(text) or _BARE.match(text)
    if match:
        return _numbered(match, text)
    if first := _NAME_FIRST.match(text):
        match = _NUMBERED.match(first["rest"])
        if match is None and loose:
            match = _ANY_LETTERS.match(first["rest"])
        if match:
            found = _numbered(match, first["rest"])
            return Level(found.key, found.family, found.rank, first["name"], found.rest.lstrip(")"))
    return None


@lru_cache(maxsize=8_192)
def named(text: str) -> Level | None:
    """The severity that a text opens with by its name alone: "Critical: everything is down"."""
    text = _bare_front(without_number(text))
    match = words.LEVEL_NAME.match(text)
    if match is None:
        return None
    rest = re.sub(r"^\s(?:severity|priority|incidents?|impact)\b", "", text[match.end() :])
    if rest.strip() and rest.lstrip()[0].isalnum():
        return None
    return Level(match[0], "name", match[0].lower(), None, rest.strip())


def _bare_front(text: str) -> str:
    return _FRONT.sub("", text.lstrip("[](*"))


def _numbered(match: re.Match[str], text: str) -> Level:
    groups = match.groupdict()
    noun = groups.get("noun")
    short = groups.get("short")
    if noun and noun.lower() == "sev":
        noun, short = None, noun
    number = match["number"]
    key = match[0] if short and short.lower() != "prio" else number
    family = _FAMILIES.get((short or noun or "").lower(), "level")
    rest = text[match.end() :]
    if twin := _TWIN.match(rest):
        rest = rest[twin.end() :]
    name = _SEPARATED_NAME.match(rest) or _PARENTHESIS.match(rest)
    if name and rest[name.end() : name.end() + 1] == "/":
        name = _PARENTHESIS.match(rest) or name
    # "P1: Major feature broken" says what P1 is, and not that it is called Major.
    set_off = name and rest[: name.start("name")].strip()
    if name and not (set_off and _RUNS_ON.match(rest[name.end() :])):
        return Level(key, family, int(number), name["name"], rest[name.end() :].strip())
    return Level(key, family, int(number), None, rest.strip())


_MENTION = re.compile(
    rf"(?<![\w.-])(?:severity(?: levels?)?|severities|{words.SEVERITY_NOUN}|{_SHORT})s?"
    r"[\s_:=#>-]{0,3}(?P<first>[0-5])(?![\w%°]|[.,][0-9])"
    r"(?P<more>(?:\s{0,2}(?:/|,|&|\+|and|or|und|oder|et|ou|y|o|e|og|eller|och|to|bis|à|a|til|"
    r"till|through|-|–|—)\s{0,2}(?:severity|sev|prio|p|s)?[\s_-]?[0-5](?![\w%°]|[.,][0-9])){0,5})"
    r"(?P<open>\+|\s(?:and|or) (?:above|higher|up|worse)|\s(?:und|oder) höher)?",
    re.IGNORECASE,
)
# Beside P1 and SEV-1, "Level 2" and "Tier 2" are steps of support.
_STEP = re.compile(r"(?<!\w)(?:level|tier|stufe|niveau|nivel|nível|nivå) ?[0-5]\b", re.IGNORECASE)
_AT_LEAST = re.compile(r"(?:>=|≥)\s?[A-Za-z]{0,8}[\s-]?$")
_RANGE = re.compile(
    r"([0-5])\s{0,2}(?:-|–|—|to|bis|à|a|til|till|through)\s{0,2}"
    r"(?:severity|sev|p|s)?[\s_-]?([0-5])",
    re.IGNORECASE,
)


def numbers_mentioned(text: str, known: Iterable[int]) -> list[int]:
    """The numbers of the severities that a text names anywhere: "P1/P2", "Severity 1-2"."""
    if not _DIGIT.search(text):
        return []
    known = sorted(known)
    found: list[int] = []
    for match in _MENTION.finditer(text):
        run = match["first"] + match["more"]
        numbers = [int(digit) for digit in re.findall(r"[0-5]", run)]
        for low, high in _RANGE.findall(run):
            numbers.extend(range(int(low), int(high) + 1))
        if match["open"] or _AT_LEAST.search(text[: match.start("first")][-12:]):
            numbers.extend(number for number in known if number < numbers[0])
        found.extend(number for number in sorted(numbers) if number in known)
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Levels:
    """The severities of one document, to find again in its other texts."""

    keys: dict[int | str, str]
    """Ranks to keys, in the runbook's order."""
    names: dict[str, int | str]
    """Names in small letters to ranks."""
    _scopes: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def key_of(self, level: Level | None) -> str | None:
        if level is None:
            return None
        if level.rank in self.keys:
            return self.keys[level.rank]
        rank = self.names.get(str(level.rank)) or self.names.get((level.name or "").lower())
        return self.keys.get(rank) if rank is not None else None

    def leading(self, text: str) -> str | None:
        """The key of the severity that a text opens with, by its key or its name."""
        return self.key_of(leading(text) or named(text))

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The keys of the severities that a text names anywhere."""
        numbers = [rank for rank in self.keys if isinstance(rank, int)]
        if numbers:
            if any(not self.keys[n].isdigit() for n in numbers):
                text = _STEP.sub("", text)
            return tuple(self.keys[n] for n in numbers_mentioned(text, numbers))
        return tuple(
            key
            for rank, key in self.keys.items()
            if re.search(
                rf"(?<!\w){re.escape(str(rank))}(?= (?:severity|priority|incident))", text.lower()
            )
        )

    def spoken(self, text: str) -> tuple[str, ...]:
        """The severities that a heading or an item is for: "P1/P2", "SEV-1 and SEV-2: ..."."""
        found = self.leading(text)
        several = self.mentioned(text.partition(":")[0][:80])
        return (found,) if found and len(several) < 2 else several

    def scope(self, above: Sequence[str]) -> tuple[str, ...]:
        """The severities that the innermost heading or label speaks of, if one does."""
        for text in reversed(above):
            if text not in self._scopes:
                self._scopes[text] = self.spoken(text)
            if self._scopes[text]:
                return self._scopes[text]
        return ()
