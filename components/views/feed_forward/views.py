"""The feed-forward page's other views: norms through the layers, activation functions, where the parameters are."""

from functools import partial

import numpy as np
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.stacked import BarSegment, stacked_bars, stacked_table
from components.charts.theme import KEY_COLOUR, MARK_COLOUR, NEUTRAL_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, THREAD_COLOUR, VALUE_COLOUR
from components.transformer.feed_forward import activation_curves
from components.transformer.parameters import BERT_BASE, BERT_LARGE, count_parameters
from components.ui.state.language import prose, t
from components.ui.widgets.figures import Panel, show_figure, show_row
from components.ui.widgets.verdict import said, show_finding

from .page import EncoderTrace

# The two parts of a block, each as: what comes in, what the part adds, their sum, and the sum after LayerNorm.
NORMED = {
    "attention": ("input", "attention_output", "attention_residual", "attention_norm"),
    "feed_forward": ("attention_norm", "ffn_output", "ffn_residual", "output"),
}
NORM_COLOURS = (NEUTRAL_COLOUR, OUTPUT_COLOUR, KEY_COLOUR, THREAD_COLOUR)
GROUP_COLOURS = {
    "word_embeddings": KEY_COLOUR,
    "other_embeddings": MARK_COLOUR,
    "attention": QUERY_COLOUR,
    "feed_forward": VALUE_COLOUR,
    "layer_norms": NEUTRAL_COLOUR,
    "pooler": OUTPUT_COLOUR,
}


def show_norms(traced: EncoderTrace) -> None:
    """How long the vectors are in each layer, averaged over the tokens: what each part adds, what it is added to, and their sum."""
    specials = st.session_state.get("ff_specials", st.query_params.get("ff_specials") == "true")
    counted = np.ones_like(traced.of_text) if specials or not traced.of_text.any() else traced.of_text
    layers = np.arange(1, len(traced.trace.steps) + 1)
    means = {name: traced.trace.norms[name][:, counted].mean(axis=1) for part in NORMED.values() for name in part}
    show_finding(norms_finding(means["attention_norm"], means["ffn_output"]))
    panels = []
    for part, names in NORMED.items():
        curves = [Curve(t(f"feed_forward.step_{name}"), means[name], NORM_COLOURS[place]) for place, name in enumerate(names)]
        panels.append(
            Panel(
                f"feed-forward-norms-{part}",
                line_figure(
                    layers, curves, x_title=t("feed_forward.layer"), y_title=t("feed_forward.norm"), markers=True, height=320, direct=True
                ),
                t(
                    "feed_forward.norms_alt",
                    part=t(f"feed_forward.part_{part}"),
                    added=significant(float(means[names[1]][-1])),
                    before=significant(float(means[names[2]][-1])),
                    after=significant(float(means[names[3]][-1])),
                ),
                partial(line_table, layers, curves, x_title=t("feed_forward.layer")),
                t(f"feed_forward.part_{part}"),
                f"**{t(f'feed_forward.part_{part}')}**",
            )
        )
    show_row(panels, key="feed-forward-norms", caption=t("feed_forward.norms_caption"), width=470)
    st.toggle(t("feed_forward.with_specials"), key="ff_specials", bind="query-params", help=t("feed_forward.with_specials_help"))
    st.markdown(prose("feed_forward", "norms"))


def norms_finding(before: np.ndarray, added: np.ndarray) -> str:
    """In how many layers (layers,) what the feed-forward network adds is shorter than what it is added to, as HTML."""
    shorter, layers = int((added < before).sum()), len(added)
    kind = "all" if shorter == layers else "none" if shorter == 0 else "some"
    return said(f"feed_forward.norms_{kind}", quoted=None, shorter=shorter, layers=layers)


def show_activation(traced: EncoderTrace) -> None:
    """ReLU and GELU, their slopes, and where the values of this layer lie."""
    curves = activation_curves()
    hidden = traced.activity.hidden
    left, right = st.columns(2, gap="medium")
    functions = [Curve("ReLU", curves.relu, KEY_COLOUR), Curve("GELU", curves.gelu, QUERY_COLOUR)]
    slopes = [Curve("ReLU", curves.relu_slope, KEY_COLOUR), Curve("GELU", curves.gelu_slope, QUERY_COLOUR)]
    lowest = int(curves.gelu.argmin())
    words = {"x": significant(float(curves.x[lowest])), "y": significant(float(curves.gelu[lowest]))}
    below = f"{(hidden <= 0).mean():.1%}"
    show_finding(said("feed_forward.hidden_caption", layer=traced.layer + 1, below=below))
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
    show_figure(
        line_figure(
            centres, density, x_title=t("feed_forward.hidden"), y_title=t("feed_forward.density"), reference=(0.0, "u = 0"), height=260
        ),
        key="feed-forward-hidden",
        caption=t("feed_forward.hidden_legend"),
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
    show_finding(said("feed_forward.parameters_caption", quoted=None, **words))
    show_figure(
        stacked_bars(names, parts, value_title=t("feed_forward.share"), horizontal=True, percent=True, height=300),
        key="feed-forward-parameters",
        caption=t("feed_forward.parameters_legend"),
        alt=t("feed_forward.parameters_caption", **words),
        data=lambda: stacked_table(names, parts, name_title=t("feed_forward.model")),
    )
    st.markdown(prose("feed_forward", "parameters"))
