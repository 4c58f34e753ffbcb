"""Rows of cells, from a delimited file, a sheet or a page, become a table: header, body, footer, each row accounted for."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from components.errors import TableError
from components.tables.account import Account, Problem, problem
from components.tables.builder import Builder, column_names, width_of
from components.tables.footer import LAST_ROWS, footer_reasons, is_remark, is_total
from components.tables.header import FIRST_ROWS, Header, Row, find_header, joined_names
from components.tables.limits import LINE_REPORT
from components.tables.reading import Choices, Remark, remark, spans
from components.tables.values import filled_count, filled_width

SHOWN_ROWS = 12  # of the first rows, to choose the header among
SHOWN_CELLS, SHOWN_CHARACTERS = 8, 60


@dataclass(frozen=True)
class Body:
    """A table without what the kind of its file says: the frame, its accounts, and the first rows as they came."""

    frame: pd.DataFrame
    account: Account
    problems: tuple[Problem, ...]
    renamed: tuple[tuple[int, str, str], ...]
    lines: tuple[int, ...]
    header: tuple[int, ...] | None = None
    first_rows: tuple[Row, ...] = ()
    remarks: tuple[Remark, ...] = ()


def body_of(build: Builder, renamed: tuple[tuple[int, str, str], ...] = (), last: Sequence[Problem] = ()) -> Body:
    """The table that was built, without its `last` rows. Raises TableError where no row is left."""
    frame = build.frame()
    used = len(frame) - len(last)
    for trouble in last:
        build.skip(trouble)
    account = Account.of(used, build.counts, build.problems, build.unread_from)
    return Body(frame.head(used) if last else frame, account, tuple(build.problems), renamed, tuple(build.lines[:used]))


def table_of_rows(rows: Iterable[Row | Problem], choices: Choices, short_rows: bool) -> Body:
    """The table in `rows`. `short_rows`: whether a row may have fewer cells than the header, as in a sheet.

    Raises TableError where there is no header, or no row under it.
    """
    rows = iter(rows)
    troubles, first = _first_rows(rows)
    header = find_header(first, choices.header)
    names, required = _names(first, header, short_rows)
    columns, renamed = column_names(names)
    build = Builder(columns)
    for trouble in troubles:
        build.skip(trouble)
    for position in header.left_out:
        reason = "training.row-above-header" if position < header.body - 1 else "training.row-of-header"
        if filled_count(first[position][1]):
            build.skip(problem(first[position][0], reason))
    again = [cell.strip() for cell in first[header.names[0]][1]] if len(header.names) == 1 and len(columns) > 1 else None
    _fill(build, _chain(first[header.body :], rows), required, again, short_rows)
    last = [] if choices.footer else _footer(build)
    body = body_of(build, renamed, last)
    said = _remarks(first, header, choices)
    if last:
        said += (remark("read_footer", lines=spans([trouble.line for trouble in last]), n=len(last)),)
    shown = tuple((line, [cell[:SHOWN_CHARACTERS] for cell in cells[:SHOWN_CELLS]]) for line, cells in first[:SHOWN_ROWS])
    lines = tuple(first[position][0] for position in header.names)
    return Body(body.frame, body.account, body.problems, renamed, body.lines, lines, shown, said)


def _chain(first: list[Row], rest: Iterator[Row | Problem]) -> Iterator[Row | Problem]:
    yield from first
    yield from rest


def _first_rows(rows: Iterator[Row | Problem]) -> tuple[list[Problem], list[Row]]:
    troubles: list[Problem] = []
    first: list[Row] = []
    for row in rows:
        if isinstance(row, Problem):
            troubles.append(row)
            if len(troubles) > LINE_REPORT and not first:
                raise TableError("training.no-header", line=troubles[0].line)
        else:
            first.append(row)
        if len(first) >= FIRST_ROWS or len(troubles) > LINE_REPORT:
            break
    if not first:
        if troubles:
            raise TableError("training.no-header", line=troubles[0].line)
        raise TableError("training.file-empty")
    return troubles, first


def _names(first: list[Row], header: Header, short_rows: bool) -> tuple[list[str], int]:
    """The names as they stand, and how many cells a row must have."""
    body = [cells for _, cells in first[header.body :]]
    if not header.names:
        width = width_of(body)
        return [""] * width, width
    names = first[header.names[0]][1]
    if len(header.names) == 2:
        names = joined_names(names, first[header.names[1]][1])
    if not short_rows and len(body) > 1 and all(len(cells) == len(names) + 1 and cells[-1].strip() for cells in body):
        names = ["", *names]  # R writes no name above the names of the rows
    return names, max(filled_width(names), 1)


def _fill(build: Builder, rows: Iterable[Row | Problem], required: int, again: list[str] | None, short_rows: bool) -> None:
    width = len(build.columns)
    for row in rows:
        if isinstance(row, Problem):
            if build.full:
                return build.stop_at(row.line)
            if build.skip(row):
                return None
            continue
        line, cells = row
        if build.full:
            return build.stop_at(line)
        if len(cells) > width:
            cells = cells[: max(filled_width(cells), width)]
        if len(cells) > width or (len(cells) < required and not short_rows):
            trouble = problem(line, "training.row-ragged", found=len(cells), expected=width)
            if build.skip(problem(line, "training.row-total") if is_total(cells) else trouble):
                return None
        elif again is not None and cells[0].strip() == again[0] and [cell.strip() for cell in cells] == again:
            build.skip(problem(line, "training.row-header-again"))
        else:
            build.add(line, cells)
    return None


def _footer(build: Builder) -> list[Problem]:
    """The last rows that are none of the table."""
    if build.rows < 2 or len(build.columns) < 2 or build.unread_from is not None:
        return []
    last = build.last_rows(min(LAST_ROWS, build.rows - 1))
    if not any(is_total(row) or is_remark(row) for row in last):
        return []
    frame = build.frame()
    reasons = footer_reasons(last, [frame[name].tolist() for name in build.columns])
    return [problem(line, reason) for line, reason in zip(build.lines[-len(reasons) :], reasons, strict=True)] if reasons else []


def _remarks(first: list[Row], header: Header, choices: Choices) -> tuple[Remark, ...]:
    """What is said of the header."""
    if choices.header is not None:
        return ()
    if not header.names:
        return (remark("read_no_header", doubtful=True, line=first[0][0]),)
    lines = [first[position][0] for position in header.names]
    said: list[Remark] = []
    if header.doubtful:
        said.append(remark("read_header_doubtful", doubtful=True, line=lines[0]))
    if len(lines) > 1:
        said.append(remark("read_two_headers", first=lines[0], second=lines[1]))
    above = [first[position][0] for position in header.left_out if position < header.names[0]]
    if above:
        said.append(remark("read_title", line=lines[0], above=spans(above), n=len(above)))
    return tuple(said)


def take(rows: Iterator[Row | Problem], most: int) -> tuple[list[Row | Problem], Iterator[Row | Problem]]:
    """The first rows, and all rows: to look at some before reading on."""
    taken: deque[Row | Problem] = deque()
    for row in rows:
        taken.append(row)
        if len(taken) == most:
            break
    return list(taken), _again(taken, rows)


def _again(taken: deque[Row | Problem], rows: Iterator[Row | Problem]) -> Iterator[Row | Problem]:
    while taken:
        yield taken.popleft()
    yield from rows
