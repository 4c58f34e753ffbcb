"""A number a text: stars, scores, prices, in whatever writing; other cells are no number, and nothing is learned from them."""

import unicodedata

import numpy as np
import pandas as pd

from components.tables.columns import LABEL_NAMES, OTHER_NAMES, guess_columns, named
from components.tables.numbers import Numbers, is_number, read_numbers
from components.training.findings import Finding, Fix, rows_finding
from components.training.label_findings import MISSING
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text", "label")
OPTIONAL: tuple[str, ...] = ()
KINDS: tuple[str, ...] = ("one-number", "empty-label", "number-units", "no-number", "outliers", "few-numbers")
CURED: tuple[str, ...] = ("no-number",)
SAMPLE = 2_000
FEW_NUMBERS = 12  # different whole numbers that may as well be classes
MOSTLY = 0.95
VALUE_NAMES = (
    "score",
    "rating",
    "stars",
    "price",
    "amount",
    "points",
    "value",
    "点数",
    "得点",
    "評点",
    "価格",
    "値段",
    "金額",
    "満足度",
    "評価",
)
FAR = 3.0  # quartile ranges beyond the quartiles (Tukey 1977, "Exploratory Data Analysis": "far out")


def guess(frame: pd.DataFrame) -> Guess | None:
    """A column of numbers with fractions, or of many different ones; few whole ones are rather classes."""
    if len(frame.columns) < 2:
        return None
    sample = frame.head(SAMPLE)
    usual = guess_columns(sample)
    forms = {name: _sure(name, sample[name]) for name in frame.columns if name != usual.text}
    best = max(forms, key=lambda name: forms[name])
    sure = forms[best]
    if not sure:
        return Guess(Columns(usual.text, usual.label or best), 0.1)
    others = usual.label is not None and usual.label != best and not forms.get(usual.label)
    return Guess(Columns(usual.text, best), min(sure, 0.45) if others else sure)


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    """Cells that are a number and nothing else as decimal text, those that say that it is missing as ""; others as they stand."""
    assert columns.label is not None, "numbers are learned from a column"
    cells = frame[columns.label]
    plain = read_numbers(cells).plain
    missing = {cell: "" for cell in cells.unique() if unicodedata.normalize("NFKC", cell).strip().casefold() in MISSING}
    return frame.assign(**{columns.label: cells.replace(plain | missing)}), columns


def first_fixes(frame: pd.DataFrame, columns: Columns) -> tuple[Fix, ...]:
    """A unit that all numbers share is taken off at once."""
    assert columns.label is not None, "numbers are learned from a column"
    found = _units(frame[columns.label], columns.label)
    return (found[0],) if found and len(found[1].named) == 1 and not found[1].multiplies else ()


def usable(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """The rows with a number (n,) bool."""
    return frame[columns.label].map(is_number)


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    """On what the column of a prepared table holds: units, cells without a number, numbers far from all others."""
    label = columns.label
    assert label is not None, "numbers are learned from a column"
    cells = frame[label]
    right = cells.map(is_number)
    values = cells[right].astype(float)
    found: list[Finding | None] = [rows_finding("empty-label", "warning", frame.index[cells.str.strip() == ""])]
    units = _units(cells, label)
    with_unit = cells.isin([old for old, _ in units[0].renamed]) if units else pd.Series(False, index=cells.index)
    if units:
        rows = tuple(int(row) for row in frame.index[with_unit])
        values_of = (("n", len(rows)), ("units", ", ".join(units[1].named[:5])), ("bare", int(right.sum())))
        found.append(Finding("number-units", "warning", rows, values_of, units[0]))
    other = ~right & ~with_unit & (cells.str.strip() != "")
    if other.any():
        found.append(rows_finding("no-number", "warning", frame.index[other], example=str(cells[other].iloc[0])[:40]))
    if values.nunique() < 2:
        found.append(Finding("one-number", "stop", (), (("n", values.nunique()), ("column", label))))
        return found, {}
    low, high = np.percentile(values, (25, 75))
    if high > low:
        far = (values < low - FAR * (high - low)) | (values > high + FAR * (high - low))
        extremes = values[far]
        if far.any():
            most = extremes.loc[(extremes - values.median()).abs().idxmax()]
            found.append(rows_finding("outliers", "note", frame.index[right][far.to_numpy()], example=f"{most:g}"))
    if values.nunique() <= FEW_NUMBERS and (values % 1 == 0).all():
        found.append(Finding("few-numbers", "note", (), (("n", int(values.nunique())),)))
    return found, {}


def _sure(name: str, cells: pd.Series) -> float:
    """How surely a column is one of numbers to learn: 0 for none; 0.3 for a few whole ones; names of rows, which count on, are none."""
    filled = cells[cells.str.strip() != ""]
    if filled.empty:
        return 0.0
    numbers = read_numbers(filled)
    texts = numbers.plain | {cell: text for cell, (text, _) in numbers.units.items()}
    values = filled[filled.isin(list(texts))].replace(texts).astype(float)
    if len(values) < MOSTLY * len(filled) or values.nunique() < 2 or named(name, OTHER_NAMES) >= 0.25:
        return 0.0
    whole = bool((values % 1 == 0).all())
    if whole and values.is_unique and len(values) > FEW_NUMBERS and not named(name, VALUE_NAMES):
        return 0.0
    if whole and values.nunique() <= FEW_NUMBERS:
        return 0.3
    return 0.6 + 0.1 * (named(name, LABEL_NAMES) > 0 or named(name, VALUE_NAMES) > 0)


def _units(cells: pd.Series, label: str) -> tuple[Fix, Numbers] | None:
    """The fix that takes units off the numbers of `cells`; None where none has any."""
    numbers = read_numbers(cells)
    renamed = tuple((cell, text) for cell, (text, _) in numbers.units.items())
    return (Fix("number-units", (), label, renamed), numbers) if renamed else None
