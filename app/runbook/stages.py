"""A runbook's phases and statuses as our stages, and its own words for them."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.runbook import place_words, words
from app.runbook.document import Document
from app.runbook.model import Section
from app.runbook.outline import Outline, plain, without_number
from app.words import INCIDENT_ROAD, Stage

# Words of a status in the order in which they are tried; the first that fits decides.
_STATUS: tuple[tuple[Stage, str], ...] = (
    (
        Stage.RESOLVED,
        (
            r"resolved|closed|fixed|restored|complete[d]?|all clear|gelöst|behoben|abgeschlossen|"
            r"résolue?|clos(?:e|ed)?|terminée?|resuelt[oa]|cerrad[oa]|solucionad[oa]|resolvid[oa]|"
            r"encerrad[oa]|solucionado|løst|lukket|afsluttet|løst|avsluttet|löst|åtgärdad|avslutad"
        ),
    ),
    (
        Stage.MONITORING,
        (
            r"monitor(?:ing|ed)?|observing|verifying|watching|validating|recovering|"
            r"(?:über|be)obacht(?:ung|en|et)|überwach(?:ung|en|t)|(?:en )?surveillance|observation|"
            r"monitore(?:o|ando)|monitoriz\w+|monitorando|monitoramento|em observação|"
            r"en observación|vigilancia|overvåg(?:ning|er|es)|overvåk(?:ing|er|es)|"
            r"övervak(?:ning|ar|as)"
        ),
    ),
    (
        Stage.IDENTIFIED,
        (
            r"identified|mitigat(?:ing|ed|ion)|fixing|contain(?:ing|ed|ment)|repairing|in progress|"
            r"implementing(?: a)? fix|remediat(?:ing|ion)|working on (?:a )?fix|isolated|"
            r"identifiziert|ursache gefunden|in (?:bearbeitung|behebung)|behebung|"
            r"identifiée?|en cours(?: de (?:résolution|correction))?|atténuation|"
            r"identificad[oa]|en (?:curso|proceso)|mitigando|mitigación|em (?:andamento|correção)|"
            r"mitigação|identificeret|identifisert|identifierad|under udbedring|afhjælp\w+|"
            r"avhjelp\w+|åtgärdas"
        ),
    ),
    (
        Stage.INVESTIGATING,
        (
            r"investigat(?:ing|ion)|triag(?:e|ing)|detected|diagnosing|analy[sz]ing|open|new|"
            r"acknowledged|reported|(?:in )?untersuchung|wird untersucht|untersuchen|in analyse|"
            r"(?:en cours d.)?investigation|enquête|analyse(?: en cours)?|diagnostic|"
            r"investigando|en investigación|em investigação|investigación|investigação|analisando|"
            r"undersøg(?:er|es|else)|undersøk(?:er|es|else)|undersök(?:er|s|ning)|utreds|utredning"
        ),
    ),
)
_STATUSES = [
    (stage, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)) for stage, pattern in _STATUS
]

# Words of a phase. What is done under "Resolution" comes before the incident is resolved.
_PHASE: tuple[tuple[Stage, str], ...] = (
    (
        Stage.RESOLVED,
        (
            r"post[- ]?(?:incident|mortem)\w*|closure|closing|close-?out|follow[- ]?up|review|"
            r"lessons|retrospective|after (?:the )?incident|wrap[- ]?up|"
            r"nach(?:bereitung|besprechung|sorge|analyse)|abschluss|clôture|"
            r"retour d.expérience|suivi|"
            r"cierre|seguimiento|posterior|encerramento|pós[- ]incidente|acompanhamento|"
            r"afslutning|opfølgning|evaluering|avslutning|oppfølging|evaluering|uppföljning|"
            r"avslut|utvärdering"
        ),
    ),
    (
        Stage.MONITORING,
        (
            r"monitoring|resolution|resolve|recovery|recover|verif(?:y|ication)|validat\w+|restor\w+|"
            r"überwachung|beobachtung|lösung|wiederherstellung|verifikation|surveillance|résolution|"
            r"rétablissement|vérification|monitoreo|resolución|recuperación|verificación|"
            r"monitoramento|resolução|recuperação|verificação|overvågning|løsning|genopretning|"
            r"overvåking|gjenoppretting|övervakning|lösning|återställning|verifiering"
        ),
    ),
    (
        Stage.IDENTIFIED,
        (
            r"mitigat\w+|contain\w*|remediat\w+|eradicat\w+|fix(?:ing)?|repair|stabili[sz]\w+|"
            r"eindämmung|behebung|gegenmaßnahmen|entstörung|atténuation|confinement|correction|"
            r"remédiation|mitigación|contención|corrección|mitigação|contenção|correção|"
            r"inddæmning|afhjælpning|udbedring|begrensning|avhjelping|begränsning|åtgärd\w*"
        ),
    ),
    (
        Stage.INVESTIGATING,
        (
            r"detect\w*|alert\w*|triage|assess\w*|investigat\w+|diagnos\w+|identification|declar\w+|"
            r"initial response|first respon\w+|acknowledg\w+|first \d+ min\w*|report(?:ed|ing) an|"
            r"erkennung|alarmierung|untersuchung|diagnose|erstmaßnahmen|erste reaktion|meldung|"
            r"einstufung|détection|alerte|qualification|analyse|déclaration|"
            r"detección|alerta|evaluación|investigación|diagnóstico|clasificación|"
            r"detecção|triagem|avaliação|investigação|classificação|"
            r"opdagelse|alarmering|vurdering|undersøgelse|oppdagelse|varsling|undersøkelse|"
            r"upptäckt|bedömning|utredning"
        ),
    ),
)
_PHASES = [
    (stage, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)) for stage, pattern in _PHASE
]
_PHASE_NUMBER = re.compile(
    r"^(?:phase|step|stage|schritt|étape|fase|paso|passo|etapa|trin|steg)\s*[0-9ivx]{1,3}\b"
    r"\s*[:.–—-]?\s*",
    re.IGNORECASE,
)


def of_status(word: str) -> Stage | None:
    """The stage that a status word means; "Mitigating" is identified."""
    if len(word) > 40:
        return None
    return next((stage for stage, pattern in _STATUSES if pattern.search(word)), None)


@lru_cache(maxsize=4_096)
def of_phase(heading: str) -> Stage | None:
    """The stage during which a phase's section is needed; the word that comes first decides."""
    text = _PHASE_NUMBER.sub("", without_number(heading))
    text = re.sub(r"\([^)]{0,60}\)", "", text)
    if len(text) > 80 or words.has(place_words.REFERENCE, text):
        return None
    found = [(match.start(), stage) for stage, p in _PHASES if (match := p.search(text))]
    return min(found, key=lambda each: each[0], default=(0, None))[1]


def is_phase(heading: str) -> bool:
    """Whether a heading counts the phases: "2.1 Phase 1: Detection"."""
    return bool(_PHASE_NUMBER.match(without_number(heading)))


def at(headings: Sequence[str]) -> Stage | None:
    """The stage of what stands under these headings: that of the innermost one with a stage."""
    counted = next((text for text in reversed(headings) if is_phase(text)), None)
    if counted:
        return of_phase(counted)
    if any(place_words.REFERENCE.search(without_number(text)) for text in headings[1:]):
        return None
    for index in reversed(range(len(headings))):
        if index == 0 and len(headings) > 1:
            break
        if stage := of_phase(headings[index]):
            return stage
    return None


def sections(document: Document) -> tuple[Section, ...]:
    """The document cut at its headings, each part with the stage at which it is needed."""
    starts = [(heading.line, heading.level, plain(heading.text)) for heading in document.headings]
    if not starts or starts[0][0] > 1:
        preface = "\n".join(document.lines[: starts[0][0] - 1 if starts else None]).strip()
        if preface:
            starts.insert(0, (1, 0, ""))
    return tuple(_sections(document, starts))


def _sections(document: Document, starts: list[tuple[int, int, str]]) -> Iterator[Section]:
    above: list[tuple[int, str]] = []
    for index, (line, level, title) in enumerate(starts):
        end = starts[index + 1][0] - 1 if index + 1 < len(starts) else len(document.lines)
        above = [each for each in above if each[0] < level] + [(level, title)]
        body = "\n".join(document.lines[line - (1 if level == 0 else 0) : end]).strip("\n")
        stage = at([title for _, title in above])
        yield Section(title, level, line, body, stage)


_CHOICES = re.compile(r"(?:\[|\{\{?|<|\(\()([^\[\]{}<>()\n]{5,150})(?:\]|\}\}?|>|\)\))")
_CHOICE_LINE = re.compile(
    r"^[^\w\n]{0,10}(?:status|state|stage|statut|état|estado|etapa|phase|stand|tilstand|läge|"
    r"estatus)[^\w\n:：]{0,4}[:：]"
    r"[^\w\n]{0,6}([^\n]{5,150})$",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS_HEAD = re.compile(
    r"^\W*(?:status(?:es)?|stages?|states?|phases?|statut|état|estado|etapa|tilstand|läge)\W*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s?[/|]\s?|\s?→\s?|\s?->\s?|,\s")


def own_words(document: Document, outline: Outline) -> dict[Stage, str]:
    """The runbook's words for our stages, from its lists of choices and tables of statuses."""
    found: dict[Stage, str] = {}
    for choices in _choices(document, outline):
        stages = [(stage, word) for word in choices if (stage := of_status(word))]
        if len({stage for stage, _ in stages}) < 2 or len(stages) < len(choices) - 1:
            continue
        for stage, word in stages:
            found.setdefault(stage, word)
    return {
        stage: found[stage] for stage in INCIDENT_ROAD if stage in found and _differs(stage, found)
    }


def _differs(stage: Stage, found: dict[Stage, str]) -> bool:
    return found[stage].lower() != stage.value


def _choices(document: Document, outline: Outline) -> Iterator[list[str]]:
    for pattern in (_CHOICES, _CHOICE_LINE):
        for match in pattern.finditer(document.text):
            parts = [part.strip(" *_`[]") for part in _BETWEEN.split(match[1])]
            if 2 <= len(parts) <= 8:
                yield [part for part in parts if part]
    for table in outline.tables:
        if table.head and _STATUS_HEAD.match(table.head[0]):
            yield [row[0] for row in table.rows[:8] if row and row[0]]
    labelled: dict[tuple[str, ...], list[str]] = {}
    for statement in outline.statements:
        if statement.kind == "item" and _STATUS_HEAD.match(without_number(statement.label)):
            word = statement.lead or re.split(r"[:–—]|\s-\s", statement.text)[0]
            labelled.setdefault(statement.above, []).append(word.strip())
    yield from labelled.values()
