"""The words that tell who a message is for, and by which channel."""

import re
from functools import lru_cache

from app.words import Audience


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


_AUDIENCES: tuple[tuple[Audience, re.Pattern[str]], ...] = (
    (Audience.INTERNAL, _any(r"\binternal", r"\bintern(?:e|er|es|a|o|as|os|t)?\b")),
    (
        Audience.PUBLIC,
        _any(
            r"status ?page", r"status ?seite", r"status site", r"page d['’](?:état|é)",
            r"page de statut", r"p[áa]gina de (?:estado|status)", r"status ?sid[ea]", r"\bpublic\b",
            r"\btweet", r"twitter", r"\bwebsite", r"social media", r"öffentlich", r"driftsstatus",
            r"\bpress\b", r"banner",
        ),
    ),
    (
        Audience.INTERNAL,
        _any(
            r"\bslack\b", r"\bms teams\b", r"microsoft teams", r"teams (?:channel|message|post)",
            r"\(teams\)", r"war ?room", r"stakeholder", r"executive", r"leadership", r"\bexec\b",
            r"\bstaff\b", r"employee", r"mitarbeiter", r"geschäftsleitung", r"\bequipo\b",
            r"discord",
            r"mattermost", r"\bsupport team", r"responders", r"colleague", r"all[- ]hands",
            r"kolleg",
            r"\bledelse", r"\bledning", r"\bdirection\b", r"c-level", r"\bboard\b",
        ),
    ),
    (
        Audience.CUSTOMER,
        _any(
            r"customer", r"client", r"\busers?\b", r"subscriber", r"external", r"kunde",
            r"utilisateur",
            r"usuari", r"\bbrukere?", r"använd", r"\bdear\b", r"partner", r"tenant",
            r"\bkund(?:er)?\b",
            r"kundinfo", r"extern", r"usuário",
        ),
    ),
)  # fmt: skip
_WEAK_INTERNAL = _any(
    r"\bmanagement\b", r"engineering", r"on-?call", r"\bteams?\b", r"support\b", r"\bcto\b",
    r"declaration", r"page the", r"bridge",
)  # fmt: skip


@lru_cache(maxsize=1024)
def audience_of(heading: str, *, own: bool = False) -> Audience | None:
    """Who a heading says a message is for; weak words count only in a message's own name."""
    for audience, pattern in _AUDIENCES:
        if pattern.search(heading):
            return audience
    return Audience.INTERNAL if own and _WEAK_INTERNAL.search(heading) else None


# People whom Allclear does not write to: what is for them must not reach customers.
OTHERS = _any(
    r"regulator", r"authorit(?:y|ies)", r"\bpolice\b", r"insur(?:er|ance)", r"\bvendors?\b",
    r"\bsuppliers?\b", r"data protection", r"\blegal\b", r"aufsichtsbehörde", r"datenschutz",
    r"lieferant", r"autoridad", r"autorité", r"autoridade", r"datatilsyn",
)  # fmt: skip
_GREETS_CUSTOMERS = _any(
    r"^\W*(?:dear|hello|hi)\b(?! team| all\b| everyone| colleagues)",
    r"dear .{0,30}(?:customer|user|client)",
    r"sehr geehrte", r"^\W*liebe (?:kund|nutzer)", r"cher(?:s|e|es)?\b.{0,20}client",
    r"estimad[oa]s?",
    r"prezad[oa]s?", r"k[æä]re? (?:kund|bruk)", r"bästa kund",
    r"apologi[sz]e for (?:any|the)",
    r"your account", r"valued customer",
)  # fmt: skip
_SPEAKS_TO_TEAM = _any(
    r"incident commander", r"war ?room", r"@(?:here|channel|team|all)\b", r"<!here>", r"#inc",
    r"\bhi team\b", r"^\W*(?:hi |hello |dear )?(?:team|all|everyone|colleagues)\b,",
    r"dear (?:team|colleagues|all)\b", r"hello team", r"on-?call", r"\brunbook",
    r":rotating_light:", r"zoom|bridge (?:link|call)", r"incident channel", r"#[a-z]+-",
    r"@channel",
    r"^\W*hi (?:all|everyone)", r"\bIC\b:", r"scribe", r"einsatzleit", r"liebe (?:kolleg|team)",
    r"\bseverity\b", r"current actions", r"\bsev-?\d",
    r"you(?:'re| are) invited", r"schweregrad", r"severidad", r"gravidade", r"alvorlighed",
    r"sévérité",
)  # fmt: skip


def audience_of_text(text: str, *, has_subject: bool) -> Audience | None:
    """Who a message speaks to by its words."""
    if _GREETS_CUSTOMERS.search(text):
        return Audience.CUSTOMER
    if _SPEAKS_TO_TEAM.search(text):
        return Audience.INTERNAL
    return Audience.CUSTOMER if has_subject else None


CHANNELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("status page", _any(r"status ?page", r"status ?seite", r"page de statut", r"status ?sid[ea]")),
    ("slack", _any(r"\bslack\b")),
    ("teams", _any(r"\bms teams\b", r"microsoft teams", r"\bteams (?:message|channel|post)")),
    ("social", _any(r"\btweet", r"twitter", r"social media", r"mastodon", r"linkedin")),
    ("sms", _any(r"\bsms\b", r"text message")),
    ("email", _any(r"e-?mail", r"\bmail\b", r"newsletter")),
    ("phone", _any(r"phone (?:call|script)", r"\bscript\b", r"\bivr\b", r"voicemail")),
)
