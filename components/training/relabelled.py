"""Labels that were mended row by row, and what they may not change: which rows are judged, and by which labels.

A split deals the rows class by class, so that another label moves rows to another part. A run therefore remembers the label that each mended
row had; its rows are dealt by those, and a row that is judged keeps its own. Of named entities the label is the cell with all marked pieces.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from components.training.findings import Fix
from components.training.runs import Run
from components.training.settings import Settings

KINDS = {"classification": "label-errors", "entities": "entity-errors"}  # of the fix, by the task
RELABELLED = "relabelled"  # in what is remembered of a run's data: row -> the label that it had
DEALT = "\0dealt"  # the column of a task's frame with the labels that the rows are dealt by; no file has one of this name


def relabelling(column: str, labels: Mapping[int, tuple[str, str]], task: str = "classification") -> Fix | None:
    """The fix that gives rows of `column` another label, or other marked pieces, row -> (old, new); None for no rows."""
    return Fix(KINDS[task], tuple(labels), column, tuple(labels.values())) if labels else None


def is_relabelling(fix: Fix) -> bool:
    return fix.kind in KINDS.values()


def relabelled(fixes: Sequence[Fix]) -> dict[int, tuple[str, str]]:
    """The rows that `fixes` give another label, one by one: row -> (old, new)."""
    return {row: names for fix in fixes if is_relabelling(fix) for row, names in zip(fix.rows, fix.renamed, strict=True)}


def remembered(fixes: Sequence[Fix], origin: Run | None = None) -> dict[str, str]:
    """What a run remembers of its mended rows, those of the run that its rows are from among them: row -> the label it had at first."""
    before = dict(origin.data.get(RELABELLED, {})) if origin else {}
    return {str(row): old for row, (old, _) in relabelled(fixes).items()} | before


def task_frame(frame: pd.DataFrame, settings: Settings, mended: Mapping[str, str]) -> pd.DataFrame:
    """What a task is made from: the columns of `settings` as texts, "row" for the name of each in `frame`, and what the rows are dealt by."""
    columns = [column for column in dict.fromkeys((settings.text, settings.label, settings.group)) if column]
    used = frame[columns].astype("str").reset_index(names="row")
    return with_dealt(used, settings, mended)


def with_dealt(frame: pd.DataFrame, settings: Settings, mended: Mapping[str, str]) -> pd.DataFrame:
    """`frame` (column "row") with the labels that its rows are dealt by, where some were mended."""
    if not (mended and settings.label):
        return frame
    dealt = [mended.get(str(row), name) for row, name in zip(frame["row"], frame[settings.label], strict=True)]
    return frame.assign(**{DEALT: dealt})
