"""Two runs of a task whose answers are more than a class a row, on the rows that both were judged on."""

import numpy as np
import pandas as pd

from components.evaluation.intervals import Interval, paired_difference
from components.evaluation.resampling import gain_of_rows, gain_of_sums
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.training.tasks.pairs import correlation
from components.ui.state.language import t

from ..pictures import Scored, scored_dots
from .judged_rows import fresh_rows
from .verdict import measure_name, written


def gain_of(first: Run, second: Run) -> Interval | None:
    """By how much more the second scores than the first, by the measure that counts; None where they weren't judged on the same rows, or what was
    said of them is gone."""
    task = first.settings.task
    if task != second.settings.task or task not in ("pairs", "pair_classes", "questions"):
        return None
    a, b = fresh_rows(first), fresh_rows(second)
    if a is None or b is None or set(a.index) != set(b.index):
        return None
    b = b.reindex(a.index)
    if not all((a[name] == b[name]).all() for name in ("text", "second", "label")):
        return None
    return _gain(task, a, b)


def _gain(task: str, a: pd.DataFrame, b: pd.DataFrame) -> Interval:
    if task == "pair_classes":
        return paired_difference(*((one["predicted"] == one["label"]).to_numpy() for one in (a, b)))
    if task == "questions":
        later, earlier = (np.column_stack([one["f1"], np.ones(len(one))]) for one in (b, a))
        return gain_of_sums(later, earlier, lambda sums: sums[..., 0] / sums[..., 1])
    wanted = a["wanted"].to_numpy()
    new, old = (one["found"].to_numpy() for one in (b, a))
    return gain_of_rows(
        len(a), lambda rows: correlation("spearman", new[rows], wanted[rows]), lambda rows: correlation("spearman", old[rows], wanted[rows])
    )


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
