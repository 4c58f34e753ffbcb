"""Rows become a frame, in chunks of Arrow columns, so that Python strings exist for one chunk only."""

from collections import Counter
from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from components.errors import TableError
from components.tables.account import Problem, problem
from components.tables.encoding import damaged, glimpse, repaired
from components.tables.limits import MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_PROBLEMS, MAX_ROWS
from components.tables.values import filled_width

CHUNK_ROWS = 4_000
CHUNK_CHARACTERS = 2_000_000


class Builder:
    """Collects the rows of a table, and what is to be said of those left out."""

    def __init__(self, columns: list[str]):
        self.columns = columns
        self.index = {name: number for number, name in enumerate(columns)}
        self.rows = 0
        self.counts: Counter[str] = Counter()  # of the rows left out, by reason
        self.problems: list[Problem] = []
        self.lines: list[int] = []
        self.unread_from: int | None = None
        self._skipped = 0
        self._chunk: list[list[str]] = []
        self._characters = 0
        self._tables: list[pa.Table] = []

    @property
    def full(self) -> bool:
        return self.rows >= MAX_ROWS or self.rows * max(len(self.columns), 1) >= MAX_CELLS

    def stop_at(self, line: int) -> None:
        """Nothing is read from this line on: the table is full."""
        self.skip(problem(line, "training.too-many-rows", limit=self.rows))
        self.unread_from = line

    def skip(self, trouble: Problem) -> bool:
        """Counts a row that is left out; whether too many are by now."""
        self.counts[trouble.reason] += 1
        self._skipped += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(trouble)
        if self._skipped > MAX_ROWS and self.unread_from is None:
            self.unread_from = trouble.line + 1
        return self._skipped > MAX_ROWS

    def add(self, line: int, cells: list[str]) -> None:
        self.rows += 1
        self.lines.append(line)
        self._chunk.append(cells)
        self._characters += sum(map(len, cells))
        if len(self._chunk) >= CHUNK_ROWS or self._characters >= CHUNK_CHARACTERS:
            self._flush()

    def add_named(self, line: int, row: dict[str, str]) -> None:
        """A row that brings its columns, perhaps new ones. Raises TableError for too many of them."""
        cells = [""] * len(self.columns)
        for key, value in row.items():
            name = key.strip() or "column"
            if name not in self.index:
                if len(self.columns) >= MAX_COLUMNS:
                    raise TableError("training.too-many-columns", found=len(self.columns) + 1, limit=MAX_COLUMNS)
                self.index[name] = len(self.columns)
                self.columns.append(name)
                cells.append("")
            cells[self.index[name]] = value
        self.add(line, cells)

    def last_rows(self, most: int) -> list[list[str]]:
        """Of the rows added last, those that are not yet in a column: few where a chunk has just ended."""
        width = len(self.columns)
        return [cells + [""] * (width - len(cells)) for cells in self._chunk[-most:]]

    def _flush(self) -> None:
        width = len(self.columns)
        rows = [cells + [""] * (width - len(cells)) for cells in self._chunk]
        columns = [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]
        self._tables.append(pa.table(columns, names=[str(number) for number in range(width)]))
        self._chunk, self._characters = [], 0

    def frame(self) -> pd.DataFrame:
        """Every column of dtype str. Raises TableError where no row is left."""
        if self._chunk:
            self._flush()
        if not self.rows:
            raise TableError("training.no-rows", skipped=self._skipped)
        series = {}
        for number, name in enumerate(self.columns):
            chunks: list[pa.Array] = []
            for table in self._tables:
                known = number < table.num_columns  # JSON Lines may bring a column late
                part = table.column(number) if known else pa.chunked_array([pa.array([""] * table.num_rows, pa.large_string())])
                chunks.extend(part.chunks)
            series[name] = pd.Series(pd.array(pa.chunked_array(chunks, pa.large_string()), dtype="str"))
        return pd.DataFrame(series, columns=pd.Index(self.columns, dtype="object"))


def column_names(header: list[str]) -> tuple[list[str], tuple[tuple[int, str, str], ...]]:
    """Names without spaces around them, none blank, none twice; and (column number from 1, name as it stood, name given) of the changed."""
    cells = [repaired(cell).strip() for cell in header]
    while len(cells) > MAX_COLUMNS and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise TableError("training.too-many-columns", found=len(cells), limit=MAX_COLUMNS)
    taken, names, renamed = set(cells), [], []
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        name = cell or f"column {number}"
        count = 2
        while name in seen or (name != cell and name in taken):
            name = f"{cell or f'column {number}'} ({count})"
            count += 1
        if name != cell:
            renamed.append((number, cell, name))
        seen.add(name)
        names.append(name)
    return names, tuple(renamed)


def width_of(rows: Iterable[list[str]]) -> int:
    """How many columns rows without a header have: as many as most of them fill."""
    widths = Counter(max(filled_width(cells), 1) for cells in rows)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def line_trouble(text: str, number: int) -> Problem | None:
    """Why this line of text, or cell, can't be used."""
    if len(text) > MAX_CELL:
        return problem(number, "training.row-too-long", limit=MAX_CELL)
    if damaged(text):
        return problem(number, "training.row-undecodable", text=glimpse(text))
    if "\x00" in text:
        return problem(number, "training.row-nul")
    return None
