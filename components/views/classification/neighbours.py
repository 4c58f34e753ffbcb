"""Under an answer of one of the visitor's own runs: the training rows nearest to the text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.errors import TrainingError
from components.ui.state.language import t
from components.ui.state.runs import store
from components.ui.state.visitor import visitor_key
from components.ui.widgets.neighbours import show_nearest

if TYPE_CHECKING:
    from .page import Classified


def show_neighbours(text: str, answers: Sequence["Classified"]) -> None:
    """Below the answer of each run whose rows this visitor may read."""
    for number, answer in enumerate(answers):
        if answer.chosen.seed is not None or not answer.chosen.id.startswith("run:"):
            continue
        try:
            run = store().get(answer.chosen.id.removeprefix("run:"), visitor_key())
        except TrainingError:  # another visitor's: its model answers whoever has its id, its rows are nobody else's business
            continue
        with answer.container:
            if st.toggle(t("neighbours.show"), key=f"cls_near_{number + 1}", bind="query-params", help=t("neighbours.help")):
                show_nearest(run, visitor_key(), text, answer.prediction.label)
