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
    5: "informational|very low|lowest",
}
LEVEL_NAME = re.compile(rf"(?:{'|'.join(LEVEL_NAMES.values())})(?!\w)", re.IGNORECASE)

RESPONSE = Vocabulary(
    r"response(?: (?:time|sla|slo|target|within))?",
    r"respond(?:ed|s)?",
    r"responding",
    r"time to (?:respond|acknowledge|engage)",
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
    r"aktualisier(?:ung|ungen|en|t)(?:sintervall)?|aktualisierungsintervall|"
    r"statusmeldung(?:en)?|status-?updates?|statusupdates?|updates?|takt",
    r"kommunikation(?:stakt|sintervall)?|informationsintervall|zwischenstand",
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
    r"incidents?|outages?|disruptions?|service interruptions?|vorfall|vorfälle|störung(?:en)?|"
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

ROLES = Vocabulary(
    r"roles?(?: and responsibilities| definitions?)?|incident (?:response )?team|response team|"
    r"core team(?: roles)?|responders|rollen(?: und (?:zuständigkeiten|verantwortung\w*))?|"
    r"zuständigkeiten|verantwortlichkeiten|krisenstab|rôles?(?: et responsabilités)?|"
    r"responsabilités|équipe|roles|funciones|responsabilidades|papéis|funções|equipo|equipe|"
    r"roller(?: og ansvar| och ansvar)?|ansvarsområder|ansvarsområden"
)
ROLE_NAME = Vocabulary(
    r"incident (?:commander|manager|lead(?:er)?|coordinator|owner|responder|controller)s?|"
    r"major incident manager|crisis manager|commander|ic",
    r"(?:deputy|tech(?:nical)?|engineering|ops|operations|comm(?:s|unications?)?|support|business|"
    r"customer|legal|security|internal|external|pr)[ -](?:and \w+ )?"
    r"(?:lead(?:er)?|liaison|manager|owner|officer|coordinator|representative)s?",
    r"deputy|scribe|note[- ]?taker|subject matter experts?|smes?|liaison|on-call (?:engineer|"
    r"responder)|first responder|executive sponsor|war room lead",
    r"einsatzleit(?:er|erin|ung)|vorfall(?:manager|leit(?:er|erin|ung)|koordinator\w*)|"
    r"störungs(?:manager|leit(?:er|erin|ung))|technische (?:r )?leit(?:er|erin|ung)|"
    r"technische leitung|kommunikations(?:leit(?:er|erin|ung)|verantwortliche\w*|manager\w*)|"
    r"kommunikationsleitung|protokollführ(?:er|erin|ung)|protokollant(?:in)?|schriftführ\w+",
    r"commandant(?:e)? d.incident|responsable (?:d.incident|technique|communication|de la "
    r"communication|de l.incident)|pilote (?:d.incident|technique)|directeur de crise|"
    r"gestionnaire d.incidents?|greffier|secrétaire|rédacteur",
    r"(?:comandante|responsable|jefe|líder|coordinador(?:a)?) (?:de|del|de la) (?:incidentes?|"
    r"incidencias?|comunicación|comunicaciones)|(?:responsable|líder|referente) técnic[oa]|"
    r"escriba|secretari[oa]",
    r"(?:comandante|respons[áa]vel|líder|gestor(?:a)?|coordenador(?:a)?) (?:do|de|da|pelo|pela) "
    r"(?:incidentes?|comunicação|crise)|(?:líder|responsável) técnic[oa]|redator(?:a)?|escrivão",
    r"(?:hændelses|hendelses|incident|krise|drifts)(?:leder|ledare|ansvarlig|ansvarig|manager|"
    r"koordinator)|tekniske? (?:leder|ansvarlig)|teknisk (?:ledare|ansvarig)|"
    r"kommunikations?(?:ansvarlig|ansvarig|leder|ledare)|kommunikasjons(?:ansvarlig|leder)|"
    r"referent|loggfører|logfører|sekretær|sekreterare|incidentledare",
)
ROLE_HEAD = Vocabulary("roles?|rolle|rôle|rol|papel|função|función|funktion|roll")
EXTENDED = Vocabulary(
    r"extended|as needed|optional|on demand|supporting|additional|external|vendors?|erweitert\w*|"
    r"bei bedarf|élargie?|au besoin|si nécessaire|ampliado|si es necesario|estendida|"
    r"se necessário|udvidet|efter behov|utvidet|ved behov|utökat|vid behov"
)
CONTACT = Vocabulary(
    r"contacts?|contact (?:list|information|details)|on-call|phone(?: numbers?)?|directory|"
    r"kontakte?|ansprechpartner(?:in)?|rufbereitschaft|notfallkontakte|coordonnées|astreinte|"
    r"contactos?|contatos?|guardia|plantão|kontakter|kontaktpersoner|kontaktliste|vagt|jour|"
    r"eskalationskontakte|kontaktuppgifter"
)
WAY = Vocabulary(
    r"phone|mobile|cell|tel(?:ephone|efon)?|telefon|e-?mail|mail|slack|teams|discord|pager(?:duty)?"
    r"|portal|url|website|contact|channel|handle|chat|sms|whatsapp|signal|support contact|"
    r"availability|hours|escalation|téléphone|courriel|teléfono|móvil|correo|telefone|celular|"
    r"mobil|e-post|epost|kontakt|contacto|contato|handy|rufnummer|reachable|hotline"
)
REACH = Vocabulary(
    r"phone|mobile|cell|tel(?:ephone|efon)?|telefon|e-?mail|mail|slack|teams|discord|pager(?:duty)?"
    r"|portal|contact|support contact|chat|sms|whatsapp|signal|téléphone|courriel|teléfono|móvil|"
    r"correo|telefone|celular|mobil|e-post|epost|kontakt|contacto|contato|handy|rufnummer|hotline"
)
WHO = Vocabulary(
    r"who|primary|lead|assigned to|assignee|owner|person|held by|filled by|default|name|"
    r"wer|besetzung|person|primär|qui|titulaire|principal|quién|titular|quem|hvem|primær|vem|"
    r"primär|ansvarlig|ansvarig|typically|usually|played by"
)
BACKUP = Vocabulary(
    r"backup|secondary|deputy|alternate|stand-?in|vertretung|stellvertret(?:er|ung|erin)|"
    r"suppléant|remplaçant|suplente|respaldo|substituto|reserva|stedfortræder|stedfortreder|"
    r"vara|ersättare|reserve"
)
DUTIES = Vocabulary(
    r"responsibilit(?:y|ies)|duties|duty|tasks?|does|what they do|accountab\w+|aufgaben?|"
    r"verantwort\w+|zuständig\w*|responsabilités?|missions?|tâches|responsabilidades?|tareas|"
    r"funciones|tarefas|ansvar(?:sområder|sområden)?|opgaver|oppgaver|uppgifter|description"
)
ESCALATION = Vocabulary(
    r"escalat(?:e|es|ed|ion|ions|ing)|eskalation(?:en|s\w+)?|eskalier(?:en|t|ung)|escalades?|"
    r"escalamiento|escalado|escalar|escalonamento|escalação|eskalering(?:s\w+)?|eskaler(?:es|e|as)?"
)
CRITERIA = Vocabulary(
    r"criteria|triggers?|when|required|immediate|standard|conditions?|kriterien|wann|sofort\w*|"
    r"critères|quand|immédiate|criterios|cuándo|inmediat[oa]|critérios|quando|imediat[oa]|"
    r"kriterier|hvornår|når|när|omgående|omedelbar|umiddelbar|øjeblikkelig"
)
ALERT_CHANNELS = Vocabulary(
    r"(?:alert(?:ing)?|notification|paging|communication) (?:channels?|methods?)|channels?|"
    r"(?:alarm|benachrichtigungs|melde)(?:kanäle|wege)|canaux(?: d.alerte)?|"
    r"canales(?: de alerta)?|canais(?: de alerta)?|alarmkanaler|varslingskanaler|larmkanaler|"
    r"notified (?:by|via)|notify via"
)
REVIEW = Vocabulary(
    r"post[- ]?mortems?(?: \w+)?|post[- ]?incident(?:[- ](?:review|report|meeting|analysis))?|"
    r"review meetings?|incident reviews?|after[- ]action(?: review)?|retrospectives?|retros?|"
    r"pir|rca|lessons[- ]learned|blameless \w+|learning review|"
    r"nachbesprechung|nachbereitung|nachanalyse|rückblick|post-mortem-\w+|"
    r"retour d.expérience|rex|rétrospective|revue (?:post-incident|d.incident)|"
    r"revisión (?:posterior|post-?incidente|del incidente)|retrospectiva|análisis posterior|"
    r"revisão (?:pós-incidente|do incidente)|análise pós-incidente|pós-incidente|"
    r"evaluering(?:smøde|smøte)?|efterevaluering|hændelsesgennemgang|opfølgningsmøde|"
    r"hendelsesgjennomgang|etterevaluering|utvärdering(?:smöte)?|incidentgenomgång|"
    r"efteranalys|uppföljningsmöte|retrospektiv"
)
PAPERWORK = Vocabulary(
    r"action items?|follow-?ups?|drafts?|reports?|published?|tickets?|summary|tasks|fixes|minutes|"
    r"bericht|entwurf|maßnahmen|rapport|compte[- ]rendu|informe|borrador|relatório|rascunho|"
    r"rapporten|utkast|åtgärder"
)
AUTHORITY = Vocabulary(
    r"authority(?: required)?|approval|approver|authori[sz]ed by|who (?:may|can) (?:approve|decide)|"
    r"freigabe|genehmigung|befugnis|autorité|autorisation|validation|autorización|autoridad|"
    r"aprobación|autorização|aprovação|autoridade|godkendelse|godkjenning|godkännande|bemyndigelse"
)
ACTION = Vocabulary(
    "(?:emergency )?actions?|aktion|maßnahme|action|acción|ação|handling|åtgärd|step|procedure"
)
BUDGET = Vocabulary(
    r"(?:error|downtime|monthly|quarterly|weekly|yearly|annual) budgets?|budgets?|"
    r"fehlerbudgets?|allowed downtime|budget d.erreurs?|presupuesto de errores?|"
    r"orçamento de erros?|fejlbudget|feilbudsjett|felbudget"
)
SIGN = Vocabulary(
    r"impact|urgency|users?(?: affected)?|customers?(?: affected)?|scope|duration|data(?: risk)?|"
    r"symptoms?|scenario|condition|situation|sign|signs|revenue|systems?|example|"
    r"auswirkung|dringlichkeit|betroffene\w*|dauer|umfang|impact|urgence|portée|durée|"
    r"impacto|urgencia|alcance|duración|urgência|duração|påvirkning|hast|haster|omfang|varighed|"
    r"varighet|påverkan|brådska|omfattning|varaktighet"
)
REFERENCE = Vocabulary(
    r"tools?|resources?|reference|templates?|contacts?|appendix|rollback|documentation|links|"
    r"glossary|related|commands|dashboards?|infrastructure|vorlagen?|werkzeuge|anhang|kontakte|"
    r"modèles?|outils|annexe|plantillas?|herramientas|contactos|modelos?|ferramentas|anexos?|"
    r"contatos|skabeloner|værktøjer|kontakter|bilag|maler|verktøy|vedlegg|mallar|verktyg|bilaga|"
    r"severity|severities|observability"
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
MESSAGES = Vocabulary(
    r"(?:\w+ )?templates?|message examples?|(?:\w*vorlagen?|mustertexte?|textbausteine?)|"
    r"modèles?|plantillas?|modelos?|skabelon(?:er)?|\w*skabeloner|mal(?:er)?|meldingsmaler|"
    r"mall(?:ar)?|\w*mallar|table of contents|contents|inhalt(?:sverzeichnis)?|sommaire|índice|"
    r"indhold|innhold|innehåll"
)
