"""The training rows of a run that are nearest to a text."""

import pandas as pd
import streamlit as st

from components.training.neighbours import MOST_ROWS, TrainingIndex, training_index
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.recent import Recent
from components.ui.state.runs import store

from .escaped import escaped_markdown

_INDEXES: Recent[tuple, TrainingIndex] = Recent(4)  # for the process; one of 5,000 rows takes some 10 MB


def show_nearest(run: Run, key: str, text: str, predicted: str) -> None:
    """The rows, nearest first, and how many of them have the label that was predicted. Raises TrainingError, ModelError."""
    index = _index(run, key)
    nearest = index.nearest(text)
    if not nearest:
        return
    agree = sum(neighbour.label == predicted for neighbour in nearest)
    st.markdown(t("neighbours.agree", n=agree, all=len(nearest), label=escaped_markdown(predicted, 100)))
    columns = {
        t("neighbours.label"): [neighbour.label for neighbour in nearest],
        t("neighbours.similarity"): [neighbour.similarity for neighbour in nearest],
        t("neighbours.text"): [neighbour.text for neighbour in nearest],
    }
    frame = pd.DataFrame(columns, index=pd.Index([neighbour.row for neighbour in nearest], name=t("tune.row")))
    st.dataframe(frame, column_config={t("neighbours.similarity"): st.column_config.NumberColumn(format="%.3f")})
    said = t("neighbours.caption", rows=f"{index.trained:,}")
    if len(index.rows) < index.trained:
        said += " " + t("neighbours.sampled", shown=f"{len(index.rows):,}")
    st.caption(said)


def _index(run: Run, key: str) -> TrainingIndex:
    """The rows as the run's model sees them, with a bar while they are read; kept for the next question."""
    weights = run.model_dir / "model.safetensors"

    def make() -> TrainingIndex:
        learned = run.result.rows.train if run.result else MOST_ROWS
        bar, done, total = st.progress(0.0, t("neighbours.reading")), 0, min(learned, MOST_ROWS)

        def progress(rows: int) -> None:
            nonlocal done
            done += rows
            bar.progress(min(done / total, 1.0), t("neighbours.progress", done=f"{done:,}", total=f"{total:,}"))

        index = training_index(store(), run, key, progress)
        bar.empty()
        return index

    # The visitor's key is part of it, so that nobody reads rows through another's question.
    return _INDEXES.get((run.id, key, weights.stat().st_mtime_ns if weights.exists() else 0), make)
