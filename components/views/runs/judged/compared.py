"""Two runs of a task whose answers are more than a class a row, on the rows that both were judged on."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from components.evaluation.intervals import Interval, paired_difference
from components.evaluation.numbers import spearman_gain
from components.evaluation.resampling import gain_of_sums
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t

from ..pictures import Scored, scored_dots
from . import view_of
from .judged_rows import fresh_rows
from .verdict import measure_name, written


def gain_of(first: Run, second: Run) -> Interval | None:
    """By how much more the second scores than the first, by the measure that counts; None where they weren't judged on the same rows, or what was
    said of them is gone."""
    task = first.settings.task
    if task != second.settings.task or not (isinstance(first.result, JudgedResult) and isinstance(second.result, JudgedResult)):
        return None
    gain = getattr(view_of(task), "gain", None) or _GAINS.get(task)
    before, after = fresh_rows(first), fresh_rows(second)
    if gain is None or before is None or after is None or set(before.index) != set(after.index):
        return None
    after = after.reindex(before.index)
    same = all(
        (before[name] == after[name]).all() for name in ("text", "second", "label") if name in before.columns and name in after.columns
    )
    return gain(before, after) if same else None


def _class_gain(before: pd.DataFrame, after: pd.DataFrame) -> Interval:
    return paired_difference(*((one["predicted"] == one["label"]).to_numpy() for one in (before, after)))


def _answer_gain(before: pd.DataFrame, after: pd.DataFrame) -> Interval:
    first, second = (np.column_stack([one["f1"], np.ones(len(one))]) for one in (after, before))
    return gain_of_sums(first, second, lambda sums: sums[..., 0] / sums[..., 1])


def rank_gain(before: pd.DataFrame, after: pd.DataFrame) -> Interval:
    """By how much more the second run's rank correlation is."""
    return spearman_gain(before["wanted"].to_numpy(), after["found"].to_numpy(), before["found"].to_numpy())


# How much more the second of two frames of the same judged rows scores, of tasks whose view has no `gain` of its own.
_GAINS: dict[str, Callable[[pd.DataFrame, pd.DataFrame], Interval]] = {
    "pairs": rank_gain,
    "pair_classes": _class_gain,
    "questions": _answer_gain,
}


def measure_dots(first: Run, second: Run) -> str:
    """The measure that counts of both, on one axis; "" where they have none in common."""
    rows = []
    for letter, run in zip("AB", (first, second), strict=True):
        if not isinstance(run.result, JudgedResult) or run.settings.task != first.settings.task:
            return ""
        main = run.result.main
        score = run.result.measures[main]
        rows.append(Scored(f"{letter} {run.name[:40]}", score, written(main, score.value), first=letter == "A"))
    listed = t("evaluation.separator").join(f"{one.name} {one.written}" for one in rows)
    return scored_dots(rows, t("runs.judged_dots_alt", measure=measure_name(main), listed=listed))
