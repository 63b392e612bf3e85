"""What must be done within a time: "executive notification within 30 minutes"."""

import re
from collections.abc import Iterator, Sequence

from app.runbook import (
    clocks,
    levels,
    place_words,
    severities,
    severity_tables,
    stages,
    timings,
    words,
)
from app.runbook.clocks import Clock
from app.runbook.levels import Levels
from app.runbook.model import Checklist, Obligation
from app.runbook.outline import Outline, Statement, Table
from app.runbook.timings import Kind, Timing


def read(
    outline: Outline, checklists: Sequence[Checklist], known: Levels, skip: frozenset[int]
) -> tuple[Obligation, ...]:
    """`skip` are the lines of messages and forms: what they promise is no duty of responders."""
    found: list[Obligation] = []
    for statement in outline.statements:
        if statement.line not in skip and statement.kind in ("item", "sentence"):
            found.extend(_of_statement(statement, known))
    seen = {statement.line for statement in outline.statements}
    for checklist in checklists:
        for item in checklist.items:
            if item.line not in seen and item.line not in skip:
                above = ("", checklist.phase or "", checklist.title)
                box = Statement("item", item.text, item.line, above)
                found.extend(_of_statement(box, known, checklist.severities))
    for table in outline.tables:
        if table.line not in skip:
            found.extend(_of_table(table, known))
    unique: dict[tuple[str | None, str, int], Obligation] = {}
    for each in sorted(found, key=lambda obligation: obligation.line):
        unique.setdefault((each.severity, each.text, each.within_minutes), each)
    return tuple(unique.values())


_DEADLINE = re.compile(
    r"(?:(?<!\w)(?:within|inside|in|in under|less than|no later than|not later than|by|after|under|"
    r"at most|max\.?|innerhalb(?: von)?|binnen|nach|spätestens(?: nach)?|in|"
    r"dans(?: les)?|en moins de|sous|après|au bout de|d.ici|au plus tard|en|"
    r"dentro de(?: los)?|antes de|en menos de|tras|después de|a los|em(?: até)?|até|após|depois de|"
    r"no prazo de|inden(?: for)?|efter|senest(?: efter)?|innen(?:for)?|etter|senest etter|inom|"
    r"senast(?: efter)?|i løbet af|i løpet av|exceeds?|longer than|more than|for|über|plus de|"
    r"más de|mais de|mere end|mer enn|mer än)\s(?:the first |de første |les |los |"
    r"about |max\.? |maximal |højst )?|[<≤]\s?|T\s?\+\s?)$",
    re.IGNORECASE,
)
# "Normal for 30 minutes" is a state that lasts; only as a reason to escalate is it a clock.
_LASTING = re.compile(
    r"(?<!\w)(?:for|exceeds?|longer than|more than|under|über|plus de|más de|mais de|mere end|"
    r"mer enn|mer än)\s(?:the first |about )?$",
    re.IGNORECASE,
)
_BY_NATURE = re.compile(
    r"notif|inform|page|paging|escalat|assign|declare|convene|war room|bridge|engage|alert|call|"
    r"acknowledg|benachrichtig|eskalier|alarmier|meldung|avis|prévenir|informer|escalad|"
    r"notific|avisar|acionar|varsl|underret|eskaler|larm|meddel",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"(?<!\w)(?:must|shall|should|needs? to|has to|have to|is to be|are to be|muss|müssen|soll\w*|"
    r"ist zu|sind zu|doit|doivent|debe\w*|deve\w*|skal|skall|ska|må)(?!\w)",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"(?:we )?(?:send|post|publish|tell|inform|notify|page|announce|update|open|declare|assign|"
    r"call|escalate)(?!\w)",
    re.IGNORECASE,
)
_DUTY = re.compile(
    r"(?<!\w)(?:communicat\w+|notif\w+|duties|obligations|requirements|checklists?|actions|"
    r"response|pflichten|aufgaben|kommunikation|meldewege|comunicac\w+|obligaciones|"
    r"obrigações|kommunikasjon|krav|rules|timeline|expectations)(?!\w)",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(
    r"(?<!\w)(?:rollback|agenda|review|post-?mortem|follow-?up|retention|backup|slo|"
    r"sla definitions|nachbereitung|metrics|kpis?|training|on-?boarding|success criteria)(?!\w)",
    re.IGNORECASE,
)


_MEASURED = re.compile(
    r"\W*(?:detection|mttr|mtta|mttd|uptime|availability|rto|rpo)\b", re.IGNORECASE
)


def _of_statement(
    statement: Statement, known: Levels, scope: tuple[str, ...] = ()
) -> Iterator[Obligation]:
    text = statement.text
    if not clocks.find(text) or _is_no_place(statement):
        return
    pairs = list(severities.spoken_of(statement, known))
    if len(pairs) > 1 and pairs[0][1] != pairs[1][1]:
        for key, part, _ in pairs:
            timing = timings.read(part)[0]
            if timing.minutes is not None and not _is_settled(timing, text):
                yield Obligation(key, text, timing.minutes, statement.line)
        return
    for timing in timings.read(text):
        if timing.minutes is not None and _is_duty(timing, statement, bool(pairs or scope)):
            duty = _sentence(text, timing.clock, known)
            named: Sequence[str | None] = scope or [key for key, _, _ in pairs] or [None]
            for severity in named:
                yield Obligation(severity, duty, timing.minutes, statement.line)


def _is_no_place(statement: Statement) -> bool:
    """Whether a time here is a question, a figure that is measured, an example or the like."""
    text, label = statement.text, statement.label
    if "?" in text or words.has(place_words.REVIEW, text) or _MEASURED.match(text):
        return True
    if words.EXAMPLES.search(label) or words.DEFINITION.fullmatch(label):
        return True
    return any(
        _NOT_HERE.search(a) or words.has(place_words.MESSAGES, a) for a in statement.above[1:]
    )


def _is_settled(timing: Timing, text: str) -> bool:
    """Whether the duration is a clock of the severity itself and no duty beside it."""
    if timing.kind is Kind.OTHER:
        return False
    return not (timing.kind is Kind.RESPONSE and words.has(words.ACKNOWLEDGE, text))


def _is_duty(timing: Timing, statement: Statement, scoped: bool) -> bool:
    text, clock = statement.text, timing.clock
    if _is_settled(timing, text) or clock.low is not None or clock.rhythm and clock.minutes:
        return False
    if timing.kind is Kind.RESPONSE and (timing.weight > 1 or _is_terse(text[: clock.start])):
        return False
    if clock.rhythm:
        return scoped and statement.kind == "item" and len(text) - (clock.end - clock.start) > 8
    deadline = bool(_DEADLINE.search(text[: clock.start]))
    lasting = bool(_LASTING.search(text[: clock.start]))
    if scoped:
        return (deadline and not lasting) or bool(_BY_NATURE.search(_around(text, clock)))
    if words.in_any(place_words.ESCALATION, (*statement.above[-2:], text)):
        return deadline or statement.kind == "item"
    return deadline and not lasting and _is_asked(statement)


def _is_terse(before: str) -> bool:
    """ "ack in 5 min" is the response time itself; "acknowledge the page within ..." is a duty."""
    return len(re.split(r"[;,.:]\s|\s[—–-]\s", before)[-1].split()) < 3


def _around(text: str, clock: Clock) -> str:
    return text[max(0, clock.start - 60) : clock.end + 20]


def _is_asked(statement: Statement) -> bool:
    """Whether a duty without a severity stands where duties stand, and is worded as one."""
    text = statement.text
    if statement.kind == "sentence" and not (_MUST.search(text) or _TELLS.match(text)):
        return False
    stage = stages.at(statement.above)
    if stage is not None and stage.is_open:
        return True
    return any(_DUTY.search(above) for above in statement.above[-2:])


def _sentence(text: str, clock: Clock, known: Levels) -> str:
    """The words about one duration: the whole text, or its part where it holds several."""
    several = len(clocks.find(text)) > 1
    cuts = [0]
    for match in re.finditer(r";\s|\.\s|\s[—–-]\s" + (r"|,\s" if several else ""), text):
        cuts.append(match.end())
    start = max((cut for cut in cuts if cut <= clock.start), default=0)
    end = min((cut for cut in cuts if cut >= clock.end), default=len(text))
    part = text[start:end] if several or known.leading(text) else text
    part = part.strip().rstrip(";,.—–-").strip()
    return _LEVEL_MARK.sub("", part).strip() if levels.leading(part) else part


_LEVEL_MARK = re.compile(r"^\W{0,4}[\w-]{1,16}\s?[0-5]?\s?(?:\([^)]{0,30}\))?\s?[:–—|]\s*")


def _of_table(table: Table, known: Levels) -> Iterator[Obligation]:
    escalation = words.in_any(place_words.ESCALATION, (*table.above[-2:], *table.head[:1]))
    records = severity_tables.records(table)
    for record in records:
        key = known.key_of(record.level)
        for cell in record.cells if key else ():
            yield from _of_cell(key, cell, table, escalation)
    if not records and escalation:
        yield from _of_ladder(table, known)


def _of_cell(
    key: str | None, cell: severity_tables.Cell, table: Table, escalation: bool
) -> Iterator[Obligation]:
    if words.DEFINITION.search(cell.label) or words.has(words.EXAMPLES, cell.label):
        return
    for timing in timings.read(cell.value, cell.label):
        before = cell.value[: timing.clock.start]
        said = len(_DEADLINE.sub("", before).split())
        worded = said > 1 or (said == 1 and timing.kind is Kind.OTHER)
        acknowledged = timings.is_acknowledgement(cell.label) and len(table.head) > 2
        duty = timing.kind is Kind.OTHER or (timing.weight == 1 and (worded or acknowledged))
        if timing.minutes is None or not duty or timing.clock.rhythm and timing.clock.minutes:
            continue
        if worded and (_DEADLINE.search(before) or timing.clock.rhythm):
            part = _sentence(cell.value, timing.clock, Levels({}, {}))
            yield Obligation(key, part, timing.minutes, cell.line)
        elif escalation or _BY_NATURE.search(cell.label):
            prefix = f"{table.head[0]} " if escalation and cell.line != table.line else ""
            prefix = prefix if words.has(place_words.ESCALATION, prefix) else ""
            text = f"{prefix}{cell.label}: {cell.value}"
            yield Obligation(key, text, timing.minutes, cell.line)


def _of_ladder(table: Table, known: Levels) -> Iterator[Obligation]:
    """An escalation table: after how long, whom to call."""
    for index, row in enumerate(table.rows):
        timed = [i for i, cell in enumerate(row) if len(cell) < 40 and clocks.find(cell)]
        rest = [c for i, c in enumerate(row) if i not in timed and len(c) > 1]
        if len(timed) != 1 or not rest or place_words.REACH.search(table.head[timed[0]]):
            continue
        within = clocks.minutes(row[timed[0]])
        if within is None or clocks.find(row[timed[0]])[0].rhythm and within:
            continue
        text = f"{row[timed[0]]}: {' – '.join(rest)}"
        for key in known.mentioned(" ".join(row)) or (None,):
            yield Obligation(key, text, within, table.line_of(index))
