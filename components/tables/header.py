"""Which of the first rows names the columns: under a title, in two rows (as survey services write it), or none at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.tables.columns import LABEL_NAMES, TEXT_NAMES
from components.tables.dialect import TITLE_ROWS
from components.tables.values import filled_count, filled_width, is_date, is_like_names, is_number, is_value

FIRST_ROWS = 60  # looked at to find the header
# What survey services write under a question; the question is the column's name.
ANSWER_NAMES = frozenset(
    ("response", "responses", "open-ended response", "answer", "text", "回答", "自由回答", "自由記述", "自由記述回答", "記述", "記述回答", "単一回答", "複数回答")
)  # fmt: skip
_IMPORT = '{"importid"'  # the third header row of Qualtrics
_SENTENCE_ENDS = ("。", ".", "!", "！", "」", "…")
SHARE_IN_USE = 0.2  # of the rows that fill a column, for it to count

Row = tuple[int, list[str]]  # line number, cells


@dataclass(frozen=True)
class Header:
    """Positions among the first rows: of the names (none, one row, or two that are joined), of what is left out beside them, and of the
    first row of the body. doubtful: the first row may be a row like the others.
    """

    names: tuple[int, ...]
    left_out: tuple[int, ...] = ()
    body: int = 0
    doubtful: bool = False


def find_header(rows: Sequence[Row], chosen: tuple[int, ...] | None = None) -> Header:
    """The header of a table from its first rows. `chosen`: the lines that the user says it is on, () for none."""
    if chosen == ():
        return Header(())
    if chosen is not None:
        names = [position for position, (line, _) in enumerate(rows) if line in chosen]
        names = names or [0]
        return Header(tuple(names), tuple(range(names[0])), names[-1] + 1)
    start = _title_rows(rows)
    cells = [row for _, row in rows[start:]]
    above = tuple(range(start))
    imports = next((n for n, row in enumerate(cells[1:3], start=1) if _are_imports(row)), None)
    if imports is not None:
        return Header(tuple(range(start, start + imports)), (*above, start + imports), start + imports + 1)
    if _are_two(cells):
        return Header((start, start + 1), above, start + 2)
    if not start and (sign := _first_is_data(cells)):
        return Header((), doubtful=True) if sign > 0 else Header((0,), (), 1, doubtful=True)
    return Header((start,), above, start + 1)


def joined_names(upper: list[str], lower: list[str]) -> list[str]:
    """One name from two rows: a question and its option. A blank question is that to the left; "Response" under one adds nothing."""
    names, question = [], ""
    width = max(len(upper), len(lower))
    for above, below in zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True):
        above, below = above.strip(), below.strip()
        if above:
            question = above
        if not below or below.lower() in ANSWER_NAMES or below == above:
            names.append(above or below or question)
        else:
            names.append(f"{question} / {below}" if question else below)
    return names


def _are_imports(row: list[str]) -> bool:
    return filled_count(row) > 0 and all(cell.lower().replace(" ", "").startswith(_IMPORT) for cell in row if cell.strip())


def _title_rows(rows: Sequence[Row]) -> int:
    """How many rows stand above the header: titles, dates, remarks, each in one cell or as a name with a value."""
    cells = [row for _, row in rows]
    used = _columns_in_use(cells)
    if len(used) < 2 or not _is_title(cells[0], used):
        return 0
    best = 0
    for start in range(1, min(TITLE_ROWS + 1, len(rows) - 1)):
        apart = _is_apart(rows, start)
        if not apart and best:
            break
        if _is_full(cells[start], used) and is_like_names(cells[start]) and (apart or not _is_title(cells[start], used)):
            if _first_is_data(cells[start:]) > 0:
                break
            best = start
            if not any(_is_apart(rows, later) for later in range(start + 1, min(start + 4, len(rows)))):
                break
        elif filled_count(cells[start]) > 4:
            break
    return best


def _is_apart(rows: Sequence[Row], position: int) -> bool:
    """Whether blank lines stand above this row."""
    line, before = rows[position][0], rows[position - 1]
    return line - before[0] > 1 + sum(cell.count("\n") for cell in before[1]) or filled_count(before[1]) == 0


def _columns_in_use(cells: Sequence[list[str]]) -> list[int]:
    width = max(map(len, cells), default=0)
    least = max(2, SHARE_IN_USE * len(cells))
    return [column for column in range(width) if sum(column < len(row) and bool(row[column].strip()) for row in cells) >= least]


def _is_title(row: list[str], used: list[int]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    if not filled:
        return True
    if not row[used[0]].strip() if used[0] < len(row) else True:
        return False
    if len(filled) == 1:
        return True
    return len(filled) == 2 and not is_value(filled[0]) and (is_value(filled[1]) or len(used) > 3)


def _is_full(row: list[str], used: list[int]) -> bool:
    return sum(column < len(row) and bool(row[column].strip()) for column in used) >= max(2, 0.8 * len(used))


def _column(cells: Sequence[list[str]], column: int) -> list[str]:
    return [row[column].strip() for row in cells if column < len(row) and row[column].strip()]


def _is_repeated(values: list[str]) -> bool:
    """Whether a column holds classes: few values, each for several rows."""
    return len(values) >= 4 and len(set(values)) <= max(2, len(values) / 2)


def _first_is_data(cells: Sequence[list[str]]) -> int:
    """1 where the first row is one like those under it and the table has no header, -1 where that may be, 0 where it is a header."""
    first = [cell.strip() for cell in cells[0]] if cells else []
    least = 0.75 * filled_width(first)
    body = [row for row in cells[1:] if len(row) >= least and [cell.strip() for cell in row] != first]
    numbers = [cell for cell in first if cell]
    if len(body) < 3 or numbers == [str(number) for number in range(len(numbers))]:  # the names that pandas gives
        return 0
    votes = [_vote(cell, _column(body, column)) for column, cell in enumerate(first) if cell]
    like_rows, like_names = votes.count(1), votes.count(-1)
    if not like_rows:
        return 0
    return -1 if like_names else 1


def _vote(cell: str, values: list[str]) -> int:
    """1 where `cell` is one of the column's values, -1 where it names them, 0 where that can't be told."""
    if len(values) < 3 or cell.lower() in LABEL_NAMES or cell.lower() in TEXT_NAMES:
        return -1 if cell.lower() in LABEL_NAMES + TEXT_NAMES else 0
    numbers = sum(map(is_number, values)) >= 0.95 * len(values)
    if is_number(cell):
        counted = cell.isdigit() and values[0].isdigit() and int(values[0][:15]) == int(cell[:15]) + 1
        return int(numbers and (counted or "." in cell or cell in values))
    if numbers:
        return -1
    if is_date(cell):
        return int(sum(map(is_date, values)) >= 0.8 * len(values))
    if _is_repeated(values) or len(values) == 3:  # of three values none can be said to be repeated
        if cell in values:
            return 1
        if len(values) > 3:
            return 0
    sentences = sum(value.endswith(_SENTENCE_ENDS) for value in values) >= 0.6 * len(values)
    return int(sentences and len(cell) > 8 and cell.endswith(_SENTENCE_ENDS) and not cell.endswith(("ください。", "下さい。")))


def _are_two(cells: Sequence[list[str]]) -> bool:
    """Whether the second row goes on naming the columns."""
    if len(cells) < 4 or filled_count(cells[0]) < 2:
        return False
    upper, lower = cells[0], cells[1]
    filled = [column for column, cell in enumerate(lower) if cell.strip()]
    body = cells[2:]
    if len(filled) < 2 or not all(_names_below(lower[column], _column(body, column)) for column in filled):
        return False
    if is_like_names(upper) is False and not _has_gaps(upper, filled):
        return False
    answers = sum(lower[column].strip().lower() in ANSWER_NAMES for column in filled)
    if answers and (answers >= 2 or _has_gaps(upper, filled)):
        return True
    if not _has_gaps(upper, filled) or not is_like_names([lower[column] for column in filled]):
        return False
    merged = any(column < len(upper) and upper[column].strip() == lower[column].strip() for column in filled)
    return merged or _is_unlike(lower, body, filled)


def _names_below(cell: str, values: list[str]) -> bool:
    """Whether a cell can name the column with these values: none of them, or the option that is the column's only one."""
    return not is_value(cell) and (cell.strip() not in values or set(values) == {cell.strip()})


def _has_gaps(upper: list[str], filled: list[int]) -> bool:
    """Whether the first row leaves names to the second: blank behind a name, or the same name again."""
    names = [upper[column].strip() if column < len(upper) else "" for column in range(max(filled) + 1)]
    return any(names[column] in ("", names[column - 1]) and any(names[:column]) for column in filled if column)


def _is_unlike(lower: list[str], body: Sequence[list[str]], filled: list[int]) -> bool:
    """Whether some column under the second row holds numbers, or classes that it isn't one of."""
    columns = [(lower[column], _column(body, column)) for column in filled]
    return any(len(values) >= 3 and (sum(map(is_number, values)) >= 0.9 * len(values) or _is_repeated(values)) for _, values in columns)
