"""Rows under a table that are none of it: totals, and remarks such as "※ 複数回答可"."""

import re
from collections.abc import Sequence

from components.tables.values import filled_count, is_number

LAST_ROWS = 6
_TOTALS = frozenset(
    ("合計", "計", "総計", "小計", "総合計", "平均", "件数", "合計件数", "total", "totals", "grand total", "subtotal", "sum", "average", "mean", "count")
)  # fmt: skip
_REMARK = re.compile(r"※|\*\s|注[:：)）]|注記|備考[:：]|出典|資料[:：]|source[:：]|notes?[:：]", re.IGNORECASE)


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row says that it is a total: a word for it, and nothing but numbers beside it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or filled[0].rstrip("：: ").replace(" ", "").replace("\u3000", "").lower() not in _TOTALS:
        return False
    return len(filled) > 1 and all(map(is_number, filled[1:]))


def is_remark(cells: Sequence[str]) -> bool:
    """Whether a row of several columns is one remark."""
    return len(cells) > 1 and filled_count(cells) == 1 and bool(cells[0].strip()) and _REMARK.match(cells[0].strip()) is not None


def footer_reasons(rows: Sequence[Sequence[str]], columns: Sequence[Sequence[str]]) -> list[str]:
    """Why the last of `rows` (in their order) are none of the table, the reason of the first such row first. `columns`: all the table."""
    reasons: list[str] = []
    for below, row in enumerate(reversed(rows), start=1):
        if is_remark(row):
            reasons.append("training.row-remark")
        elif is_total(row) and _is_beyond(row, [values[:-below] for values in columns]):
            reasons.append("training.row-total")
        else:
            break
    return reasons[::-1]


def _is_beyond(row: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether a number of the row is none of those that stand above it: a row may after all have the text "Total" and the label 1."""
    beside = [(cell.strip(), columns[column]) for column, cell in enumerate(row) if is_number(cell)]
    blank = [columns[column] for column, cell in enumerate(row) if not cell.strip()]
    return any(cell not in {value.strip() for value in values} for cell, values in beside) or any(filled_count(values) for values in blank)
