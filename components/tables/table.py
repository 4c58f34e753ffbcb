"""The one reader of tables: CSV, TSV, XLSX, JSON Lines and plain text, whatever their encoding, up to 200 MB and 200,000 rows.

Every cell is a str as it stands in the file: "NA", "null" and "" stay what they are. A row that cannot be read is listed and the rest
goes on.

Memory: beside the bytes given, which the caller holds, the frame keeps the text as UTF-8 in Arrow columns and 8 bytes for a cell, at most
2 x the file + 160 MB in all, peak included. Measured: 1.6 x the file for 56 MB of UTF-8 text, 3.2 x for 40 MB of cp932 (three bytes a
character instead of two), 5.6 x for 19 MB of one-letter cells. An XLSX file is small for what is in it: 23 MB for 40,000 rows of text.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import pandas as pd
import pyarrow as pa

from components.errors import TableError
from components.tables.delimited import Lines, Problem, Records, problem
from components.tables.delimiter import DELIMITERS, filled_width
from components.tables.encoding import Other, damaged, find_readings, glimpse, repaired
from components.tables.limits import LINE_REPORT, MAX_BYTES, MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_PROBLEMS, MAX_ROWS
from components.tables.sheet import OLE2, sheet_rows

KINDS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".txt": "txt"}
KINDS |= {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
CHUNK_ROWS = 4_000
CHUNK_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Table:
    """A table as read. `frame`: every column of dtype str, no missing values. `delimiter`: None where columns aren't parted by one.

    `problems`: the rows left out, at most 10,000 of them; `skipped` counts all. `renamed`: (column number from 1, name as it stood, name
    given) for blank and repeated headers. `lines`: the physical line (a sheet's row) that each row of `frame` starts on.
    `alternatives`: encodings by which the file can be read about as well.
    """

    frame: pd.DataFrame
    encoding: str | None
    delimiter: str | None
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0
    renamed: tuple[tuple[int, str, str], ...] = ()
    lines: tuple[int, ...] = field(default=(), repr=False)
    alternatives: tuple[Other, ...] = ()


def read_table(data: bytes, name: str, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Read an uploaded file. `name` tells its kind by the ending; `encoding` and `delimiter` ("" for a single column) override what is
    found.

    Raises TableError where there is no table: an empty file, a picture, a damaged workbook, an unknown encoding, a header with no row
    under it.
    """
    if delimiter is not None and delimiter not in ("", *DELIMITERS):
        raise TableError("training.unknown-delimiter", found=delimiter[:20])
    if len(data) > MAX_BYTES:
        raise TableError("training.file-too-large", size=round(len(data) / 1e6), limit=round(MAX_BYTES / 1e6))
    kind = KINDS.get(PurePath(name).suffix.lower(), "csv")
    if kind == "xlsx" or data.startswith((b"PK\x03\x04", OLE2)):
        return _from_rows(sheet_rows(data), None, None)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise TableError("training.file-empty")
    found = find_readings(data, encoding)
    return replace(_of_text(data, found.encoding, kind, delimiter), alternatives=found.alternatives)


def _of_text(data: bytes, codec: str, kind: str, delimiter: str | None) -> Table:
    lines = Lines(data, codec)
    try:
        if kind == "jsonl":
            return _from_json_lines(lines, codec)
        if kind == "txt" and delimiter is None and not _is_tab_table(lines):
            return _from_text(lines, codec)
        records = Records(lines, tabs_only=kind == "tsv", delimiter=delimiter)
        return _from_rows(records, codec, records.dialect.delimiter)
    except UnicodeError as error:  # a codec that breaks off instead of marking the place (UTF-16 cut in the middle, a wrong override)
        raise TableError("training.wrong-encoding", name=codec) from error


class _Builder:
    """Collects rows in chunks of Arrow columns, so that Python strings exist for one chunk only."""

    def __init__(self, columns: list[str]):
        self.columns = columns
        self.index = {name: number for number, name in enumerate(columns)}
        self.rows = self.skipped = 0
        self.problems: list[Problem] = []
        self.lines: list[int] = []
        self._chunk: list[list[str]] = []
        self._characters = 0
        self._tables: list[pa.Table] = []

    @property
    def full(self) -> bool:
        return self.rows >= MAX_ROWS or self.rows * max(len(self.columns), 1) >= MAX_CELLS

    def skip(self, trouble: Problem) -> None:
        self.skipped += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(trouble)

    def add(self, line: int, cells: list[str]) -> None:
        self.rows += 1
        self.lines.append(line)
        self._chunk.append(cells)
        self._characters += sum(map(len, cells))
        if len(self._chunk) >= CHUNK_ROWS or self._characters >= CHUNK_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        width = len(self.columns)
        rows = [cells + [""] * (width - len(cells)) for cells in self._chunk]
        columns = [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]
        self._tables.append(pa.table(columns, names=[str(number) for number in range(width)]))
        self._chunk, self._characters = [], 0

    def table(self, encoding: str | None, delimiter: str | None, renamed: tuple[tuple[int, str, str], ...] = ()) -> Table:
        if self._chunk:
            self._flush()
        if not self.rows:
            raise TableError("training.no-rows", skipped=self.skipped)
        series = {}
        for number, name in enumerate(self.columns):
            chunks = []
            for table in self._tables:
                known = number < table.num_columns  # JSON Lines may bring a column late
                part = table.column(number) if known else pa.chunked_array([pa.array([""] * table.num_rows, pa.large_string())])
                chunks.extend(part.chunks)
            series[name] = pd.Series(pd.array(pa.chunked_array(chunks, pa.large_string()), dtype="str"))
        frame = pd.DataFrame(series, columns=pd.Index(self.columns, dtype="object"))
        return Table(frame, encoding, delimiter, self.problems, self.skipped, renamed, tuple(self.lines))


def _from_rows(rows: Iterator, encoding: str | None, delimiter: str | None) -> Table:
    rows = iter(rows)
    early: list[Problem] = []
    for row in rows:
        if not isinstance(row, Problem):
            break
        early.append(row)
        if len(early) > LINE_REPORT:
            raise TableError("training.no-header", line=early[0].line)
    else:
        if early:
            raise TableError("training.no-header", line=early[0].line)
        raise TableError("training.file-empty")
    columns, renamed = _names(row[1])
    build = _Builder(columns)
    for trouble in early:
        build.skip(trouble)
    width, required = len(columns), max(filled_width(row[1]), 1)
    for row in rows:
        if build.full:
            line = row.line if isinstance(row, Problem) else row[0]
            build.skip(problem(line, "training.too-many-rows", limit=build.rows))
            break
        if build.skipped > MAX_ROWS:
            break
        if isinstance(row, Problem):
            build.skip(row)
            continue
        line, cells = row
        if len(cells) > width:
            cells = cells[: max(filled_width(cells), width)]
        if len(cells) > width or (len(cells) < required and encoding is not None):
            build.skip(problem(line, "training.row-ragged", found=len(cells), expected=width))
            continue
        build.add(line, cells)
    return build.table(encoding, delimiter, renamed)


def _names(header: list[str]) -> tuple[list[str], tuple[tuple[int, str, str], ...]]:
    """Column names without spaces around them, none blank, none twice."""
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


def _is_tab_table(lines: Lines) -> bool:
    """A text file is lines of text, unless every line of its start has the same number of tabs."""
    counts = {line.count("\t") for line in lines.peek(50) if line.strip()}
    return len(counts) == 1 and counts.pop() > 0


def _from_text(lines: Lines, encoding: str) -> Table:
    build = _Builder(["text"])
    for line in lines:
        text = line.rstrip("\r\n")
        if not text.strip():
            continue
        if build.full:
            build.skip(problem(lines.number, "training.too-many-rows", limit=build.rows))
            break
        if trouble := _line_trouble(text, lines.number):
            build.skip(trouble)
        else:
            build.add(lines.number, [text])
    return build.table(encoding, None)


def _line_trouble(text: str, number: int) -> Problem | None:
    if len(text) > MAX_CELL:
        return problem(number, "training.row-too-long", limit=MAX_CELL)
    if damaged(text):
        return problem(number, "training.row-undecodable", text=glimpse(text))
    if "\x00" in text:
        return problem(number, "training.row-nul")
    return None


def _from_json_lines(lines: Lines, encoding: str) -> Table:
    build = _Builder([])
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if build.full:
            build.skip(problem(lines.number, "training.too-many-rows", limit=build.rows))
            break
        trouble = _line_trouble(text, lines.number)
        row = None if trouble else _json_object(text)
        if row is None:
            build.skip(trouble or problem(lines.number, "training.row-json"))
            if build.skipped > MAX_ROWS:
                break
            continue
        cells = [""] * len(build.columns)
        for key, value in row.items():
            name = key.strip() or "column"
            if name not in build.index:
                if len(build.columns) >= MAX_COLUMNS:
                    raise TableError("training.too-many-columns", found=len(build.columns) + 1, limit=MAX_COLUMNS)
                build.index[name] = len(build.columns)
                build.columns.append(name)
                cells.append("")
            cells[build.index[name]] = value
        build.add(lines.number, cells)
    return build.table(encoding, None)


def _json_object(text: str) -> dict[str, str] | None:
    """One JSON object with its values as text: numbers as they are written, null as "", lists and objects as JSON. None if it is no
    object.
    """
    try:
        row = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        if not isinstance(row, dict) or not row:
            return None
        if any(isinstance(value, dict | list) for value in row.values()):
            row |= {key: value for key, value in json.loads(text).items() if isinstance(value, dict | list)}
        cells = {key: value if isinstance(value, str) else _json_text(value) for key, value in row.items()}
    except (ValueError, RecursionError):
        return None
    # "\ud83d" without its second half is valid JSON and no text; a zero byte can hide behind an escape as well.
    if any(damaged(key) or damaged(value) or "\x00" in key + value for key, value in cells.items()):
        return None
    return cells


def _json_text(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
