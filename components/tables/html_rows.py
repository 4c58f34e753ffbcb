"""Tables of a web page, which many programs save under the name .xls, as rows. Every pattern takes time in proportion to the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from components.errors import TableError
from components.tables.limits import MAX_CELLS, MAX_COLUMNS

# What is taken is never given back (*+) and nothing reaches beyond the next "<", so no search is repeated.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*+)([^<>]*+)>|<!--|<[!?][^<>]*+>")
_SPAN = re.compile(r"\b(colspan|rowspan)\s{0,9}=\s{0,9}[\"']?(\d{1,6})", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SILENT = {"script", "style", "head", "title"}
_HTML = re.compile(r"\s*(?:<\?xml[^<>]{0,200}>|<!--|<!doctype|<(?:html|head|body|table|meta|div|style)\b)", re.IGNORECASE)
MAX_SPAN_CELLS = 2_000_000  # cells that stand for others


def looks_like_html(start: bytes) -> bool:
    text = start[:4096].decode("latin-1").lstrip("\xef\xbb\xbfþÿ\x00").replace("\x00", "")
    return _HTML.match(text) is not None and "<" in text


@dataclass
class PageTable:
    """A table of a page: its rows, each with the line of the page that it begins on. spread: cells that stand for several rows."""

    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    spread: int = 0


def tables_of_page(text: str) -> list[PageTable]:
    """The tables that hold something, in their order. A table within a cell is one of its own. Raises TableError for none."""
    tables: list[PageTable] = []
    open_tables: list[_Rows] = []
    for line, tag, attributes, content in _pieces(text):
        if open_tables and content:
            open_tables[-1].write(content)
        if tag == "table":
            open_tables.append(_Rows())
        elif tag == "/table" and open_tables:
            tables.append(open_tables.pop().end())
        elif tag and open_tables:
            open_tables[-1].take(tag, attributes, line)
    tables.extend(rows.end() for rows in open_tables)
    tables = [table for table in tables if table.rows]
    if not tables:
        raise TableError("training.html-none")
    return tables


def _pieces(text: str) -> Iterator[tuple[int, str, str, str]]:
    """(line, tag, attributes, text before the tag); text of scripts and the like is left out."""
    position, line, counted, silent = 0, 1, 0, ""
    while True:
        match = _TAG.search(text, position)
        if match is None:
            return
        content = "" if silent else text[position : match.start()]
        position = match.end()
        line, counted = line + text.count("\n", counted, position), position
        if match.group() == "<!--":
            end = text.find("-->", position)
            yield line, "", "", content
            if end < 0:
                return
            position = end + 3
            continue
        tag = (match.group(1) or "") + (match.group(2) or "").lower()
        if silent:
            silent = "" if tag == "/" + silent else silent
            continue
        if tag in _SILENT:
            silent = tag
        yield line, tag, match.group(3) or "", content


class _Rows:
    def __init__(self) -> None:
        self._table = PageTable()
        self._cells: list[str] | None = None
        self._line = 0
        self._text: list[str] | None = None
        self._across = self._down = 1
        self._waiting: dict[int, tuple[int, str]] = {}  # column -> (rows still to come, text)
        self._cost = 0

    def write(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def take(self, tag: str, attributes: str, line: int) -> None:
        if tag == "tr":
            self._end_row()
            self._cells, self._line = [], line
        elif tag in ("td", "th"):
            self._end_cell()
            if self._cells is None:
                self._cells, self._line = [], line
            self._fill_waiting()
            spans = {name.lower(): int(number) for name, number in _SPAN.findall(attributes[:2000])}
            self._across, self._down = max(spans.get("colspan", 1), 1), max(spans.get("rowspan", 1), 1)
            self._text = []
        elif tag in ("/td", "/th"):
            self._end_cell()
        elif tag == "/tr":
            self._end_row()
        elif tag == "br" and self._text is not None:
            self._text.append("<br>")

    def end(self) -> PageTable:
        self._end_row()
        return self._table

    def _end_cell(self) -> None:
        if self._text is None or self._cells is None:
            return
        shown = [_SPACES.sub(" ", unescape(part)).strip(" ") for part in "".join(self._text).split("<br>")]
        text = "\n".join(shown).replace("\xa0", " ").strip()
        self._text = None
        column = len(self._cells)
        self._pay(self._across)
        self._cells += [text] + [""] * (self._across - 1)
        if self._down > 1:
            self._waiting[column] = (self._down - 1, text)
            self._table.spread += 1

    def _fill_waiting(self) -> None:
        """Cells from the rows above that reach into this one, up to the next free column."""
        while self._cells is not None and len(self._cells) in self._waiting:
            rows, text = self._waiting.pop(len(self._cells))
            if rows > 1:
                self._waiting[len(self._cells)] = (rows - 1, text)
            self._pay(1)
            self._cells.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        self._fill_waiting()
        if self._cells and any(self._cells):
            self._table.rows.append((self._line, self._cells))
        self._cells = None

    def _pay(self, cells: int) -> None:
        self._cost += cells
        if cells > MAX_COLUMNS or self._cost > min(MAX_CELLS, MAX_SPAN_CELLS):
            raise TableError("training.html-too-large")
