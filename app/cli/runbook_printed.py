"""A runbook printed for people."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.runbook.model import Runbook, Template
from app.words import Audience

_AUDIENCES: tuple[tuple[Audience | None, str], ...] = (
    (Audience.PUBLIC, "Status page"),
    (Audience.CUSTOMER, "Customers"),
    (Audience.INTERNAL, "Colleagues"),
    (None, "Audience not known"),
)


def show(found: Runbook, console: Console | None = None) -> None:
    console = console or Console()
    console.print(f"[bold]{escape(found.title or 'Untitled')}[/bold]")
    if not found.is_runbook:
        console.print(f"This is no incident runbook. {escape(found.why_not or '')}")
    for part in (_severities, _obligations, _roles, _templates, _checklists, _others, _unread):
        part(found, console)


def duration(minutes: float | None) -> str:
    """Minutes as people say them: "2 hours", "at once"; a dash where nothing was said."""
    if minutes is None:
        return "–"
    if minutes == 0:
        return "at once"
    for length, unit in ((10080, "week"), (1440, "day"), (60, "hour")):
        if minutes % length == 0:
            return _many(int(minutes // length), unit)
    return f"{minutes:g} minutes" if minutes != 1 else "1 minute"


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _head(console: Console, text: str) -> None:
    console.print(f"\n[bold]{escape(text)}[/bold]")


def _lines(console: Console, head: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    if lines:
        _head(console, head)
        for line in lines:
            console.print(f"  {escape(line)}", highlight=False)


def _severities(found: Runbook, console: Console) -> None:
    if not found.severities:
        return
    _head(console, "Severities")
    table = Table("Key", "Name", "Response", "Resolution", "Update every", "Definition")
    for severity in found.severities:
        table.add_row(
            escape(severity.key),
            escape(severity.name or ""),
            duration(severity.response_minutes),
            duration(severity.resolution_minutes),
            duration(severity.update_every_minutes),
            escape(severity.definition or ""),
        )
    console.print(table)


def _obligations(found: Runbook, console: Console) -> None:
    _lines(
        console,
        "To be done in time",
        (
            f"{o.severity or 'all'}: {o.text} ({duration(o.within_minutes)}, line {o.line})"
            for o in found.obligations
        ),
    )


def _roles(found: Runbook, console: Console) -> None:
    _lines(
        console,
        "Roles",
        (
            role.name
            + (f": {role.who}" if role.who else "")
            + (f", backup {role.backup}" if role.backup else "")
            for role in found.roles
        ),
    )


def _templates(found: Runbook, console: Console) -> None:
    for audience, name in _AUDIENCES:
        of_it = [template for template in found.templates if template.audience is audience]
        _lines(console, f"Messages: {name}", map(_template, of_it))


def _template(template: Template) -> str:
    where = f"{template.name} ({template.stage.value}, line {template.line}"
    where += f", for {', '.join(template.severities)})" if template.severities else ")"
    blanks = ", ".join(f"[{blank}]" for blank in template.blanks)
    return f"{where}: {blanks}" if blanks else where


def _checklists(found: Runbook, console: Console) -> None:
    _lines(
        console,
        f"Checklists ({found.checklist_items} boxes)",
        (
            f"{c.title} ({', '.join(filter(None, (c.phase, c.stage)))}): {len(c.items)} boxes"
            if c.phase or c.stage
            else f"{c.title}: {len(c.items)} boxes"
            for c in found.checklists
        ),
    )


def _others(found: Runbook, console: Console) -> None:
    _lines(console, "Escalate when", (f"{c.kind}: {c.text}" for c in found.escalation))
    _lines(
        console, "Alerted by", (f"{a.level}: {', '.join(a.channels)}" for a in found.alert_channels)
    )
    _lines(
        console,
        "Contacts",
        (
            f"{c.name}: " + ", ".join(f"{way} {address}" for way, address in c.ways)
            for c in found.contacts
        ),
    )
    _lines(console, "Emergency actions", (f"{a.action}: {a.authority}" for a in found.actions))
    _lines(
        console,
        "Review",
        (
            f"within {r.within_hours} hours"
            + (f" for {', '.join(r.severities)}" if r.severities else "")
            + f" (line {r.line})"
            for r in found.reviews
        ),
    )
    _lines(
        console,
        "Error budgets",
        (f"{b.service}: {duration(b.minutes)} ({b.period.lower()})" for b in found.error_budgets),
    )
    _lines(
        console,
        "Its words for stages",
        (f"{stage.value}: {word}" for stage, word in found.stage_words.items()),
    )


def _unread(found: Runbook, console: Console) -> None:
    _lines(
        console,
        "Not understood",
        (
            f"line {n.line}: {n.text} – {n.why}" if n.text else f"line {n.line}: {n.why}"
            for n in found.not_understood
        ),
    )
