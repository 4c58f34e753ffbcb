"""Two runs compared on the screen: the verdict, the differences as sentences, all scores on one axis."""

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from components.errors import TrainingError
from components.evaluation.intervals import Interval
from components.evaluation.paired import Paired
from components.training.judged import JudgedResult
from components.training.results import ClassificationResult
from components.training.runs import Run
from components.training.starting_weights import begun_on
from components.ui.state.language import t
from components.ui.state.runs import run_key, store
from components.ui.widgets.escaped import escaped_markdown

from .differences import compared, paired_rows
from .judged import view_of
from .judged.verdict import measure_name, written
from .pictures import Dot, Scored, dots, scored_dots


def show_change(run: Run) -> None:
    """Of a run that was made from another: which, and the two compared, one click away. Nothing where the other is gone."""
    if not run.data.get("from"):
        return
    try:
        before = store().get(run.data["from"], run_key())
    except TrainingError:
        st.caption(t("runs.before_gone"))
        return
    if not (run.scores and before.scores):
        st.caption(t("runs.change_of", name=escaped_markdown(before.name, 100)))
        return
    with st.expander(t("runs.compared_with", name=escaped_markdown(before.name, 100))):
        show_pair(before, run)


def show_pair(first: Run, second: Run) -> None:
    """Verdict, differences and scores of two judged runs; the first is A."""
    paired = _paired(first, second)
    said = compared(first, second, paired, _gain(first, second))
    listed = "".join(f"<li>{sentence}</li>" for sentence in said.differences)
    same = f'<p class="hi-legend">{escape(t("runs.pair_same", listed=t("evaluation.separator").join(said.same)))}</p>' if said.same else ""
    st.html(
        f'<div class="hi-say hi-pair"><h3 class="hi-finding">{said.finding}</h3><div class="drawn">{_dots(first, second, paired)}</div>'
        f"<div><p>{said.grounds}</p><ul>{listed}</ul>{same}</div></div>"
    )


def weights_words(run: Run) -> str:
    """What a run was begun on, with the fingerprints that are known."""
    begun = {run.settings.backbone: "", **begun_on(run)}
    return ", ".join(f"{id} {digest}".strip() for id, digest in begun.items())


def _dots(first: Run, second: Run, paired: Paired | None) -> str:
    """A filled, B hollow, and counting words dashed where both were judged on the same rows."""
    rows = [
        Dot(f"{letter} {run.name[:40]}", run.result.judgement.right, run.result.judgement.rows, first=letter == "A")
        for letter, run in zip("AB", (first, second), strict=True)
        if isinstance(run.result, ClassificationResult)
    ]
    if paired and isinstance(first.result, ClassificationResult):
        tfidf = first.result.baselines["tfidf"]
        rows.append(Dot(t("runs.short_tfidf"), tfidf.right, tfidf.rows, dashed=True))
    if not rows:
        return _measured_dots(first, second)
    listed = t("evaluation.separator").join(f"{row.name} {row.right}/{row.rows}" for row in rows)
    return dots(rows, t("runs.dots_alt", listed=listed))


def _measured_dots(first: Run, second: Run) -> str:
    """Of two runs with the same measure; "" for others."""
    results = [
        (letter, run.name, run.result) for letter, run in zip("AB", (first, second), strict=True) if isinstance(run.result, JudgedResult)
    ]
    if len({result.main for _, _, result in results}) != 1 or len(results) < 2:
        return ""
    main = results[0][2].main
    rows = [
        Scored(f"{letter} {name[:40]}", result.measures[main], written(main, result.measures[main].value), first=letter == "A")
        for letter, name, result in results
    ]
    listed = t("evaluation.separator").join(f"{row.name} {row.written}" for row in rows)
    return scored_dots(rows, t("runs.judged_dots_alt", measure=measure_name(main), listed=listed))


def _gain(first: Run, second: Run) -> Interval | None:
    """By how much more the main measure of the second is, on the rows that both were judged on; None where those differ or are gone, or the task doesn't
    tell."""
    if not (
        isinstance(first.result, JudgedResult) and isinstance(second.result, JudgedResult) and first.settings.task == second.settings.task
    ):
        return None
    compute: Callable[[pd.DataFrame, pd.DataFrame], Interval] | None = getattr(view_of(first.settings.task), "gain", None)
    if compute is None:
        return None
    try:
        said = [_judged(run) for run in (first, second)]
    except TrainingError:
        return None
    before, after = said[0], said[1].reindex(said[0].index)
    same = len(before) == len(said[1]) and all((before[name] == after[name]).all() for name in ("text", "label"))
    return compute(before, after) if same else None


def _paired(first: Run, second: Run) -> Paired | None:
    """How both did on the rows that both were judged on; None where those differ or are gone."""
    if {first.settings.task, second.settings.task} != {"classification"}:
        return None
    try:
        return paired_rows(*(_judged(run) for run in (first, second)))
    except TrainingError:
        return None


def _judged(run: Run) -> pd.DataFrame:
    """What was said of each judged row, with its text. Raises TrainingError where the rows are gone."""
    said = store().rows(run.id, run_key(), "predictions")
    return said.assign(text=store().rows(run.id, run_key())[run.settings.text].reindex(said.index))
