"""The same sentences under every pooling, and through the layers."""

from typing import Any

import numpy as np
import streamlit as st

from components.charts.lines import Curve, gap_figure, line_table
from components.charts.numbers import significant
from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.models.similarity import POOLINGS
from components.ui.state.language import t
from components.ui.widgets.figures import Panel, matrix_panel, show_row
from components.vectors.pairs import mean_similarity, most_similar_pairs

from .page import Compared, chosen_cell, only_trained, pooling_name


def show_poolings(compared: Compared) -> None:
    """Every pooling side by side on the same sentences, with the mean similarity of all pairs."""
    last = compared.encoder.num_layers
    variants = tuple(
        (pooling, last if pooling == "pooler" else compared.layer)
        for pooling in POOLINGS
        if pooling != "pooler" or compared.encoder.has_pooler
    )
    results = compared.variants(variants)
    numbers = [str(i + 1) for i in range(len(compared.sentences))]
    panels = []
    for (pooling, layer), cosines in results.items():
        mean = _mean(cosines)
        panels.append(
            matrix_panel(
                cosines,
                numbers,
                numbers,
                key=f"similarity-pooling-{pooling}",
                name=pooling_name(pooling),
                title=f"**{pooling_name(pooling)}**  \n{t('similarity.mean', value=mean)}",
                alt=t("similarity.pooling_alt", pooling=pooling_name(pooling), layer=layer, mean=mean),
                limits=(0.0, 1.0),
                width=135,
                height=200,
            )
        )
    caption = t("similarity.poolings_caption", layer=compared.layer, last=last)
    if compared.across is not None:
        caption = f"{caption} {only_trained(compared)}"
    show_row(panels, key="similarity-poolings", caption=caption, width=190)


def show_layers(compared: Compared) -> None:
    """The mean similarity of all pairs through the layers, for each pooling that every layer has."""
    layers = range(compared.encoder.num_layers + 1)
    variants = tuple((pooling, layer) for pooling in ("mean", "max", "cls") for layer in layers)
    results = compared.variants(variants)
    row, column = chosen_cell(len(compared.sentences), most_similar_pairs(compared.cosines(), 1)[0])
    if compared.across is not None and compared.across[row, column]:
        within = most_similar_pairs(np.where(compared.across, np.nan, compared.cosines()), 1)
        if not within:
            st.info(only_trained(compared))
            return
        row, column = within[0].first, within[0].second
    axis: dict[str, Any] = {"x_title": t("similarity.layer")}
    panels = []
    for pooling in ("mean", "max", "cls"):
        pair = [float(results[pooling, layer][row, column]) for layer in layers]
        every = [mean_similarity(results[pooling, layer]) for layer in layers]
        curves = [Curve(t("similarity.curve_pair"), pair, THREAD_COLOUR), Curve(t("similarity.curve_all"), every, NEUTRAL_COLOUR)]
        values = {"gap": significant(pair[-1] - every[-1]), "start": significant(pair[0]), "end": significant(pair[-1])}
        alt = t(
            "similarity.layers_alt", pooling=pooling_name(pooling), row=row + 1, column=column + 1, mean=significant(every[-1]), **values
        )
        panels.append(
            Panel(
                f"similarity-layers-{pooling}",
                gap_figure(list(layers), *curves, x_title=t("similarity.layer"), height=230),
                alt,
                line_table(list(layers), curves, **axis),
                name=pooling_name(pooling),
                title=f"**{pooling_name(pooling)}**  \n{t('similarity.gap', gap=values['gap'])}",
            )
        )
    note = f" {t('similarity.layers_within')}" if compared.across is not None else ""
    show_row(panels, key="similarity-layers", caption=t("similarity.layers_caption", row=row + 1, column=column + 1) + note, width=310)


def _mean(cosines: np.ndarray) -> str:
    mean = mean_similarity(cosines)
    return "–" if np.isnan(mean) else significant(mean)
