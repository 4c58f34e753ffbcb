"""One encoder block step by step: a drawing whose stages light up as far as one has come, and the numbers of the chosen stage beside it.

Own front-end code (block.js and .css beside this file), because the drawing is the control: its stages are buttons.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.feed_forward import MAX_DIMENSIONS, MAX_TOKENS, step_matrix
from components.charts.numbers import significant
from components.transformer.tracing import FORMULAS
from components.ui.state.language import t
from components.ui.widgets.address import begin_in_address, keep_in_address
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding

from .page import EncoderTrace

STEP = "ff_step"
STEPS = tuple(FORMULAS)
FIRST = "ffn_activation"
BY_HEAD = ("query", "key", "value", "scores", "weights", "heads")
ROLES = {"query": "query", "key": "key", "value": "value", "heads": "output", "attention_output": "output"}
_HERE = Path(__file__).parent
_DRAWING = st.components.v2.component(
    "himotoku_block",
    html="<div class='block' role='radiogroup'></div>",
    css=(_HERE / "block.css").read_text(encoding="utf-8"),
    js=(_HERE / "block.js").read_text(encoding="utf-8"),
)


def show_block(traced: EncoderTrace) -> None:
    """One encoder block, intermediate by intermediate: drawing, formula, shape, values."""
    begin_in_address(STEP, STEPS, FIRST)
    name = st.session_state[STEP]
    keep_in_address(STEP, name, FIRST)
    step = traced.trace.steps[traced.layer][name]
    values, head = _of_one_head(step.values, name)
    square = name in ("scores", "weights")
    of_words = np.where(traced.of_text[:, None] | ~traced.of_text.any(), np.abs(values), -1)  # [CLS] and [SEP] would always win
    position, dimension = (int(place) for place in np.unravel_index(int(of_words.argmax()), values.shape))
    words = {
        "step": t(f"feed_forward.step_{name}"), "layer": traced.layer + 1, "value": significant(float(values[position, dimension])),
    }  # fmt: skip
    to = {"other": traced.labels[dimension]} if square else {}
    where = {} if square else {"dimension": dimension + 1}
    key = "feed_forward.square_finding" if square else "feed_forward.step_finding"
    show_finding(said(key, quoted={"token": traced.labels[position]} | to, **words, **where))
    left, right = st.columns([2, 5], gap="medium")
    with left:
        _draw_block(traced, name)
    with right:
        show_figure(
            step_matrix(
                values,
                traced.labels,
                token_title=t("feed_forward.token"),
                dimension_title=t("feed_forward.token_attended") if square else t("feed_forward.dimension"),
                signed=name != "weights",
                height=400,
            ),
            key="feed-forward-step",
            caption=t("feed_forward.step_caption", layer=traced.layer + 1, step=t(f"feed_forward.step_{name}")) + _thinned(values.shape),
            alt=t(
                "feed_forward.step_alt",
                token=traced.labels[position],
                dimension=dimension + 1,
                rows=values.shape[0],
                columns=values.shape[1],
                **words,
            ),
            data=lambda: pd.DataFrame(values, index=traced.numbered, columns=range(1, values.shape[1] + 1)),
        )
        if head is not None:
            st.number_input(t("feed_forward.head"), 1, step.values.shape[0], 1, key="ff_head", bind="query-params", width=160)
        st.latex(step.formula)
        st.markdown(t(f"feed_forward.about_{name}"))


def _of_one_head(values: np.ndarray, name: str) -> tuple[np.ndarray, int | None]:
    """(n, width): of a step that has heads, those of the chosen one, and its number from 0; else None."""
    if name not in BY_HEAD:
        return values, None
    asked = str(st.session_state.get("ff_head") or st.query_params.get("ff_head") or "1")
    head = min(max(int(asked) if asked.isdecimal() and len(asked) < 7 else 1, 1), values.shape[0]) - 1
    return values[head], head


def _draw_block(traced: EncoderTrace, chosen: str) -> None:
    def picked() -> None:
        name = st.session_state["ff_block"].picked
        if name in STEPS:
            st.session_state[STEP] = name

    shapes = {name: traced.trace.steps[traced.layer][name].values.shape for name in STEPS}
    _DRAWING(
        key="ff_block",
        data={
            "label": t("feed_forward.all_steps"),
            "attention": t("feed_forward.part_attention"),
            "network": t("feed_forward.part_feed_forward"),
            "chosen": chosen,
            "stages": [
                {
                    "name": name,
                    "label": t(f"feed_forward.step_{name}"),
                    "shape": " × ".join(str(side) for side in shapes[name]),
                    "role": ROLES.get(name, ""),
                }
                for name in STEPS
            ],
        },
        on_picked_change=picked,
        height="content",
    )


def _thinned(shape: tuple[int, int]) -> str:
    """Says that not every row or column is drawn, where that is so; the downloaded numbers are all of them."""
    rows, columns = min(shape[0], MAX_TOKENS), min(shape[1], MAX_DIMENSIONS)
    return (
        ""
        if (rows, columns) == shape
        else " " + t("feed_forward.thinned", rows=rows, columns=columns, all_rows=shape[0], all_columns=shape[1])
    )
