"""Several labels in one cell, or a column of yes and no for each label: read into lists of names, written as JSON lists in the order of the file."""

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from components.tables.numbers import read_numbers
from components.training.label_findings import MISSING, items_of

# Marks that stand between labels, each with its other width.
SEPARATORS = {",": "，", ";": "；", "|": "｜", "/": "／", "、": "､"}
MOST_LABELS = 200
LONGEST_NAME = 60  # characters
LEAST_RECOMBINED = 0.5
_CIRCLES = {"○", "〇", "◯", "o"}
_CROSSES = {"x", "×", "✕", "✗", "☓"}
_YES = {"1", "1.0", "true", "yes", "y", "t", "on", "✓", "✔", "☑", "はい", "有", "あり", "該当"} | _CIRCLES
_NO = {"0", "0.0", "false", "no", "n", "f", "off", "-", "–", "ー", "☐", "いいえ", "無", "なし", "非該当"}
NAMED = 3  # labels that the name of a made column names


def written(names: Sequence[str]) -> str:
    """The names as a cell holds them."""
    return json.dumps(list(names), ensure_ascii=False)


@lru_cache(maxsize=100_000)
def read(cell: str) -> tuple[str, ...]:
    """The names of a cell of `written`, each once."""
    return tuple(dict.fromkeys(json.loads(cell))) if cell.strip() else ()


def lists_share(cells: pd.Series) -> float:
    """The share of the filled cells that are lists of names, as programs and labelling tools write them; 0 where none holds several."""
    counts = _filled(cells).value_counts()
    lists = {cell: items for cell in counts.index if (items := items_of(cell)) is not None}
    if not any(len(items) > 1 for items in lists.values()):
        return 0.0
    return float(counts[list(lists)].sum() / counts.sum())


def separator_of(cells: pd.Series, strict: bool = False) -> str | None:
    """The mark between the labels of `cells`, None where no mark parts them: labels come back in other cells in other company, which the parts of
    one name ("science/technology") don't. strict: not where all cells have the same number of parts either, as paths have ("sport/tennis"), and not
    where all are numbers ("1,200")."""
    counts = _filled(cells).value_counts()
    best: tuple[int, str] | None = None
    for mark in SEPARATORS:
        sets = {cell: _split(cell, mark) for cell in counts.index}
        several = [cell for cell, names in sets.items() if len(names) > 1]
        cells_of = Counter(name for names in sets.values() for name in set(names))
        if not several or len(cells_of) > MOST_LABELS or max(map(len, cells_of)) > LONGEST_NAME:
            continue
        if strict and (len({len(names) for names in sets.values()}) == 1 or (mark == "," and _are_numbers(counts.index))):
            continue
        if sum(cells_of.values()) < 1.5 * len(cells_of):  # names that hardly come back are no labels
            continue
        recombined = [cell for cell in several if any(cells_of[name] > 1 for name in sets[cell])]
        if counts[recombined].sum() >= LEAST_RECOMBINED * counts[several].sum():
            found = (int(counts[several].sum()), mark)
            best = found if best is None or found[0] > best[0] else best
    return best[1] if best else None


def set_cells(cells: pd.Series) -> pd.Series:
    """Cells in any of these forms as JSON lists; what says that there is no label ("", "none", "-") is an empty list."""
    mark = separator_of(cells)
    return cells.map({cell: written(_names(cell, mark)) for cell in cells.unique()})


def switch_columns(frame: pd.DataFrame) -> list[str]:
    """Columns that say yes in some rows and no in others, each a label of its own perhaps."""
    return [str(name) for name in frame.columns if switched_on(frame[name]) is not None]


def switched_on(column: pd.Series) -> np.ndarray | None:
    """Which rows say yes (n,) bool; None for a column of anything but yes and no, or with one of them alone."""
    cells = column.str.strip()
    known = cells.unique()
    if len(known) > 6 or len(known) < 2:
        return None
    keys = {cell: unicodedata.normalize("NFKC", cell).casefold() for cell in known}
    values = set(keys.values())
    crosses_off = bool(values & (_CIRCLES | _NO))
    yes, no = (_YES, _NO | _CROSSES | {""}) if crosses_off else (_YES | _CROSSES, {""})
    if not values <= yes | no or not values & yes or not values & no:
        return None
    return cells.map({cell: key in yes for cell, key in keys.items()}).to_numpy(dtype=bool)


def with_made_column(frame: pd.DataFrame, names: Sequence[str] | None = None) -> tuple[pd.DataFrame, str | None]:
    """The table with a column more, which holds the labels of its columns of yes and no (`names`, by default all of them, two or more), and
    that column's name; as it is, and None, where there are none."""
    chosen = list(names) if names is not None else switch_columns(frame)
    if len(chosen) < 2 and names is None:
        return frame, None
    on = [switched_on(frame[name]) for name in chosen]
    rows = [np.zeros(len(frame), dtype=bool) if column is None else column for column in on]
    matrix = np.stack(rows, axis=1) if rows else np.zeros((len(frame), 0), dtype=bool)
    patterns, which = np.unique(matrix, axis=0, return_inverse=True)
    texts = np.array([written([name for name, yes in zip(chosen, row, strict=True) if yes]) for row in patterns], dtype=object)
    name = made_name(chosen, list(frame.columns))
    return frame.assign(**{name: pd.Series(texts[which.ravel()], index=frame.index, dtype="str")}), name


def made_name(names: Sequence[str], taken: Sequence[str]) -> str:
    """A name for the column made of `names` that no other column has."""
    shown = " + ".join(name[:20] for name in names[:NAMED])
    name = f"{shown} … ({len(names)})" if len(names) > NAMED else shown
    while name in taken:
        name += "*"
    return name


def _names(cell: str, mark: str | None) -> list[str]:
    if unicodedata.normalize("NFKC", cell).strip().casefold() in MISSING:
        return []
    items = items_of(cell)
    if items is not None:
        return [item.strip() for item in items]
    return _split(cell, mark) if mark else [cell.strip()] if cell.strip() else []


def _are_numbers(cells: pd.Index) -> bool:
    numbers = read_numbers(cells.to_series())
    return all(cell in numbers.plain or cell in numbers.units for cell in cells)


def _split(cell: str, mark: str) -> list[str]:
    return [part.strip() for part in cell.replace(SEPARATORS[mark], mark).split(mark) if part.strip()]


def _filled(cells: pd.Series) -> pd.Series:
    stripped = cells.str.strip()
    return stripped[stripped != ""]
