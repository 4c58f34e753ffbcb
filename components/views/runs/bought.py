"""What mended labels bought: the run with them beside the one that it was made from, on the same test rows with their own labels."""

from typing import Any

import streamlit as st

from components.errors import TrainingError
from components.evaluation.intervals import Interval
from components.evaluation.paired import Paired
from components.training.judged import JudgedResult
from components.training.kept_head import is_kept
from components.training.relabelled import RELABELLED
from components.training.runs import Run
from components.ui.state.runs import run_key, store
from components.ui.widgets.verdict import said

from .compare import paired_runs
from .judged.compared import gain_of
from .judged.verdict import measure_name, written


def show_bought(run: Run) -> None:
    """One sentence; nothing where no label was changed since the run that it was made from, or that one is gone."""
    if not (run.data.get("from") and run.data.get(RELABELLED)):
        return
    try:
        before = store().get(run.data["from"], run_key())
    except TrainingError:
        return
    changed = len(run.data[RELABELLED].keys() - before.data.get(RELABELLED, {}).keys())
    if not (changed and before.scores and is_kept(run) == is_kept(before)):
        return
    paired, gain = paired_runs(run, before), gain_of(before, run)
    if paired:
        st.html(f"<p>{bought_words(paired, changed)}</p>")
    elif gain:
        st.html(f"<p>{_measured_words(before, run, gain, changed)}</p>")


def _measured_words(before: Run, after: Run, gain: Interval, changed: int) -> str:
    """Of a task with measures: by how much the one that counts changed. HTML from `said`."""
    assert isinstance(before.result, JudgedResult) and isinstance(after.result, JudgedResult), "a gain is one of measures"
    main = after.result.main
    values: dict[str, Any] = {
        "after": written(main, after.result.measures[main].value),
        "before": written(main, before.result.measures[main].value),
        "low": written(main, gain.low),
        "high": written(main, gain.high),
    }
    sure = gain.low > 0 or gain.high < 0
    words = said("runs.bought_measure", n=changed, measure=measure_name(main), rows=f"{after.result.rows.test:,}", **values)
    return words + said("runs.bought_sure" if sure else "runs.bought_chance")


def bought_words(paired: Paired, changed: int) -> str:
    """The run (first) and the one before (second): HTML from `said`."""
    difference = paired.difference
    values: dict[str, Any] = {
        "after": f"{paired.first:,}",
        "before": f"{paired.second:,}",
        "rows": f"{paired.rows:,}",
        "points": f"{100 * difference.value:+.1f}",
    }
    values |= {"low": f"{100 * difference.low:+.1f}", "high": f"{100 * difference.high:+.1f}"}
    sure = difference.low > 0 or difference.high < 0
    return said("runs.bought", n=changed, **values) + said("runs.bought_sure" if sure else "runs.bought_chance")
