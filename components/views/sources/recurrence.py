"""An RNN and self-attention, measured on this machine: time against length, gradient against distance."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant, tiny
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.ui.state.language import prose, t
from components.ui.state.measuring import measured
from components.ui.widgets.figures import show_figure

# What is measured. The snippet has the same names.
D_MODEL, NUM_HEADS, SEED, ROUNDS = 64, 4, 0, 3
LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def show_comparison() -> None:
    """RNN and Transformer: the corrected table, and this machine's own measurements on demand."""
    st.subheader(t("sources.comparison"), anchor="rnn")
    st.markdown(prose("sources", "rnn"))
    measurements = measured("sources", (), _measure, total=ROUNDS * len(LENGTHS) + len(DISTANCES), label=t("sources.measure"))
    if measurements is None:
        st.caption(t("sources.measure_idle"))
        return
    left, right = st.columns(2)
    with left:
        _show_times(measurements)
    with right:
        _show_gradients(measurements)


def snippet_settings() -> dict[str, object]:
    """What the code tab is filled in with."""
    return {"d_model": D_MODEL, "num_heads": NUM_HEADS, "lengths": list(LENGTHS), "distances": list(DISTANCES), "seed": SEED}


def _measure() -> Iterator[Any]:
    from components.transformer.recurrent import measure_gradients, measure_lengths

    yield from measure_lengths(D_MODEL, NUM_HEADS, LENGTHS, SEED, ROUNDS)
    yield from measure_gradients(D_MODEL, NUM_HEADS, DISTANCES, seed=SEED)


def _show_times(measurements: list) -> None:
    from components.transformer.recurrent import LayerTime, Measured, crossing_length

    times: tuple[LayerTime, ...] = [step for step in measurements if isinstance(step, Measured)][-1].times
    lengths = [point.length for point in times]
    curves = [
        Curve("LSTM", [1000 * point.lstm for point in times], KEY_COLOUR),
        Curve(t("sources.attention_layer"), [1000 * point.attention for point in times], QUERY_COLOUR),
    ]
    crossing = crossing_length(times)
    verdict = t("sources.crossing", length=crossing) if crossing else t("sources.no_crossing", length=lengths[-1])
    ratio = significant(times[-1].lstm / times[-1].attention)
    show_figure(
        line_figure(
            lengths,
            curves,
            x_title=t("sources.length_axis"),
            y_title=t("sources.time_axis"),
            log_x=True,
            log_y=True,
            markers=True,
            height=330,
        ),
        key="sources-times",
        caption=f"{t('sources.times_caption')} {verdict}",
        alt=t("sources.times_alt", length=lengths[-1], ratio=ratio) + f" {verdict}",
        data=line_table(lengths, curves, x_title=t("sources.length_axis")),
    )


def _show_gradients(measurements: list) -> None:
    from components.transformer.recurrent import GradientReach

    points = [step for step in measurements if isinstance(step, GradientReach)]
    distances = [point.distance for point in points]
    curves = [
        Curve("LSTM", [point.lstm for point in points], KEY_COLOUR),
        Curve(t("sources.attention_layer"), [point.attention for point in points], QUERY_COLOUR),
    ]
    last = {"distance": distances[-1], "lstm": tiny(points[-1].lstm), "attention": significant(points[-1].attention)}
    show_figure(
        line_figure(
            distances,
            curves,
            x_title=t("sources.distance_axis"),
            y_title=t("sources.gradient_axis"),
            log_x=True,
            log_y=True,
            markers=True,
            height=330,
        ),
        key="sources-gradients",
        caption=t("sources.gradients_caption", **last),
        alt=t("sources.gradients_alt", **last),
        data=line_table(distances, curves, x_title=t("sources.distance_axis")),
    )
