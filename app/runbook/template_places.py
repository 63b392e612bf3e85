"""The places of a document where a message may stand: fences, quotes, prose and list items."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from app.runbook import audience_words, blanks
from app.runbook import template_parts as parts
from app.runbook import template_sort as sort
from app.runbook import template_words as words
from app.runbook.document import Block, Document, Heading, Item
from app.runbook.template_parts import Line
from app.runbook.template_place import Place, is_about_messages, named


def all_places(document: Document) -> Iterator[Place]:
    """Every place in the order of the document."""
    starts = sorted({block.line for block in document.blocks} | {h.line for h in document.headings})
    run: list[Block] = []
    for block in document.blocks:
        if run and (block.kind not in _PROSE or block.path != run[-1].path):
            yield from _prose(run, document, starts)
            run = []
        if block.kind == "fence":
            yield _fence(block, document)
        elif block.kind == "quote":
            yield from _quote(block, document)
        elif block.kind == "table":
            yield from _table(block)
        elif block.kind in _PROSE:
            run.append(block)
    if run:
        yield from _prose(run, document, starts)


def _fence(block: Block, document: Document) -> Place:
    label, subject, prose = _said_above(document, block.line - 1, block.path)
    lines = parts.number(block.text.rstrip("\n"), block.line)
    covers = range(block.line - 1, block.line + len(lines) + 1)
    return Place("fence", lines, block.path, covers, block.info, label, subject, prose)


def _quote(block: Block, document: Document) -> Iterator[Place]:
    yield _quoted(parts.number(block.text, block.line), document, block.path)


def _quoted(lines: tuple[Line, ...], document: Document, path: tuple[Heading, ...]) -> Place:
    label, subject, prose = _said_above(document, lines[0][0], path)
    covers = range(lines[0][0], lines[-1][0] + 1)
    return Place("quote", lines, path, covers, "", label, subject, prose)


def _said_above(
    document: Document, line: int, path: tuple[Heading, ...]
) -> tuple[str | None, str | None, str]:
    """Label, subject and other prose directly above a line, up to the heading."""
    label, subject, prose = None, None, []
    floor = path[-1].line if path else 0
    for at in range(line - 1, max(floor, line - 9), -1):
        text = document.lines[at - 1].strip()
        if not text:
            continue
        if parts.BODY_MARK.fullmatch(text):
            continue
        if found := _SUMMARY.fullmatch(text):
            label = parts.clean_name(found["name"])
            break
        if text.startswith(("```", "~~~", "|", "#", "<!--", ">")) or _is_rule(text):
            break
        if found := words.SUBJECT.match(text):
            subject = parts.clean_subject(found["subject"])
        elif name := _label_of(text):
            label = name
            break
        else:
            prose.append(text)
    return label, subject, "\n".join(prose)


def _label_of(text: str) -> str | None:
    bare = _BULLET.sub("", text)
    if found := _BOLD_LABEL.fullmatch(bare) or _ITALIC_LABEL.fullmatch(bare):
        return parts.clean_name(found["name"])
    ends = bare.endswith(":") or (bare != text and not bare.endswith("."))
    short = ends and len(bare.split()) <= 7 and not bare[:1].islower()
    return parts.clean_name(bare) if short and not sort.is_instruction(bare.rstrip(":")) else None


def _is_rule(text: str) -> bool:
    return len(text) >= 3 and not text.strip("-*_ ")


def _prose(run: list[Block], document: Document, starts: list[int]) -> Iterator[Place]:
    """Messages in paragraphs and lists: a piece for each label, a place for each telling item."""
    path = run[0].path
    end = starts[at] - 1 if (at := bisect_right(starts, run[-1].line)) < len(starts) else None
    last = end or len(document.lines)
    if not _may_hold_messages(document.lines[run[0].line - 1 : last], path):
        return
    items = [item for block in run if block.kind == "list" for item in block.items]
    messages = list(islice(filter(None, (_item(item, path) for item in items)), MOST))
    told = [(at, document.lines[at - 1].rstrip()) for at in range(run[0].line, last + 1)]
    messages += [_quoted(lines, document, path) for lines in parts.quotes_within(told)]
    if messages:
        yield from messages
        return
    for label, lines in _pieces(run[0].line, last, document):
        while lines and (not lines[0][1].strip() or _leads_in(lines)):
            lines = _after_paragraph(lines)
        if any(text.strip() for _, text in lines):
            covers = range(lines[0][0], lines[-1][0] + 1)
            yield Place("prose", tuple(lines), path, covers, label=label)


def _may_hold_messages(lines: list[str], path: tuple[Heading, ...]) -> bool:
    """A quick look that spares most of a document the slow one."""
    if is_about_messages("\n".join(named(path))) or any(map(_MARK.search, lines)):
        return True
    labels = "\n".join(line[:80] for line in lines if line.startswith(("**", "__")))
    return is_about_messages(labels[:2000])


def _pieces(first: int, last: int, document: Document) -> Iterator[tuple[str | None, list[Line]]]:
    label: str | None = None
    lines: list[Line] = []
    for at in range(first, last + 1):
        text = document.lines[at - 1].rstrip()
        bold = _BOLD_LABEL.fullmatch(text.strip())
        lead = _LEAD.fullmatch(text.strip())
        if parts.BODY_MARK.fullmatch(text) or text.lstrip().startswith("```"):
            lines.append((at, ""))
        elif _names_quote(text.strip(), document.lines[at : at + 2]):
            yield label, lines
            label, lines = parts.clean_name(text), []
        elif bold and not words.NO_TITLE.fullmatch(bold["name"].strip(" :")):
            yield label, lines
            label, lines = parts.clean_name(bold["name"]), []
        elif lead and _is_lead(lead["name"], lead["rest"]):
            yield label, lines
            label, lines = parts.clean_name(lead["name"]), [(at, parts.unquoted(lead["rest"]))]
        elif _is_rule(text.strip()):
            yield label, lines
            label, lines = None, []
        else:
            lines.append((at, parts.unquoted(text) if parts.is_quoted(text) else text))
    yield label, lines


def _names_quote(text: str, following: list[str]) -> bool:
    """Whether a line such as "Update:" names the words in quotation marks below it."""
    if not _PLAIN_LABEL.fullmatch(text):
        return False
    below = next((line.strip() for line in following if line.strip()), "")
    name = text.rstrip(":")
    return below[:1] in ('"', "“", "„", "«", "`") and bool(
        words.stage_of_name(name) or words.stage_named(name) or audience_words.audience_of(name)
    )


def _leads_in(lines: list[Line]) -> bool:
    text = "\n".join(text for _, text in lines[: _paragraph_length(lines)])
    return sort.is_instruction(text) and not words.SUBJECT.match(lines[0][1])


def _paragraph_length(lines: list[Line]) -> int:
    return next((at for at, (_, text) in enumerate(lines) if not text.strip()), len(lines))


def _after_paragraph(lines: list[Line]) -> list[Line]:
    return lines[max(1, _paragraph_length(lines)) :]


def _item(item: Item, path: tuple[Heading, ...]) -> Place | None:
    """A list item that is a whole message after its name."""
    found = _LEAD.fullmatch(item.text)
    if not found or len(item.text) > sort.LONGEST_MESSAGE:
        return None
    name, rest = found["name"], found["rest"]
    is_template = words.TEMPLATES.search("\n".join(named(path))) and parts.is_quoted(rest)
    if not _is_lead(name, rest, wanted=bool(is_template)):
        return None
    skipped = item.text[: found.start("rest")].count("\n")
    lines = parts.number(parts.unquoted(rest), item.line + skipped)
    covers = range(item.line, lines[-1][0] + 1)
    return Place("item", lines, path, covers, label=parts.clean_name(name))


def _table(block: Block) -> Iterator[Place]:
    """Messages in the cells of a table whose rows are named after stages or audiences."""
    head, *rows = block.rows or [[]]
    headings = "\n".join(named(block.path))
    if not is_about_messages(headings):
        return
    worded = [at for at, cell in enumerate(head) if at and _WORDING.fullmatch(cell.strip(" *"))]
    for index, row in enumerate(rows):
        line = block.line + 2 + index
        told = [at for at, cell in enumerate(row) if at and sort.reads_like_message(cell)]
        told = told or [at for at in worded if at < len(row)]
        for at in told:
            title = row[0] if len(told) == 1 or at >= len(head) else f"{row[0]} - {head[at]}"
            cell = _BREAK.sub("\n", parts.unquoted(row[at]))
            lines = tuple((line, text.strip()) for text in cell.split("\n"))
            if _is_lead(title, row[at], wanted=at in worded):
                yield Place("item", lines, block.path, range(line, line + 1), label=title)


def _is_lead(name: str, rest: str, *, wanted: bool = False) -> bool:
    if blanks.find(name):
        return False  # "The cause of the problem with <service> is found: <cause>" is a sentence.
    bare = parts.clean_name(name)
    tells = words.stage_named(bare) or words.stage_of_name(bare) or audience_words.audience_of(bare)
    words_to_send = parts.unquoted(rest)
    if words_to_send[:1].islower() and not blanks.find(words_to_send):
        return False
    if words.stage_named(bare) and len(rest.split()) >= 3 and sort.is_statement(words_to_send):
        return True
    if sort.is_instruction(bare):
        return False
    quoted = parts.is_quoted(rest) and sort.is_statement(words_to_send)
    speaks = wanted or quoted or sort.reads_like_message(words_to_send)
    return bool(tells) and len(rest.split()) >= (3 if quoted else 5) and speaks


MOST = 400
_WORDING = re.compile(
    r"(?:message|template|text|wording|copy|what to say|vorlage|nachricht|modèle|mensaje|mensagem|"
    r"plantilla|modelo|tekst|skabelon|mal|mall)(?: text| template)?",
    re.I,
)
_BREAK = re.compile(r"\s*<br ?/?>\s*", re.I)
_MARK = re.compile(r"[\[{<]|\(\(|__")
_PROSE = ("paragraph", "list", "rule")
_BULLET = re.compile(r"^(?:[-*+]|\d{1,3}[.)])\s+")
_SUMMARY = re.compile(r"(?:<details>)?\s*<summary>(?P<name>[^<>]{1,100})</summary>")
_PLAIN_LABEL = re.compile(r"[^\W\d_][^:.!?\[\]\n]{1,60}:")
_BOLD_LABEL = re.compile(
    r"(?:\d{1,3}[.)]\s+|[-*+]\s+)?(?:\*\*|__)(?P<name>[^*\n]{1,100})(?:\*\*|__)\s{0,3}"
    r"(?P<more>\([^()\n]{1,60}\))?\s{0,3}:?"
)
_ITALIC_LABEL = re.compile(r"([*_])(?P<name>[^*_\n.]{1,60}):?\1:?")
_LEAD = re.compile(
    r"(?:\*\*|__)?(?P<name>[^*:\n\[\]]{2,60}?)(?::(?:\*\*|__)|(?:\*\*|__)\s{0,2}(?::|–|—|-|\n)|:|\s[–—-](?=\s))"
    r"\s{0,4}(?P<rest>\S.*)",
    re.S,
)
