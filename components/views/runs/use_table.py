"""A table for a model that has no page of its own: its texts are worked through step by step, and the answers are columns of the download."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from components.evaluation.label_tables import decimals_for, label_columns, number_columns
from components.tables.columns import guess_columns
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import kept
from components.ui.widgets.batches import batch, batch_controls
from components.ui.widgets.errors import guarded
from components.ui.widgets.table_work import TableWork, preview, take_home
from components.ui.widgets.tables import choose_column, table_in

PREFIX = "runs"
TASKS = ("several_labels", "number")


@dataclass(frozen=True, eq=False)
class AnsweredTable(TableWork):
    """A table's texts and the model of a run that answers for them."""

    run_id: str
    task: str

    def columns(self) -> pd.DataFrame:
        """What is added to the rows done so far; kept until more are done."""
        return kept(f"{PREFIX}:answered", self.state, lambda: pd.concat(self.steps_of(0), ignore_index=True))


def show_use_table(run: Run, result: JudgedResult) -> AnsweredTable | None:
    """Upload, column, the button, and what is done so far; the work that goes on when the page is drawn. None until there is a table."""
    table = None
    with st.expander(t("runs.use_table"), icon=":material/table:"), guarded():
        st.markdown(t(f"runs.use_table_{result.task}"))
        upload = table_in(PREFIX)
        if upload is None:
            return None
        names = list(upload.frame.columns)
        usual = run.settings.text if run.settings.text in names else guess_columns(upload.frame).text
        column = choose_column(upload, t("tune.text_column"), key=f"{PREFIX}:text", guess=usual)
        texts = upload.frame[column].tolist()
        work = batch(PREFIX, "|".join([upload.signature, str(column), run.id]), len(texts))
        progress = batch_controls(work, key=PREFIX, start=t("runs.use_table_start", n=f"{len(texts):,}"))
        table = AnsweredTable(upload, texts, work, progress, run.id, result.task)
        if work.ready:
            added = table.columns()
            preview(table, added, words="classification.rows_shown", expanded=True)
            take_home(table, added, key=PREFIX, heading=t("classification.heading_download"))
    return table


def go_on(table: AnsweredTable) -> None:
    """The next steps of the work, while it is running; called when the rest of the page is drawn."""
    answering: Any = model(f"run:{table.run_id}", table.task)

    def step(texts: Sequence[str]) -> tuple[pd.DataFrame]:
        answers = answering.predict(texts)
        if table.task == "number":
            learned = answering.learned
            decimals = decimals_for(learned.low or 0.0, learned.high or 0.0)
            return (number_columns(texts, answers, decimals, answering.language),)
        return (label_columns(texts, answers, answering.labels, answering.language),)

    table.run(step)
