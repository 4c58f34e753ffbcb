"""The sheets of an XLSX workbook as rows of strings (ECMA-376; a zip of XML), with an end to how far a small file may grow."""

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from components.errors import TableError
from components.tables.account import Problem
from components.tables.builder import line_trouble
from components.tables.header import FIRST_ROWS, Row
from components.tables.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEET_BYTES, MAX_SHEET_RATIO, SHEET_ROWS
from components.tables.merged import MergedCells
from components.tables.rows import take
from components.tables.values import filled_count, is_like_names

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old .xls, and any workbook under a password
MAX_SHEETS = 12  # looked at for the likeliest
SURE = 30  # the score of a sheet that needs no other beside it
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OF_NOTES = re.compile(
    r"説明|はじめ|概要|注意|表紙|目次|凡例|変更履歴|読んで|read.?me|notes?|cover|info|about|contents|legend|instructions", re.IGNORECASE
)


class SheetRows:
    """The rows of one sheet: iterating gives (row number from 1, cells), or what is wrong with the row; blank rows are left out.

    Raises TableError where a sheet is a bomb. unsaved: row -> formulas in it whose value was never computed; merged: rows that took a value
    from a merged cell. Both are whole when the rows are.
    """

    def __init__(self, reader: Any, sheet: Any):
        self.name = str(sheet.title)
        self.unsaved: dict[int, int] = {}
        self._cells: MergedCells | None = None
        sheet.reset_dimensions()  # a false dimension would pad every row to 16,384 cells
        self._rows = self._read(reader, sheet)

    @property
    def merged(self) -> list[int]:
        return self._cells.lines if self._cells else []

    def first(self) -> list[Row | Problem]:
        """The first rows, which iterating still gives."""
        first, self._rows = take(self._rows, FIRST_ROWS)
        return first

    def __iter__(self) -> Iterator[Row | Problem]:
        return self._rows

    def _read(self, reader: Any, sheet: Any) -> Iterator[Row | Problem]:
        from components.tables.workbook import UNSAVED

        cells = given = 0
        with _damage_said():
            for number, values in reader.rows(sheet):
                if self._cells is None:
                    self._cells = MergedCells(reader.archive.last.merged)
                cells += len(values)
                if cells > MAX_CELLS + 4 * SHEET_ROWS:
                    raise TableError("training.sheet-too-large", size=round(cells / 1e6), limit=round(MAX_CELLS / 1e6))
                texts = _texts(values)
                if not texts:
                    continue
                if len(texts) > MAX_COLUMNS:
                    raise TableError("training.too-many-columns", found=len(texts), limit=MAX_COLUMNS)
                if UNSAVED in values:
                    self.unsaved[number] = values.count(UNSAVED)
                    texts = ["" if value is UNSAVED else text for value, text in zip(values, texts, strict=False)]
                self._cells.fill(number, texts)
                given += 1
                yield _trouble(number, texts) or (number, texts)
                if given > MAX_ROWS + 1:
                    return


def open_sheet(data: bytes, wanted: str | None = None) -> tuple[SheetRows, tuple[str, ...]]:
    """The sheet `wanted`, else the first that holds a table or is most like one, and the names of all that can be seen.

    Raises TableError for a file that is no workbook, a damaged one, or a bomb.
    """
    _check_archive(data)
    from components.tables.workbook import WorkbookReader  # openpyxl takes a while to import

    with _damage_said():
        reader = WorkbookReader(data)
        reader.read()
        book = reader.wb
        seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        names = tuple(str(sheet.title) for sheet in seen)
        if wanted in names:
            return SheetRows(reader, seen[names.index(wanted)]), names
        return _likeliest([SheetRows(reader, sheet) for sheet in seen[:MAX_SHEETS]]), names


def _likeliest(sheets: list[SheetRows]) -> SheetRows:
    best, best_score = None, 0.0
    for sheet in sheets:
        rows = [row[1] for row in sheet.first() if not isinstance(row, Problem)]
        score = _table_score(sheet.name, rows) * (3 if best is None else 1)  # the first that holds anything
        if rows and (best is None or score > best_score):
            best, best_score = sheet, score
        if best_score >= SURE:
            break
    if best is None:
        raise TableError("training.file-empty")
    return best


def _table_score(name: str, rows: list[list[str]]) -> float:
    """How much the first rows of a sheet are like a table: rows of several cells, under names; a note is a few lines."""
    wide = sum(filled_count(cells) > 1 for cells in rows)
    score = min(max(wide, 0.3 * len(rows)), SURE)
    if not any(is_like_names(cells) and filled_count(cells) > 1 for cells in rows[:10]) and wide:
        score *= 0.5
    return score * 0.3 if _OF_NOTES.search(name[:60]) else score


@contextmanager
def _damage_said() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and extensions that don't matter here
            yield
    except TableError:
        raise
    # A damaged workbook makes openpyxl and the XML parser raise almost anything (KeyError, ValueError, ParseError, BadZipFile,
    # zlib.error ...).
    except Exception as error:
        raise TableError("training.sheet-damaged") from error


def _check_archive(data: bytes) -> None:
    if data.startswith(OLE2):
        raise TableError("training.sheet-old")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            # zipfile stops reading a part at its stated size, so these sizes hold.
            size = sum(part.file_size for part in parts)
            if size > MAX_SHEET_BYTES or (size > 20_000_000 and size > MAX_SHEET_RATIO * len(data)) or len(parts) > 10_000:
                raise TableError("training.sheet-too-large", size=round(size / 1e6), limit=round(MAX_SHEET_BYTES / 1e6))
            if "xl/workbook.xml" not in names:
                raise TableError("training.sheet-none")
    except TableError:
        raise
    except Exception as error:  # as above: zipfile raises NotImplementedError, RuntimeError, zlib.error, struct.error ...
        raise TableError("training.sheet-damaged") from error


def _texts(row: Sequence[object]) -> list[str]:
    """The cells of a row as they show, up to the last that isn't empty."""
    width = len(row)
    while width and (row[width - 1] is None or row[width - 1] == ""):
        width -= 1
    return [cell_text(value) for value in row[:width]]


def _trouble(number: int, texts: list[str]) -> Problem | None:
    """Why a row is no text: characters that XML can't hold may hide behind an escape."""
    return next((trouble for text in texts if (trouble := line_trouble(text, number))), None)


def cell_text(value: object) -> str:
    """What a cell shows: 3 and not 3.0, an ISO date, TRUE, and an empty cell as ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    # _x000D_ is how the format writes characters that XML cannot hold.
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), str(value))
