"""What a model of several labels shows of its own: a text with each label's probability and threshold, which labels go together, and the wrong sets."""

import json

import numpy as np
import pandas as pd
import streamlit as st

from components.evaluation.intervals import Interval
from components.evaluation.label_sets import SetScores, beside
from components.models.results import LabelSet
from components.training.judged import JudgedResult
from components.training.label_sets import read
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import kept
from components.ui.widgets.errors import guarded
from components.ui.widgets.figures import show_matrix
from components.ui.widgets.verdict import said

from ..pictures import Scored, scored_dots
from ..trial import trial_field
from .judged_rows import MOST_ROWS, judged_rows, show_gone
from .marks import limit_bars
from .verdict import written

PAGE = MODEL_KEY = ""
SHOWN = 8  # labels as bars
IN_FIGURE = 16  # labels, the most frequent


def show_trial(run: Run, result: JudgedResult) -> None:
    text = trial_field(run, kept("runs:label-trial", (run.id, run.ended), lambda: _trial_texts(run, result)), go="runs.try_answer")
    with st.container(height=84 + 27 * min(len(result.labels), SHOWN + 1), border=False, key="runs-answer"), guarded():
        if not text.strip():
            st.caption(t("runs.try_placeholder"))
            return
        answer: LabelSet = model(f"run:{run.id}", "several_labels").predict([text])[0]
        names = t("evaluation.separator").join(answer.labels)
        finding = said("runs.labels_said", quoted={"labels": names}) if answer.labels else said("runs.labels_none")
        st.html(f'<p class="hi-finding" aria-live="polite">{finding}</p>{_bars(answer)}')
        st.caption(t("runs.labels_legend"))


def show_figure(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    parts = sorted(result.parts, key=lambda part: -part.wanted)[:IN_FIGURE]
    scored = [Scored(part.name, f1, written("f1", f1.value), first=True) for part in parts if (f1 := part.measures["f1"])]
    st.markdown(f"**{t('runs.labels_f1')}**")
    listed = t("evaluation.separator").join(f"{one.name} {one.written}" for one in scored)
    st.html(scored_dots(scored, t("runs.judged_dots_alt", measure=t("runs.measure_f1"), listed=listed)))
    if rows is None:
        return
    st.markdown(f"**{t('runs.labels_together')}**")
    names = [part.name for part in parts]
    wanted, found = (
        np.array([[name in read(cell) for name in names] for cell in rows[column]], dtype=bool) for column in ("label", "predicted")
    )
    values = beside(wanted, found)
    known = np.isfinite(np.diag(values))
    show_matrix(
        values,
        names,
        names,
        key="runs-together",
        caption=t("runs.labels_together_caption"),
        alt=t("runs.labels_together_alt", labels=len(names), share=f"{np.diag(values)[known].mean():.0%}" if known.any() else "–"),
        limits=(0, 1),
        decimals=2,
        row_title=t("runs.labels_wanted"),
        column_title=t("runs.labels_found"),
    )


def show_mistakes(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    pairs = [(set(read(wanted)), set(read(found))) for wanted, found in zip(rows["label"], rows["predicted"], strict=True)]
    wrong = np.array([len(wanted ^ found) for wanted, found in pairs])
    between = t("evaluation.separator")
    table = pd.DataFrame(
        [
            (
                text,
                between.join(sorted(wanted)),
                between.join(sorted(found)),
                between.join(sorted(wanted - found)),
                between.join(sorted(found - wanted)),
            )
            for text, (wanted, found) in zip(rows["text"], pairs, strict=True)
        ],
        columns=[
            t("runs.mistake_text"),
            t("runs.labels_wanted"),
            t("runs.labels_found"),
            t("runs.labels_missed"),
            t("runs.labels_too_much"),
        ],
        index=rows.index,
    ).rename_axis(t("tune.row"))
    order = np.argsort(-wrong, kind="stable")
    order = order[wrong[order] > 0]
    st.markdown(t("runs.labels_mistakes", wrong=f"{len(order):,}", rows=f"{len(rows):,}", shown=f"{min(len(order), MOST_ROWS):,}"))
    if len(order):
        st.dataframe(table.iloc[order[:MOST_ROWS]])


def gain(first: pd.DataFrame, second: pd.DataFrame) -> Interval:
    """By how much more micro F1 the second run has; both frames hold the same rows."""
    names = sorted({name for column in (first["label"], first["predicted"], second["predicted"]) for cell in column for name in read(cell)})
    wanted, before, after = (
        np.array([[name in read(cell) for name in names] for cell in column], dtype=bool).reshape(len(first), len(names))
        for column in (first["label"], first["predicted"], second["predicted"])
    )
    return SetScores(wanted, after).gain_over(SetScores(wanted, before))


def _bars(answer: LabelSet) -> str:
    """The labels that are said and, up to a bound, the most probable of the others."""
    ranked = sorted(answer.scores, key=lambda label: (label not in answer.labels, -answer.scores[label]))
    shown = ranked[: max(SHOWN, len(answer.labels))]
    listed = t("evaluation.separator").join(f"{label} {answer.scores[label]:.0%} ({answer.thresholds[label]:.0%})" for label in shown)
    drawn = limit_bars([(label, answer.scores[label], answer.thresholds[label]) for label in shown], t("runs.labels_alt", listed=listed))
    rest = len(ranked) - len(shown)
    return drawn + (f'<p class="hi-legend">{said("runs.labels_rest", n=rest)}</p>' if rest else "")


def _trial_texts(run: Run, result: JudgedResult) -> dict[str, str]:
    """Unseen rows: one with several labels and all of them found, one in which little decides, one with the most wrong. {} where the rows are gone."""
    rows = judged_rows(run)
    if rows is None:
        return {}
    limits = np.array([result.thresholds[name] for name in result.labels])
    margins = np.abs(np.array([json.loads(cell) for cell in rows["probabilities"]]) - limits).min(axis=1)
    wanted, found = ([frozenset(read(cell)) for cell in rows[column]] for column in ("label", "predicted"))
    exact = np.array([one == other for one, other in zip(wanted, found, strict=True)])
    sizes = np.array([len(one) for one in wanted])
    wrong = np.array([len(one ^ other) for one, other in zip(wanted, found, strict=True)])
    ranks = {
        "labels_right": np.lexsort((-margins, -sizes, ~exact)),
        "torn": np.argsort(margins, kind="stable"),
        "labels_wrong": np.lexsort((-margins, -wrong)),
    }
    chosen: dict[str, str] = {}
    for name, order in ranks.items():
        fitting = exact if name == "labels_right" else wrong > 0 if name == "labels_wrong" else np.ones(len(rows), dtype=bool)
        texts = (str(rows["text"].iloc[place]) for place in order if fitting[place])
        text = next((text for text in texts if text.strip() and text not in chosen.values()), None)
        if text is not None:
            chosen[name] = text
    return chosen
