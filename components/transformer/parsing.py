"""Matrices typed by hand: one row a line, numbers apart by spaces, tabs, commas or semicolons."""

import math
import re
import unicodedata

import numpy as np


class MatrixError(ValueError):
    """A typed matrix that can't be read. `problem` is one of

    - "empty": nothing there (row, column, text unset),
    - "not_a_number": `text` at `row`, `column` (both from 1) is no finite number,
    - "ragged": row `row` has `found` numbers, the first row has `expected`,
    - "rows" or "columns": there are `found` of them, at most `expected` are allowed.
    """

    def __init__(self, problem: str, *, row: int = 0, column: int = 0, text: str = "", found: int = 0, expected: int = 0):
        super().__init__(f"{problem}: row {row}, column {column}, text {text!r}, found {found}, expected {expected}")
        self.problem, self.row, self.column, self.text, self.found, self.expected = problem, row, column, text, found, expected


def parse_matrix(text: str, max_rows: int = 64, max_columns: int = 64) -> np.ndarray:
    """(rows, columns) float64 from typed text; blank lines and square brackets are passed over, full-width digits are
    read. Raises MatrixError.
    """
    lines = unicodedata.normalize("NFKC", text).replace("[", " ").replace("]", " ").replace("−", "-").splitlines()
    rows = [fields for line in lines if (fields := [field for field in re.split(r"[\s,;、]+", line) if field])]
    if not rows:
        raise MatrixError("empty")
    if len(rows) > max_rows:
        raise MatrixError("rows", found=len(rows), expected=max_rows)
    if len(rows[0]) > max_columns:
        raise MatrixError("columns", found=len(rows[0]), expected=max_columns)
    matrix = np.empty((len(rows), len(rows[0])))
    for i, fields in enumerate(rows):
        if len(fields) != len(rows[0]):
            raise MatrixError("ragged", row=i + 1, found=len(fields), expected=len(rows[0]))
        for j, field in enumerate(fields):
            matrix[i, j] = _number(field, i + 1, j + 1)
    return matrix


def _number(field: str, row: int, column: int) -> float:
    try:
        value = float(field)
    except ValueError:
        value = math.nan
    # Beyond 1e6 the products of two matrices stop being readable, and far beyond they overflow.
    if not abs(value) <= 1e6:
        raise MatrixError("not_a_number", row=row, column=column, text=field)
    return value
