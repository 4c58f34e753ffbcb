"""Similarity takes two texts and a number that says how alike they are, on whatever scale."""

import pandas as pd

from components.training.findings import Finding, rows_finding
from components.training.pair_columns import guess_pair, number_of, pair_findings
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text", "second", "label")
OPTIONAL: tuple[str, ...] = ()
KINDS: tuple[str, ...] = ("no-numbers", "one-number", "not-a-number", "empty-label", "empty-second", "pair-clash", "same-texts")
CURED: tuple[str, ...] = ("not-a-number", "empty-second", "pair-clash")
MOSTLY = 0.5  # of the cells that must be numbers


def guess(frame: pd.DataFrame) -> Guess | None:
    found = guess_pair(frame, number=True)
    return Guess(Columns(found.first, found.label, found.second), 0.92 * found.sure) if found else None


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    """Numbers as Python writes them; what is none stays as it is."""
    assert columns.label is not None, "a similarity is learned from numbers"
    cells = [cell if (value := number_of(cell)) is None else f"{value:g}" for cell in frame[columns.label]]
    return frame.assign(**{columns.label: pd.Series(cells, index=frame.index, dtype="str")}), columns


def usable(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """Which rows can be learned from: bool, by the frame's index."""
    assert columns.label is not None and columns.second is not None, "a pair has two texts and a number"
    texts = (frame[columns.text].str.strip() != "") & (frame[columns.second].str.strip() != "")
    return texts & frame[columns.label].map(number_of).notna()


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    assert columns.label is not None and columns.second is not None, "a pair has two texts and a number"
    cells = frame[columns.label]
    blank = cells.str.strip() == ""
    values = cells.map(number_of)
    wrong = values.isna() & ~blank
    known = values.dropna()
    found: list[Finding | None] = [
        rows_finding("empty-label", "warning", frame.index[blank]),
        *pair_findings(frame, columns.text, columns.second, columns.label),
    ]
    if len(known) < MOSTLY * (~blank).sum() or known.empty:
        found.append(Finding("no-numbers", "stop", (), (("column", columns.label), ("n", int(wrong.sum())))))
    else:
        found.append(rows_finding("not-a-number", "warning", frame.index[wrong]))
        if known.nunique() < 2:
            found.append(Finding("one-number", "stop", (), (("column", columns.label),)))
    return found, {}
