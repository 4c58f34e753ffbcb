"""What the number of heads costs, measured on this machine."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR
from components.ui.state.language import t
from components.ui.state.measuring import measured
from components.ui.widgets.address import choice
from components.ui.widgets.figures import Panel, show_row

from .inputs import HEADS

if TYPE_CHECKING:
    from components.transformer.multi_head import HeadCost

MEASURED_D_MODEL = 512


def show_costs() -> None:
    """Time, memory and similarity against the number of heads, measured here on demand."""
    st.subheader(t("multi_head.costs_title"), anchor=False)
    length = int(choice(t("multi_head.costs_length"), ("32", "128", "512"), key="mh_length", default="128"))
    costs = measured("multi-head", (length,), lambda: _measure(length), total=len(HEADS), label=t("multi_head.costs_button"))
    if not costs:
        st.caption(t("multi_head.costs_idle", d_model=MEASURED_D_MODEL))
        return
    heads = [cost.num_heads for cost in costs]
    series = {
        "time": ([1000 * cost.seconds for cost in costs], QUERY_COLOUR),
        "memory": ([cost.weights_bytes / 2**20 for cost in costs], KEY_COLOUR),
        "similar": ([np.nan if cost.mean_similarity is None else cost.mean_similarity for cost in costs], OUTPUT_COLOUR),
    }
    panels = []
    for name, (values, colour) in series.items():
        curve = Curve(t(f"multi_head.costs_{name}"), values, colour)
        figure = line_figure(heads, [curve], x_title=t("multi_head.heads"), y_title=curve.name, log_x=True, markers=True, height=250)
        figure.update_yaxes(**({"range": [-1, 1]} if name == "similar" else {"rangemode": "tozero"}))
        known = [value for value in values if not np.isnan(value)]
        alt = t("multi_head.costs_alt", name=curve.name, first=significant(known[0]), last=significant(known[-1]), most=heads[-1])
        table = line_table(heads, [curve], x_title=t("multi_head.heads"))
        panels.append(Panel(f"multi-head-{name}", figure, alt, table, curve.name))
    parameters = f"{costs[0].parameter_count:,}"
    show_row(
        panels,
        key="multi-head-costs",
        caption=t("multi_head.costs_caption", d_model=MEASURED_D_MODEL, length=length, parameters=parameters),
        width=300,
    )


def _measure(length: int) -> "Iterator[HeadCost]":
    from components.transformer.multi_head import measure_heads

    return measure_heads(MEASURED_D_MODEL, length, tuple(map(int, HEADS)))
