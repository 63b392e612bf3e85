"""What kind of text a block is: a message, a review form, or something that is neither."""

import re
from enum import Enum

from app.runbook import blanks
from app.runbook import template_words as words

LONGEST_MESSAGE = 12_000


class Sort(Enum):
    """What a block of text turned out to be."""

    MESSAGE = "message"
    REVIEW_FORM = "review form"
    NEITHER = "neither"


def sort_fence(text: str, *, info: str, headings: str, own: str) -> Sort:
    """What a fenced block is; `headings` are the words above it, `own` the nearest of them."""
    if info and info.split()[0].lower().strip("{}.") not in _TEXT_INFOS:
        return Sort.NEITHER
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines or len(text) > LONGEST_MESSAGE:
        return Sort.NEITHER
    if is_review_form(text, own):
        return Sort.REVIEW_FORM
    if _DOCUMENT.match(text) and not _greets(text) and not _subject(text):
        return Sort.NEITHER
    if _is_drawn(lines) or _is_code(lines, text) or _is_list_of_things(lines, own):
        return Sort.NEITHER
    return Sort.MESSAGE if _is_message(text, headings, own) else Sort.NEITHER


def _is_message(text: str, headings: str, own: str) -> bool:
    if _RECORD.search(own.strip("\n").split("\n")[0]) and not _greets(text):
        return False
    if any(map(words.stage_named, own.split("\n"))) and blanks.find(text) and _has_sentence(text):
        return True
    if words.TEMPLATES.search(headings) or words.COMMUNICATION.search(headings):
        return bool(blanks.find(text)) or _has_sentence(text) or bool(_subject(text))
    return reads_like_message(text)


def is_review_form(text: str, own: str) -> bool:
    """Whether it is a form for the review after an incident rather than something to send."""
    parts = {match.group(0).lower() for match in _REVIEW_PART.finditer(text)}
    if _greets(text) or _subject(text):
        return False
    return len(parts) >= (1 if _REVIEW_NAME.search(own) else 3)


def is_example(prose: str, text: str) -> bool:
    """Whether a message without blanks is shown as one that was filled in."""
    return bool(_EXAMPLE.search(prose)) and not blanks.find(text)


def is_note(text: str) -> bool:
    """Whether a quote is an aside to the reader of the runbook."""
    return bool(_NOTE.match(text))


def reads_like_message(text: str) -> bool:
    """Whether the words are addressed to somebody, wherever they stand."""
    if len(text) > LONGEST_MESSAGE or _INSTRUCTION.match(text):
        return False
    if _subject(text) or _greets(text):
        return True
    if _ADVICE.search(text):
        return False
    found = blanks.find(text)
    if _SPEAKS.search(text) and (found or words.stage_of_text(text)):
        return True
    return bool(found) and len(set(_MESSAGE_LABEL.findall(text))) >= 2


def is_letter(text: str) -> bool:
    """Whether the words have a subject or greet somebody."""
    return _subject(text) or _greets(text)


def is_plainly_message(text: str) -> bool:
    """Whether the words are a message even where nothing around them speaks of messages."""
    if _INSTRUCTION.match(text) or not blanks.find(text):
        return False
    return _subject(text) or _greets(text) or words.stage_of_text(text) is not None


def is_statement(text: str) -> bool:
    """Whether it is at least one whole sentence that tells something."""
    return text.rstrip(' *_"”\n').endswith((".", "!")) and not is_instruction(text)


def is_instruction(text: str) -> bool:
    """Whether a paragraph tells the reader of the runbook what to do."""
    if _greets(text) or _subject(text):
        return False
    return bool(_INSTRUCTION.match(text) or _ADVICE.search(text)) or (
        text.rstrip(" *_").endswith(":") and not _greets(text) and not blanks.find(text)
    )


def _subject(text: str) -> bool:
    return any(words.SUBJECT.match(line) for line in text.split("\n", 8)[:8])


def _greets(text: str) -> bool:
    return bool(_GREETING.search(text))


def _has_sentence(text: str) -> bool:
    return any(
        len(line.split()) >= 4 and line.rstrip(' *_"”').endswith((".", "!", "…"))
        for line in text.split("\n")
    )


def _share(lines: list[str], pattern: re.Pattern[str]) -> float:
    return sum(1 for line in lines if pattern.search(line)) / len(lines)


def _is_drawn(lines: list[str]) -> bool:
    """Diagrams, trees and tables."""
    drawn = sum(1 for line in lines if _DRAWN.search(line))
    return (drawn >= 2 and drawn / len(lines) >= 0.2) or _share(lines, _TABLE_ROW) > 0.5


def _is_code(lines: list[str], text: str) -> bool:
    if _share(lines, _COMMAND) >= 0.3 or _DECISION.search(text) or _share(lines, _LOG) >= 0.4:
        return True
    bare = text.strip()
    if bare[:1] in "{[" and bare[-1:] in "}]" and ('":' in bare or "':" in bare):
        return True
    return (
        _share(lines, _YAML) >= 0.7 and not blanks.find(text) and not _has_sentence(text)
    ) or bool(_QUERY.search(text))


def _is_list_of_things(lines: list[str], own: str) -> bool:
    """Checklists, contact cards and lists of commands."""
    if _share(lines, _BOX) >= 0.5 or _share(lines, _SLASH_COMMAND) >= 0.5:
        return True
    timed = [line for line in lines if not words.OPENS_STAGE.match(line)]
    if timed and _share(timed, _CLOCK_LINE) * len(timed) / len(lines) >= 0.5:
        return True
    return _share(lines, _CONTACT_LINE) >= (0.3 if _CONTACTS.search(own) else 0.6)


_TEXT_INFOS = frozenset(
    "text txt plain plaintext markdown md none message email mail eml slack mrkdwn template copy"
    " jinja jinja2 handlebars mustache liquid nohighlight raw default".split()
)
_REVIEW_NAME = re.compile(
    r"post[- ]?mortem|retrospective|\brca\b|post[- ]incident|root cause analysis"
    r"|incident (?:\w+ )?report"
    r"|lessons learned|after[- ]action|review (?:form|template|document)|nachbetrachtung"
    r"|abschlussbericht|rapport d['’]incident|retour d['’]expérience|informe|relatório|haveri",
    re.I,
)
_REVIEW_PART = re.compile(
    r"^[\s#>*_\d.|-]{0,12}(?:timeline|action items?|lessons learned|contributing factors"
    r"|what went (?:well|wrong|poorly|badly)|where we got lucky|five whys|5 whys|corrective actions"
    r"|follow[- ]up (?:actions|items)|root cause analysis|zeitverlauf|maßnahmen|was lief gut"
    r"|chronologie|actions correctives|cronología|lecciones aprendidas|linha do tempo"
    r"|lições aprendidas|tidslinje|lärdomar|læringspunkter)\b",
    re.I | re.M,
)
_RECORD = re.compile(
    r"\b(?:ticket|record|log(?:ging)?|timeline|notes|agenda|checklist|action items?|contacts?"
    r"|roster|schedule|rota|matrix|escalation (?:path|tree|chain|policy|matrix)|commands?"
    r"|metrics?|query|queries|diagram|decision tree|on-?call)\b",
    re.I,
)
# A fence may show what another document should look like.
_DOCUMENT = re.compile(
    r"\s*#{1,3} .{0,60}\b(?:runbook|playbook|checklist|steps|responsibilities|guide)\b", re.I
)
_EXAMPLE = re.compile(
    r"^\W{0,6}(?:filled[- ]in )?(?:example|sample|beispiel|exemple|ejemplo|exemplo|eksempel"
    r"|exempel)\b"
    r".{0,40}:\W{0,4}$",
    re.I | re.M,
)
_NOTE = re.compile(
    r"(?!\W{0,3}:\w+:)\W{0,6}(?:note|nb|tip|warning|important|caution|info|reminder|attention"
    r"|hint|hinweis|achtung"
    r"|(?:\w+ )?(?:principle|rule|policy|goal)s?"
    r"|wichtig|tipp|remarque|nota|aviso importante|consejo|merk|obs|bemærk|remember|never|always"
    r"|do not|don['’]t)\b\W",
    re.I,
)
_INSTRUCTION = re.compile(
    r"\W{0,6}(?:(?:use|send|post(?!-)|fill|replace|copy|choose|select|pick|always|never|do not"
    r"|don['’]t"
    r"|make sure|ensure|see|when|if|these|the following|below|remember|keep|adapt|edit|customi[sz]e"
    r"|note|tip|share|publish|include|avoid|templates?|all templates|each|every template|write"
    r"|update the|page (?:the|on-?call)|this (?:section|template|document|runbook)|verwende|nutze"
    r"|sende|ersetze|utilise[rz]|remplace|use[rn]?|utilice|brug|bruk|använd)\b"
    r"|(?:notify|inform|tell|contact|call|escalate|draft|prepare|assign|schedule|confirm|check"
    r"|verify|wait|communicate|provide)\b(?! ?:))",
    re.I,
)
# What "we" do about messages is no message: "We notify customers within 30 minutes."
_ADVICE = re.compile(
    r"\bwe (?:always |then |also )?(?:tell|notify|inform|send|post|page|call|e-?mail|publish"
    r"|update|announce) (?:all |our |the |an? |affected )*(?:customers?|users?|clients?"
    r"|stakeholders?"
    r"|status|final|mails?|e-?mails?|support|team|management|everyone|messages?|executives?)\b",
    re.I,
)
_GREETING = re.compile(
    r"^\W{0,4}(?:dear|hello|hi|hey|greetings|good (?:morning|day)|valued|sehr geehrte|hallo"
    r"|guten tag|liebe[rs]?|bonjour|cher(?:s|e|es)?|madame|estimad[oa]s?|hola|prezad[oa]s?|olá"
    r"|caros?|k[æä]re?|hej|hei)\b[^\n.:]{0,80}[,!]?\s*$",
    re.I | re.M,
)
_SPEAKS = re.compile(
    r"\b(?:we|our)\b|\b(?:this incident|the (?:issue|incident|problem|service)|apologi[sz]e|sorry"
    r"|is currently|are currently|incident declared|wir |unser|(?:die|der) (?:störung|dienst)|nous "
    r"|notre|le (?:problème|service)|estamos|hemos|nuestro|el (?:problema|servicio)|nosso"
    r"|o (?:problema|serviço)|vi (?:er|har|und|ut|är|ha)|vores|vår|feilen|fejlen|felet|problemet"
    r"|tjenesten|tjänsten)",
    re.I,
)
_MESSAGE_LABEL = re.compile(
    r"^[\s>*_-]{0,6}(?P<l>title|status|impact|severity|next update|incident commander|affected"
    r"|start(?:ed)?(?: time)?|customer impact|service|services|duration|root cause|resolution"
    r"|summary"
    r"|war room|current actions?|eta|incident|what happened|channel|ic|schweregrad|auswirkung"
    r"|impacto"
    r"|statut|estado|gravité|severidad)\b[^:\n]{0,30}:",
    re.I | re.M,
)
_DRAWN = re.compile(r"[│├└┌┐┘┤┬┴┼─━▼▲↓↑╔║╚]|-->|==>|<--|\+-{2,}|-{2,}\+|(?:^|\s)(?:\||v|V)\s*$")
_TABLE_ROW = re.compile(r"^\s*\|.*\|")
_COMMAND = re.compile(
    r"^\s*(?:\$ |# \w.*\bcommand|>>> |sudo |kubectl |curl |psql |docker |aws |gcloud |az |git |ssh "
    r"|npm |npx |yarn |pip |python3? |node |systemctl |service |journalctl |tail |grep |cat |cd "
    r"|ls "
    r"|terraform |helm |redis-cli |mysql |make |export |echo |dig |ping |traceroute |SELECT "
    r"|UPDATE "
    r"|DELETE |INSERT |import |def |class |function |const |let |var |return |from \w+ import )"
)
_DECISION = re.compile(
    r"^\s*(?:IF|WHEN|WENN|SI|ELSE|ELIF|ELSE IF)\b.*(?::|\bTHEN\b|→)|^\s*(?:THEN|ENDIF)\b", re.M
)
_LOG = re.compile(r"^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\b(?:ERROR|WARN|DEBUG|INFO)\b.*[:\]]")
_YAML = re.compile(r"^\s*(?:- )?[a-z_][\w.-]*:(?:\s+\S+)?\s*$")
_QUERY = re.compile(r"\b(?:SELECT|select)\b[^.]{1,200}\b(?:FROM|from)\b|\brate\(|\bsum by\b")
_BOX = re.compile(r"^\s*(?:[-*+]|\d+[.)])?\s*\[[ xX]?\]\s|^\s*[☐☑✓□]")
_SLASH_COMMAND = re.compile(r"^\s*(?:/[a-z][\w-]*|--?[a-z]|usage:|[\w-]+ {2,}\S)", re.I)
_CLOCK_LINE = re.compile(r"^\s*(?:[-*] )?\[?(?:\d\d?:\d\d|HH:MM|T\+|XX:XX)", re.I)
_CONTACT_LINE = re.compile(
    r"\b(?:phone|tel(?:efon)?|mobile|e-?mail|slack|pager(?:duty)?|escalat\w+|availability|backup"
    r"|primary|secondary)\s*:|\+?\d[\d ()-]{7,}|@\w+\.\w+",
    re.I,
)
_CONTACTS = re.compile(r"contact|escalat|on-?call|roster|kontakt|bereitschaft", re.I)
