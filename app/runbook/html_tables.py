"""A table that is written in HTML, as the rows of one that is written in Markdown."""

from html.parser import HTMLParser

MOST_CELLS = 2_000


def rows(html: str) -> list[list[str]]:
    """The words of each cell, row by row; empty where there is no table."""
    if "<tr" not in html.lower():
        return []
    table = _Table()
    table.feed(html)
    table.close()
    return [row for row in table.rows if row]


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._is_in_cell = False
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._is_in_cell = bool(self.rows) and self._cells < MOST_CELLS
            if self._is_in_cell:
                self._cells += 1
                self.rows[-1].append("")
        elif tag in ("br", "li", "p") and self._is_in_cell and self.rows[-1][-1]:
            self.rows[-1][-1] += "; " if tag == "li" else " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_in_cell:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]}{data}".split())
