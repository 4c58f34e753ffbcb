"""Several labels a text: a column whose cells hold any number of names, or a column of yes and no for each label."""

import pandas as pd

from components.tables.columns import guess_columns
from components.text.duplicates import normalised
from components.training.findings import Finding, Fix, rows_finding
from components.training.label_findings import variants_in_sets
from components.training.label_sets import lists_share, read, separator_of, set_cells, switch_columns, with_made_column, written
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text", "label")
OPTIONAL: tuple[str, ...] = ()
FEW_ROWS = 8  # a label with fewer is hardly learned, and no threshold can be chosen for it
MANY_LABELS = 100
SAMPLE = 2_000  # rows in which the form of a column is looked for
KINDS: tuple[str, ...] = (
    *("no-labels", "too-many-labels", "label-variants", "label-twice", "contradictions"),
    *("label-everywhere", "rare-labels", "empty-sets", "one-label-each"),
)
CURED: tuple[str, ...] = ("label-twice",)


def widened(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a column made of its columns of yes and no, where it has several."""
    return with_made_column(frame)[0]


def guess(frame: pd.DataFrame) -> Guess | None:
    """Columns of yes and no are one label column, which `widened` makes."""
    if len(frame.columns) < 2:
        return None
    sample = frame.head(SAMPLE)
    usual = guess_columns(sample)
    forms = {name: _sure(sample[name]) for name in frame.columns if name != usual.text}
    best = max(forms, key=lambda name: forms[name])
    switches = [name for name in switch_columns(frame) if name != usual.text]
    if forms[best] < 0.5 and len(switches) > 1:
        made = with_made_column(frame)[1]
        alone = usual.label is None or usual.label in switches
        if made is not None:
            return Guess(Columns(usual.text, made), 0.8 if alone or len(switches) > 4 else 0.45)
    if forms[best] < 0.5:
        best = usual.label or best
    return Guess(Columns(usual.text, best), max(forms[best], 0.2))


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    """Each cell of the label column as a JSON list of names, "[]" for none."""
    assert columns.label is not None, "labels are learned from a column"
    if columns.label not in frame.columns:
        frame = widened(frame)
    return frame.assign(**{columns.label: set_cells(frame[columns.label])}), columns


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    """On the labels of a prepared table: none, too many, several writings, twice in a cell, too rare, everywhere."""
    label = columns.label
    assert label is not None, "labels are learned from a column"
    sets = frame[label].map(read)
    counts = {str(name): int(rows) for name, rows in sets.explode().dropna().value_counts().items()}
    found: list[Finding | None] = []
    if not counts:
        return [Finding("no-labels", "stop", (), (("column", label),))], counts
    if len(counts) > MANY_LABELS:
        found.append(Finding("too-many-labels", "stop", (), (("n", len(counts)), ("column", label), ("limit", MANY_LABELS))))
    filled = int((sets.map(len) > 0).sum())
    everywhere = [name for name, rows in counts.items() if rows == len(frame)]
    rare = [name for name, rows in counts.items() if rows < FEW_ROWS and rows < len(frame)]
    found += [
        variants_in_sets(frame, label, counts, _renamed),
        _twice(frame, label),
        _without(frame, label, "label-everywhere", everywhere) if len(frame) > 1 else None,
        _without(frame, label, "rare-labels", rare, few=FEW_ROWS),
        rows_finding("empty-sets", "note", frame.index[sets.map(len) == 0], share=f"{1 - filled / len(frame):.0%}"),
        _contradictions(frame, columns.text, sets),
    ]
    if len(counts) > 1 and filled > 1 and sets.map(len).max() == 1:
        found.append(Finding("one-label-each", "note"))
    return found, counts


def _sure(cells: pd.Series) -> float:
    """How surely a column holds several labels a cell: 0 where none does."""
    if lists_share(cells) > 0.9:
        return 0.95
    return 0.7 if separator_of(cells, strict=True) else 0.0


def _renamed(cell: str, renamed: dict[str, str]) -> str:
    names = read(cell)
    return written(tuple(dict.fromkeys(renamed.get(name, name) for name in names))) if renamed.keys() & set(names) else cell


def _twice(frame: pd.DataFrame, label: str) -> Finding | None:
    """A label more than once in one cell."""
    renamed = tuple((cell, written(read(cell))) for cell in map(str, frame[label].unique()) if cell.strip() and written(read(cell)) != cell)
    if not renamed:
        return None
    rows = tuple(int(row) for row in frame.index[frame[label].isin([old for old, _ in renamed])])
    values = (("n", len(rows)), ("example", renamed[0][0]))
    return Finding("label-twice", "warning", rows, values, Fix("label-twice", (), label, renamed))


def _without(frame: pd.DataFrame, label: str, kind: str, names: list[str], **values: object) -> Finding | None:
    """A finding on labels from which nothing is learned, mended by taking them out of their cells."""
    if not names:
        return None
    gone = set(names)
    cells = [cell for cell in map(str, frame[label].unique()) if gone & set(read(cell))]
    renamed = tuple((cell, written([name for name in read(cell) if name not in gone])) for cell in cells)
    rows = tuple(int(row) for row in frame.index[frame[label].isin(cells)])
    told = {"n": len(rows), "labels": len(names), "names": ", ".join(names[:5])} | values
    return Finding(kind, "warning", rows, tuple(told.items()), Fix(kind, (), label, renamed))


def _contradictions(frame: pd.DataFrame, text: str, sets: pd.Series) -> Finding | None:
    """The same text with other labels."""
    keys = frame[text].map(normalised)
    several = sets.map(frozenset)[keys != ""].groupby(keys).nunique()
    clashing = keys.isin(several[several > 1].index)
    return rows_finding("contradictions", "warning", frame.index[clashing], texts=int((several > 1).sum()))
