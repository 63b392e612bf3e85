"""The words of sections, labels and columns: roles, contacts, escalation, reviews."""

from app.runbook.words import Vocabulary

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
    r"authority(?: required)?|approval|approver|authori[sz]ed by|"
    r"who (?:may|can) (?:approve|decide)|"
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
MESSAGES = Vocabulary(
    r"(?:\w+ )?templates?|message examples?|(?:\w*vorlagen?|mustertexte?|textbausteine?)|"
    r"modèles?|plantillas?|modelos?|skabelon(?:er)?|\w*skabeloner|mal(?:er)?|meldingsmaler|"
    r"mall(?:ar)?|\w*mallar|table of contents|contents|inhalt(?:sverzeichnis)?|sommaire|índice|"
    r"indhold|innhold|innehåll"
)
