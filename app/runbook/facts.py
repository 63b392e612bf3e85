"""What the blanks of templates mean: each is bound to a fact, which is asked at most once."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.runbook import template_words as words
from app.runbook.blanks import Blank
from app.runbook.model import TemplateStage
from app.words import Audience


@dataclass(frozen=True)
class Fact:
    """A named value of an incident. `known` facts Allclear has itself; the others are asked.

    `question` is put to people, `hint` stands below it, `multiline` asks for more than a line.
    """

    name: str
    question: str
    known: bool = False
    multiline: bool = False
    hint: str = ""


def fact(name: str) -> Fact:
    """The fact of that name; roles and facts that only a runbook knows are made on the spot."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    kind, _, rest = name.partition(":")
    if kind == "role":
        return Fact(name, f"Who is the {rest}?", known=True)
    return Fact(name, f"{rest[:1].upper()}{rest[1:]}?")


@lru_cache(maxsize=2048)
def bind(
    blank: Blank,
    *,
    stage: TemplateStage,
    audience: Audience | None = None,
    line_text: str = "",
    in_subject: bool = False,
    after: str = "",
) -> str:
    """The name of the fact that a blank stands for, by its words, its label and its sentence.

    `line_text` is the whole line, `after` what follows the blank on it.
    """
    inside, label = _bare(blank.text), _bare(blank.label)
    line = line_text.lower()
    if blank.choices and (found := _of_choices(blank)):
        return found
    if counted := _counted(inside, label, after.lower()):
        return counted
    if in_subject and (_VAGUE.fullmatch(inside) or _BRIEF.search(inside)):
        return "title"
    if not _says_something(inside):
        return _of_label(label, line, stage, in_subject) or _own(label or inside)
    if _CHANNEL_BEFORE.search(blank.label):
        return "channel"
    if role := _role(inside, label):
        return role
    if found := _of_time(inside, label, line, stage):
        return found
    if _VAGUE.fullmatch(inside):
        return _of_label(label, line, stage, in_subject) or _of_words(inside, "", in_subject) or (
            _own(f"{label} {inside}" if label else inside)
        )
    return (
        _of_words(inside, label, in_subject)
        or _of_label(label, line, stage, in_subject)
        or _own(inside)
    )


def _of_choices(blank: Blank) -> str | None:
    if any(words.stage_named(choice) for choice in blank.choices):
        return "stage"
    if all(_SEVERITY_CHOICE.fullmatch(choice) for choice in blank.choices):
        return "severity"
    if all(_LEVEL.fullmatch(choice) for choice in blank.choices):
        return "severity_name"
    return None


def _of_label(label: str, line: str, stage: TemplateStage, in_subject: bool) -> str | None:
    """What the label alone tells, for blanks that say nothing themselves."""
    if not label:
        return "title" if in_subject else None
    return (
        _role("", label)
        or _of_time("", label, line, stage)
        or _of_words(label, "", in_subject)
        or ("title" if in_subject else None)
    )


def _of_words(inside: str, label: str, in_subject: bool) -> str | None:
    if _BRIEF.search(inside) and not _CAUSE.search(inside):
        if _CAUSE.search(label):
            return "cause"
        if label and (found := _first(_LABELLED, label)):
            return found
        if in_subject or _TITLE_LABEL.search(label):
            return "title"
        return "issue"
    return _first(_WORDS, inside) or (_first(_WORDS, label) if label else None)


def _first(patterns: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    return next((name for name, pattern in patterns if pattern.search(text)), None)


def _of_time(inside: str, label: str, line: str, stage: TemplateStage) -> str | None:
    """Which moment or span a blank about time means."""
    if not (_TIME.search(inside) or (not inside and _TIME.search(label))):
        return None
    both = f"{label} {inside}"
    for name, pattern in _TIMES:
        if pattern.search(inside):
            return name
    for name, pattern in _TIMES:
        if pattern.search(label):
            return name
    if _DATE.fullmatch(inside):
        return "date"
    if re.search(r"resolved|restored|fixed|behoben|résolu|resuelt|resolvid", line):
        return "resolved"
    if _DATE.search(both) and not re.search(r"time|zeit|heure|hora|tid", both):
        return "date"
    return {TemplateStage.INITIAL: "started", TemplateStage.RESOLVED: "resolved"}.get(
        stage, "updated"
    )


def _counted(inside: str, label: str, after: str) -> str | None:
    """A number whose unit follows it ("in [X] minutes"), or that completes a severity ("P[X]")."""
    if not _NUMBER.fullmatch(inside) and _says_something(inside):
        return None
    if re.search(r"(?:^|\b)(?:p|s|sev|severity|level)-?$", label):
        return "severity"
    unit = re.match(r"\s*(h|m)(?:ours?|rs?|in(?:ute)?s?)?\b", after)
    if not unit:
        return None
    hours = unit.group(1) == "h"
    if _NEXT.search(label):
        return "next_update_hours" if hours else "next_update_minutes"
    if _EVERY.search(label):
        return "frequency_hours" if hours else "frequency_minutes"
    if hours and _DURATION.search(label):
        return "duration_hours"
    if not hours and re.match(r"(?:h|hrs?|hours?)\b", label):
        return "duration_rest"
    return "duration_minutes" if _DURATION.search(label) else None


def _role(inside: str, label: str) -> str | None:
    for text in (inside, label):
        if _COMMANDER.search(text) and (text is inside or _PERSON.search(inside) or not inside):
            return "commander"
    if inside and not _PERSON.fullmatch(inside):
        found = _ROLE.search(inside)
    else:
        found = _ROLE.search(label)
    return f"role:{found.group(0).strip()}" if found else None


def _own(text: str) -> str:
    """A fact that only this runbook knows, by its own words."""
    bare = " ".join(re.sub(r"[^\w' ]+", " ", text).split())
    return f"other:{bare[:60] or 'more'}"


def _bare(text: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ").replace("’", "'")
    spaced = re.sub(r"(?<=\w)[-.](?=\w)", " ", spaced) if "#" not in spaced else spaced
    return " ".join(spaced.lower().split()).strip(" :")


def _says_something(inside: str) -> bool:
    return bool(re.search(r"[^\W_]", inside)) and not re.fullmatch(
        r"(?:x+|n|\.+|…|tbd|insert(?: here)?|here|value|text|fill in|placeholder)", inside
    )


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_KNOWN = (
    ("title", "What is it about?"),
    ("severity", "Which severity?"),
    ("severity_name", "Which severity?"),
    ("stage", "Where does it stand?"),
    ("status", "How do things stand, in a sentence?"),
    ("components", "What is affected?"),
    ("started", "When did it start?"),
    ("updated", "When was this written?"),
    ("resolved", "When was it resolved?"),
    ("duration", "How long did it last?"),
    ("duration_hours", "How many full hours did it last?"),
    ("duration_minutes", "How many minutes did it last?"),
    ("duration_rest", "How many minutes beyond the full hours did it last?"),
    ("next_update", "When does the next update come?"),
    ("next_update_minutes", "In how many minutes does the next update come?"),
    ("next_update_hours", "In how many hours does the next update come?"),
    ("next_update_span", "How long until the next update?"),
    ("frequency", "How often do updates come?"),
    ("frequency_minutes", "How many minutes lie between updates?"),
    ("frequency_hours", "How many hours lie between updates?"),
    ("commander", "Who is the incident commander?"),
    ("author", "Who signs?"),
    ("channel", "Where do responders meet?"),
    ("incident_code", "What is the incident's number?"),
    ("responders", "Who helped?"),
    ("review_time", "When is the review?"),
    ("contact", "Where can people get help?"),
    ("organisation", "What is your organisation called?"),
    ("date", "Which day?"),
    ("link", "Where can people follow along?"),
    ("time_zone", "Which time zone?"),
)
_ASKED = (
    Fact("issue", "What is the issue?", hint="A few words that complete “We are looking into …”."),
    Fact("impact", "What do people notice?", multiline=True, hint="What no longer works for them."),
    Fact("scope", "Who is affected?", hint="Such as “all customers” or “about one in ten”."),
    Fact("workaround", "What can people do meanwhile?", multiline=True),
    Fact("changed", "What has changed?", multiline=True, hint="Since the last update."),
    Fact("actions", "What is being done now?", multiline=True, hint="One action a line."),
    Fact("eta", "When do you expect it to be fixed?", hint="Leave empty when nobody knows."),
    Fact("cause", "What was the cause?", multiline=True, hint="In plain words, no blame."),
    Fact("fix", "What was done to fix it?", multiline=True),
    Fact("prevention", "What will keep it from happening again?", multiline=True),
)
CATALOGUE: dict[str, Fact] = {
    **{name: Fact(name, question, known=True) for name, question in _KNOWN},
    **{asked.name: asked for asked in _ASKED},
}
ORDER: tuple[str, ...] = tuple(asked.name for asked in _ASKED)

_SEVERITY_CHOICE = re.compile(r"(?:p|s|sev|severity|level|prio)?[ -]?\d", re.I)
_LEVEL = re.compile(
    r"critical|high|medium|low|major|minor|moderate|severe|sev(?:ere)?|informational|info|kritisch"
    r"|hoch|mittel|niedrig|critique|élevée?|moyenne?|faible|crítica?o?|alta?o?|media?o?|baja?o?",
    re.I,
)
_NUMBER = re.compile(r"x+|n+|\d+|number|no|#|minutes|mins?|x minutes|xx minutes|n minutes|time")
_VAGUE = re.compile(
    r"(?:brief |short )?(?:description|details?|summary|list|explanation|info(?:rmation)?|name"
    r"|value|text|answer|insert .{0,20}|your answer|beschreibung|description brève|descripción"
    r"|descrição|beskrivelse|beskrivning|kurze beschreibung|kurzbeschreibung|names?|who|what|wer"
    r"|was|describe|description here|liste?|lista|nom|nombre|nome|navn|namn)"
)
_TIME = _any(
    r"\btime(?:stamp|frame)?\b", r"\bdates?\b", r"\bwhen\b", r"\beta\b", r"\bhh[: ]?mm\b",
    r"\bdowntime\b", r"\bduration\b", r"\bhours?\b", r"\bminutes?\b", r"\bmins?\b", r"\bfrequency\b",
    r"\binterval\b", r"\bcadence\b", r"\butc\b", r"\bstart(?:ed)?\b", r"\bzeit(?:punkt|raum)?\b",
    r"\buhrzeit\b", r"\bdatum\b", r"\bdauer\b", r"\bbeginn\b", r"\bheure\b", r"\bdurée\b",
    r"\bhora\b", r"\bfecha\b", r"\bdata\b", r"\bduración\b", r"\bduração\b", r"\btid(?:spunkt)?\b",
    r"\bvarighed\b", r"\bvarighet\b", r"\btidpunkt\b", r"\bestimate\b", r"\bestimated\b",
    r"\bnext update\b", r"yyyy|dd mm", r"\bdébut\b", r"\bdato\b", r"\bstartzeit\b", r"\bbehoben um\b",
    r"\bresolved at\b", r"\bnächstes update\b", r"\b\w*zeit\b", r"\bstartet\b", r"\binicio\b",
)  # fmt: skip
_DATE = re.compile(r"(?:today'?s )?(?:date|datum|fecha|data|dato)|yyyy mm dd|dd mm yyyy")
_NEXT = _any(
    r"next (?:scheduled )?(?:status )?updates?", r"next (?:communication|message|report|bulletin)",
    r"nächste", r"prochain", r"próxim", r"n[æe]ste (?:opdat|oppdat|update|meld|status)", r"nästa",
    r"(?:will|to) (?:provide|send|post|share|give|issue)? ?(?:you )?(?:an(?:other)? |a further |the "
    r"next |more )?(?:updates?|information|news)(?: again)? (?:by|at|in|within|before)",
    r"update (?:you )?(?:again )?(?:by|at|in|within|before)\b", r"will follow (?:by|at|in|within)",
)  # fmt: skip
_EVERY = _any(
    r"\bevery\b", r"\balle\b", r"toutes les", r"\bcada\b", r"\bhver\b", r"\bvarje\b", r"\bvar\b$",
    r"frequency", r"interval", r"cadence", r"häufigkeit", r"fréquence", r"frecuencia", r"frequência",
)  # fmt: skip
_DURATION = _any(
    r"duration", r"total (?:time|down)", r"downtime", r"how long", r"\blasted\b", r"dauer\b",
    r"durée", r"duración", r"duração", r"varigh", r"hours/minutes", r"length of", r"elapsed",
    r"time to restore", r"for a total of", r"unavailable for", r"varaktighet", r"nedetid",
    r"x hours", r"x minutes", r"hours and minutes", r"total hours",
)  # fmt: skip
_CHANNEL_BEFORE = re.compile(r"#[\w-]*$|(?:channel|war room|kanal)\W{0,3}$", re.I)
_TIMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("review_time", _any(
        r"post ?mortem", r"post ?incident", r"\breview\b", r"retro", r"\bscheduled (?:time|date)",
        r"rückblick", r"nachbesprechung", r"meeting",
    )),
    ("other:maintenance start", _any(r"(?:maintenance|window) (?:window )?(?:start|begin)")),
    ("other:maintenance end", _any(r"(?:maintenance|window) (?:window )?(?:end|finish)")),
    ("next_update", _NEXT),
    ("frequency", _EVERY),
    ("eta", _any(
        r"\beta\b", r"\betr\b", r"estimat", r"expected", r"anticipat", r"target (?:time|resol)",
        r"voraussichtlich", r"geschätzt", r"estimé", r"prévu", r"estimad", r"previst", r"forvent",
        r"förvänta", r"beräkna", r"should be (?:resolved|fixed|back)", r"time to (?:fix|resol)",
        r"estimeret", r"estimert",
    )),
    ("duration", _DURATION),
    ("resolved", _any(
        r"resol(?:ved|ution)", r"\bend(?:ed|s)?\b", r"restor", r"recover", r"fixed", r"as of",
        r"closed", r"completed", r"\bto$", r"\buntil\b", r"ende\b", r"behoben", r"gelöst", r"\bbis$",
        r"\bfin\b", r"résol", r"rétabl", r"resuelt", r"resolvid", r"\bfim\b", r"l[øö]st",
        r"\bslut", r"afsluttet", r"and$", r"\bà$", r"\ba$", r"\btil$", r"\btill$", r"mitigated at",
    )),
    ("started", _any(
        r"start", r"\bbegan\b", r"\bbegin", r"\bsince\b", r"\bfrom$", r"detect", r"first (?:seen|noticed"
        r"|report)", r"declared", r"opened", r"beginn", r"\bseit\b", r"\bvon$", r"\bab$", r"début",
        r"depuis", r"\bde$", r"\binicio", r"\binício", r"desde", r"\bsiden\b", r"\bsedan\b", r"\bfra$",
        r"\bfrån$", r"occurr", r"identified at", r"reported at", r"between$", r"incident time",
    )),
    ("updated", _any(
        r"updated", r"last update", r"as at", r"current time", r"posted", r"time of (?:this )?update",
        r"\bnow\b", r"stand\b", r"aktualisiert", r"mis à jour", r"actualizad", r"atualizad",
        r"opdateret", r"oppdatert", r"uppdaterad", r"timestamp of update", r"update time",
    )),
)  # fmt: skip
_COMMANDER = _any(
    r"incident (?:commander|manager|lead(?:er)?|coordinator)", r"\bcommander\b", r"^ic\b", r"\bic$",
    r"ic name", r"einsatzleit", r"responsable d(?:e l)?'incident", r"comandante", r"hændelsesleder",
    r"hendelsesleder", r"incidentledare", r"responsable del incidente", r"led by",
)  # fmt: skip
_PERSON = re.compile(
    r"(?:full |user ?|slack |their |ic |first )?(?:name|handle|person|id|user|who|contact|tbd|owner"
    r"|nom|nombre|nome|navn|namn|name der person|engineer|assignee)(?: .{0,20})?"
)
_ROLE = re.compile(
    r"(?:tech(?:nical)? lead|communications? (?:lead|manager|officer)|comms? lead|scribe"
    r"|business liaison|customer (?:liaison|success lead)|support lead|operations lead|ops lead"
    r"|security (?:lead|officer)|subject matter experts?|on ?call engineer|engineering lead"
    r"|deputy|liaison(?: officer)?|executive sponsor|problem manager|duty manager|protokollführer"
    r"|kommunikationsleit\w+)"
)
_CAUSE = _any(
    r"root cause", r"\bcauses?\b", r"\bcaused\b", r"\breason\b", r"\bwhy\b", r"ursache", r"\bgrund\b",
    r"\bcausa\b", r"årsag", r"årsak", r"orsak", r"non ?technical", r"hypothesis", r"due to$",
)  # fmt: skip
_BRIEF = _any(
    r"\b(?:brief|short|one line|concise)\b.*\b(?:desc\w*|summary|explanation|statement|title)\b",
    r"\bbrief$", r"^(?:brief|short) \w+$", r"kurz(?:e|er)? ?(?:beschreib|zusammenf)\w*",
    r"brève description", r"description brève", r"(?:breve|kort) (?:descri|besk)\w+",
    r"descripción breve", r"descrição breve", r"^(?:a )?(?:summary|synopsis|headline)$",
)  # fmt: skip
_TITLE_LABEL = _any(
    r"^title$", r"^incident$", r"incident (?:title|name|summary)$", r"^subject\b", r"^summary$",
    r"^titel$", r"^titre$", r"^título$", r"^tittel$", r"^vorfall$", r"^hændelse$", r"^störung$",
    r"^headline$", r"^name$", r"service (?:update|restored|disruption|alert) $",
)  # fmt: skip
_LABELLED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("impact", _any(r"impact", r"auswirkung", r"impacto", r"påvirkning", r"påverkan", r"effect")),
    ("fix", _any(r"^resolution", r"\bfix(?:ed)?\b", r"what (?:we|was) (?:did|done)", r"lösung$",
                 r"solution", r"solución", r"solução", r"remediation")),
    ("actions", _any(r"actions?$", r"next steps?", r"maßnahmen", r"mitigation")),
    ("changed", _any(r"^(?:latest )?updates?$", r"what'?s (?:new|changed)", r"^progress$")),
)
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("severity_name", _any(r"severity (?:name|label|word)")),
    ("severity", _any(
        r"severity", r"\bsev\b", r"\bpriority\b", r"^sev\w*$", r"schweregrad", r"sévérité",
        r"severidad", r"gravidade", r"alvorlighed", r"alvorlighet", r"priorität", r"^p#?$",
    )),
    ("incident_code", _any(
        r"(?:incident|ticket|case|inc|reference|jira|tracking) ?(?:id|number|no|ref(?:erence)?|#|code|"
        r"key)\b", r"^id$", r"vorfallsnummer", r"ticketnummer", r"^number$", r"^inc nnn+$",
        r"^reference$", r"numéro d",
    )),
    ("prevention", _any(
        r"prevent", r"recurrence", r"verhinder", r"vorbeug", r"éviter", r"prevenir", r"evitar",
        r"forebygg", r"förebygg", r"follow ?up actions", r"happen(?:ing)? again", r"lessons",
    )),
    ("fix", _any(
        r"what was done", r"what (?:we|was) (?:did|done)", r"did to (?:fix|resolve)", r"what fixed",
        r"(?:description|summary|details) of (?:the )?(?:fix|resolution|solution|remed)",
        r"how (?:it|we|this) (?:was )?(?:fixed|resolved)", r"^(?:resolution|fix|solution|remediation)"
        r"(?: (?:summary|details|description|steps|actions?|taken))?$", r"(?:action|step)s? taken",
        r"resolution (?:summary|details|steps|action)", r"lösung", r"solución", r"solução",
        r"^mitigation applied", r"corrective", r"behebung", r"løsning", r"fix applied",
        r"fix (?:summary|details|description)",
    )),
    ("cause", _CAUSE),
    ("workaround", _any(
        r"work ?around", r"temporary (?:solution|fix)", r"umgehung", r"behelf", r"contournement",
        r"solución temporal", r"alternative", r"in the meantime", r"meanwhile",
    )),
    ("status", _any(
        r"status (?:description|sentence|summary|message|text)", r"current (?:situation|state)$",
    )),
    ("actions", _any(
        r"actions?\b", r"doing (?:now|about|to)", r"what we(?:'re| are) doing", r"next steps?",
        r"steps (?:being|we)", r"current (?:work|focus|efforts?)", r"^mitigation(?: steps?)?$",
        r"maßnahme", r"schritte", r"acciones", r"ações", r"tiltak", r"åtgärd", r"handlinger",
        r"being done", r"working on$", r"investigation steps",
    )),
    ("changed", _any(
        r"what(?:'s| has| is)? (?:changed|new)", r"latest (?:update|information|news|finding)",
        r"^updates?(?: (?:text|details?|description|summary|message))?$", r"progress", r"findings?",
        r"new information", r"current (?:findings|understanding)", r"neuigkeit", r"what we know",
        r"changes? since", r"status update", r"fortschritt",
    )),
    ("impact", _any(
        r"impact", r"experienced", r"experienc", r"symptom", r"what (?:users|customers|people)",
        r"auswirkung", r"effects?\b", r"påvirkning", r"påverkan", r"^how .*affected", r"error seen",
        r"consequence", r"customers? (?:see|notice)", r"beeinträchtigung$",
    )),
    ("scope", _any(
        r"(?:users?|customers?|accounts?|regions?|tenants?|clients?) (?:affected|impacted)",
        r"(?:affected|impacted) (?:users?|customers?|accounts?|regions?|tenants?|people|clients?)",
        r"^(?:number|percentage|%|count|how many|who)\b", r"\bscope\b", r"\bregions?$", r"% of",
        r"^some/all", r"subset", r"umfang", r"betroffene (?:kunden|nutzer)", r"all/some",
    )),
    ("components", _any(
        r"services?\b", r"systems?\b", r"components?\b", r"functionalit", r"features?\b",
        r"products?\b", r"\bapps?\b", r"applications?", r"platform", r"what(?:'s| is) affected",
        r"affected areas?", r"modules?\b", r"dienste?", r"systeme?", r"komponente", r"composants?",
        r"servicios?", r"serviços?", r"sistemas?", r"tjenester?", r"tjänst", r"funktion", r"fonction",
        r"^affected$", r"^api$", r"environment", r"betroffen", r"berørte", r"afectad", r"afetad",
    )),
    ("channel", _any(
        r"channel", r"war ?room", r"#inc", r"bridge", r"zoom", r"call link", r"meeting link",
        r"kanal", r"\bcanal\b", r"conference", r"slack link", r"#$",
    )),
    ("contact", _any(
        r"contact", r"support (?:e ?mail|phone|address|team|link|url|portal)", r"phone", r"hotline",
        r"e ?mail address", r"kontakt", r"contacto", r"contato", r"help ?desk", r"^e ?mail$",
        r"support$",
    )),
    ("link", _any(
        r"status ?page", r"\burl\b", r"\blinks?\b", r"https?", r"statusseite", r"dashboard",
        r"^lien", r"enlace", r"website",
    )),
    ("responders", _any(
        r"responders?", r"contributors?", r"participants?", r"team members?", r"everyone who",
        r"beteiligte", r"helpers?", r"thanks? to",
    )),
    ("stage", _any(
        r"^(?:current |incident )?(?:status|stage|phase|state|statut|estado)$", r"^stage\b",
    )),
    ("organisation", _any(
        r"compan(?:y|ies)", r"organi[sz]ation", r"\bbrand\b", r"firma", r"entreprise", r"empresa",
        r"team name", r"unternehmen", r"^your team$", r"virksomhed",
    )),
    ("author", _any(r"your name", r"sender", r"^signature", r"author", r"signed", r"posted by")),
    ("date", _any(r"\bdate\b", r"\bdatum\b", r"\bfecha\b")),
    ("time_zone", _any(r"time ?zone", r"^tz$")),
    ("title", _any(
        r"title", r"incident (?:name|summary|headline)", r"^subject", r"^headline", r"^incident$",
        r"^titel", r"^titre", r"^título", r"^tittel", r"^name$", r"^name of (?:the )?incident",
    )),
    ("issue", _any(
        r"issue", r"problem", r"\bwhat happened", r"incident (?:desc|detail)", r"desc(?:ription)?\b",
        r"what is (?:happening|wrong|going on)", r"\berror\b", r"störung", r"beschreibung",
        r"summary", r"\bdetails\b", r"incidente?\b", r"probleme?", r"descri", r"beskriv", r"fejl",
        r"\bfeil\b", r"\bfel\b", r"panne", r"symptôme", r"outage", r"disruption", r"nature of",
        r"explanation",
    )),
)  # fmt: skip
