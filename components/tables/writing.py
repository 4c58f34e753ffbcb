"""Tables out: CSV that Excel in Japan opens (UTF-8 with a byte-order mark, or cp932) and XLSX, with cells that would run as a formula
defused.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from components.errors import TableError

# OWASP, "CSV Injection": =, +, -, @, tab and carriage return; Japanese Excel takes the full-width signs as well.
_FORMULA = re.compile(r"^[=+\-@\t\r＝＋－＠]")
# -1.5 and +3 are numbers, not formulas.
_NUMBER = re.compile(r"^[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?$")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Kept from being read as an escape of the format itself.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
XLSX_CELL = 32_767  # characters, Excel's own limit
XLSX_ROWS = 1_048_575
ENCODINGS = ("utf-8-sig", "cp932")


@dataclass(frozen=True)
class Written:
    """A file to download. `defused`: cells made harmless. `unencodable`: the characters that cp932 lacks, written as "?"; `cut`: cells
    over XLSX's limit.
    """

    data: bytes
    defused: int
    unencodable: tuple[str, ...] = ()
    cut: int = 0


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute this cell when it opens a CSV."""
    return bool(_FORMULA.match(cell)) and not _NUMBER.match(cell)


def write_table(frame: pd.DataFrame, added: pd.DataFrame | None = None, kind: str = "csv", encoding: str = "utf-8-sig") -> Written:
    """The user's columns as they are, in their order, then those of `added` (same number of rows).

    A name in `added` that the user's table has already gets " (2)". In CSV a formula cell is defused by a leading apostrophe; in XLSX it is
    stored as text, unchanged. Raises ValueError for an unknown kind or encoding, TableError for more rows than a sheet holds.
    """
    if encoding not in ENCODINGS:
        raise ValueError(f"unknown encoding {encoding!r}: expected one of {ENCODINGS}")
    whole = frame if added is None else joined(frame, added)
    if kind == "csv":
        return _csv(whole, encoding)
    if kind == "xlsx":
        return _xlsx(whole)
    raise ValueError(f"unknown kind {kind!r}: expected 'csv' or 'xlsx'")


def joined(frame: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """The columns of `frame`, then those of `added`; one whose name is taken gets a number. Raises ValueError for another number of rows."""
    if len(frame) != len(added):
        raise ValueError(f"the columns to add have {len(added)} rows, the table has {len(frame)}")
    names = {}
    for name in added.columns:
        free, count = str(name), 2
        while free in frame.columns:
            free, count = f"{name} ({count})", count + 1
        names[name] = free
    return pd.concat([frame.reset_index(drop=True), added.rename(columns=names).reset_index(drop=True)], axis=1)


def _rows(frame: pd.DataFrame) -> Iterator[list[str]]:
    yield [str(name) for name in frame.columns]
    for row in frame.itertuples(index=False, name=None):
        yield ["" if value is None or value != value else str(value) for value in row]


def _csv(frame: pd.DataFrame, encoding: str) -> Written:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    defused, lacking = 0, set()
    for row in _rows(frame):
        cells = []
        for cell in row:
            if is_formula(cell):
                defused += 1
                cell = "'" + cell
            if encoding == "cp932" and not cell.isascii():
                lacking |= _lacking(cell)
            cells.append(cell)
        writer.writerow(cells)
    # A lone surrogate has no bytes in UTF-8 either.
    return Written(out.getvalue().encode(encoding, errors="replace"), defused, tuple(sorted(lacking)))


def _lacking(cell: str) -> set[str]:
    try:
        cell.encode("cp932")
    except UnicodeEncodeError:
        return {character for character in set(cell) if not _in_cp932(character)}
    return set()


def _in_cp932(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _xlsx(frame: pd.DataFrame) -> Written:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    if len(frame) > XLSX_ROWS:
        raise TableError("training.too-many-rows-for-sheet", rows=len(frame), limit=XLSX_ROWS)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    defused = cut = 0
    for row in _rows(frame):
        cells = []
        for text in row:
            defused += is_formula(text)
            escaped = _NOT_XML.sub("�", _ESCAPE_LIKE.sub("_x005F_", text))
            cut += len(escaped) > XLSX_CELL
            cell = WriteOnlyCell(sheet, escaped[:XLSX_CELL])
            cell.data_type = "s"  # text, or openpyxl makes a formula of "=..." and an error of "#N/A"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return Written(out.getvalue(), defused, (), cut)
