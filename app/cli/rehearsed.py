"""A rehearsal as lines to read, and as JSON for other programs."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.cli import printed
from app.content import drill, values
from app.content.drill import Act, Rehearsal, Scene
from app.words import Audience


def lines(rehearsal: Rehearsal) -> Iterator[str]:
    yield f"Rehearsal of “{rehearsal.runbook.title}”"
    yield f"An example incident: {drill.TITLE}. Begins {_day(rehearsal.begins)}, UTC."
    for role, person in rehearsal.roles.items():
        yield f"   {role}: {person}"
    for act in rehearsal.acts:
        yield from _act(act, rehearsal.begins)
    yield ""
    yield "═══ What was found"
    for problem in rehearsal.problems:
        yield f"   Problem: {problem}"
    for note in rehearsal.notes:
        yield f"   Note: {note}"
    if not rehearsal.problems:
        yield "   Every message could be written at every stage."


def _act(act: Act, begins: datetime) -> Iterator[str]:
    severity = act.severity
    named = f" ({severity.name})" if severity.name else ""
    yield ""
    yield f"═══ Severity {severity.key}{named}"
    for due in act.dues:
        yield f"   {'by ' if due.at > begins else ''}{_after(begins, due.at)}  {due.text}"
    for scene in act.scenes:
        yield from _scene(scene, begins)


def _scene(scene: Scene, begins: datetime) -> Iterator[str]:
    own = scene.stage_word.casefold()
    word = "" if own == scene.stage.value else f", which the runbook calls {scene.stage_word}"
    yield ""
    yield f"── {_after(begins, scene.at)}  Update {scene.number}: {scene.stage.value}{word}"
    for question in scene.asked:
        needed = " (needed)" if question.required else ""
        yield f"   asked{needed}: {question.text}"
        yield from (f"      {line}" for line in question.value.splitlines())
    if scene.promise_at:
        yield f"   promises the next update by {_after(begins, scene.promise_at)}"
    yield ""
    for audience in Audience:
        draft = scene.drafts[audience]
        yield from printed.message(
            audience, draft.subject or "", draft.body, draft.template_name, draft.origin
        )


def as_json(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "title": rehearsal.runbook.title,
        "begins": rehearsal.begins.isoformat(),
        "roles": dict(rehearsal.roles),
        "severities": [_act_json(act) for act in rehearsal.acts],
        "problems": list(rehearsal.problems),
        "notes": list(rehearsal.notes),
    }


def _act_json(act: Act) -> dict[str, Any]:
    return {
        "severity": act.severity.key,
        "obligations": [{"text": due.text, "due_at": due.at.isoformat()} for due in act.dues],
        "updates": [_scene_json(scene) for scene in act.scenes],
    }


def _scene_json(scene: Scene) -> dict[str, Any]:
    promise = scene.promise_at
    return {
        "number": scene.number,
        "stage": scene.stage.value,
        "at": scene.at.isoformat(),
        "promise_at": promise.isoformat() if promise else None,
        "asked": [
            {"name": each.name, "text": each.text, "answer": each.value, "needed": each.required}
            for each in scene.asked
        ],
        "messages": _messages_json(scene.drafts),
    }


def _messages_json(drafts: Mapping[Audience, Any]) -> list[dict[str, Any]]:
    return [
        {
            "audience": audience.value,
            "subject": drafts[audience].subject,
            "body": drafts[audience].body,
            "template": drafts[audience].template_name,
            "origin": drafts[audience].origin,
        }
        for audience in Audience
    ]


def _after(begins: datetime, at: datetime) -> str:
    """How long after the beginning: `+15 min`."""
    return f"+{values.span(at - begins)}" if at > begins else "at once"


def _day(at: datetime) -> str:
    return at.strftime("%d %b %Y, %H:%M")
