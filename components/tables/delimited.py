"""Lines of a file, their numbers, and the records that they make: CSV and TSV (RFC 4180), read so that one bad row harms no other."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from functools import partial

from components.tables.account import Problem, problem
from components.tables.delimiter import DELIMITERS, find_dialect
from components.tables.dialect import SAMPLE_RECORDS, sample_of
from components.tables.encoding import damaged, glimpse
from components.tables.limits import MAX_CELL, MAX_LINES
from components.tables.quotes import Glue
from components.tables.reading import Choices

# The csv module's own end for a cell, 131,072 characters, is one for the whole process and too short for a long document.
csv.field_size_limit(MAX_CELL)
LINE_LIMIT = 4 * MAX_CELL
END_OF_FILE = "\x1a"  # Ctrl-Z, which old programs write behind the last line
QUOTED_LINES = 1_000  # looked at in a file that mostly has none


class Lines:
    """The physical lines of a file, one at a time, with pushback; the file is decoded as it is read."""

    def __init__(self, data: bytes, encoding: str):
        # newline="" keeps line ends inside quoted cells as they are, and counts \r, \n and \r\n as one line each.
        text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="himotoku.mark", newline="")
        self._pieces = iter(partial(text.readline, LINE_LIMIT), "")
        self._pushed: deque[str] = deque()
        self.number = 0  # of the line given last
        self.cut = False  # whether the file has more lines than are read
        self._first = True
        self._ends = END_OF_FILE.encode() in data[-512:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._pushed.popleft() if self._pushed else self._read()
        self.number += 1
        return line

    def _read(self) -> str:
        if self.number >= MAX_LINES:
            self.cut = self.cut or next(self._pieces, None) is not None
            raise StopIteration
        line = next(self._pieces)
        if self._first:
            self._first = False
            line = line.removeprefix("\ufeff")
        if len(line) >= LINE_LIMIT and not line.endswith(("\n", "\r")):
            for rest in self._pieces:  # the row is lost (its cell is too long), the next line is not
                if rest.endswith(("\n", "\r")):
                    break
        if self._ends and END_OF_FILE in line:
            return self._without_end(line)
        return line

    def _without_end(self, line: str) -> str:
        """The line without a Ctrl-Z that ends the file. It may be followed by nothing but more of them and zero bytes, and by line ends where it
        stands in a line of its own; otherwise it is a character of the last cell."""
        text, _, rest = line.partition(END_OF_FILE)
        if rest.strip(END_OF_FILE + "\x00" + ("" if text else "\r\n")):
            return line
        following = next(self._pieces, "")
        if following.strip(END_OF_FILE + "\x00\r\n"):
            self._pushed.append(following)
            return line
        self._pieces = iter(())
        if not text:
            raise StopIteration
        return text

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

    A quote that is never closed would swallow the rest of the file, and one that closes some rows later glues these together. So a record
    that breaks is given up at its first line, and reading goes on at the second. How much may be read again is bounded, or a file of such
    quotes would take quadratic time.
    """

    REREAD = 60_000_000  # characters
    LINE_COST = 20  # what a line costs more than its characters, in characters: a small file may hold a great many short lines

    def __init__(self, data: bytes, encoding: str, choices: Choices | None = None, tabs_only: bool = False):
        self._lines = Lines(data, encoding)
        self._taken: list[str] = []
        self._first = 0  # the physical line of the first line taken
        self._reread = self.REREAD
        self.unglued: list[int] = []  # lines with a quote that closes in another row, read as it stands
        choices = choices or Choices()
        sample = self._sample()
        delimiter = choices.delimiter
        if sample and (hint := sample[0].rstrip("\r\n").lower()) in {f"sep={mark}" for mark in DELIMITERS}:  # Excel's own
            while next(self._lines).strip().lower() != hint.strip():
                pass
            sample, delimiter = sample[1:], hint[4:] if delimiter is None else delimiter
        tabs, quotes = (any(mark in line for line in sample) for mark in '\t"')
        quoted = _quoted_lines(data, encoding) if tabs and not quotes and b'"' in data else []
        self.dialect = find_dialect(sample, tabs_only, delimiter, choices.quote, quoted)
        self._glue = Glue.of(sample_of(sample, self.dialect)) if self.dialect.quote and self.dialect.delimiter else None

    @property
    def cut_at(self) -> int | None:
        """The line from which nothing was read, for the file has too many."""
        return self._lines.number + 1 if self._lines.cut else None

    def _sample(self) -> list[str]:
        sample = self._lines.peek(3 * SAMPLE_RECORDS)
        blank = 0
        while blank < len(sample) and not sample[blank].strip():
            blank += 1
        return sample[blank:]

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
        reader, finish = self.dialect.reader, self.dialect.finish
        while True:
            self._taken = []
            try:
                # A new reader a record: after an error the old one has forgotten where it stood. It costs 0.5 microseconds.
                cells = next(reader(self._feed()))
            except StopIteration:
                return
            except csv.Error as error:
                broken, lost = self._broken(self._first, str(error))
                if broken.reason != "training.row-stray-quote" or self.dialect.delimiter:
                    yield broken
                    yield from (problem(self._first + number, "training.row-in-open-quote") for number in range(1, lost + 1))
                    continue
                # In a single column a line such as "Great" movie can mean one thing only.
                cells, self._taken = [self._taken[0].rstrip("\r\n")], self._taken[:1]
            if not cells or (len(cells) == 1 and self.dialect.delimiter and not cells[0].strip()):
                continue  # an empty line
            if len(self._taken) > 1 and self._glue and self._glue.holds(self._taken) and self._give_back():
                cells = next(self._glue.unquoted.reader(self._taken))
                self.unglued.append(self._first)
            if finish:
                cells = finish(cells)
            text = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
            if damaged(text):
                yield problem(self._first, "training.row-undecodable", text=glimpse(text))
            elif "\x00" in text:
                yield problem(self._first, "training.row-nul")
            elif len(cells) > 1 and not cells[0] and not any(map(str.strip, cells)) and not self._is_quoted():
                yield problem(self._first, "training.row-blank")
            else:
                yield self._first, cells

    def _is_quoted(self) -> bool:
        """Whether the line says that its empty cells are meant."""
        return self.dialect.quote is not None and self.dialect.quote in self._taken[0]

    def _give_back(self) -> bool:
        """Whether the lines taken but for the first can be read again, as they now will be."""
        rest = self._taken[1:]
        size = sum(map(len, rest)) + self.LINE_COST * len(rest)
        if not rest or size > self._reread:
            return False
        self._reread -= size
        self._lines.push_back(rest)
        del self._taken[1:]
        return True

    def _broken(self, first: int, error: str) -> tuple[Problem, int]:
        """What is wrong with the record, and how many lines are lost with its first one."""
        lost = 0 if self._give_back() else len(self._taken) - 1
        if "field larger" in error or len(self._taken[0]) >= LINE_LIMIT:
            return problem(first, "training.row-too-long", limit=MAX_CELL), lost
        if "end of data" in error:
            return problem(first, "training.row-open-quote"), lost
        return problem(first, "training.row-stray-quote"), lost


def _quoted_lines(data: bytes, encoding: str) -> list[str]:
    """The first lines of a whole file in which a cell may begin with a quotation mark, each with the line after it."""
    quoted: list[str] = []
    wanted = False
    for line in Lines(data, encoding):
        opening = line.startswith('"') or '\t"' in line
        if opening or wanted:
            quoted.append(line)
        wanted = opening
        if len(quoted) >= QUOTED_LINES:
            break
    return quoted
