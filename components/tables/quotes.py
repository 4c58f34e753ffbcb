"""Whether quotation marks in a file part its cells or are text, and records that a quote glued together from several rows."""

from collections import Counter
from dataclasses import dataclass
from typing import Self

from components.tables.dialect import Dialect, Record, Sample

MANY_VALUES = 50


@dataclass(frozen=True)
class Quoting:
    """What the records that begin a cell with a quotation mark say, each counted once.

    needed: quoted because of what is in the cell, or all cells of the record are. bare: quoted without need. stray: can't be read so.
    """

    delimiter: str | None
    needed: int
    bare: int
    bare_with_comma: int
    stray: int

    @property
    def marks(self) -> int:
        return self.needed + self.bare + self.bare_with_comma + self.stray

    @property
    def are_text(self) -> bool:
        """Programs that write tabs mostly don't quote, Excel but cells with a comma; those that write commas do."""
        if self.needed and self.needed >= self.stray:
            return False
        if self.delimiter == "\t":
            return self.stray + self.bare > 0
        return self.stray >= 3 and self.stray > self.needed + self.bare + self.bare_with_comma

    @classmethod
    def of(cls, sample: Sample) -> Self:
        dialect = sample.dialect
        glue = Glue.of(sample)
        counts = {"needed": 0, "bare": 0, "bare_with_comma": 0, "stray": 0}
        for line in sample.broken:
            counts["stray"] += _opens(line, dialect)
        for record in sample.records:
            if not _opens(record.lines[0], dialect):
                continue
            if len(record.lines) > 1 and glue.holds(record.lines):
                counts["stray"] += 1
            else:
                counts[_kind(record, dialect)] += 1
        return cls(dialect.delimiter, **counts)


def _opens(line: str, dialect: Dialect) -> bool:
    """Whether a cell of this line begins with the quotation mark."""
    mark, delimiter = dialect.quote or '"', dialect.delimiter or "\n"
    return line.startswith(mark) or delimiter + mark in line or f"{delimiter} {mark}" in line


def _kind(record: Record, dialect: Dialect) -> str:
    mark, delimiter = dialect.quote or '"', dialect.delimiter or "\n"
    text = "".join(record.lines).rstrip("\r\n")
    if len(record.lines) > 1 or any(delimiter in cell for cell in record.cells):
        return "needed"
    if any(mark in cell and mark + cell.replace(mark, mark * 2) + mark in text for cell in record.cells):
        return "needed"
    if dialect.escape and dialect.escape + mark in text:
        return "needed"
    if len(record.cells) > 1 and text == delimiter.join(f"{mark}{cell}{mark}" for cell in record.cells):
        return "needed"
    quoted = [cell for cell in record.cells if cell and f"{mark}{cell}{mark}" in text]
    return "bare_with_comma" if quoted and all("," in cell for cell in quoted) else "bare"


@dataclass(frozen=True)
class Glue:
    """What the columns hold, so that a cell over several lines can be told from rows that a stray quote holds together."""

    unquoted: Dialect
    width: int
    values: tuple[frozenset[str] | None, ...]  # of each column of classes; None for any other

    @classmethod
    def of(cls, sample: Sample) -> Self:
        whole = [record.cells for record in sample.records if len(record.lines) == 1]
        widths = Counter(len(cells) for cells in whole)
        width = widths.most_common(1)[0][0] if widths else 0
        values: list[frozenset[str] | None] = []
        for column in range(width):
            cells = [cells[column] for cells in whole[1:] if column < len(cells)]
            different = frozenset(cells)
            values.append(different if len(different) <= min(MANY_VALUES, len(cells) / 2) else None)
        return cls(Dialect(sample.dialect.delimiter, quote=None), width, tuple(values))

    def holds(self, lines: list[str]) -> bool:
        """Whether these `lines` of one record are rows themselves, all but a few of many: as many cells as the header, known classes."""
        delimiter = self.unquoted.delimiter or ""
        if self.width < 2 or lines[0].count(delimiter) != self.width - 1:
            return False
        # Of many lines a few may be no rows, for another reason: the stray quote must not take the others with them.
        rows = [line for line in lines if line.strip()]
        wide = [line for line in rows if line.count(delimiter) == self.width - 1]
        if len(wide) < 2 or (len(rows) - len(wide)) * 5 > len(rows):
            return False
        if delimiter == "\t":
            return True
        known = [column for column, values in enumerate(self.values) if values is not None]
        cells = [line.rstrip("\r\n").split(delimiter) for line in wide]
        strange = sum(row[column] not in (self.values[column] or ()) for row in cells for column in known)
        return strange * 5 <= len(wide) * len(known) if known else len(rows) > 2
