"""What a cell is like: a number, a date, a name of a column. Every question takes time in proportion to the cell, however odd it is."""

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"[+\-−]?[¥￥$€£]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d{1,3})?[ ]?[%％]?")
_DATE = re.compile(r"\d{2,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?")
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([ T]\d{1,2}:\d{2}(:\d{2})?)?")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
LONG = 60  # characters; no number or date has more
NAME = 300  # characters of a column's name, which may be the question of a survey


def is_number(cell: str) -> bool:
    text = cell[:LONG].strip()
    return bool(text) and len(cell) < LONG and any(map(str.isdigit, text)) and _NUMBER.fullmatch(text) is not None


def is_date(cell: str) -> bool:
    text = cell[:LONG].strip()
    return len(cell) < LONG and any(form.fullmatch(text) for form in (_DATE, _DAY_FIRST, _TIME))


def is_value(cell: str) -> bool:
    """A number or a date: what stands in rows and names no column."""
    return is_number(cell) or is_date(cell)


def filled_width(cells: list[str]) -> int:
    """Number of cells up to the last that isn't blank: delimiters at the end of a line hold nothing."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def filled_count(cells: Iterable[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def is_like_names(cells: list[str]) -> bool:
    """Whether the filled cells could name columns: short, each another, none a number or a date."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and len(set(filled)) == len(filled) and not any(len(cell) > NAME or is_value(cell) for cell in filled)
