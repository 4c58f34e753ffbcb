"""The first sheet of an XLSX workbook as rows of strings (ECMA-376; a zip of XML), with an end to how far a small file may grow."""

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence

from components.errors import TableError
from components.tables.delimited import Problem, problem
from components.tables.encoding import damaged
from components.tables.limits import MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEET_BYTES, MAX_SHEET_RATIO, SHEET_ROWS

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old .xls, and any workbook under a password
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheet_rows(data: bytes) -> Iterator[tuple[int, list[str]] | Problem]:
    """(row number from 1, cells), or what is wrong with the row, of the first visible sheet, blank rows left out. Raises TableError for a file that is no workbook or a
    bomb.
    """
    _check_archive(data)
    from components.tables.workbook import WorkbookReader  # openpyxl takes a while to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and extensions that don't matter here
            reader = WorkbookReader(data)
            reader.read()
            yield from _rows(reader)
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


def _rows(reader) -> Iterator[tuple[int, list[str]] | Problem]:
    sheets = [sheet for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"] or reader.wb.worksheets
    cells = given = 0
    for sheet in sheets:
        sheet.reset_dimensions()  # a false dimension would pad every row to 16,384 cells
        for number, row in enumerate(reader.rows(sheet), start=1):
            cells += len(row)
            if cells > MAX_CELLS + 4 * SHEET_ROWS:
                raise TableError("training.sheet-too-large", size=round(cells / 1e6), limit=round(MAX_CELLS / 1e6))
            texts = _texts(row)
            if texts:
                if len(texts) > MAX_COLUMNS:
                    raise TableError("training.too-many-columns", found=len(texts), limit=MAX_COLUMNS)
                given += 1
                yield _trouble(number, texts) or (number, texts)
                if given > MAX_ROWS + 1:
                    return
        if given:
            return


def _texts(row: Sequence[object]) -> list[str]:
    """The cells of a row as they show, up to the last that isn't empty."""
    width = len(row)
    while width and (row[width - 1] is None or row[width - 1] == ""):
        width -= 1
    return [cell_text(value) for value in row[:width]]


def _trouble(number: int, texts: list[str]) -> Problem | None:
    """Why a row is no text: characters that XML can't hold may hide behind an escape."""
    if any(len(text) > MAX_CELL for text in texts):
        return problem(number, "training.row-too-long", limit=MAX_CELL)
    if any(map(damaged, texts)):
        return problem(number, "training.row-undecodable")
    if any("\x00" in text for text in texts):
        return problem(number, "training.row-nul")
    return None


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
