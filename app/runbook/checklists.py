"""A runbook's checklists, each with the phase of the incident it belongs to."""

import bisect
from collections.abc import Sequence
from itertools import groupby

from app.runbook import boxes, clocks, stages
from app.runbook.boxes import Box
from app.runbook.document import Document
from app.runbook.levels import Levels
from app.runbook.model import Checklist, ChecklistItem
from app.runbook.outline import Outline, Statement, without_number


def read(document: Document, outline: Outline, levels: Levels) -> tuple[Checklist, ...]:
    places = [s for s in outline.statements if s.kind in ("heading", "label")]
    lines = [place.line for place in places]
    found = []
    for at, group in groupby(
        boxes.find(document), key=lambda box: (bisect.bisect_right(lines, box.line), box.note)
    ):
        place = places[at[0] - 1] if at[0] else None
        found.append(_checklist(place, at[1], list(group), levels))
    return tuple(found)


def _checklist(
    place: Statement | None, note: str | None, group: Sequence[Box], levels: Levels
) -> Checklist:
    above = (*place.above, place.text) if place else ()
    phase = _phase(above)
    from_minutes, to_minutes = clocks.time_box(phase) if phase else (None, None)
    severities = levels.mentioned(note or "") or levels.scope(above)
    title = without_number(place.text) if place else "Checklist"
    return Checklist(
        title=f"{title}: {note}" if note else title,
        phase=without_number(phase) if phase else None,
        stage=stages.at(above) or (stages.of_phase(above[-1]) if above else None),
        from_minutes=from_minutes,
        to_minutes=to_minutes,
        severities=severities,
        items=tuple(ChecklistItem(box.text, box.line, box.done) for box in group),
        line=group[0].line,
    )


def _phase(above: Sequence[str]) -> str | None:
    """The heading that names the phase: one that counts phases, else one that means a stage."""
    for text in reversed(above):
        if stages.is_phase(text):
            return text
    for text in reversed(above[1:]):
        if stages.of_phase(text):
            return text
    return None
