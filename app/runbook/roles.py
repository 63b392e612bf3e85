"""The parts that people play in an incident: who holds them and what they answer for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.runbook import place_words, words
from app.runbook.levels import leading
from app.runbook.model import Role
from app.runbook.outline import Outline, Statement, Table, without_number


@dataclass
class _Draft:
    name: str
    line: int
    who: str | None = None
    backup: str | None = None
    duties: list[str] = field(default_factory=list)

    def done(self) -> Role:
        duties = tuple(dict.fromkeys(self.duties))
        return Role(self.name, self.who, self.backup, duties, self.line)


def read(outline: Outline, skip: frozenset[int]) -> tuple[Role, ...]:
    drafts: dict[str, _Draft] = {}
    for table in outline.tables:
        for draft in _tabled(table):
            _add(drafts, draft)
    for statement in outline.statements:
        if statement.line in skip or not _is_place(statement):
            continue
        for listed in _in_a_row(statement):
            _add(drafts, _Draft(listed, statement.line))
        if name := _role_name(statement):
            draft = _add(drafts, _Draft(name, statement.line))
            _put_own_words(draft, statement)
        elif owner := _owner(statement, drafts):
            _put(owner, statement)
    return tuple(d.done() for d in sorted(drafts.values(), key=lambda draft: draft.line))


def _add(drafts: dict[str, _Draft], draft: _Draft) -> _Draft:
    """The role as known so far; a later mention adds what was still open."""
    known = drafts.setdefault(draft.name.lower(), draft)
    if known is not draft:
        known.who = known.who or draft.who
        known.backup = known.backup or draft.backup
        known.duties.extend(draft.duties)
    return known


def _is_place(statement: Statement) -> bool:
    above = statement.above[1:]
    return not any(
        place_words.EXTENDED.search(text)
        or _is_about_contacts(text)
        or words.has(place_words.MESSAGES, text)
        for text in above
    )


def _is_about_contacts(text: str) -> bool:
    return words.has(place_words.CONTACT, text) and not words.has(place_words.ROLES, text)


_DUTY_LABEL = re.compile(
    rf"^(?:{place_words.DUTIES.pattern}|{place_words.WHO.pattern}|{place_words.BACKUP.pattern}|"
    rf"{place_words.REACH.pattern})(?:\s\w+)?$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\([^()]{0,60}\)\s*")


@lru_cache(maxsize=8_192)
def _clean(text: str) -> str:
    text = _ASIDE.sub(" ", without_number(text)).strip(" :*–—-")
    return re.sub(r"^[^\w]+", "", text).strip()


def _role_name(statement: Statement) -> str | None:
    """The role that a statement introduces, if it does."""
    if statement.kind in ("heading", "label"):
        name = _clean(statement.text)
    elif statement.kind == "item" or statement.lead:
        name = _clean(statement.lead or _before_colon(statement.text))
    else:
        return None
    if not name or len(name) > 50 or name.count(" ") > 5 or _DUTY_LABEL.match(name):
        return None
    if place_words.EXTENDED.search(statement.text) or _is_listing(name) or leading(name):
        return None
    if place_words.ROLE_NAME.fullmatch(name):
        told = statement.kind != "item" or statement.text.rstrip(": ") != name
        told = told or _is_bare(statement)
        return name if told and not _is_mentioned(statement) else None
    return name if _is_in_roles(statement) else None


def _is_listing(name: str) -> bool:
    """ "Incident Response Team" and "Core Team Roles" are the section, not a role."""
    return words.has(place_words.ROLES, name) and not place_words.ROLE_NAME.fullmatch(name)


def _before_colon(text: str) -> str:
    return re.split(r":\s|\s[–—-]\s|:$", text, maxsplit=1)[0] if len(text) < 600 else ""


def _is_in_roles(statement: Statement) -> bool:
    """Whether it stands directly in a section of roles, set off as one of them."""
    if not statement.above or not _is_roles_section(statement.label):
        return False
    return statement.kind in ("heading", "label") or bool(statement.lead) or _is_bare(statement)


def _in_a_row(statement: Statement) -> list[str]:
    """ "Incident Commander, Scribe, Legal" below a heading that says roles."""
    if statement.kind != "sentence" or not place_words.ROLES.fullmatch(_clean(statement.label)):
        return []
    names = [_clean(part) for part in statement.text.rstrip(".").split(",")]
    known = sum(bool(place_words.ROLE_NAME.fullmatch(name)) for name in names)
    short = all(0 < len(name.split()) <= 4 and name[0].isupper() for name in names)
    return names if len(names) > 2 and known and short else []


def _is_bare(statement: Statement) -> bool:
    """A list of roles with nothing said of them but their names."""
    text = statement.text
    listed = statement.kind == "item" and text[:1].isupper() and len(text.split()) <= 4
    return (
        listed
        and text[-1] not in ".:?"
        and bool(place_words.ROLES.fullmatch(_clean(statement.label)))
    )


def _is_roles_section(label: str) -> bool:
    return words.has(place_words.ROLES, label) and not _DUTY_LABEL.match(_clean(label))


def _is_mentioned(statement: Statement) -> bool:
    """A role in a list of people to invite or to call is only mentioned."""
    if statement.kind in ("heading", "label") or ":" in statement.text:
        return False
    return not _is_roles_section(statement.label)


def _put_own_words(draft: _Draft, statement: Statement) -> None:
    rest = _after_name(statement.text) if statement.kind in ("item", "sentence") else ""
    for part in re.split(r"(?<=[.;])\s+", rest):
        head, colon, value = part.partition(":")
        value = value.strip(" .;")
        if colon and value and place_words.BACKUP.fullmatch(head.strip()):
            draft.backup = draft.backup or value
        elif colon and value and place_words.WHO.fullmatch(head.strip()):
            draft.who = draft.who or value
        elif part:
            draft.duties.append(part)


def _after_name(text: str) -> str:
    parts = re.split(r":\s|\s[–—-]\s", text, maxsplit=1)
    return parts[1].strip() if len(parts) > 1 else ""


def _owner(statement: Statement, drafts: dict[str, _Draft]) -> _Draft | None:
    for text in reversed(statement.above[-3:]):
        name = _clean(text)
        draft = drafts.get(name.lower()) or drafts.get(_clean(_before_colon(name)).lower())
        if draft:
            return draft
    return None


def _put(draft: _Draft, statement: Statement) -> None:
    """One fact of a role: who holds it, who stands in, or something it answers for."""
    head, colon, value = statement.text.partition(":")
    head, value = head.strip(), value.strip(" .")
    if colon and value and len(head) < 40:
        if words.has(place_words.BACKUP, head):
            draft.backup = draft.backup or value
            return
        if place_words.WHO.fullmatch(head):
            draft.who = draft.who or value
            return
        if words.has(place_words.DUTIES, head):
            draft.duties.append(value)
            return
    if statement.kind in ("heading", "label") or not statement.text or statement.text[-1] == ":":
        return
    label = statement.label
    if place_words.WHO.fullmatch(label):
        draft.who = draft.who or statement.text
    elif place_words.BACKUP.fullmatch(label):
        draft.backup = draft.backup or statement.text
    else:
        draft.duties.append(statement.text)


def _tabled(table: Table) -> Iterator[_Draft]:
    if not _is_roles_table(table):
        return
    role = next(
        (i for i, head in enumerate(table.head) if words.has(place_words.ROLE_HEAD, head)), 0
    )
    backup = _column(table.head, place_words.BACKUP, role)
    who = _column(table.head, place_words.WHO, role, backup)
    duties = _column(table.head, place_words.DUTIES, role, backup, who)
    for index, row in enumerate(table.rows):
        name = _clean(row[role]) if role < len(row) else ""
        if not name or len(name) > 50 or words.has(place_words.EXTENDED, row[role]):
            continue
        draft = _Draft(name, table.line_of(index), _cell(row, who), _cell(row, backup))
        if told := _cell(row, duties):
            draft.duties.extend(part.strip() for part in told.split(";") if part.strip())
        yield draft


def _is_roles_table(table: Table) -> bool:
    if not table.head or words.in_any(place_words.EXTENDED, table.above[1:]):
        return False
    roles_section = words.in_any(place_words.ROLES, table.above[-2:])
    if not words.has(place_words.ROLE_HEAD, table.head[0]):
        return False
    reach = words.in_any(place_words.REACH, table.head)
    about_contacts = any(_is_about_contacts(text) for text in table.above[1:])
    if about_contacts and not roles_section:
        # Without a way to reach anybody it is a list of who plays which part.
        return not reach and words.in_any(place_words.BACKUP, table.head[1:])
    duties = words.in_any(place_words.DUTIES, table.head[1:])
    known = sum(bool(place_words.ROLE_NAME.fullmatch(_clean(row[0]))) for row in table.rows if row)
    return duties or roles_section or (bool(known) and not reach)


def _column(head: Sequence[str], named: words.Vocabulary, *taken: int | None) -> int | None:
    return next((i for i, cell in enumerate(head) if named.search(cell) and i not in taken), None)


def _cell(row: Sequence[str], column: int | None) -> str | None:
    if column is None or column >= len(row):
        return None
    return row[column].strip() or None
