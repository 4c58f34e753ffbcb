"""Lines of a file, their numbers, and the records that they make: CSV and TSV (RFC 4180), read so that one bad row harms no other."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from components.tables.delimiter import DELIMITERS, SAMPLE_RECORDS, Dialect, find_dialect
from components.tables.encoding import damaged, glimpse
from components.tables.limits import MAX_CELL, MAX_LINES

# The csv module's own end for a cell, 131,072 characters, is one for the whole process and too short for a long document.
csv.field_size_limit(MAX_CELL)
LINE_LIMIT = 4 * MAX_CELL


@dataclass(frozen=True)
class Problem:
    """A row that could not be read: its physical line (from 1; a sheet's row for XLSX) and why, as a message key with its values."""

    line: int
    reason: str
    values: tuple[tuple[str, object], ...] = ()

    def in_language(self, language: str) -> str:
        from components.messages import message

        return message(self.reason, language, **dict(self.values))


def problem(line: int, reason: str, **values: object) -> Problem:
    return Problem(line, reason, tuple(values.items()))


class Lines:
    """The physical lines of a file, one at a time, with pushback; the file is decoded as it is read."""

    def __init__(self, data: bytes, encoding: str):
        # newline="" keeps line ends inside quoted cells as they are, and counts \r, \n and \r\n as one line each.
        text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="himotoku.mark", newline="")
        self._pieces = iter(partial(text.readline, LINE_LIMIT), "")
        self._pushed: deque[str] = deque()
        self.number = 0  # of the line given last
        self._first = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._pushed.popleft() if self._pushed else self._read()
        self.number += 1
        return line

    def _read(self) -> str:
        if self.number >= MAX_LINES:
            raise StopIteration
        line = next(self._pieces)
        if self._first:
            self._first = False
            line = line.removeprefix("\ufeff")
        if len(line) >= LINE_LIMIT and not line.endswith(("\n", "\r")):
            for rest in self._pieces:  # the row is lost (its cell is too long), the next line is not
                if rest.endswith(("\n", "\r")):
                    break
        return line

    def push_back(self, lines: list[str]) -> None:
        self._pushed.extendleft(reversed(lines))
        self.number -= len(lines)

    def peek(self, count: int) -> list[str]:
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if len(lines) == count or size > MAX_CELL:
                break
        self.push_back(lines)
        return lines


class Records:
    """Records of a delimited file: iterating gives (first physical line, list of cells) or a Problem.

    A quote that is never closed would swallow the rest of the file. So a record that breaks is given up at its first line, and reading
    goes on at the second. How much may be read again is bounded, or a file of such quotes would take quadratic time.
    """

    REREAD = 60_000_000  # characters
    LINE_COST = 20  # what a line costs more than its characters, in characters: a small file may hold a great many short lines

    def __init__(self, lines: Lines, tabs_only: bool = False, delimiter: str | None = None):
        self._lines = lines
        self._taken: list[str] = []
        self._first = 0  # the physical line of the first line taken
        self._reread = self.REREAD
        self.dialect = self._find_dialect(tabs_only) if delimiter is None else Dialect(delimiter or None)

    def _find_dialect(self, tabs_only: bool) -> Dialect:
        sample = self._lines.peek(3 * SAMPLE_RECORDS)
        blank = 0
        while blank < len(sample) and not sample[blank].strip():
            blank += 1
        # Excel's own hint: a first line "sep=;"
        if blank < len(sample) and sample[blank].rstrip("\r\n").lower() in {f"sep={mark}" for mark in DELIMITERS}:
            for _ in range(blank + 1):
                next(self._lines)
            return Dialect(sample[blank][4])
        return find_dialect([line[:10_000] for line in sample[blank:]], tabs_only)

    def _feed(self) -> Iterator[str]:
        size = 0
        for line in self._lines:
            if not self._taken and line in ("\n", "\r\n", "\r"):
                continue  # a reader of its own for each of a million empty lines would take seconds
            if not self._taken:
                self._first = self._lines.number
            self._taken.append(line)
            size += len(line)
            if size > 2 * MAX_CELL and len(self._taken) > 1:
                raise csv.Error("unexpected end of data")
            yield line

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Problem]:
        while True:
            self._taken = []
            try:
                # A new reader a record: after an error the old one has forgotten where it stood. It costs 0.5 microseconds.
                cells = next(self.dialect.reader(self._feed()))
            except StopIteration:
                return
            except csv.Error as error:
                broken = self._broken(self._first, str(error))
                if broken.reason != "training.row-stray-quote" or self.dialect.delimiter:
                    yield broken
                    continue
                # In a single column a line such as "Great" movie can mean one thing only.
                cells, self._taken = [self._taken[0].rstrip("\r\n")], self._taken[:1]
            if not cells or (len(cells) == 1 and self.dialect.delimiter and not cells[0].strip()):
                continue  # an empty line
            if any(damaged(line) for line in self._taken):
                yield problem(self._first, "training.row-undecodable", text=glimpse("".join(self._taken)))
            elif any("\x00" in line for line in self._taken):
                yield problem(self._first, "training.row-nul")
            else:
                yield self._first, cells

    def _broken(self, first: int, error: str) -> Problem:
        rest = self._taken[1:]
        size = sum(map(len, rest)) + self.LINE_COST * len(rest)
        if rest and size <= self._reread:
            self._reread -= size
            self._lines.push_back(rest)
        if "field larger" in error or len(self._taken[0]) >= LINE_LIMIT:
            return problem(first, "training.row-too-long", limit=MAX_CELL)
        if "end of data" in error:
            return problem(first, "training.row-open-quote")
        return problem(first, "training.row-stray-quote")
