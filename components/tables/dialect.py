"""A dialect of delimited files, and the first lines of a file read in one."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from components.tables.values import filled_count, filled_width, is_like_names

SPACES = "  "  # two or more of them in a run
SAMPLE_RECORDS = 200
SAMPLE_RECORD_LINES = 40  # physical lines of one record of the sample
TITLE_ROWS = 12  # above a header, at the most
# Prose holds these as well, so nearly every row has to fit.
_OF_PROSE = ("，", SPACES)
_UNIT = "\x1f"  # the unit separator never stands in text
_CLOSING = re.compile("([\"']) +(?=[,;|\t，\r\n]|\\Z)")  # spaces between a closing quote and what ends the cell
_RUN = re.compile("[ \u3000]{2,}")


@dataclass(frozen=True)
class Dialect:
    """How a line is parted. `delimiter` is None for a file of one column, `quote` None where quotation marks are text.

    padded: spaces behind a delimiter belong to no cell. trimmed: nor do those before one.
    """

    delimiter: str | None
    escape: str | None = None
    quote: str | None = '"'
    padded: bool = False
    trimmed: bool = False

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """A csv reader over `lines`; strict, because a lenient one glues cells together and says nothing."""
        if self.delimiter == SPACES:
            lines = map(_spaces_parted, lines)
        elif self.trimmed:
            lines = map(partial(_CLOSING.sub, r"\1"), lines)
        return csv.reader(
            lines,
            # A file of one column may still quote its cells.
            delimiter=_UNIT if self.delimiter in (None, SPACES) else self.delimiter,
            quotechar=self.quote or '"',
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=self.escape is None,
            escapechar=self.escape,
            skipinitialspace=self.padded,
            strict=True,
        )

    @cached_property
    def finish(self) -> Callable[[list[str]], list[str]] | None:
        """What is still to be done with the cells of a record, None for nothing."""
        return _trimmed if self.trimmed else None


def _spaces_parted(line: str) -> str:
    return _RUN.sub(_UNIT, line.strip(" \u3000\r\n")) + "\n"


def gaps_in(line: str) -> int:
    """How many runs of spaces part a line."""
    return _spaces_parted(line).count(_UNIT)


def _trimmed(cells: list[str]) -> list[str]:
    return [cell.rstrip(" ") for cell in cells]


@dataclass(frozen=True)
class Record:
    """One record of a sample: its cells, and the physical lines that it was made of."""

    cells: list[str]
    lines: list[str]


@dataclass(frozen=True)
class Sample:
    """The first lines of a file, read in one dialect. broken: the first lines of records that can't be read in it."""

    dialect: Dialect
    records: list[Record]
    broken: list[str]

    @cached_property
    def fit(self) -> float:
        """The part of the records that are as wide as the header, 0 for a header of one field; a wider header wins among equals."""
        share, width = self._fit_under(0)
        least = 0.8 if self.dialect.delimiter in _OF_PROSE else 0.34
        # One good row among many bad ones is chance: "Hello, world" as the first line of a column of prose.
        best = share + min(width, 100) / 1000 if share >= least else 0.0
        if best < 0.9 and self.dialect.delimiter not in (*_OF_PROSE, None):
            best = max(best, self._fit_under_title())
        return best

    def _fit_under(self, start: int) -> tuple[float, int]:
        records = self.records[start:]
        if not records or len(records[0].cells) < 2:
            return 0.0, 0
        header = records[0].cells
        least, most = max(filled_width(header), 1), len(header)
        fitting = sum(least <= len(record.cells) and filled_width(record.cells) <= most for record in records)
        named = sum(len(record.cells) == most + 1 for record in records[1:])
        if self.dialect.delimiter == "\t" and len(records) > 2 and named == len(records) - 1 and not self.broken:
            fitting, most = named + 1, most + 1  # R writes no name above the names of the rows
        return fitting / (len(records) + len(self.broken)), most

    def _fit_under_title(self) -> float:
        """As `fit`, where some lines of other width stand above the header. Prose with a comma in each line is no table."""
        spaced = all(cell[:1] in (" ", "") for record in self.records for cell in record.cells[1:])
        if spaced or not self.records or filled_count(self.records[0].cells) > 2:
            return 0.0
        best = 0.0
        for start in range(1, min(TITLE_ROWS, len(self.records) - 2)):
            share, width = self._fit_under(start)
            if share >= 0.9 and is_like_names(self.records[start].cells):
                best = max(best, share - 0.05 + min(width, 100) / 1000)
        return best


def sample_of(lines: list[str], dialect: Dialect) -> Sample:
    """`lines` read in `dialect`. A record that breaks is given up at its first line; reading goes on at the second."""
    records: list[Record] = []
    broken: list[str] = []
    position = 0
    while position < len(lines) and len(records) + len(broken) < SAMPLE_RECORDS:
        taken = lines[position : position + SAMPLE_RECORD_LINES]
        pieces = iter(taken)
        try:
            cells = next(dialect.reader(pieces), None)
        except csv.Error:
            broken.append(lines[position])
            position += 1
            continue
        if cells is None:
            break
        used = len(taken) - len(list(pieces))
        if cells and any(map(str.strip, cells)):
            records.append(Record(dialect.finish(cells) if dialect.finish else cells, taken[:used]))
        position += max(used, 1)
    return Sample(dialect, records, broken)
