"""The training rows nearest to a text, under an answer of one of the visitor's own runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from components.training.errors import TrainingError
from components.training.neighbours import TrainingIndex, training_index
from components.training.runs import Run

from ..language import t
from ..plain import plain
from ..runs import run_key, store
from ..visitor import visitor_key

if TYPE_CHECKING:
    from .classification import Classified


def show_neighbours(text: str, found: Sequence["Classified"]) -> None:
    """Below the answer of each run whose rows this visitor may read."""
    for number, one in enumerate(found):
        if one.chosen.seed is not None or not one.chosen.id.startswith("run:"):
            continue
        try:
            run = store().get(one.chosen.id.removeprefix("run:"), visitor_key())
        except TrainingError:  # another visitor's: its model answers whoever has its id, its rows are nobody else's business
            continue
        with one.place:
            if st.toggle(t("neighbours.show"), key=f"cls_near_{number + 1}", bind="query-params", help=t("neighbours.help")):
                show_nearest(run, visitor_key(), text, one.prediction.label)


def show_mistake_neighbours(run: Run, text: str, predicted: str) -> None:
    """Below a mistake of the run that the address opens."""
    st.markdown(f"**{t('neighbours.title')}**")
    show_nearest(run, run_key(), text, predicted)


def show_nearest(run: Run, key: str, text: str, predicted: str) -> None:
    """The rows, nearest first, and how many of them have the label that was predicted. Raises TrainingError, ModelError."""
    weights = run.model_dir / "model.safetensors"
    with st.spinner(t("neighbours.reading")):
        index = _index(run.id, weights.stat().st_mtime_ns if weights.exists() else 0, key)
        nearest = index.nearest(text)
    if not nearest:
        return
    agree = sum(neighbour.label == predicted for neighbour in nearest)
    st.markdown(t("neighbours.agree", n=agree, all=len(nearest), label=plain(predicted, 100)))
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


@st.cache_resource(max_entries=4, ttl=3600, show_spinner=False)
def _index(run_id: str, changed: int, key: str) -> TrainingIndex:
    """Kept for the key that opened it; `changed` sets a model apart from the same run trained further."""
    return training_index(store(), store().get(run_id, key), key)
