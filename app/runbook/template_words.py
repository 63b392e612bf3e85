"""The words by which templates are told apart, in the languages Allclear reads."""

import re
from functools import lru_cache

from app.runbook.model import TemplateStage
from app.words import Stage


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


# What a status line or a choice calls the stages.
_STAGE_WORDS: dict[Stage, re.Pattern[str]] = {
    Stage.INVESTIGATING: _any(
        r"investigating", r"under investigation", r"triag(?:e|ing)", r"(?:new|open(?:ed)?)",
        r"detected", r"acknowledged", r"(?:in )?untersuchung", r"wird untersucht", r"analyse",
        r"en cours d['’]investigation", r"investigation", r"investigando",
        r"(?:em|en) investiga(?:ção|ción)", r"unders[øö]g(?:es|er)", r"unders[øö]kes",
        r"utreds?", r"under utredning",
    ),
    Stage.IDENTIFIED: _any(
        r"identified", r"mitigating", r"mitigation", r"mitigated", r"fixing", r"in progress",
        r"repairing", r"remediating", r"contain(?:ing|ed)", r"identifiziert", r"erkannt",
        r"in bearbeitung", r"behebung", r"identifi(?:é|ée)", r"identificad[oa]",
        r"en cours(?: de résolution)?", r"en curso", r"em andamento", r"identifi[cs]eret",
        r"identifierad", r"identifisert", r"mitigando", r"atténuation",
    ),
    Stage.MONITORING: _any(
        r"monitoring", r"watching", r"verifying", r"validating", r"observing", r"beobachtung",
        r"überwachung", r"(?:wird )?beobachtet", r"surveillance", r"sous surveillance",
        r"monitor(?:e)?ando", r"em monitoramento", r"en observación", r"overv[åa]g(?:er|es)",
        r"[öo]vervakas", r"overv[åa]kes", r"overv[åa]kning",
    ),
    Stage.RESOLVED: _any(
        r"resolved", r"closed", r"fixed", r"complete[d]?", r"recovered", r"restored", r"behoben",
        r"gelöst", r"erledigt", r"résolu", r"resuelto", r"resolvido", r"l[øö]st", r"avsluttet",
        r"afsluttet", r"[åa]tg[äa]rdat",
    ),
}  # fmt: skip


@lru_cache(maxsize=1024)
def stage_named(word: str) -> Stage | None:
    """The stage that a word or short phrase names, such as "Mitigating"."""
    bare = word.strip(" .:*_`")
    for stage, pattern in _STAGE_WORDS.items():
        if pattern.fullmatch(bare):
            return stage
    return None


# "[HH:MM] Identified: ..." and "🟢 RESOLVED - ..." open one of several messages in a row.
OPENS_STAGE = re.compile(
    r"(?:\[[^\[\]\n]{1,40}+\]|\d\d:\d\d|UTC\b|[^\w\[\n])*+"
    r"(?P<title>[^\W\d_][\w ]{2,30}?)(?:\*\*|[\])]|\[\w{1,8}\])?\s?(?::|\s[-–—]\s|\*\*)"
)

TAG = re.compile(
    r"(?:RESOLVED|UPDATE|UPDATED|INCIDENT|INVESTIGATING|IDENTIFIED|MONITORING|MITIGATED|MAINTENANCE"
    r"|SCHEDULED|COMPLETED|OUTAGE|URGENT|FINAL|INTERNAL|EXTERNAL|TEST|ALERT|INITIAL|CRITICAL"
    r"|HIGH|MEDIUM|LOW|MAJOR|MINOR"
    r"|ACTION REQUIRED|PLANNED MAINTENANCE|ALL CLEAR|CLOSED|OPEN|NEW|ONGOING|CUSTOMER|PUBLIC"
    r"|BEHOBEN|GELÖST|STÖRUNG|WARTUNG|ENTWARNUNG|RÉSOLU|INFO|RESUELTO|RESOLVIDO|LØST|LÖST|INCIDENTE"
    r"|Resolved|Update|Investigating|Identified|Monitoring|Behoben|Gelöst|Résolu"
    r"|Resuelto|Resolvido|Løst|Löst)(?: ?#?\d{1,2})?"
)

# A tag with the organisation's name: "[RESOLVED - Acme Network]", "[Acme Service Update]".
NAMED_TAG = re.compile(
    rf"(?:[A-Z]+ )?(?:{TAG.pattern}|NOTICE) [-–—|:] .{{2,40}}"
    r"|(?:[A-Z]+ ){1,2}(?:UPDATE|NOTICE|ALERT)"
)
SERVICE_TAG = re.compile(r"(?:[A-Z][\w&.]* ){2,3}(?:Update|Notice|Alert|Advisory)")

SUBJECT = re.compile(
    r"^[\s>*_-]{0,8}(?:subject(?: line)?|e-?mail subject|betreff|objet|sujet|asunto|assunto|[äa]mne"
    r"|emne)[\s*_]{0,4}:[\s*_]{0,4}(?P<subject>\S.{0,300}?)[\s*_]{0,4}$",
    re.I,
)

# What a template is for, by its name. Asked in this order: a "resolution update" is no update.
_NAMED: tuple[tuple[TemplateStage, re.Pattern[str]], ...] = (
    (
        TemplateStage.OTHER,
        _any(
            r"maintenance", r"wartung", r"mantenimiento", r"manutenção", r"vedlikehold",
            r"vedligehold", r"underhåll", r"post[- ]?mortem", r"post[- ]incident", r"retrospective",
            r"escalat", r"eskalation", r"escalad", r"hand[- ]?(?:off|over)", r"\binvit",
            r"planned", r"scheduled", r"geplant", r"planifi", r"programad", r"review\b",
        ),
    ),
    (
        TemplateStage.RESOLVED,
        _any(
            r"resolved", r"resolution", r"restor", r"all[- ]?clear", r"clos(?:ed|ure|ing)\b",
            r"recover(?:ed|y)", r"\bfixed\b", r"back to normal", r"\bfinal\b", r"completed",
            r"entwarnung", r"behoben", r"behebung", r"gelöst", r"lösung", r"abschluss",
            r"wiederherstell", r"beendet", r"résolu", r"rétabli", r"fin d['’]incident", r"clôture",
            r"resuelto", r"resolución", r"restablec", r"resolvid", r"resolução", r"restaura",
            r"l[øö]st\b", r"l[øö]sning", r"genoprett", r"gjenoppret", r"[åa]terst[äa]ll",
            r"avslut", r"afslut", r"encerra", r"cierre",
        ),
    ),
    (
        TemplateStage.UPDATE,
        _any(r"continu(?:ed|ing)", r"\bstill\b", r"follow[- ]?up", r"subsequent", r"\bongoing\b"),
    ),
    (
        TemplateStage.INITIAL,
        _any(
            r"initial", r"\bfirst\b", r"declar", r"investigat", r"acknowledg", r"\bnew incident",
            r"kick[- ]?off", r"detected", r"\bearly\b", r"erstmeldung", r"erst(?:e|er)? (?:meldung"
            r"|information)", r"erstinformation", r"untersuch", r"premi(?:er|ère)", r"initiale?",
            r"ouverture", r"primer(?:a|o)?\b", r"inicial", r"primeir", r"f[øö]rst[ea]?\b",
            r"innledende", r"inledande", r"indledende", r"unders[øö]g", r"unders[øö]k", r"utred",
            r"opening", r"start of", r"\bopened\b", r"\braised\b",
        ),
    ),
    (
        TemplateStage.UPDATE,
        _any(
            r"\bupdates?\b", r"progress", r"identified", r"monitoring", r"mitigat", r"ongoing",
            r"follow[- ]?up", r"hourly", r"\bstatus(?! ?(?:page|seite|sid))", r"\bfix\b",
            r"zwischen(?:stand|meldung|bericht)", r"aktualisierung", r"identifiziert",
            r"beobachtung", r"mise à jour", r"point d['’]étape", r"en cours", r"suivi",
            r"actualización", r"actualizac", r"atualiza", r"identificad", r"em andamento",
            r"opdatering", r"oppdatering", r"uppdatering", r"seguimiento", r"andamento",
        ),
    ),
    (
        TemplateStage.INITIAL,
        _any(
            r"disruption", r"outage", r"interruption", r"degrad", r"\bincident notif", r"\balert",
            r"störung(?:smeldung)?", r"ausfall", r"perturbation", r"panne", r"interrupción",
            r"interrupção", r"nedetid", r"driftst[øö]rning", r"driftforstyrr", r"driftsforstyrr",
            r"incident notice", r"notice of", r"aviso de",
        ),
    ),
)  # fmt: skip


@lru_cache(maxsize=1024)
def stage_of_name(name: str) -> TemplateStage | None:
    """Which part of an incident's life a heading speaks of, or None where it is silent."""
    for stage, pattern in _NAMED:
        if pattern.search(name):
            return stage
    return None


# What the words of a message say, blanks taken out. The first that fits decides.
_SAYS_OTHER = _any(
    r"(?:scheduled|planned) maintenance", r"maintenance window", r"geplante wartung",
    r"you(?:'re| are) invited", r"post-?mortem (?:meeting|is|has been) ",
)  # fmt: skip
_SAYS_RESOLVED = _any(
    r"(?:has|have) (?:now )?been (?:fully |completely )?(?:resolved|restored|fixed|closed)",
    r"(?:is|are) (?:now )?(?:fully )?(?:resolved|restored|closed)\b", r"was resolved",
    r"\bincident (?:\w+ )?resolved", r"^\W*resolved\b", r"\b(?:is|are) back\b",
    r"we experienced", r"\ball clear\b",
    r"back to normal", r"(?:operating|functioning|working|running) normally",
    r"we (?:have )?resolved",
    r"status\W{1,4}resolved", r"wurde (?:\w+ )?behoben", r"ist (?:wieder )?(?:behoben|gelöst)",
    r"a été (?:résolu|rétabli)", r"est résolu", r"ha sido (?:resuelt|restablecid)",
    r"foi (?:resolvid|restabelecid|restaurad)", r"er (?:nu |nå )?l[øö]st", r"är (?:nu )?l[öø]st",
    r"har (?:blitt |blevet )?l[øö]st", r"^\W*\[resolved\]",
)  # fmt: skip
_SAYS_UPDATE = _any(
    r"\bincident (?:status )?update\b", r"have identified", r"has been identified",
    r"^\W*update\b", r"continu(?:e|ing) to", r"\bstill\b", r"fix has been", r"are monitoring",
    r"zwischenstand", r"haben (?:die|den) .{0,40}(?:identifiziert|gefunden)",
    r"avons identifié", r"hemos identificado", r"identificamos", r"har identifi[cs]er",
    r"current actions",
)  # fmt: skip
_SAYS_INITIAL = _any(
    r"investigating", r"declared", r"currently experiencing", r"(?:are|been made) aware",
    r"looking into", r"are experiencing", r"we are seeing", r"untersuchen", r"derzeit",
    r"enquêtons", r"rencontrons", r"actuellement", r"estamos investigando", r"actualmente",
    r"investigando", r"undersøger", r"undersøker", r"undersöker", r"utreder", r"for tiden",
    r"has started", r"new incident",
)  # fmt: skip


def stage_of_text(text: str) -> TemplateStage | None:
    """Which part of an incident's life a message speaks of by its words."""
    for stage, pattern in (
        (TemplateStage.OTHER, _SAYS_OTHER),
        (TemplateStage.RESOLVED, _SAYS_RESOLVED),
        (TemplateStage.UPDATE, _SAYS_UPDATE),
        (TemplateStage.INITIAL, _SAYS_INITIAL),
    ):
        if pattern.search(text):
            return stage
    return None


# Sentences that are true at one stage only.
NEWS: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    (
        Stage.MONITORING,
        _any(
            r"fix (?:has been|was|is now) (?:implemented|applied|deployed|rolled out|put|in place)",
            r"(?:implemented|applied|deployed|rolled out) a fix", r"fix is (?:now )?in place",
            r"(?:are|is) (?:now |currently |closely )?monitoring", r"beobachten",
            r"surveillons", r"monitor(?:e)?ando", r"overvåger", r"overvåker", r"övervakar",
        ),
    ),
    (
        Stage.IDENTIFIED,
        _any(
            r"(?:have|has been|was) identified", r"working on (?:a|the) fix", r"found the cause",
            r"fix is being (?:implemented|deployed|rolled out|prepared)", r"identified the",
            r"(?:ursache|fehler|problem) .{0,30}(?:identifiziert|gefunden)", r"avons identifié",
            r"hemos identificado", r"identificamos", r"har identifi[cs]er",
        ),
    ),
    (
        Stage.INVESTIGATING,
        _any(
            r"(?:are|is|am|be) (?:now |currently |actively |still )?(?:investigating|looking into)",
            r"investigating (?:reports|an issue|the|this|a )", r"investigation is under ?way",
            r"continuing to investigate", r"untersuchen", r"enquêtons", r"investigando",
            r"undersøger", r"undersøker", r"undersöker", r"utreder",
        ),
    ),
)  # fmt: skip

STATUS_LINE = re.compile(
    r"^[\s>*_-]{0,6}(?:current )?(?:incident )?(?:status|statut|estado|stage|phase"
    r"|state)[\s*_]{0,4}:"
    r"[\s*_]{0,4}(?P<word>[^\W\d][\w ]{2,30}?)[\s*_.]{0,4}$",
    re.I | re.M,
)
DECLARES = _any(
    r"\bdeclar(?:ed|ation|ing)\b", r"\bnew incident\b", r"incident (?:opened|started|open)\b",
    r"ausgerufen", r"neuer (?:vorfall|incident)", r"incident déclaré", r"incidente declarado",
    r"novo incidente", r"nuevo incidente", r"ny h[æä]ndelse",
)  # fmt: skip

# Label lines that stand inside a message, and titles that open one.
NO_TITLE = re.compile(
    r"(?:current )?(?:status|update|updates|resolution|impact|next update|mitigation|fix|incident"
    r"|recovery|summary|start(?:ed)?|end(?:ed)?|identified|progress)",
    re.I,
)
MESSAGE_TITLE = _any(
    r"(?:initial|first|status|progress|resolution|resolved|final|follow-?up|closing|investigating"
    r"|identified|monitoring|customer|internal|public|declaration) .{0,20}(?:message|notification"
    r"|notice"
    r"|update|template|post|e-?mail|announcement|communication|tweet)",
    r"erstmeldung", r"zwischen(?:stand|meldung)", r"entwarnung", r"abschlussmeldung",
)  # fmt: skip

# Headings under which messages stand.
TEMPLATES = _any(
    r"templates?\b", r"vorlagen?", r"textbaustein", r"modèles?", r"plantillas?", r"modelos?\b",
    r"\bmall(?:ar)?\b", r"skabelon", r"\bmale?r?\b", r"canned", r"boilerplate", r"wording",
    r"sample (?:message|update|e-?mail)", r"example (?:message|update|e-?mail)",
    r"(?<!commit )(?<!error )(?<!log )(?<!queue )messages?\b",
    r"meldungs?text", r"gabarits?",
)  # fmt: skip
COMMUNICATION = _any(
    r"communicat", r"notif(?:y|icat)", r"announce", r"status ?page", r"customer (?:e-?mail|message|"
    r"notice|update)", r"stakeholder", r"kommunikation", r"statusseite", r"kundeninfo",
    r"benachrichtig", r"communiqu", r"comunica", r"kommunikasjon", r"notice\b", r"updates?\b",
    r"meldung", r"information", r"e-?mails?\b", r"slack", r"messaging", r"statement", r"tweet",
    r"avis\b", r"aviso", r"declaration", r"varsel", r"varsling", r"statussid", r"kundinfo",
    r"\bsms\b", r"twitter",
)  # fmt: skip
