"""The judged rows of a run with what was said of them, for the views of its task."""

import pandas as pd
import streamlit as st

from components.errors import TrainingError
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.state.runs import run_key, store
from components.ui.widgets.bench import bench, example_menu, sentence_field

MOST_ROWS = 200  # of mistakes on the screen
MOST_CHARACTERS = 5_000


def judged_rows(run: Run) -> pd.DataFrame | None:
    """Predictions of the judged rows by row, with "text"; None where the rows are gone. Kept until another run is looked at."""

    def read() -> pd.DataFrame | None:
        try:
            rows, said = store().rows(run.id, run_key()), store().rows(run.id, run_key(), "predictions")
        except TrainingError:
            return None
        return said.assign(text=rows[run.settings.text].reindex(said.index))

    return kept("runs:judged-rows", (run.id, run_key(), run.ended), read)


def trial_field(run: Run, texts: dict[str, str]) -> str:
    """The field with the first of `texts` in it, the others a menu away, each named by the message runs.try_<name>; what stands in the field."""
    st.subheader(t("runs.try"), anchor=False)
    bar = bench("tune")
    key = f"runs:try:{run.id}"
    with bar.examples:
        example_menu("tune_example", {name: {key: text} for name, text in texts.items()}, {name: t(f"runs.try_{name}") for name in texts})
    with bar.field:
        text: str = sentence_field(key, t("runs.try"), next(iter(texts.values()), ""), carrying=False)
    bar.run(t("runs.try_answer"))
    return text[:MOST_CHARACTERS]
