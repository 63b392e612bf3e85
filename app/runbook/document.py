"""A Markdown document as blocks, each with its line and the headings it stands under."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.runbook import html_tables


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    line: int


@dataclass
class Item:
    """A list item: its own words, whether it is a task box, and what is nested in it."""

    text: str
    line: int
    children: list["Item"] = field(default_factory=list)
    ordered: bool = False


@dataclass
class Block:
    """A paragraph, fence, quote, list, table, html or rule; only the fields of its kind are set.

    `text` is the source of a paragraph, the content of a fence, or the words of a quote without
    its marks. `line` is the 1-based line where that text starts (a fence's first body line).
    `path` are the headings above, outermost first.
    """

    kind: str
    line: int
    text: str = ""
    info: str = ""
    items: list[Item] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    """A table's rows; the first is its head."""
    path: tuple[Heading, ...] = ()


@dataclass
class Document:
    """The part that was read. `unread_from` is the line where reading stopped, if it did."""

    text: str
    lines: list[str]
    headings: list[Heading]
    blocks: list[Block]
    unread_from: int | None = None


# Real runbooks stay below 100,000 characters and 2,500 written lines. The limits are what can be
# read within a second whatever the text holds; a cell of a table costs a fraction of a line.
MOST_CHARACTERS = 150_000
MOST_WORK = 3_500
_WORK_OF_A_CELL = 0.25


def parse(text: str) -> Document:
    """Cut Markdown into blocks. Any text is a document; nothing raises."""
    lines, unread_from = _readable(text.split("\n"))
    text = "\n".join(lines)
    tokens = _PARSER.parse(text)
    headings: list[Heading] = []
    blocks = list(_walk(tokens, lines, headings))
    return Document(text, lines, headings, blocks, unread_from)


def _readable(lines: list[str]) -> tuple[list[str], int | None]:
    """As many lines as can be read in time, and the first line after them."""
    work, characters = 0.0, 0
    for index, line in enumerate(lines):
        characters += len(line) + 1
        if line.strip():
            work += 1 + _WORK_OF_A_CELL * line.count("|")
        if characters > MOST_CHARACTERS or work > MOST_WORK:
            if index == 0:
                return [line[:MOST_CHARACTERS] if line.count("|") <= MOST_WORK else ""], 1
            return lines[:index], index + 1
    return lines, None


def _walk(tokens: Sequence[Token], lines: list[str], headings: list[Heading]) -> Iterator[Block]:
    path: list[Heading] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at)
        line = (token.map[0] if token.map else 0) + 1
        if _is_heading(token, tokens[at + 1 : at + 2]):
            heading = Heading(int(token.tag[1]), tokens[at + 1].content.strip(), line)
            path = [above for above in path if above.level < heading.level] + [heading]
            headings.append(heading)
        elif token.type in ("paragraph_open", "heading_open"):
            yield Block("paragraph", line, tokens[at + 1].content, path=tuple(path))
        elif token.type == "blockquote_open":
            yield Block("quote", line, _source(token, lines, strip=">"), path=tuple(path))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            items, inner = _items(tokens[at : end + 1])
            yield Block("list", line, items=items, path=tuple(path))
            for nested in inner:
                nested.path = tuple(path)
                yield nested
        elif block := _simple(tokens[at : end + 1], line, tuple(path)):
            yield block
        at = end + 1


def _simple(tokens: Sequence[Token], line: int, path: tuple[Heading, ...]) -> Block | None:
    """A block that is cut from its own tokens alone."""
    token = tokens[0]
    if token.type in ("fence", "code_block"):
        first = line + 1 if token.type == "fence" else line
        return Block("fence", first, token.content, token.info.strip(), path=path)
    if token.type == "table_open":
        return Block("table", line, rows=_rows(tokens), path=path)
    if token.type == "html_block":
        rows = html_tables.rows(token.content)
        if rows:
            return Block("table", line, rows=rows, path=path)
        return Block("html", line, token.content, path=path)
    return Block("rule", line, path=path) if token.type == "hr" else None


def _is_heading(token: Token, inline: Sequence[Token]) -> bool:
    """Whether a heading was meant: several lines above a rule are a paragraph to their writer."""
    if token.type != "heading_open":
        return False
    return not (token.markup == "-" and inline and "\n" in inline[0].content)


def _closing(tokens: Sequence[Token], at: int) -> int:
    """The index of the token that closes the one at `at`, or `at` itself."""
    if tokens[at].nesting != 1:
        return at
    level = tokens[at].level
    for index in range(at + 1, len(tokens)):
        if tokens[index].nesting == -1 and tokens[index].level == level:
            return index
    return len(tokens) - 1


def _source(token: Token, lines: list[str], *, strip: str) -> str:
    start, end = token.map or (0, 0)
    cut = []
    for line in lines[start:end]:
        bare = line.lstrip()
        if bare.startswith(strip):
            bare = bare[1:]
            bare = bare[1:] if bare.startswith(" ") else bare
        cut.append(bare)
    return "\n".join(cut).rstrip()


def _items(tokens: Sequence[Token]) -> tuple[list[Item], list[Block]]:
    """The items of a list, nested ones inside theirs, and the fences and tables in it."""
    top: list[Item] = []
    stack: list[Item] = []
    inner: list[Block] = []
    kinds: list[bool] = []
    after_table = 0
    for at, token in enumerate(tokens):
        if at < after_table:
            continue
        if token.type in ("bullet_list_open", "ordered_list_open"):
            kinds.append(token.type == "ordered_list_open")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            kinds.pop()
        elif token.type == "list_item_open":
            item = Item("", (token.map[0] if token.map else 0) + 1, ordered=kinds[-1])
            (stack[-1].children if stack else top).append(item)
            stack.append(item)
        elif token.type == "list_item_close":
            stack.pop()
        elif token.type == "inline" and stack:
            words = token.content
            stack[-1].text = f"{stack[-1].text}\n{words}" if stack[-1].text else words
        elif token.type == "table_open":
            after_table = _closing(tokens, at) + 1
            line = (token.map[0] if token.map else 0) + 1
            inner.append(Block("table", line, rows=_rows(tokens[at:after_table])))
        elif token.type in ("fence", "code_block"):
            start = (token.map[0] if token.map else 0) + (2 if token.type == "fence" else 1)
            inner.append(Block("fence", start, token.content, token.info.strip()))
    return top, inner


def _rows(tokens: Sequence[Token]) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content.strip())
    return rows


# Blocks only: what stands inside a line is read by our own patterns, and the inline rules are
# quadratic on hostile text.
_PARSER = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable("inline")
