"""The parts of an XLSX workbook, counted before openpyxl builds objects of them: a file of 100 KB can hold millions of cells or fonts."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, NoReturn
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from components.errors import TableError
from components.tables.limits import (
    MAX_BYTES,
    MAX_SHEET_ELEMENTS,
    MAX_SHEET_PART,
    MAX_SHEET_PART_ELEMENTS,
    MAX_SHEET_ROW_BYTES,
    MAX_SHEET_ROW_ELEMENTS,
    MAX_SHEET_RUN,
    SHEET_ELEMENTS_PER_BYTE,
    SHEET_ROWS,
)

_CHUNK = 65_536
_HEAD = 16 * _CHUNK
UNSAVED = object()  # the value of a formula that was never computed
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

# What may stand between the cells of a sheet and its merged ranges (ECMA-376, CT_Worksheet).
_BEFORE_MERGED = {
    _MAIN + name
    for name in (
        *("sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate"),
        *("customSheetViews", "mergeCells"),
    )
}


class WorkbookReader(ExcelReader):
    """openpyxl's reader of the cells of a workbook (bytes) and of no more: no chart sheets, no properties. Raises TableError where a part
    holds more than may be built.
    """

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        self.archive: _CountedArchive = _CountedArchive(data)

    def read_strings(self) -> None:
        self.archive.freed = (_MAIN + "si", 2)
        super().read_strings()
        self.archive.freed = (_MAIN + "row", 3)

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Holds no cells."""

    def read_properties(self) -> None:
        """Not shown."""

    read_custom = read_theme = read_properties

    def rows(self, sheet: Any) -> Iterator[tuple[int, tuple[object, ...]]]:
        """The row numbers and values of a sheet's rows, empty ones left out; UNSAVED for a formula without a value. The ranges of merged
        cells are those of `archive.last` once the first row is given. What follows the cells is not parsed.
        """
        book: Any = self.wb
        with sheet._get_source() as source:
            formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
            parser = _CellParser(source, sheet._shared_strings, data_only=True, epoch=book.epoch, **formats)
            for number, cells in islice(parser.parse(), self.archive.last.rows):
                if cells:
                    yield number, sheet._get_row(cells, 1, None, values_only=True)


class _CellParser(WorkSheetParser):
    """openpyxl's parser, which tells a formula whose value was never computed from a cell without content."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            empty_text = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            cell["value"] = "" if empty_text else UNSAVED
        return cell


@dataclass(frozen=True)
class SheetCount:
    """What a sheet holds: its last row's number, how many rows, and the ranges of merged cells ("A2:A4")."""

    last_row: int = 0
    rows: int = 0
    merged: tuple[str, ...] = ()


class _CountedArchive(zipfile.ZipFile):
    """A zip whose parts are counted each time they are about to be parsed: by `read` as a whole, by `open` as a stream."""

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data))
        self.freed = ("", 0)  # name and depth of the element that a stream's reader gives back when it ends
        self.last = SheetCount()  # of the sheet opened last
        self._elements = MAX_SHEET_ELEMENTS + SHEET_ELEMENTS_PER_BYTE * len(data)
        self._part_elements = MAX_SHEET_PART_ELEMENTS
        self._opened: Counter[str] = Counter()
        self._counts: dict[tuple[str, str], SheetCount] = {}  # of the streams counted to their end

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        with super().open(name) as file:
            content = file.read(MAX_SHEET_PART + 1)
        if len(content) > MAX_SHEET_PART:
            overfull()
        count = _Count("", 0, self._part_elements)
        count.run(io.BytesIO(content))
        self._part_elements -= count.elements
        return content

    def open(self, name: Any, mode: Any = "r", pwd: bytes | None = None, *, force_zip64: bool = False) -> Any:
        if self.freed[1] == 2 and self.getinfo(name).file_size > MAX_BYTES:
            overfull()
        self._opened[name] += 1
        if self._opened[name] > 2:  # first for a sheet's dimensions, then for its rows; more means a sheet listed many times
            raise TableError("training.sheet-damaged")
        stream = name, self.freed[0]
        if stream in self._counts:
            self.last = self._counts[stream]
            return super().open(name)
        count = _Count(*self.freed, self._elements)
        with super().open(name) as file:
            # The dimensions stand at the beginning: of a sheet that isn't read further, no more has to be counted.
            head = count.run(file, to_dimension=self._opened[name] == 1 and self.freed[1] == 3)
        if head is not None:
            return io.BytesIO(head)
        self._elements -= count.elements
        self.last = self._counts[stream] = SheetCount(count.last_row, count.rows, tuple(count.merged))
        return super().open(name)


class _Count:
    """Elements and bytes of one part. `freed` at `depth` is what its reader gives back; all else stays in memory until the end."""

    def __init__(self, freed: str, depth: int, limit: int):
        self._freed, self._freed_depth, self._limit = freed, depth, limit
        self.elements = self.last_row = self.rows = 0
        self.merged: list[str] = []
        self._depth = self._held = self._kept = self._last_end = self._outside = 0
        self._dimension = self._ended = self._after_cells = False
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.ordered_attributes = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace

    def run(self, file: IO[bytes], to_dimension: bool = False) -> bytes | None:
        """Reads to the end of the cells, or `to_dimension` where that stands in the first megabyte: then gives the bytes read."""
        head, size, quiet, before = [], 0, 0, 0
        while not self._ended and (chunk := file.read(_CHUNK)):
            size += len(chunk)
            try:
                self._parser.Parse(chunk, False)
            except expat.ExpatError:
                return None  # its reader stops at the same place, and says so
            quiet = quiet + len(chunk) if self.elements == before else 0
            before = self.elements
            row = size - self._last_end
            if quiet > MAX_SHEET_RUN or self.elements > self._limit or self._over() or row + self._outside > 2 * MAX_SHEET_ROW_BYTES:
                overfull()
            if to_dimension and size <= _HEAD:
                head.append(chunk)
                if self._dimension:
                    return b"".join(head)
        return None

    def _over(self) -> bool:
        return bool(self._freed) and (self._held > MAX_SHEET_ROW_ELEMENTS or self._kept > MAX_SHEET_PART_ELEMENTS)

    def _start(self, name: str, attributes: list[str]) -> None:
        self.elements += 1
        self._depth += 1
        if self._depth > self._freed_depth:
            self._held += 1
        elif name == self._freed and self._depth == self._freed_depth:
            self._outside += self._parser.CurrentByteIndex - self._last_end
            self._last_end = self._parser.CurrentByteIndex
            self.rows += 1
            number = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r", "") if attributes else ""
            # int() of a number too long raises ValueError, as it does in openpyxl: the workbook is damaged.
            self._row = int(number) if number else self._row + 1
            self.last_row = max(self.last_row, self._row)
            if self.last_row > SHEET_ROWS and self._freed_depth == 3:
                overfull()
        else:
            self._kept += 1
            if self._after_cells:
                self._ended = self._ended or (self._depth == 2 and name not in _BEFORE_MERGED)
                if name == _MAIN + "mergeCell" and attributes[:1] == ["ref"]:
                    self.merged.append(attributes[1][:40])

    _row = 0

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == self._freed_depth - 1 and name == self._freed:
            if self._held > MAX_SHEET_ROW_ELEMENTS or self._parser.CurrentByteIndex - self._last_end > MAX_SHEET_ROW_BYTES:
                overfull()
            self._held, self._last_end = 0, self._parser.CurrentByteIndex
        elif self._depth == 1 and self._freed_depth == 3:
            self._dimension = self._dimension or name == _MAIN + "dimension"
            self._after_cells = self._after_cells or name == _MAIN + "sheetData"
            self._ended = self._ended or name == _MAIN + "mergeCells"

    def _namespace(self, prefix: str | None, address: str | None) -> None:
        if len(address or "") > 1000:  # it is copied into the name of every element
            overfull()

    def _doctype(self, *_: object) -> NoReturn:
        # No program writes a DTD into a workbook; entities in one can grow without end.
        raise TableError("training.sheet-damaged")


def overfull() -> NoReturn:
    raise TableError("training.sheet-overfull")
