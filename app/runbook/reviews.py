"""When the review of an incident is due, and how much downtime services have left."""

import re
from collections.abc import Iterator

from app.runbook import clocks, place_words, severities, severity_tables, stages, words
from app.runbook.levels import Levels
from app.runbook.model import Checklist, ErrorBudget, NotUnderstood, Review
from app.runbook.outline import Outline, Statement, Table, without_number

_HELD = re.compile(
    r"(?<!\w)(?:within|no later than|not later than|in|after|by|max\.?|<|less than|at most|under|"
    r"innerhalb|binnen|spätestens|nach|dans|sous|après|au plus tard|en|dentro|antes|tras|"
    r"máximo|em até|em|até|após|inden|senest|innen|innenfor|inom|senast|efter|etter)(?!\w)|[<≤]",
    re.IGNORECASE,
)
_MEETS = re.compile(
    r"(?<!\w)(?:meeting|review|hold|held|schedul\w*|conduct\w*|complete\w*|takes? place|due|"
    r"besprechung|termin|durchführ\w*|réunion|organis\w+|planifi\w+|reunión|realizar|celebrar|"
    r"reunião|agendar|møde|møte|möte|afholdes|holdes|hålls|gennemføres|gjennomføres|genomförs)"
    r"(?!\w)",
    re.IGNORECASE,
)


def read(
    outline: Outline, checklists: tuple[Checklist, ...], known: Levels, skip: frozenset[int]
) -> tuple[tuple[Review, ...], tuple[NotUnderstood, ...]]:
    """The review rules; what is only paperwork after it counts where no meeting is named."""
    meetings: list[Review] = []
    paperwork: list[Review] = []
    unread: list[NotUnderstood] = []
    for statement in _statements(outline, checklists):
        if statement.line in skip or not _is_about_review(statement):
            continue
        found = list(_of_statement(statement, known))
        if not found and (note := _unread(statement)):
            unread.append(note)
        about_paper = words.has(
            place_words.PAPERWORK, statement.text
        ) and not _NAMES_MEETING.search(statement.text)
        (paperwork if about_paper else meetings).extend(found)
    reviews = meetings or paperwork
    return tuple(dict.fromkeys(reviews)), () if meetings else tuple(unread)


_NAMES_MEETING = re.compile(
    r"(?<!\w)(?:meeting|schedul\w+|hold|held|besprechung|réunion|reunión|reunião|møde|møte|möte|"
    r"post-?mortem|retrospective)(?!\w)",
    re.IGNORECASE,
)


def _statements(outline: Outline, checklists: tuple[Checklist, ...]) -> Iterator[Statement]:
    yield from outline.statements
    seen = {statement.line for statement in outline.statements}
    for checklist in checklists:
        for item in checklist.items:
            if item.line not in seen:
                yield Statement("item", item.text, item.line, (checklist.title,))
    for table in outline.tables:
        yield from _cells(table)


def _cells(table: Table) -> Iterator[Statement]:
    """What a table says of reviews: a column or a row about them, told by severity or not."""
    records = severity_tables.records(table)
    for record in records:
        for cell in record.cells:
            due = _DUE.search(cell.label) and words.in_any(place_words.REVIEW, table.above[-1:])
            if due or words.has(place_words.REVIEW, cell.label):
                text = f"{record.level.key}: {cell.label}: {cell.value}"
                yield Statement("cell", text, cell.line, table.above)
    for index, row in enumerate(table.rows if not records else ()):
        for head, value in zip(table.head[1:], row[1:], strict=False):
            if words.has(place_words.REVIEW, head):
                text = f"{row[0]}: {head}: {value}"
                yield Statement("cell", text, table.line_of(index), table.above)
        if row and words.has(place_words.REVIEW, row[0]):
            text = f"{row[0]}: {', '.join(row[1:])}"
            yield Statement("cell", text, table.line_of(index), table.above)


_DUE = re.compile(
    r"^(?:due|deadline|when|within|timeline|timeframe|time|frist|délai|plazo|prazo)", re.IGNORECASE
)


def _is_about_review(statement: Statement) -> bool:
    if words.in_any(place_words.MESSAGES, statement.above[1:]):
        return False
    if words.has(place_words.REVIEW, statement.text):
        return True
    below = words.in_any(place_words.REVIEW, statement.above[-2:])
    told = _MEETS.search(statement.text) or words.has(place_words.PAPERWORK, statement.text)
    return below and bool(told)


def _of_statement(statement: Statement, known: Levels) -> Iterator[Review]:
    pairs = severities.split(statement.text, known)
    if len(pairs) > 1:
        for key, part in pairs:
            if (within := clocks.minutes(part)) is not None:
                yield Review(_hours(within), (key,), statement.text, statement.line)
        return
    for clock in clocks.find(statement.text):
        if clock.rhythm or clock.minutes is None or clock.minutes < 60:
            continue
        if _is_phase_box(statement, clock):
            continue
        before = statement.text[max(0, clock.start - 30) : clock.start]
        if _HELD.search(before) or statement.kind == "cell" or before.rstrip().endswith(":"):
            keys = known.mentioned(statement.text) or known.scope(statement.above)
            yield Review(_hours(clock.minutes), keys, statement.text, statement.line)
            return


def _is_phase_box(statement: Statement, clock: clocks.Clock) -> bool:
    """ "Phase 5: Post-Incident (24-72 hours)" says how long a phase lasts."""
    return statement.kind == "heading" and (
        stages.is_phase(statement.text) and clock.low is not None
    )


def _hours(minutes: float) -> int:
    return max(1, round(minutes / 60))


def _unread(statement: Statement) -> NotUnderstood | None:
    found = clocks.find(statement.text)
    if any(clock.minutes is None for clock in found):
        return NotUnderstood(
            statement.line,
            statement.text,
            "Business days are no number of hours, so the review has no due time.",
        )
    return None


def error_budgets(outline: Outline) -> tuple[ErrorBudget, ...]:
    """How long each service may be down in a period."""
    found: list[ErrorBudget] = []
    for table in outline.tables:
        column = next(
            (i for i, head in enumerate(table.head) if words.has(place_words.BUDGET, head)), None
        )
        if not column:
            continue
        period = _period(" ".join((table.head[column], *table.above[-1:])))
        for index, row in enumerate(table.rows):
            value = clocks.exact_minutes(row[column]) if column < len(row) else None
            if value is not None and row[0]:
                found.append(ErrorBudget(row[0], round(value, 2), period, table.line_of(index)))
    return tuple(found)


_PERIODS = {
    "Weekly": r"week|wöchentl|hebdo|semanal|ugentl|ukentl|veck",
    "Quarterly": r"quarter|quartal|trimestr|kvartal",
    "Yearly": r"year|annual|jährl|jahr|annuel|anual|årl",
}


def _period(text: str) -> str:
    for period, pattern in _PERIODS.items():
        if re.search(pattern, without_number(text), re.IGNORECASE):
            return period
    return "Monthly"
