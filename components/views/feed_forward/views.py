"""The feed-forward page's other views: one block step by step, norms through the layers, activation functions, where the parameters are."""

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.feed_forward import MAX_DIMENSIONS, MAX_TOKENS, step_matrix
from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.stacked import BarSegment, stacked_bars, stacked_table
from components.charts.theme import KEY_COLOUR, MARK_COLOUR, NEUTRAL_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, VALUE_COLOUR
from components.transformer.feed_forward import activation_curves
from components.transformer.parameters import BERT_BASE, BERT_LARGE, count_parameters
from components.transformer.tracing import FORMULAS
from components.ui.state.language import prose, t
from components.ui.widgets.figures import show_figure

from .page import EncoderTrace

STEPS = tuple(FORMULAS)
BY_HEAD = ("query", "key", "value", "scores", "weights", "heads")
NORMED = ("input", "attention_output", "attention_residual", "attention_norm", "ffn_output", "ffn_residual", "output")
GROUP_COLOURS = {
    "word_embeddings": KEY_COLOUR,
    "other_embeddings": MARK_COLOUR,
    "attention": QUERY_COLOUR,
    "feed_forward": VALUE_COLOUR,
    "layer_norms": NEUTRAL_COLOUR,
    "pooler": OUTPUT_COLOUR,
}


def show_block(traced: EncoderTrace) -> None:
    """One encoder block, intermediate by intermediate: formula, shape, values."""
    name = st.select_slider(
        t("feed_forward.step"), STEPS, value="ffn_activation", format_func=lambda step: f"{STEPS.index(step) + 1}. {t(f'feed_forward.step_{step}')}",
        key="ff_step", persist_state="session",
    )  # fmt: skip
    step = traced.trace.steps[traced.layer][name]
    left, right = st.columns([2, 5], gap="medium")
    with left:
        st.latex(step.formula)
        st.markdown(t("feed_forward.shape", shape=" × ".join(str(side) for side in step.shape)))
        st.markdown(t(f"feed_forward.about_{name}"))
        values = step.values
        if name in BY_HEAD:
            head = int(st.number_input(t("feed_forward.head"), 1, values.shape[0], 1, key="ff_head", bind="query-params"))
            values = values[min(head, values.shape[0]) - 1]
        span = t(
            "feed_forward.span",
            low=significant(float(values.min())),
            high=significant(float(values.max())),
            mean=significant(float(values.mean())),
        )
        st.caption(span)
    with right:
        square = name in ("scores", "weights")
        position, dimension = np.unravel_index(int(np.abs(values).argmax()), values.shape)
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
                step=t(f"feed_forward.step_{name}"),
                rows=values.shape[0],
                columns=values.shape[1],
                value=significant(float(values[position, dimension])),
                token=traced.labels[position],
                dimension=int(dimension) + 1,
            ),
            data=lambda: pd.DataFrame(values, index=traced.numbered, columns=range(1, values.shape[1] + 1)),
        )
    with st.expander(t("feed_forward.all_steps"), icon=":material/list:"):
        rows = [
            (number, t(f"feed_forward.step_{each}"), " × ".join(str(side) for side in traced.trace.steps[traced.layer][each].shape))
            for number, each in enumerate(STEPS, 1)
        ]
        st.dataframe(pd.DataFrame(rows, columns=["", t("feed_forward.step"), t("feed_forward.shape_title")]), hide_index=True)


def _thinned(shape: tuple[int, int]) -> str:
    """Says that not every row or column is drawn, where that is so; the downloaded numbers are all of them."""
    rows, columns = min(shape[0], MAX_TOKENS), min(shape[1], MAX_DIMENSIONS)
    return (
        ""
        if (rows, columns) == shape
        else " " + t("feed_forward.thinned", rows=rows, columns=columns, all_rows=shape[0], all_columns=shape[1])
    )


def show_norms(traced: EncoderTrace) -> None:
    """How long the vectors are at each step of each layer, averaged over the tokens."""
    specials = st.toggle(t("feed_forward.with_specials"), key="ff_specials", bind="query-params", help=t("feed_forward.with_specials_help"))
    counted = np.ones_like(traced.of_text) if specials or not traced.of_text.any() else traced.of_text
    layers = np.arange(1, len(traced.trace.steps) + 1)
    means = {name: traced.trace.norms[name][:, counted].mean(axis=1) for name in NORMED}
    curves = [Curve(t(f"feed_forward.step_{name}"), values) for name, values in means.items()]
    title = t("feed_forward.layer")
    last = {name: float(values[-1]) for name, values in means.items()}
    show_figure(
        line_figure(layers, curves, x_title=title, y_title=t("feed_forward.norm"), markers=True, height=400),
        key="feed-forward-norms",
        caption=t("feed_forward.norms_caption"),
        alt=t(
            "feed_forward.norms_alt",
            before=significant(last["ffn_residual"]),
            after=significant(last["output"]),
            added=significant(last["ffn_output"]),
        ),
        data=lambda: line_table(layers, curves, x_title=title),
    )
    st.markdown(prose("feed_forward", "norms"))


def show_activation(traced: EncoderTrace) -> None:
    """ReLU and GELU, their slopes, and where the values of this layer lie."""
    curves = activation_curves()
    hidden = traced.activity.hidden
    left, right = st.columns(2, gap="medium")
    functions = [Curve("ReLU", curves.relu, KEY_COLOUR), Curve("GELU", curves.gelu, QUERY_COLOUR)]
    slopes = [Curve("ReLU", curves.relu_slope, KEY_COLOUR), Curve("GELU", curves.gelu_slope, QUERY_COLOUR)]
    lowest = int(curves.gelu.argmin())
    words = {"x": significant(float(curves.x[lowest])), "y": significant(float(curves.gelu[lowest]))}
    with left:
        show_figure(
            line_figure(curves.x, functions, x_title="u", y_title=t("feed_forward.activation"), height=300),
            key="feed-forward-activation",
            caption=t("feed_forward.activation_caption", **words),
            alt=t("feed_forward.activation_caption", **words),
            data=lambda: line_table(curves.x, functions, x_title="u"),
        )
    with right:
        show_figure(
            line_figure(curves.x, slopes, x_title="u", y_title=t("feed_forward.slope"), height=300),
            key="feed-forward-slope",
            caption=t("feed_forward.slope_caption"),
            alt=t("feed_forward.slope_caption"),
            data=lambda: line_table(curves.x, slopes, x_title="u"),
        )
    counts, edges = np.histogram(
        hidden, bins=80, range=(float(np.percentile(hidden, 0.05)), float(np.percentile(hidden, 99.95))), density=True
    )
    centres = (edges[:-1] + edges[1:]) / 2
    density = [Curve(t("feed_forward.density"), counts, VALUE_COLOUR)]
    below = f"{(hidden <= 0).mean():.1%}"
    show_figure(
        line_figure(
            centres, density, x_title=t("feed_forward.hidden"), y_title=t("feed_forward.density"), reference=(0.0, "u = 0"), height=260
        ),
        key="feed-forward-hidden",
        caption=t("feed_forward.hidden_caption", layer=traced.layer + 1, below=below),
        alt=t("feed_forward.hidden_caption", layer=traced.layer + 1, below=below),
        data=lambda: line_table(centres, density, x_title="u"),
    )


def show_parameters(traced: EncoderTrace) -> None:
    """Where the parameters of this model, of BERT-Base and of BERT-Large are."""
    counts = {
        t("feed_forward.this_model"): count_parameters(traced.config, traced.loaded.has_pooler),
        "BERT-Base": count_parameters(BERT_BASE),
        "BERT-Large": count_parameters(BERT_LARGE),
    }
    names = [f"{name} ({count.total / 1e6:.1f}M)" for name, count in counts.items()]
    parts = [
        BarSegment(
            t(f"feed_forward.part_{group}"),
            [count.groups()[group] / count.total for count in counts.values()],
            colour,
        )
        for group, colour in GROUP_COLOURS.items()
    ]
    mine = counts[t("feed_forward.this_model")]
    in_layer = mine.feed_forward / (mine.feed_forward + mine.attention + mine.layer_norms)
    words = {"share": f"{in_layer:.0%}", "feed_forward": mine.feed_forward, "attention": mine.attention, "total": mine.total}
    show_figure(
        stacked_bars(names, parts, value_title=t("feed_forward.share"), horizontal=True, percent=True, height=300),
        key="feed-forward-parameters",
        caption=t("feed_forward.parameters_caption", **words),
        alt=t("feed_forward.parameters_caption", **words),
        data=lambda: stacked_table(names, parts, name_title=t("feed_forward.model")),
    )
    st.markdown(prose("feed_forward", "parameters"))
