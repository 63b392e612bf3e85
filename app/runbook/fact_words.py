"""The words by which a blank is told to mean a fact, in the languages Allclear reads."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


SEVERITY_CHOICE = re.compile(r"(?:p|s|sev|severity|level|prio)?[ -]?\d", re.I)
LEVEL = re.compile(
    r"critical|high|medium|low|major|minor|moderate|severe|sev(?:ere)?|informational|info|kritisch"
    r"|hoch|mittel|niedrig|critique|élevée?|moyenne?|faible|crítica?o?|alta?o?|media?o?|baja?o?",
    re.I,
)
# Outside of incidents the start and the end are those of a maintenance window.
WINDOW = {"started": "window_start", "resolved": "window_end"}
NUMBER = re.compile(
    r"[a-z]|x+|n+|hh?|mm?|\d+|number|no|#|minutes|mins?|x minutes|xx minutes|n minutes|time"
)
VAGUE = re.compile(
    r"(?:brief |short )?(?:description|details?|summary|list|explanation|info(?:rmation)?|name"
    r"|value|link|url|text|answer|insert .{0,20}|your answer|beschreibung|description brève"
    r"|descripción"
    r"|descrição|beskrivelse|beskrivning|kurze beschreibung|kurzbeschreibung|names?|who|what|wer"
    r"|was|describe|description here|liste?|lista|nom|nombre|nome|navn|namn)"
)
TIME = _any(
    r"\btime(?:stamp|frame)?\b", r"\bdates?\b", r"\bwhen\b", r"\beta\b", r"\bhh[: ]?mm\b",
    r"\bdowntime\b", r"\bduration\b", r"\bhours?\b", r"\bminutes?\b", r"\bmins?\b",
    r"\bfrequency\b",
    r"\binterval\b", r"\bcadence\b", r"\butc\b", r"\bstart(?:ed)?\b", r"\bzeit(?:punkt|raum)?\b",
    r"\buhrzeit\b", r"\bdatum\b", r"\bdauer\b", r"\bbeginn\b", r"\bheure\b", r"\bdurée\b",
    r"\bhora\b", r"\bfecha\b", r"\bdata\b", r"\bduración\b", r"\bduração\b", r"\btid(?:spunkt)?\b",
    r"\bvarighed\b", r"\bvarighet\b", r"\btidpunkt\b", r"\bestimate\b", r"\bestimated\b",
    r"\bnext update\b", r"yyyy|dd mm", r"\bdébut\b", r"\bdato\b", r"\bstartzeit\b",
    r"\bbehoben um\b", r"\bends?\b", r"\bfin\b", r"\bfim\b", r"\bslut\b",
    r"\bende\b",
    r"\bresolved at\b", r"\bnächstes update\b", r"\b\w*zeit\b", r"\bstartet\b", r"\binicio\b",
)  # fmt: skip
DATE = re.compile(r"(?:today'?s )?(?:date|datum|fecha|data|dato)|yyyy mm dd|dd mm yyyy")
CLOCK = re.compile(r"time|hour|hh|/|&| and ")
NEXT = _any(
    r"next (?:scheduled )?(?:status )?updates?", r"next (?:communication|message|report|bulletin)",
    r"nächste", r"melden uns", r"informieren (?:wir|sie)", r"prochain", r"próxim",
    r"n[æe]ste (?:opdat|oppdat|update|meld|status)", r"nästa",
    r"(?:will|to) (?:provide|send|post|share|give|issue)? ?(?:you )?(?:an(?:other)? |a further "
    r"|the "
    r"next |more )?(?:updates?|information|news)(?: again)? (?:by|at|in|within|before)",
    r"update (?:you )?(?:again )?(?:by|at|in|within|before)\b", r"will follow (?:by|at|in|within)",
)  # fmt: skip
EVERY = _any(
    r"\bevery\b", r"\balle\b", r"toutes les", r"\bcada\b", r"\bhver\b", r"\bvarje\b", r"\bvar\b$",
    r"frequency", r"interval", r"cadence", r"häufigkeit", r"fréquence", r"frecuencia",
    r"frequência",
)  # fmt: skip
DURATION = _any(
    r"duration", r"total (?:time|down)", r"downtime", r"how long", r"\blasted\b", r"dauer\b",
    r"durée", r"duración", r"duração", r"varigh", r"hours/minutes", r"length of", r"elapsed",
    r"time to restore", r"for a total of", r"unavailable for", r"varaktighet", r"nedetid",
    r"x hours", r"x minutes", r"hours and minutes", r"total hours",
)  # fmt: skip
MENTION = re.compile(r"^@?(?:channel|here|all|everyone)\s+", re.I)
UNTIL = re.compile(r"\b(?:until|to|and|by|bis|à|a|til|till)$")
GREETING = re.compile(
    r"(?:dear|hi|hello|hey|hallo|liebe[rs]?|sehr geehrte[rs]?|bonjour|cher|chère|hola|estimad[oa]"
    r"|olá|prezad[oa]|k[æj]+re?|hej|hei|bästa?)(?: (?:herr|frau|mr|ms|valued))?"
)
RECIPIENT = re.compile(r"name|customer|client|user|kunde|nom|nombre|nome|navn|namn|recipient|team")
UPDATE_NUMBER = re.compile(r"(?:update|meldung|bulletin|opdatering|oppdatering)\W*#?\W*$")
COUNTER = re.compile(r"n+|x+|#|no|number|\d+")
TITLE = re.compile(r"(?:short |incident |brief )?(?:title|headline|incident name)$")
CHANNEL_BEFORE = re.compile(r"#[\w-]*$|(?:channel|war room|kanal)\W{0,3}$", re.I)
TIMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("review_time", _any(
        r"post ?mortem", r"post ?incident", r"\breview\b", r"retro",
        r"\bscheduled (?:time|date)", r"\breport\b.*\b(?:follow|by|on)",
        r"rückblick", r"nachbesprechung", r"meeting",
    )),
    ("window_start", _any(r"(?:maintenance|window) (?:window )?(?:start|begin)")),
    ("window_end", _any(r"(?:maintenance|window) (?:window )?(?:end|finish)")),
    ("next_update", NEXT),
    ("frequency", EVERY),
    ("eta", _any(
        r"\beta\b", r"\betr\b", r"estimat", r"expected", r"anticipat", r"target (?:time|resol)",
        r"voraussichtlich", r"geschätzt", r"estimé", r"prévu", r"estimad", r"previst", r"forvent",
        r"förvänta", r"beräkna", r"should be (?:resolved|fixed|back)", r"time to (?:fix|resol)",
        r"estimeret", r"estimert",
    )),
    ("duration", DURATION),
    ("resolved", _any(
        r"resol(?:ved|ution)", r"(?:again|back|online|up) since$", r"\bend(?:ed|s)?\b",
        r"restor", r"recover", r"fixed", r"as of",
        r"closed", r"completed", r"\bto$", r"\buntil\b", r"ende\b", r"behoben", r"gelöst",
        r"\bbis$",
        r"\bfin\b", r"résol", r"rétabl", r"resuelt", r"resolvid", r"\bfim\b", r"l[øö]st",
        r"\bslut", r"afsluttet", r"and$", r"\bà$", r"\ba$", r"\btil$", r"\btill$", r"mitigated at",
    )),
    ("started", _any(
        r"start", r"\bbegan\b", r"\bbegin", r"\bsince\b", r"\bfrom$", r"detect",
        r"first (?:seen|noticed"
        r"|report)", r"declared", r"opened", r"beginn", r"\bseit\b", r"\bvon$", r"\bab$", r"début",
        r"depuis", r"\bde$", r"\binicio", r"\binício", r"desde", r"\bsiden\b", r"\bsedan\b",
        r"\bfra$",
        r"\bfrån$", r"occurr", r"identified at", r"reported at", r"between$", r"incident time",
    )),
    ("updated", _any(
        r"updated", r"last update", r"as at", r"current time", r"posted",
        r"time of (?:this )?update",
        r"\bnow\b", r"stand\b", r"aktualisiert", r"mis à jour", r"actualizad", r"atualizad",
        r"opdateret", r"oppdatert", r"uppdaterad", r"timestamp of update", r"update time",
    )),
)  # fmt: skip
COMMANDER = _any(
    r"incident (?:commander|manager|lead(?:er)?|coordinator)", r"\bcommander\b", r"^ic\b", r"\bic$",
    r"ic name", r"einsatzleit", r"responsable d(?:e l)?'incident", r"comandante", r"hændelsesleder",
    r"hendelsesleder", r"incidentledare", r"responsable del incidente", r"led by", r"responsável",
)  # fmt: skip
PERSON = re.compile(
    r"(?:full |user ?|slack |their |ic |first )?(?:name|handle|person|id|user|who|contact|tbd|owner"
    r"|nom|nombre|nome|navn|namn|name der person|engineer|assignee)(?: .{0,20})?"
)
ROLE = re.compile(
    r"(?:tech(?:nical)? lead|communications? (?:lead|manager|officer)|\bcomms?\b(?: lead)?|scribe"
    r"|business liaison|customer (?:liaison|success lead)|support lead|operations lead|ops lead"
    r"|security (?:lead|officer)|subject matter experts?|on ?call engineer|engineering lead"
    r"|deputy|liaison(?: officer)?|executive sponsor|problem manager|duty manager|protokollführer"
    r"|kommunikationsleit\w+)"
)
CAUSE = _any(
    r"root cause", r"\bcauses?\b", r"\bcaused\b", r"\breason\b", r"\bwhy\b", r"ursache",
    r"\bgrund\b",
    r"\bcausa\b", r"årsag", r"årsak", r"orsak", r"non ?technical", r"hypothesis", r"due to$",
)  # fmt: skip
BRIEF = _any(
    r"\b(?:brief|short|one line|concise)\b.*\b(?:desc\w*|summary|explanation|statement|title)\b",
    r"\bbrief$", r"^(?:brief|short) \w+$", r"kurz(?:e|er)? ?(?:beschreib|zusammenf)\w*",
    r"brève description", r"description brève", r"(?:breve|kort) (?:descri|besk)\w+",
    r"descripción breve", r"descrição breve", r"^(?:a )?(?:summary|synopsis|headline)$",
)  # fmt: skip
TITLE_LABEL = _any(
    r"^title$", r"^incident$", r"incident (?:title|name|summary)$", r"^subject\b", r"^summary$",
    r"^titel$", r"^titre$", r"^título$", r"^tittel$", r"^vorfall$", r"^hændelse$", r"^störung$",
    r"^headline$", r"^name$", r"^what$", r"(?:declared|all clear|opened|closed)$",
    r"^(?:the )?(?:issue|problem)$", r"^overview$",
    r"^(?:short |incident )?description$", r"service (?:update|restored|disruption|alert) $",
)  # fmt: skip
LABELLED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("impact", _any(r"impact", r"auswirkung", r"impacto", r"påvirkning", r"påverkan", r"effect")),
    (
        "fix",
        _any(
            r"^resolution",
            r"\bfix(?:ed)?\b",
            r"what (?:we|was) (?:did|done)",
            r"lösung$",
            r"solution",
            r"solución",
            r"solução",
            r"remediation",
        ),
    ),
    ("actions", _any(r"actions?$", r"next steps?", r"maßnahmen", r"mitigation")),
    ("changed", _any(r"^(?:latest )?updates?$", r"what'?s (?:new|changed)", r"^progress$")),
)
WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("severity_name", _any(r"severity (?:name|label|word)")),
    ("severity", _any(
        r"severity", r"\bsev\b", r"\bpriority\b", r"^sev\w*$", r"schweregrad", r"sévérité",
        r"severidad", r"gravidade", r"alvorlighed", r"alvorlighet", r"priorität", r"^p#?$",
    )),
    ("incident_code", _any(
        r"(?:incident|ticket|case|inc|reference|jira|tracking) ?(?:id|number|no|ref(?:erence)?|#"
        r"|code|"
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
        r"how (?:it|we|this) (?:was )?(?:fixed|resolved)",
        r"^(?:resolution|fix|solution|remediation)"
        r"(?: (?:summary|details|description|steps|actions?|taken))?$", r"(?:action|step)s? taken",
        r"resolution (?:summary|details|steps|action)", r"lösung", r"solución", r"solução",
        r"^mitigation applied", r"corrective", r"behebung", r"løsning", r"fix applied",
        r"fix (?:summary|details|description)",
    )),
    ("cause", CAUSE),
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
        r"servicios?", r"serviços?", r"sistemas?", r"tjenester?", r"tjänst", r"funktion",
        r"fonction",
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
    ("other:document", re.compile(
        r"(?:link|url).*(?:doc|ticket|jira|dashboard|report|recording)|(?:doc|ticket).*(?:link|url)"
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
    ("author", _any(r"your name", r"sender", r"^signature", r"author", r"signed", r"posted by",
    r"^this is$", r"^my name is$")),
    ("date", _any(r"\bdate\b", r"\bdatum\b", r"\bfecha\b")),
    ("time_zone", _any(r"time ?zone", r"^tz$")),
    ("title", _any(
        r"title", r"incident (?:name|summary|headline)", r"^subject", r"^headline", r"^incident$",
        r"^titel", r"^titre", r"^título", r"^tittel", r"^name$", r"^name of (?:the )?incident",
    )),
    ("issue", _any(
        r"issue", r"problem", r"\bwhat happened", r"incident (?:desc|detail)",
        r"desc(?:ription)?\b",
        r"what is (?:happening|wrong|going on)", r"\berror\b", r"störung", r"beschreibung",
        r"summary", r"\bdetails\b", r"incidente?\b", r"probleme?", r"descri", r"beskriv", r"fejl",
        r"\bfeil\b", r"\bfel\b", r"panne", r"symptôme", r"outage", r"disruption", r"nature of",
        r"explanation",
    )),
)  # fmt: skip
