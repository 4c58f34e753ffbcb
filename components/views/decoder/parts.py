"""Norm, feed-forward network, positions and heads: each as it was in 2017 and as SmolLM2-135M has it, on the same numbers."""

import numpy as np
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import NEUTRAL_COLOUR, QUERY_COLOUR, THREAD_COLOUR
from components.transformer.modern import layer_norm, rms_norm
from components.ui.state.language import t
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding

SEED, SHIFT, WIDTH = 0, 1.5, 16
MODERN_WIDTH, MODERN_NORMS = 576, 61  # SmolLM2-135M: two norms in each of 30 layers, and one after the last


def show_norm() -> dict[str, object]:
    """LayerNorm and RMSNorm of one vector whose mean is not zero."""
    x = np.random.default_rng(SEED).standard_normal(WIDTH) + SHIFT
    layer, rms = layer_norm(x), rms_norm(x)
    show_finding(said("decoder.norm_finding", layer=2 * MODERN_WIDTH, rms=MODERN_WIDTH, mean=significant(float(rms.mean()))))
    curves = [Curve("x", x, NEUTRAL_COLOUR), Curve("LayerNorm", layer, QUERY_COLOUR), Curve("RMSNorm", rms, THREAD_COLOUR)]
    places = np.arange(1, WIDTH + 1)
    values = {
        "layer_mean": significant(float(layer.mean())), "rms_mean": significant(float(rms.mean())),
        "correlation": significant(float(np.corrcoef(layer, rms)[0, 1])),
    }  # fmt: skip
    show_figure(
        line_figure(places, curves, x_title=t("decoder.dimension_axis"), y_title=t("decoder.value_axis"), markers=True, height=300),
        key="decoder-norm", caption=t("decoder.norm_caption", **values), alt=t("decoder.norm_alt", **values),
        data=line_table(places, curves, x_title=t("decoder.dimension_axis")),
    )  # fmt: skip
    st.latex(
        r"\mathrm{LayerNorm}(x)=\frac{x-\mu}{\sqrt{\sigma^2+\epsilon}}\odot g+b \qquad \mathrm{RMSNorm}(x)=\frac{x}{\sqrt{\tfrac1d\sum_i x_i^2+\epsilon}}\odot g"
    )
    st.markdown(t("decoder.norm_why", norms=MODERN_NORMS))
    return {"part": "norm"}
