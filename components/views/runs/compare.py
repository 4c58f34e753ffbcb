"""Two runs compared on the screen: the verdict, the differences as sentences, all scores on one axis."""

from html import escape

import pandas as pd
import streamlit as st

from components.errors import TrainingError
from components.evaluation.paired import Paired
from components.training.results import ClassificationResult
from components.training.runs import Run
from components.training.starting_weights import begun_on
from components.ui.state.language import t
from components.ui.state.runs import run_key, store
from components.ui.widgets.escaped import escaped_markdown

from .differences import compared, paired_rows
from .judged.compared import gain_of, measure_dots
from .pictures import Dot, dots


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
    paired = paired_runs(first, second)
    said = compared(first, second, paired, gain_of(first, second))
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
        return measure_dots(first, second)
    listed = t("evaluation.separator").join(f"{row.name} {row.right}/{row.rows}" for row in rows)
    return dots(rows, t("runs.dots_alt", listed=listed))


def paired_runs(first: Run, second: Run) -> Paired | None:
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
