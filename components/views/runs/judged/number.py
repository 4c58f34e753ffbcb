"""What a model of a number shows of its own: a text's number on the line of those it learned from, numbers wanted against found, the largest errors."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.scatter import wanted_and_found
from components.evaluation.intervals import Interval
from components.evaluation.label_tables import decimals_for
from components.evaluation.numbers import spearman_gain
from components.models.results import NumberAnswer
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import kept
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure as draw
from components.ui.widgets.verdict import said, show_doubt

from ..trial import trial_field
from .judged_rows import MOST_ROWS, judged_rows, show_gone
from .marks import number_line

PAGE = MODEL_KEY = ""


def in_words(value: float, result: JudgedResult) -> str:
    """A number with as many decimals as tell the numbers of the table apart."""
    return f"{value:,.{decimals_for(result.facts['low'], result.facts['high'])}f}"


def show_trial(run: Run, result: JudgedResult) -> None:
    text = trial_field(run, kept("runs:number-trial", (run.id, run.ended), lambda: _trial_texts(run)), go="runs.try_answer")
    with st.container(height=190, border=False, key="runs-answer"), guarded():
        if not text.strip():
            st.caption(t("runs.try_placeholder"))
            return
        answer: NumberAnswer = model(f"run:{run.id}", "number").predict([text])[0]
        low, high, error = result.facts["low"], result.facts["high"], result.measures["mae"].value
        words = tuple(in_words(value, result) for value in (answer.value, low, high))
        values: dict[str, Any] = {"value": words[0], "low": words[1], "high": words[2], "error": in_words(error, result)}
        st.html(
            f'<p class="hi-finding" aria-live="polite">{said("runs.number_said", **values)}</p>'
            + number_line(answer.value, error, low, high, (words[0], words[1], words[2]), t("runs.number_alt", **values))
        )
        if not low <= answer.value <= high:
            show_doubt(said("runs.number_outside", **values))


def show_figure(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    wanted, found = rows["label"].to_numpy(), rows["predicted"].to_numpy()
    titles = {"wanted_title": t("runs.number_wanted"), "found_title": t("runs.number_found")}
    column = escaped_markdown(str(run.settings.label), 60)
    draw(
        wanted_and_found(wanted, found, line_name=t("runs.number_line"), **titles),
        key="runs-numbers",
        caption=t("runs.number_caption", column=column),
        alt=t(
            "runs.number_figure_alt",
            rows=f"{len(rows):,}",
            spearman=f"{result.measures['spearman'].value:.2f}",
            error=in_words(result.measures["mae"].value, result),
        ),
        data=pd.DataFrame({t("runs.number_wanted"): wanted, t("runs.number_found"): found}),
    )


def show_mistakes(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    off = (rows["predicted"] - rows["label"]).to_numpy()
    order = np.argsort(-np.abs(off), kind="stable")[:MOST_ROWS]
    signs = [f"{'+' if value > 0 else ''}{in_words(value, result)}" for value in off]
    table = pd.DataFrame(
        {
            t("runs.mistake_text"): rows["text"],
            t("runs.number_wanted"): [in_words(value, result) for value in rows["label"]],
            t("runs.number_found"): [in_words(value, result) for value in rows["predicted"]],
            t("runs.number_off"): signs,
        },
        index=rows.index,
    ).rename_axis(t("tune.row"))
    st.markdown(t("runs.number_mistakes", shown=f"{len(order):,}"))
    st.dataframe(table.iloc[order])


def gain(first: pd.DataFrame, second: pd.DataFrame) -> Interval:
    """By how much higher the rank correlation of the second run is; both frames hold the same rows."""
    return spearman_gain(first["label"].to_numpy(), second["predicted"].to_numpy(), first["predicted"].to_numpy())


def _trial_texts(run: Run) -> dict[str, str]:
    """Unseen rows: the highest number found, the lowest, and the one that is farthest off. {} where the rows are gone."""
    rows = judged_rows(run)
    if rows is None:
        return {}
    off = (rows["predicted"] - rows["label"]).abs().to_numpy()
    found = rows["predicted"].to_numpy()
    chosen: dict[str, str] = {}
    for name, order in (
        ("highest", np.argsort(-found, kind="stable")),
        ("lowest", np.argsort(found, kind="stable")),
        ("far_off", np.argsort(-off, kind="stable")),
    ):
        text = next((text for place in order if (text := str(rows["text"].iloc[place])).strip() and text not in chosen.values()), None)
        if text is not None:
            chosen[name] = text
    return chosen
