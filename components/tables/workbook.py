"""The parts of an XLSX workbook, counted before openpyxl builds objects of them: a file of 100 KB can hold millions of cells or fonts."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NoReturn
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader

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
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class WorkbookReader(ExcelReader):
    """openpyxl's reader of the cells of a workbook (bytes) and of no more: no chart sheets, no properties. Raises TableError where a part
    holds more than may be built.
    """

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        self.archive = _CountedArchive(data)

    def read_strings(self) -> None:
        self.archive.freed = (_MAIN + "si", 2)
        super().read_strings()
        self.archive.freed = (_MAIN + "row", 3)

    def read_chartsheet(self, sheet, rel) -> None:
        """Holds no cells."""

    def read_properties(self) -> None:
        """Not shown."""

    read_custom = read_theme = read_properties

    def rows(self, sheet) -> Iterator[tuple[object, ...]]:
        """The values of a sheet's rows from the first on, empty ones included. What follows the cells is not parsed."""
        rows = sheet.iter_rows(values_only=True)
        if (first := next(rows, None)) is not None:
            yield first
            yield from islice(rows, self.archive.last_row - 1)


class _CountedArchive(zipfile.ZipFile):
    """A zip whose parts are counted each time they are about to be parsed: by `read` as a whole, by `open` as a stream."""

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data))
        self.freed = ("", 0)  # name and depth of the element that a stream's reader gives back when it ends
        self.last_row = 0  # of the sheet opened last
        self._elements = MAX_SHEET_ELEMENTS + SHEET_ELEMENTS_PER_BYTE * len(data)
        self._part_elements = MAX_SHEET_PART_ELEMENTS
        self._opened: Counter[str] = Counter()
        self._last_rows: dict[tuple[str, str], int] = {}  # of the streams counted to their end

    def read(self, name, pwd=None) -> bytes:
        with super().open(name) as file:
            content = file.read(MAX_SHEET_PART + 1)
        if len(content) > MAX_SHEET_PART:
            overfull()
        count = _Count("", 0, self._part_elements)
        count.run(io.BytesIO(content))
        self._part_elements -= count.elements
        return content

    def open(self, name, mode="r", pwd=None, *, force_zip64=False):
        if self.freed[1] == 2 and self.getinfo(name).file_size > MAX_BYTES:
            overfull()
        self._opened[name] += 1
        if self._opened[name] > 2:  # first for a sheet's dimensions, then for its rows; more means a sheet listed many times
            raise TableError("training.sheet-damaged")
        stream = name, self.freed[0]
        if stream in self._last_rows:
            self.last_row = self._last_rows[stream]
            return super().open(name)
        count = _Count(*self.freed, self._elements)
        with super().open(name) as file:
            # The dimensions stand at the beginning: of a sheet that isn't read further, no more has to be counted.
            head = count.run(file, to_dimension=self._opened[name] == 1 and self.freed[1] == 3)
        if head is not None:
            return io.BytesIO(head)
        self._elements -= count.elements
        self.last_row = self._last_rows[stream] = count.last_row
        return super().open(name)


class _Count:
    """Elements and bytes of one part. `freed` at `depth` is what its reader gives back; all else stays in memory until the end."""

    def __init__(self, freed: str, depth: int, limit: int):
        self._freed, self._freed_depth, self._limit = freed, depth, limit
        self.elements = self.last_row = 0
        self._depth = self._held = self._kept = self._last_end = self._outside = 0
        self._dimension = self._ended = False
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.ordered_attributes = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace

    def run(self, file, to_dimension: bool = False) -> bytes | None:
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
            number = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r", "") if attributes else ""
            # int() of a number too long raises ValueError, as it does in openpyxl: the workbook is damaged.
            self._row = int(number) if number else self._row + 1
            self.last_row = max(self.last_row, self._row)
            if self.last_row > SHEET_ROWS and self._freed_depth == 3:
                overfull()
        else:
            self._kept += 1

    _row = 0

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == self._freed_depth - 1 and name == self._freed:
            if self._held > MAX_SHEET_ROW_ELEMENTS or self._parser.CurrentByteIndex - self._last_end > MAX_SHEET_ROW_BYTES:
                overfull()
            self._held, self._last_end = 0, self._parser.CurrentByteIndex
        elif self._depth == 1 and self._freed_depth == 3:
            self._dimension = self._dimension or name == _MAIN + "dimension"
            self._ended = name == _MAIN + "sheetData"

    def _namespace(self, prefix: str | None, address: str | None) -> None:
        if len(address or "") > 1000:  # it is copied into the name of every element
            overfull()

    def _doctype(self, *_) -> NoReturn:
        # No program writes a DTD into a workbook; entities in one can grow without end.
        raise TableError("training.sheet-damaged")


def overfull() -> NoReturn:
    raise TableError("training.sheet-overfull")
