"""The strip over the square: its states as a switch, and the arithmetic of the cell that is looked at, the result first.

A state is switched and a cell moved to (arrow keys) in the browser, by Plotly's own restyle and relayout of the figure beneath; Python hears of
it once. Pointing at a cell writes its arithmetic here without a run. Own front-end code (strip.js and strip.css beside this file): it builds text
nodes, never HTML, so any text is safe in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from components.ui.state.language import t
from components.ui.widgets.escaped import printable

STATES = ("scores", "scaled", "masked", "weights")
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_attention_strip",
    html="<div class='states' role='radiogroup'></div><div class='sum' tabindex='0' role='group'></div>",
    css=(_HERE / "strip.css").read_text(encoding="utf-8"),
    js=(_HERE / "strip.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, eq=False)
class Square:
    """What the strip has to know of a square (rows, columns): names, scores and weights, which cells are hidden, and sqrt(d_k) where scores are
    divided by it."""

    rows: Sequence[str]
    columns: Sequence[str]
    scores: np.ndarray
    weights: np.ndarray
    hidden: np.ndarray
    root: float | None
    d_k: int


def show_strip(
    square: Square,
    cell: tuple[int, int],
    state: str,
    *,
    chart: str,
    on_state: Callable[[str], None],
    on_cell: Callable[[int, int], None],
) -> None:
    """Draws the strip for `cell` of the square that the figure `chart` shows in `state`. on_state and on_cell are called before the next run."""
    key = "attention-strip"

    def chosen() -> None:
        row, column = (int(part) for part in st.session_state[key].cell or (-1, -1))
        if 0 <= row < len(square.rows) and 0 <= column < len(square.columns):
            on_cell(row, column)

    def switched() -> None:
        if (asked := st.session_state[key].state) in STATES:
            on_state(asked)

    masked = bool(square.hidden.any())
    off = {"scaled": square.root is None, "masked": not masked}
    _COMPONENT(
        key=key,
        data={
            "states": [{"id": name, "name": t(f"attention.state_{name}"), "off": off.get(name, False)} for name in STATES],
            "state": state,
            "cell": list(cell),
            "rows": [printable(name)[:24] for name in square.rows],
            "columns": [printable(name)[:24] for name in square.columns],
            "scores": [[float(f"{value:.6g}") for value in row] for row in square.scores],
            "weights": [[float(f"{value:.4g}") for value in row] for row in square.weights],
            "hidden": ["".join("01"[int(one)] for one in row) for row in square.hidden] if masked else None,
            "root": square.root,
            "dimension": square.d_k,
            "chart": chart,
            "words": {name: t(f"attention.strip_{name}") for name in ("states", "keys", "pair", "masked", "softmax")},
        },
        on_state_change=switched,
        on_cell_change=chosen,
    )
