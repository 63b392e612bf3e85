"""The words by which a runbook's facts are known, in the languages that Allclear reads."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache


def small(text: str) -> str:
    """The text in small letters, each still in its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


class Vocabulary:
    """Words to look for, whatever their case.

    Texts are made small first: a pattern that ignores case takes three times as long.
    """

    def __init__(self, *alternatives: str) -> None:
        self.pattern = rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)"
        self._compiled = re.compile(self.pattern)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled.search(small(text))

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(small(text))

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._compiled.fullmatch(small(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(small(text))


# A document's headings are asked about for every statement below them.
@lru_cache(maxsize=16_384)
def has(vocabulary: Vocabulary, text: str) -> bool:
    """Whether a text holds one of a vocabulary's words."""
    return vocabulary.search(text) is not None


def in_any(vocabulary: Vocabulary, texts: Iterable[str]) -> bool:
    """Whether one of the texts, mostly headings, holds one of a vocabulary's words."""
    return _in_any(vocabulary, tuple(texts))


@lru_cache(maxsize=16_384)
def _in_any(vocabulary: Vocabulary, texts: tuple[str, ...]) -> bool:
    return any(has(vocabulary, text) for text in texts)


# What a severity is called before its number, or above a column of them.
SEVERITY_NOUN = (
    r"severity(?: level)?|severities|sev|priority|prio|level|tier|class|category|"
    r"incident (?:level|severity|priority)|"
    r"schweregrade?|schwere|priorität|prioritaet|stufe|dringlichkeitsstufe|"
    r"gravité|sévérité|severite|niveau(?: de (?:gravité|sévérité))?|priorité|"
    r"severidad|gravedad|prioridad|nivel(?: de (?:severidad|gravedad))?|"
    r"severidade|gravidade|prioridade|nível(?: de (?:severidade|gravidade))?|"
    r"alvorlighed(?:sgrad)?|alvorsgrad|alvorlighetsgrad|allvarlighetsgrad|allvarlighet|"
    r"prioritet|nivå"
)
SEVERITY = Vocabulary(
    SEVERITY_NOUN,
    "colou?r(?: code)?|code (?:level|colou?r)|alert (?:level|code)|ampel(?:farbe|stufe)?",
    "schweregrade",
    "sévérités",
    "severidades",
    "niveaux(?: de (?:gravité|sévérité))?",
    "niveles(?: de (?:severidad|gravedad))?",
    "níveis(?: de (?:severidade|gravidade))?",
    "alvorlighedsgrader",
    "alvorlighetsgrader",
    "allvarlighetsgrader",
    "prioriteter",
    "prioritäten",
    "levels?",
    "priorities",
)

# A level's usual names, with how grave they are; equal ranks are the same level in other words.
LEVEL_NAMES = {
    1: "critical|severe|urgent|emergency|blocker|catastrophic|kritisch|notfall|critique|crítica|"
    "crítico|critica|critico|critique|kritisk|kritiskt|akut|dringend",
    2: "high|major|hoch|haut|haute|élevée?|majeure?|alta|alto|grave|høj|høy|hög|hög|stor|schwer|"
    "schwerwiegend",
    3: "medium|moderate|normal|mittel|moyen|moyenne|modérée?|media|medio|média|médio|mellem|"
    "middels|medel|moderada|moderado",
    4: "low|minor|niedrig|gering|bas|basse|faible|mineure?|baja|bajo|baixa|baixo|menor|leve|lav|"
    "låg|mindre",
    5: "informational|very low|lowest|cosmetic|kosmetisch|cosmétique|cosmétic[oa]|kosmetisk|"
    "trivial",
}
LEVEL_NAME = re.compile(rf"(?:{'|'.join(LEVEL_NAMES.values())})(?!\w)", re.IGNORECASE)

RESPONSE = Vocabulary(
    r"response(?: (?:time|sla|slo|target|within))?",
    r"respond(?:ed|s)?",
    r"responding",
    r"time to (?:respond|acknowledge|engage)",
    r"answer(?:ed)?(?: time| within)?",
    r"react(?:ion)?(?: time)?",
    r"first response",
    r"reaktionszeit(?:en)?",
    r"reaktion",
    r"antwortzeit",
    r"reagieren",
    r"(?:temps|délai)s? de (?:réponse|réaction|prise en charge)",
    r"réponse",
    r"prise en charge",
    r"répondre",
    r"tiempos? de (?:respuesta|reacción|atención)",
    r"respuesta",
    r"responder",
    r"(?:tempos?|prazo) de (?:resposta|reação|atendimento)",
    r"resposta",
    r"svars?tid(?:er)?",
    r"responstid",
    r"reaktionstid",
    r"respons",
    r"reaktion",
    r"reagere",
    r"svarer?",
    r"svara",
)
ACKNOWLEDGE = Vocabulary(
    r"ack(?:s|ed)?",
    r"acknowledge(?:d|s|ment)?",
    r"acknowledgement",
    r"mtta",
    r"bestätig(?:en|ung|t)",
    r"accus[ée](?: de réception|r réception)?",
    r"acquitt(?:er|ement)",
    r"acuse(?: de recibo)?",
    r"confirmar(?: recepción)?",
    r"confirmação",
    r"kvitter(?:er|ing|e|a)",
    r"bekræft(?:er|else|e)",
    r"bekreft(?:er|else|e)",
    r"bekräfta",
)
RESOLUTION = Vocabulary(
    r"resolution(?: (?:time|target|sla|slo|goal))?",
    r"resolved?",
    r"time to (?:resolve|resolution|restore|repair|fix)",
    r"fix(?:ed)?(?: (?:time|target))?",
    r"restor(?:e|ed|ation)",
    r"recovery(?: time)?",
    r"mttr",
    r"ttr",
    r"rto",
    r"mitigat(?:e|ed|ion)",
    r"lösung(?:szeit|sziel)?",
    r"lösen|gelöst|behebung(?:szeit)?|beheben|behoben|wiederherstellung(?:szeit)?",
    r"entstörung(?:szeit)?",
    r"résolution|résoudre|résolue?|rétablissement|correction|gtr",
    r"resolución|resolver|solución|restablecimiento|resuelt[oa]",
    r"resolução|solução|restabelecimento|resolvid[oa]",
    r"løsning(?:stid|smål)?|løses|løst|løse|udbedring(?:stid)?|rettetid|gjenoppretting(?:stid)?",
    r"lösningstid|lösning|åtgärd(?:stid|ad)?|lösas|löst|åtgärdas",
)
UPDATE = Vocabulary(
    r"updat(?:e|es|ed|ing)",
    r"cadence|frequency",
    r"communicat(?:ion|ions|e)(?: (?:cadence|frequency|interval))?|comms",
    r"status(?: page)?(?: (?:update|report|message|post)s?)",
    r"posts? (?:to|on) the status page",
    r"(?:tell|inform|notify) \w+ every",
    r"aktualisier(?:ung|ungen|en|t)(?:sintervall)?|aktualisierungsintervall|"
    r"statusmeldung(?:en)?|status-?updates?|statusupdates?|updates?|takt",
    r"kommunikation(?:stakt|sintervall)?|informationsintervall|zwischenstand",
    r"(?:kunden)?information(?:en)?(?: (?:der|an(?: die)?) kunden| des clients)?",
    r"mises? à jour|actualisation|points? de situation|points? d'étape|fréquence|"
    r"communication|cadence",
    r"actualizaci(?:ón|ones)|actualizar|frecuencia|comunicaci(?:ón|ones)",
    r"atualiza(?:ção|ções)|actualiza(?:ção|ções)|atualizar|frequência|comunica(?:ção|ções)",
    r"opdatering(?:er)?(?:sfrekvens|sinterval)?|opdateringsfrekvens|opdateringsinterval|"
    r"opdater(?:es|e)?|statusopdatering(?:er)?|kommunikation",
    r"oppdatering(?:er)?|oppdateringsfrekvens|oppdateringsintervall?|oppdateres?|"
    r"statusoppdatering(?:er)?|kommunikasjon",
    r"uppdatering(?:ar)?|uppdateringsfrekvens|uppdateringsintervall|uppdateras?|"
    r"statusuppdatering(?:ar)?",
)
OUTWARD = Vocabulary(
    r"customers?|public|external|status page|client(?:s|es)?|kunden?|öffentlich|extern(?:e|a|o)?",
    r"kunder?|publique?|público|externe|cliente",
)
FIRST = Vocabulary(
    r"first|initial|erste[rsn]?|initiale?r?|premi(?:er|ère)|inicial|primer[oa]?|primeir[oa]|"
    r"første|första"
)

DEFINITION = Vocabulary(
    r"definitions?|descriptions?|meaning|criteria|impact|what it means|condition|scope|"
    r"beschreibung|bedeutung|auswirkung(?:en)?|kriteri(?:en|um|er)|description|signification|"
    r"définition|impacts?|critères?|definici(?:ón|on)|descripci(?:ón|on)|impacto|criterios?|"
    r"definição|descrição|critérios?|beskrivelse|betydning|påvirkning|beskrivning|betydelse|"
    r"påverkan|definition|definisjon"
)
EXAMPLES = Vocabulary(
    r"examples?|e\.g\.?|indicators?|beispiele?|exemples?|ejemplos?|exemplos?|eksempl(?:er|el)|"
    r"exempel|typical (?:cases|examples)|symptoms?"
)
NAME = Vocabulary(
    r"names?|label|title|bezeichnung|name|nom|libellé|intitulé|nombre|nome|navn|namn|betegnelse|"
    r"benämning"
)
REQUIREMENTS = Vocabulary(
    r"(?:response )?requirements?|required actions?|actions?|response|obligations?|"
    r"communications?|notifications?|escalation|expectations?|anforderungen|maßnahmen|pflichten|"
    r"exigences|obligations|actions|requisitos|acciones|ações|krav|handlinger|åtgärder"
)

INCIDENT = Vocabulary(
    r"incidents?|outages?|disruptions?|service interruptions?|crisis|krise|crise|emergenc(?:y|ies)|"
    r"vorfall|vorfälle|störung(?:en)?|"
    r"ausf[aä]lle?|notfall|pannes?|incidencias?|incidentes?|interrupci(?:ón|ones)|"
    r"interrupç(?:ão|ões)|hændelser?|hendelser?|driftsforstyrrelser?|nedbrud|nedetid|"
    r"driftstörning(?:ar)?|avbrott|störning(?:ar)?|incidenter|sev[- ]?[0-4]s?",
    r"(?:vorfall|störungs|incident|hændelses|hendelses|incidenthanterings?|incidents?|notfall|"
    r"major-incident|krisen)[\w-]*(?:plan|handbuch|prozess|leitfaden|kommunikation|management|"
    r"håndtering|håndbok|hantering|beredskap|meldungen|ablauf|runbook)",
)
PLAN = Vocabulary(
    r"runbook|playbook|handbook|plan|procedures?|process|response|management|communications?|"
    r"policy|guide|protocol|handbuch|leitfaden|ablauf(?:plan)?|prozess|verfahren|plan|procédures?|"
    r"gestion|manual|procedimientos?|procedimentos?|gestión|gestão|respuesta|resposta|"
    r"beredskabsplan|beredskapsplan|håndbog|håndbok|handbok|vejledning|rutiner?|drejebog|"
    r"hantering|håndtering|templates?|vorlagen|modèles|plantillas|modelos|skabeloner|maler|mallar"
)
NOT_READABLE = Vocabulary(
    r"best[- ]effort|next (?:business|working|sprint|release|maintenance|development) ?\w*|"
    r"(?:business|working) (?:days?|hours?)|bd|as (?:needed|appropriate|time permits|available)|"
    r"asap|tbd|end of (?:day|business)|eod|cob|same[- ]day|backlog|when possible|"
    r"nach (?:möglichkeit|aufwand)|nächster (?:werktag|arbeitstag)|werktage?n?|arbeitstage?n?|"
    r"jours? ouvr(?:és?|ables?)|au mieux|días? (?:hábil(?:es)?|laborables?)|"
    r"dias? út(?:il|eis)|(?:næste )?(?:arbejds|hver)dage?|(?:neste )?(?:virke|arbeids)dag(?:er)?|"
    r"(?:nästa )?(?:arbets|var)dag(?:ar)?|mejor esfuerzo|melhor esforço|efter evne|i mån av tid"
)
