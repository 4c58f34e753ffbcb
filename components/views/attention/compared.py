"""The visitor's own input with one thing changed, through three implementations, and what the division by the root does to softmax."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.transformer import masks
from components.transformer.attention import AttentionSteps, compare_implementations
from components.transformer.scaling import ScalingCurve, scaling_curves
from components.ui.state.language import t
from components.ui.widgets.figures import Panel, matrix_panel, show_row

from .inputs import AttentionInput

MOST_SQUARE = 14  # words up to which weights are compared as squares
WIDTH = 300


@dataclass(frozen=True, eq=False)
class Variant:
    """Attention over the same input with one thing changed. name: of the messages attention.variant_<name>."""

    name: str
    steps: AttentionSteps


def variants(inputs: AttentionInput, allowed: np.ndarray, scale: bool) -> list[Variant]:
    """What is set; the mask taken away, or a causal one put on where none is; the scaling switched."""
    hidden = not allowed.all()
    other = masks.no_mask(*allowed.shape) if hidden else masks.causal_mask(*allowed.shape)
    return [
        Variant("as_set", inputs.steps(allowed, scale)),
        Variant("without_mask" if hidden else "with_causal_mask", inputs.steps(other, scale)),
        Variant("without_scale" if scale else "with_scale", inputs.steps(allowed, not scale)),
    ]


def show_variants(inputs: AttentionInput, allowed: np.ndarray, scale: bool) -> None:
    """The weights of each variant, with how far its output lies from that of what is set: as squares, or, of many words, each row's largest
    weight as a curve over the words."""
    shown = variants(inputs, allowed, scale)
    base = shown[0].steps
    if max(allowed.shape) > MOST_SQUARE:
        _show_largest(shown, base)
        return
    panels = []
    for variant in shown:
        name, weights = t(f"attention.variant_{variant.name}"), variant.steps.weights
        said = _said(variant, base)
        title = f"**{name}**" + ("" if variant is shown[0] else f"  \n{t('attention.variant_moved', **said)}")
        panels.append(
            matrix_panel(
                weights,
                inputs.query_names,
                inputs.key_names,
                key=f"attention-variant-{variant.name}",
                name=name,
                title=title,
                alt=t("attention.variant_alt", name=name, **said),
                limits=(0.0, 1.0),
                width=200,
                height=WIDTH,
                decimals=2,
            )
        )
    show_row(panels, key="attention-variants", caption=t("attention.variants_caption"), width=WIDTH)


def _show_largest(shown: list[Variant], base: AttentionSteps) -> None:
    places = np.arange(1, len(base.weights) + 1)
    curves = [Curve(t(f"attention.variant_{variant.name}"), variant.steps.weights.max(axis=1)) for variant in shown]
    axis: dict[str, Any] = {"x_title": t("attention.variant_place")}
    figure = line_figure(places, curves, y_title=t("attention.curve_largest"), markers=True, height=280, **axis)
    alt = " ".join(t("attention.variant_alt", name=curve.name, **_said(one, base)) for curve, one in zip(curves, shown, strict=True))
    panel = Panel("attention-variants", figure, alt, line_table(places, curves, **axis), width=900)
    show_row([panel], key="attention-variants", caption=t("attention.variants_largest_caption"))


def _said(variant: Variant, base: AttentionSteps) -> dict[str, str]:
    moved = float(np.abs(variant.steps.output - base.output).max())
    return {"highest": significant(float(variant.steps.weights.max())), "moved": significant(moved)}


def show_comparison(steps: AttentionSteps) -> None:
    """The same input through three implementations, with their largest difference."""
    compared = compare_implementations(steps.Q, steps.K, steps.V, steps.mask, steps.scale)
    st.markdown(t("attention.same", difference=significant(compared.largest_difference, smallest=0)))


def show_scaling() -> None:
    """What d_k does to softmax, with and without the division."""
    scaled, unscaled = _scaling_curves(int(st.session_state.get("att_seed", 0)))
    panels = []
    for field in ("entropy", "largest_weight", "gradient_norm"):
        name = t(f"attention.curve_{field.split('_')[0]}")
        curves = [
            Curve(t("attention.with_scale"), getattr(scaled, field), QUERY_COLOUR),
            Curve(t("attention.without_scale"), getattr(unscaled, field), KEY_COLOUR),
        ]
        axis: dict[str, Any] = {"x_title": t("attention.curve_d_k")}
        ends = {"scaled": significant(curves[0].y[-1]), "unscaled": significant(curves[1].y[-1])}
        figure = line_figure(scaled.d_k, curves, y_title=name, log_x=True, markers=True, height=280, **axis)
        table = line_table(scaled.d_k, curves, **axis)
        panels.append(Panel(f"attention-scaling-{field}", figure, t("attention.curve_alt", name=name, **ends), table, name=name))
    show_row(panels, key="attention-scaling", caption=t("attention.curves_caption"), width=WIDTH)


@st.cache_data(max_entries=16, show_spinner=False)
def _scaling_curves(seed: int) -> tuple[ScalingCurve, ScalingCurve]:
    return scaling_curves(seed=seed)
