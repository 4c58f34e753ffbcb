"""A classifier of two texts: two fields, a table of pairs, which label is taken for which, the most confident mistakes."""

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.evaluation import confusion_figure, shown_classes
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets import figures
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import printable
from components.ui.widgets.verdict import said, show_finding

from ..pictures import bars, percent
from .judged_rows import judged_rows, show_gone, show_table
from .pair_table import show_pair_table
from .pairs import MOST, pair_fields

PAGE, MODEL_KEY = "", ""  # its own page is the place
SHOWN = 5


def show_trial(run: Run, result: JudgedResult) -> None:
    """Two fields, an unseen pair in them at first, the classes as bars, and a table of pairs behind a fold."""
    st.subheader(t("runs.try_pair"), anchor=False)
    texts = pair_fields(run)
    with st.container(border=False, key="runs-answer"), guarded():
        if all(text.strip() for text in texts):
            prediction = model(f"run:{run.id}", "pair_classes").predict_pairs([(texts[0][:MOST], texts[1][:MOST])])[0]
            ranked = sorted(prediction.scores.items(), key=lambda pair: -pair[1])[:SHOWN]
            told = t("runs.tried", label=prediction.label, score=percent(prediction.score))
            st.html(bars([(name, share, percent(share)) for name, share in ranked], told))
        else:
            st.caption(t("runs.try_pair_placeholder"))
    with st.expander(t("runs.pair_table"), icon=":material/table:"), guarded():
        show_pair_table(run)


def show_figure(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    labels = list(result.labels)
    place = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(table, (rows["label"].map(place).to_numpy(), rows["predicted"].map(place).to_numpy()), 1)
    shown = shown_classes(table)
    right = int(np.trace(table))
    show_finding(said("runs.classes_finding", right=f"{right:,}", rows=f"{len(rows):,}"))
    names = [labels[number] for number in shown]
    titles = {"true_title": t("runs.class_wanted"), "predicted_title": t("runs.class_found")}
    figures.show_figure(
        confusion_figure(table[np.ix_(shown, shown)], names, true_title=titles["true_title"], predicted_title=titles["predicted_title"]),
        key="run-pair-classes",
        caption=t("runs.classes_caption"),
        alt=t("runs.classes_alt", right=f"{right:,}", rows=f"{len(rows):,}"),
        data=pd.DataFrame(table, index=labels, columns=labels).rename_axis(titles["true_title"]).reset_index(),
    )


def show_mistakes(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    wrong = rows[rows["label"] != rows["predicted"]].sort_values("confidence", ascending=False, kind="stable")
    table = pd.DataFrame(
        {
            t("runs.try_text"): wrong["text"].map(printable),
            t("runs.try_second"): wrong["second"].map(printable),
            t("runs.class_wanted"): wrong["label"].map(printable),
            t("runs.class_found"): wrong["predicted"].map(printable),
            t("runs.confidence"): wrong["confidence"].map(percent),
        }
    )
    show_table(table, t("runs.classes_mistakes", n=f"{len(wrong):,}", rows=f"{len(rows):,}"))
