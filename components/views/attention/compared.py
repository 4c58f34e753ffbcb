"""The visitor's own input with the mask and without, with the scaling and without: the weights side by side."""

from dataclasses import dataclass

import numpy as np

from components.charts.numbers import significant
from components.transformer import masks
from components.transformer.attention import AttentionSteps
from components.ui.state.language import t
from components.ui.widgets.figures import matrix_panel, show_row

from .steps import AttentionInput


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
    """The three matrices of weights, each with how far its output lies from that of what is set."""
    shown = variants(inputs, allowed, scale)
    base = shown[0].steps
    panels = []
    for variant in shown:
        name, weights = t(f"attention.variant_{variant.name}"), variant.steps.weights
        said = {"highest": significant(float(weights.max())), "moved": significant(float(np.abs(variant.steps.output - base.output).max()))}
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
                height=255,
                decimals=2,
            )
        )
    show_row(panels, key="attention-variants", caption=t("attention.variants_caption"), width=255)
