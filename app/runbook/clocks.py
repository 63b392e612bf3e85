"""Durations in words and figures, as minutes.

Of a range ("24-48 hours") the later end counts: a target is missed only when all of it has passed.
Business days and business hours are no number of minutes, since nobody said when they begin.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import words

_UNITS: tuple[tuple[float, str], ...] = (
    (1 / 60, r"s|secs?|seconds?|sekunden?|secondes?|segundos?|sekunder?"),
    (1, r"m|mins?\.?|minutes?|minuten?|minutos?|minuta|minutter?|minuts?|minuter|minutters|mn"),
    (
        60,
        r"h|hrs?\.?|hours?|std\.?|stunden?|heures?|horas?|timers?|time|tim\.?|timm(?:e|ar)|hs",
    ),
    (1440, r"d|days?|tage?[ns]?|jours?|días?|dias?|dage?|dager|dygn|dagar|døgn"),
    (10080, r"w|wks?|weeks?|wochen?|semaines?|semanas?|uger?|uker?|veck(?:a|or)"),
    (43200, r"months?|monate?n?|mois|mes(?:es)?|mês|måneder?|månad(?:er)?"),
)
_NUMBER_WORDS: dict[float, str] = {
    0.25: "a quarter(?: of an)?|quarter(?: of an)?|eine viertel|un quart d.",
    0.5: "half an?|half|eine halbe|einer halben|halbe|une demi|demi|media|meia|en halv|halv",
    1: "an?|one|eine?[rnms]?|une?|una|uno|um|uma|et|én|en|ett",
    1.5: "one and a half|anderthalb|halvanden|halvannen",
    2: "two|zwei|deux|dos|dois|duas|to|två",
    3: "three|drei|trois|tres|três|tre",
    4: "four|vier|quatre|cuatro|quatro|fire|fyra",
    5: "five|fünf|cinq|cinco|fem",
    6: "six|sechs|seis|seks|sex",
    8: "eight|acht|huit|ocho|oito|otte|åtte|åtta",
    10: "ten|zehn|dix|diez|dez|ti|tio",
    12: "twelve|zwölf|douze|doce|doze|tolv",
    15: "fifteen|fünfzehn|quinze|quince|femten|femton",
    20: "twenty|zwanzig|vingt|veinte|vinte|tyve|tjue|tjugo",
    24: "twenty[- ]four|vierundzwanzig|vingt-quatre|veinticuatro",
    30: "thirty|dreißig|trente|treinta|trinta|tredive|tretti|trettio",
    45: "forty[- ]five|fünfundvierzig",
    48: "forty[- ]eight",
    60: "sixty|sechzig|soixante|sesenta|sessenta",
}
_BUSINESS = (
    r"(?:business|working|work|office|bank)[ -]"
    r"|werk|arbeits|geschäfts|arbejds|hver|arbeids|virke|arbets|var"
)
_BUSINESS_AFTER = (
    r"[ -]+(?:ouvr(?:é|able)s?|hábil(?:es)?|habil(?:es)?|laborables?|út(?:il|eis)|business)"
)
_UNIT = "|".join(f"(?P<u{i}>{words})" for i, (_, words) in enumerate(_UNITS))
_WORDED = "|".join(f"(?P<n{i}>{words})" for i, words in enumerate(_NUMBER_WORDS.values()))
_FIGURE = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,6}(?:[.,][0-9]{1,2})?"
_TO = r"\s{0,3}(?:-|–|—|to|bis|à|a|til|till|until|and|und|or)\s{0,3}"
_DURATION = re.compile(
    rf"(?<![\w.,/$€-])(?:(?P<low>{_FIGURE}){_TO})?"
    rf"(?:(?P<figure>{_FIGURE})(?:\.|:[ea]|-?te|th)?|(?P<worded>{_WORDED})(?=[\s-]))"
    rf"(?P<gap>[ \u00a0-]{{0,3}})(?P<business>{_BUSINESS})?(?:{_UNIT})(?![\w/])"
    rf"(?:{_BUSINESS_AFTER})?"
)
_AFTER = re.compile(_BUSINESS_AFTER)
# "1h30", "1h30m" and "2d12h" have no space between their parts.
_COMPACT = re.compile(r"(?<![\w.,+/-])([0-9]{1,3})\s?(h|d)\s?([0-9]{1,2})\s?(m|mins?|h)?(?![\w/])")
_RHYTHMS: tuple[tuple[int, str], ...] = (
    (
        30,
        (
            r"half[- ]hourly|every half(?: an)? hour|halbstündlich|toutes les demi-heures|"
            r"cada media hora|a cada meia hora|hver halve time|varje halvtimme"
        ),
    ),
    (
        60,
        (
            r"hourly|every hour|each hour|per hour|once an hour|stündlich(?:e[rns]?)?|"
            r"jede stunde|toutes les heures|chaque heure|cada hora|a cada hora|de hora em hora|"
            r"hver time|timevis|en gang i timen|varje timme|i timmen|within the hour"
        ),
    ),
    (
        120,
        (
            r"every (?:other|second) hour|jede zweite stunde|hver anden time|hver annen time|"
            r"annenhver time|"
            r"varannan timme"
        ),
    ),
    (
        720,
        (
            r"twice (?:a day|daily|per day)|zweimal (?:täglich|am tag)|deux fois par jour|"
            r"dos veces al día|duas vezes (?:ao|por) dia|to gange (?:dagligt|om dagen)"
        ),
    ),
    (
        1440,
        (
            r"daily|every day|each day|per day|once a day|täglich(?:e[rns]?)?|jeden tag|"
            r"quotidien(?:ne)?(?:ment)?s?|tous les jours|chaque jour|une fois par jour|"
            r"diari[oa]s?(?:mente)?|cada día|a cada dia|todos los días|todos os dias|"
            r"daglig(?:t|e|en)?|hver dag|varje dag|nightly"
        ),
    ),
    (2880, r"every other day|jeden zweiten tag|hver anden dag|hver annen dag|varannan dag"),
    (
        10080,
        (
            r"weekly|every week|each week|per week|once a week|wöchentlich(?:e[rns]?)?|"
            r"jede woche|hebdomadaires?|chaque semaine|toutes les semaines|"
            r"semanal(?:mente|es)?|semanais|cada semana|ugentlig(?:t|e)?|hver uge|"
            r"ukentlig|hver uke|veckovis|varje vecka"
        ),
    ),
    (20160, r"bi-?weekly|fortnightly|every other week"),
    (
        43200,
        (
            r"monthly|every month|monatlich|mensuel(?:le)?s?|mensual(?:mente)?|"
            r"mensal(?:mente)?|månedlig(?:t|e)?|månadsvis"
        ),
    ),
)
_AT_ONCE = (
    r"immediate(?:ly)?|instant(?:ly)?|at once|right away|straight away|real[- ]time|"
    r"sofort(?:ig(?:e[rns]?)?)?|unverzüglich|umgehend(?:e[rns]?)?|immédiat(?:e|s|es)?(?:ement)?|"
    r"immédiatement|tout de suite|inmediat[oa]s?(?:mente)?|de inmediato|imediat[oa]s?(?:mente)?|"
    r"de imediato|øjeblikkelig(?:t)?|straks|med det samme|umiddelbart?|omedelbar(?:t)?|"
    r"omgående|genast"
)
_RHYTHM = re.compile(
    rf"(?<!\w)(?:(?P<z>{_AT_ONCE})|"
    + "|".join(f"(?P<r{i}>{words})" for i, (_, words) in enumerate(_RHYTHMS))
    + r")(?!\w)"
)
_MANY = 60 * 24 * 366 * 10


@dataclass(frozen=True)
class Clock:
    """A duration found in a text. `minutes` is None for business days and hours."""

    minutes: float | None
    start: int
    end: int
    rhythm: bool = False
    """Whether the word is a rhythm or "at once" rather than a length of time."""
    low: float | None = None
    """The lower end of a range, in minutes."""

    @property
    def whole(self) -> int | None:
        return None if self.minutes is None else math.ceil(self.minutes - 1e-9)


@lru_cache(maxsize=4_096)
def find(text: str) -> tuple[Clock, ...]:
    """All durations and rhythms of a text in their order; neighbours are added up."""
    found = sorted(_all(words.small(text)), key=lambda clock: (clock.start, -clock.end))
    kept: list[Clock] = []
    for clock in found:
        if kept and clock.start < kept[-1].end:
            continue
        if kept and (joined := _joined(kept[-1], clock, text)):
            kept[-1] = joined
        else:
            kept.append(clock)
    return tuple(kept)


def minutes(text: str) -> int | None:
    """The first duration or rhythm of a text in whole minutes, None where there is none."""
    return next((clock.whole for clock in find(text)), None)


def exact_minutes(text: str) -> float | None:
    """The first duration of a text in minutes with its fraction."""
    return next((clock.minutes for clock in find(text)), None)


def time_box(text: str) -> tuple[int | None, int | None]:
    """From when to when a phase lasts: "(5-15 minutes)", "First 15 minutes", "T+15 to T+60 min"."""
    for clock in find(text):
        if clock.rhythm or clock.whole is None:
            continue
        if clock.low is not None:
            return math.ceil(clock.low), clock.whole
        before = text[max(0, clock.start - 40) : clock.start].lower()
        if re.search(r"first|within|erste|premi|primer|første|första|<", before):
            return 0, clock.whole
    return None, None


def _all(text: str) -> Iterator[Clock]:
    for match in _RHYTHM.finditer(text):
        index = int(match.lastgroup[1:]) if match.lastgroup and match.lastgroup != "z" else None
        length = 0 if index is None else _RHYTHMS[index][0]
        yield Clock(length, match.start(), match.end(), rhythm=True)
    if not text or not _MAY_LAST.search(text):
        return
    for match in _COMPACT.finditer(text):
        large = 60 if match[2].lower() == "h" else 1440
        small = 60 if (match[4] or "").lower() == "h" else 1
        length = int(match[1]) * large + int(match[3]) * small
        yield Clock(length, match.start(), match.end())
    for match in _DURATION.finditer(text):
        if clock := _duration(match):
            yield clock


_MAY_LAST = re.compile(rf"[0-9]|(?<!\w)(?:{'|'.join(_NUMBER_WORDS.values())})[\s-]")


def _duration(match: re.Match[str]) -> Clock | None:
    groups = match.groupdict()
    unit = next(i for i in range(len(_UNITS)) if groups[f"u{i}"])
    worded = groups["worded"] is not None
    if worded and not _is_spoken(groups["worded"] or "", groups[f"u{unit}"] or ""):
        return None
    if match["business"] or _AFTER.search(match[0]):
        return Clock(None, match.start(), match.end())
    number = _worded(groups) if worded else _figure(match["figure"])
    length = number * _UNITS[unit][0]
    low = _figure(match["low"]) * _UNITS[unit][0] if match["low"] else None
    if length > _MANY:
        return None
    return Clock(length, match.start(), match.end(), low=low)


def _is_spoken(number: str, unit: str) -> bool:
    """ "a m" is no minute, and "a time" no Danish hour."""
    danish = unit.lower() != "time" or number.lower() in ("en", "én", "halv", "en halv", "to")
    return len(unit) > 2 and danish


def _worded(groups: dict[str, str | None]) -> float:
    return next(number for i, number in enumerate(_NUMBER_WORDS) if groups[f"n{i}"] is not None)


def _figure(text: str) -> float:
    """A number as people write it: 1,440 counts thousands, 3,6 and 3.6 are fractions."""
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


_AND = re.compile(r"\s{0,2}(?:,|and|und|et|y|e|og|och|&)?\s{0,2}", re.IGNORECASE)
# "Immediate (< 5 minutes)": the figure says what at once means.
_THAT_IS = re.compile(
    r"\s{0,2}[(\[,:–-]?\s{0,2}(?:within|under|in|max\.?|target|[<≤~])?\s{0,2}", re.IGNORECASE
)
_UP_TO = re.compile(r"\s{0,2}(?:-|–|—|to|bis|à|a|til|till|or)\s{0,2}", re.IGNORECASE)


def _joined(first: Clock, second: Clock, text: str) -> Clock | None:
    """ "1 hour 30 minutes" as one length, "30 min - 1 hour" as the later of the two."""
    between = text[first.end : second.start]
    if first.rhythm and not first.minutes and not second.rhythm and _THAT_IS.fullmatch(between):
        return Clock(second.minutes, first.start, second.end)
    if first.rhythm or second.rhythm or first.minutes is None or second.minutes is None:
        return None
    if _UP_TO.fullmatch(between) and between.strip() and second.minutes > first.minutes:
        return Clock(second.minutes, first.start, second.end, low=first.minutes)
    larger = first.minutes >= 60 > second.minutes or first.minutes >= 1440 > second.minutes
    if larger and second.low is None and _AND.fullmatch(between) and "," not in between:
        return Clock(first.minutes + second.minutes, first.start, second.end)
    return None
