"""The judged rows of a run with their texts, and what the model said of each."""

import pandas as pd
import streamlit as st

from components.errors import TrainingError
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import run_key, store

SHOWN = 100
MOST_ROWS = 200  # of mistakes, where they are ordered beforehand


def judged_rows(run: Run) -> pd.DataFrame | None:
    """`fresh_rows`, kept until another run is looked at."""
    return kept("runs:judged_rows", (run.id, run_key(), run.ended), lambda: fresh_rows(run))


def fresh_rows(run: Run) -> pd.DataFrame | None:
    """The predictions, by row, with the columns text, second and label of the file; None where the rows are gone."""
    try:
        said, data = store().rows(run.id, run_key(), "predictions"), store().rows(run.id, run_key())
    except TrainingError:
        return None
    settings = run.settings
    named = {"text": settings.text, "second": settings.second, "label": settings.label}
    columns = {name: data[column].reindex(said.index) for name, column in named.items() if column in data.columns}
    return said.assign(**{name: column for name, column in columns.items() if name not in said.columns})


def show_gone() -> None:
    st.caption(t("training.rows-gone"))


def show_table(table: pd.DataFrame, caption: str) -> None:
    """The first rows of `table`, named by their rows in the file."""
    st.caption(caption)
    st.dataframe(table.head(SHOWN).rename_axis(t("tune.row")), height=min(35 * len(table.head(SHOWN)) + 38, 420))
