"""A runbook in the shape that other programs read."""

from typing import Any

from app.runbook.model import Runbook, Severity, Template


def as_json(runbook: Runbook) -> dict[str, Any]:
    """Exactly the documented shape; nothing is added to it without a word in the docs."""
    return {
        "title": runbook.title,
        "is_runbook": runbook.is_runbook,
        "severities": [_severity(severity) for severity in runbook.severities],
        "obligations": [
            {"severity": o.severity, "text": o.text, "within_minutes": o.within_minutes}
            for o in runbook.obligations
        ],
        "roles": [role.name for role in runbook.roles],
        "checklist_items": runbook.checklist_items,
        "review_within_hours": runbook.review_within_hours,
        "templates": [_template(template) for template in runbook.templates],
        "not_understood": [
            {"line": n.line, "text": n.text, "why": n.why} for n in runbook.not_understood
        ],
    }


def _severity(severity: Severity) -> dict[str, Any]:
    return {
        "key": severity.key,
        "name": severity.name,
        "response_minutes": severity.response_minutes,
        "resolution_minutes": severity.resolution_minutes,
        "update_every_minutes": severity.update_every_minutes,
    }


def _template(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "audience": template.audience.value if template.audience else "unknown",
        "stage": template.stage.value,
        "subject": template.subject,
        "blanks": list(template.blanks),
        "line": template.line,
    }
