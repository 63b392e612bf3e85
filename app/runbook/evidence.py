"""Whether a document is an incident runbook at all: evidence for it, and signs of other papers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.runbook import place_words, stages, words
from app.runbook.model import Runbook, TemplateStage
from app.runbook.outline import Outline, without_number

_ENOUGH = 4


@dataclass(frozen=True)
class Paper:
    """Another kind of document, known by its title or by its headings."""

    name: str
    title: re.Pattern[str]
    headings: re.Pattern[str]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_OTHERS = (
    Paper(
        "a changelog",
        _words(
            r"change ?log|release notes|changelog|what.s new|änderungsprotokoll|notas de versión"
        ),
        _words(r"added|changed|fixed|removed|deprecated|unreleased|v?\d+\.\d+(?:\.\d+)?"),
    ),
    Paper(
        "a report of one incident",
        _words(
            r"post[- ]?mortem(?: report)?(?:\s?[:–—-].*| of .*| for .*)|incident report.*|"
            r"(?:incident|rca|root cause analysis)\s?[:#–—-]?\s?(?:inc-?)?\d.*|"
            r"root cause analysis.*|"
            r"vorfallbericht.*|störungsbericht.*|rapport d.incident.*|informe de incidente.*|"
            r"relatório de incidente.*|hændelsesrapport.*|hendelsesrapport.*|incidentrapport.*"
        ),
        _words(
            r"summary|timeline|root cause|contributing factors|what went (?:well|wrong)|"
            r"lessons learned|action items|impact|resolution|detection|zusammenfassung|zeitlinie|"
            r"ursache|auswirkung\w*|chronologie|cause racine|cronología|causa raíz|"
            r"linha do tempo|tidslinje|årsag|årsak|orsak"
        ),
    ),
    Paper(
        "meeting notes",
        _words(
            r"(?:meeting|call|sync|stand-?up|retro\w*) (?:notes|minutes)|minutes|notes from.*|"
            r"(?:besprechungs)?protokoll|compte[- ]rendu.*|acta.*|ata de.*|mødereferat|referat|"
            r"møtereferat|mötesanteckningar|.* (?:meeting|sync|stand-?up)"
        ),
        _words(
            r"attendees|present|agenda|action items|next steps|decisions|teilnehmer|"
            r"tagesordnung|participants|ordre du jour|asistentes|participantes|deltagere|"
            r"dagsorden|deltakere|närvarande"
        ),
    ),
    Paper(
        "an on-call rota",
        _words(
            r".*\b(?:rota|roster|on-call schedule|oncall schedule|on-call rotation|"
            r"bereitschaftsplan|dienstplan|planning d.astreinte|turnos de guardia|"
            r"escala de plantão|vagtplan|vaktplan|jourschema)"
        ),
        _words(r"week \d+|rotation|handover|swaps?|schedule"),
    ),
    Paper(
        "a deployment guide",
        _words(
            r".*\b(?:deploy(?:ment|ing)?|release|installation|install|set-?up|migration|upgrade|"
            r"rollout|onboarding|bereitstellung|déploiement|despliegue|implantação)"
            r"(?: (?:guide|runbook|checklist|process|procedure|instructions|manual|playbook))?"
        ),
        _words(
            r"prerequisites|deploy\w*|install\w*|build|configuration|staging|production|"
            r"environment(?: variables)?|rollback|smoke tests?|voraussetzungen|prérequis"
        ),
    ),
    Paper(
        "a README",
        _words(r"read ?me"),
        _words(
            r"install(?:ation)?|usage|getting started|quick ?start|contributing|licen[sc]e|"
            r"features|requirements|build status|credits|development|api reference"
        ),
    ),
    Paper(
        "a description of an interface",
        _words(r".*\bapi\b.*|.* (?:reference|documentation|endpoints)"),
        _words(
            r"endpoints?|authentication|parameters|errors?|rate limits?|pagination|"
            r"(?:get|post|put|patch|delete) /.*|request|response|webhooks|examples?"
        ),
    ),
)


def judge(runbook: Runbook, outline: Outline) -> str | None:
    """Why the document is no incident runbook, as a sentence; None when it is one."""
    if not any(statement.text for statement in outline.statements) and not outline.tables:
        if not runbook.templates:
            return "The document is empty."
    score = sum(points for points in _evidence(runbook, outline))
    other = _other(runbook, outline)
    if other and score < 3 * _ENOUGH:
        return f"This looks like {other}, not like a runbook for incidents."
    if score >= _ENOUGH:
        return None
    if not runbook.severities and not runbook.templates:
        return "It has neither severities with response times nor messages to send."
    return "There is too little in it about how incidents are handled and told."


def _evidence(runbook: Runbook, outline: Outline) -> Iterator[int]:
    timed = [
        s
        for s in runbook.severities
        if s.response_minutes is not None
        or s.update_every_minutes is not None
        or s.resolution_minutes is not None
    ]
    about = _is_about_incidents(runbook, outline)
    if len(runbook.severities) >= 2:
        yield 3 if timed else 1
        # How often people are told is what a runbook promises, and terms of support do not.
        yield int(any(s.update_every_minutes is not None for s in timed))
    elif timed:
        yield 2
    staged = [t for t in runbook.templates if t.stage is not TemplateStage.OTHER]
    yield min(len(staged), 2) + (1 if len(staged) > 1 else 0)
    if len(runbook.templates) > len(staged):
        yield 1
    known = [role for role in runbook.roles if place_words.ROLE_NAME.fullmatch(role.name)]
    yield min(len(known), 2) if known else 0
    if runbook.escalation or runbook.obligations:
        yield 1
    if len({c.stage for c in runbook.checklists if c.stage}) >= 2:
        yield 1
    elif len({s.stage for s in runbook.sections if s.stage}) >= 3:
        yield 1
    yield about
    if _NAMED_RUNBOOK.search(runbook.title):
        yield 1


_NAMED_RUNBOOK = _words(r"runbook|playbook|on-?call|status page|communications? plan")


def _is_about_incidents(runbook: Runbook, outline: Outline) -> int:
    """Two points for a title about incidents, one where headings or many words say so."""
    if words.has(words.INCIDENT, runbook.title):
        return 2 + words.has(words.PLAN, runbook.title)
    said = sum(words.has(words.INCIDENT, s.text) for s in outline.statements)
    headed = sum(
        words.has(words.INCIDENT, s.text) for s in outline.statements if s.kind == "heading"
    )
    if headed:
        return 2 if headed > 1 or words.has(words.PLAN, runbook.title) else 1
    return 1 if said >= 2 else 0


def _other(runbook: Runbook, outline: Outline) -> str | None:
    """The other kind of paper that title and headings agree on."""
    headings = [s for s in outline.statements if s.kind in ("heading", "label")]
    titles = [without_number(s.text) for s in headings[1:]]
    plan = words.has(words.INCIDENT, runbook.title) and words.has(words.PLAN, runbook.title)
    for paper in _OTHERS:
        by_title = bool(paper.title.fullmatch(runbook.title.strip()))
        if plan and not by_title:
            continue
        agree = sum(bool(paper.headings.fullmatch(title)) for title in titles)
        phased = len({stages.of_phase(title) for title in titles} - {None})
        if by_title and not (plan and _is_handling(runbook)):
            return paper.name
        if agree >= 4 and agree * 2 >= len(titles) and not _is_handling(runbook) and phased < 4:
            return paper.name
    return None


def _is_handling(runbook: Runbook) -> bool:
    """Whether it says how any incident is handled: severities with clocks, or staged messages."""
    timed = sum(s.response_minutes is not None for s in runbook.severities)
    staged = {t.stage for t in runbook.templates} - {TemplateStage.OTHER}
    return timed >= 2 or len(staged) >= 2
