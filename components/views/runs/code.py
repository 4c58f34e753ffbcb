"""The training on the screen as a program of one's own: plain transformers with the chosen columns and settings, and the rows for it."""

import streamlit as st

from components.tables.writing import write_table
from components.training.notebook import DATA, program
from components.training.settings import Settings
from components.ui.state.language import t
from components.ui.widgets.code import Code

from .data import TrainingData


def training_code(data: TrainingData, settings: Settings) -> Code | None:
    """What the code tab shows before the start; None for a backbone that plain code can't load."""
    text = program(settings)
    return Code("training", text, lambda: _show_rows(data)) if text else None


def _show_rows(data: TrainingData) -> None:
    """The chosen columns of the rows that are left after the fixes, written when they are asked for."""
    columns = list(data.columns.named)
    st.download_button(
        t("tune.code_rows", file=DATA),
        lambda: write_table(data.frame[columns].astype("str")).data,
        file_name=DATA,
        mime="text/csv",
        key="tune:code_rows",
        on_click="ignore",
        icon=":material/table:",
        help=t("tune.code_rows_help", file=DATA),
    )
