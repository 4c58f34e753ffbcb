"""Norm, feed-forward network, positions and heads: each as it was and as SmolLM2-135M has it, on the same numbers."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.heatmap import matrix_heatmap
from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant, tiny
from components.charts.theme import KEY_COLOUR, NEUTRAL_COLOUR, QUERY_COLOUR, THREAD_COLOUR, VALUE_COLOUR
from components.transformer.feed_forward import activation_curves
from components.transformer.modern import cache_bytes, layer_norm, products_by_distance, rms_norm, silu
from components.transformer.parameters import FIRST_BASE, SMOLLM2_135M, DecoderConfig, decoder_groups
from components.ui.state.language import t
from components.ui.widgets.address import choice
from components.ui.widgets.figures import Panel, show_figure, show_row
from components.ui.widgets.verdict import said, show_finding

SEED = 0
SHIFT, WIDTH = 1.5, 16  # of the vector that is normalised: what is added to random numbers, and how many they are
START, STARTS, LONGEST = 20, 3, 64  # how far apart the starting positions are, how many, and the distances from each
KV_HEADS, CONTEXT = 3, 8_192
MODERN = SMOLLM2_135M
NORM_FORMULAS = (
    r"\mathrm{LayerNorm}(x)=\frac{x-\mu}{\sqrt{\sigma^2+\epsilon}}\odot g+b"
    r"\qquad \mathrm{RMSNorm}(x)=\frac{x}{\sqrt{\frac{1}{d}\sum_i x_i^2+\epsilon}}\odot g"
)
FFN_FORMULAS = r"\mathrm{FFN}(x)=\mathrm{ReLU}(xW_1+b_1)\,W_2+b_2 \qquad \mathrm{SwiGLU}(x)=\big(\mathrm{SiLU}(xW_g)\odot xW_u\big)\,W_d"


def show_norm() -> dict[str, object]:
    """LayerNorm and RMSNorm of one vector with a mean that can be moved."""
    place = st.container()
    shift = float(st.slider(t("decoder.shift"), 0.0, 5.0, SHIFT, 0.5, key="dec_shift", bind="query-params"))
    x = np.random.default_rng(SEED).standard_normal(WIDTH) + shift
    layer, rms = layer_norm(x), rms_norm(x)
    d, places = MODERN.hidden_size, np.arange(1, WIDTH + 1)
    curves = [Curve("x", x, NEUTRAL_COLOUR), Curve("LayerNorm", layer, QUERY_COLOUR), Curve("RMSNorm", rms, THREAD_COLOUR)]
    values: dict[str, Any] = {
        "mean": significant(float(x.mean())), "layer_mean": significant(float(layer.mean())), "rms_mean": significant(float(rms.mean())),
        "layer_spread": significant(float(layer.std())), "rms_spread": significant(float(rms.std())),
    }  # fmt: skip
    with place:
        show_finding(said("decoder.norm_finding", layer=f"{2 * d:,}", rms=d, rms_mean=values["rms_mean"]))
        show_figure(
            line_figure(places, curves, x_title=t("decoder.dimension_axis"), y_title=t("decoder.value_axis"), markers=True, height=300),
            key="decoder-norm", caption=t("decoder.norm_caption", **values), alt=t("decoder.norm_alt", **values),
            data=line_table(places, curves, x_title=t("decoder.dimension_axis")),
        )  # fmt: skip
    st.latex(NORM_FORMULAS)
    st.markdown(t("decoder.norm_why", norms=2 * MODERN.num_hidden_layers + 1))
    return {"shift": shift}


def show_ffn() -> dict[str, object]:
    """ReLU, GELU and SiLU as curves; the three networks' matrices as a table."""
    known = activation_curves()
    smooth = silu(known.x)
    curves = [
        Curve("ReLU", known.relu, NEUTRAL_COLOUR), Curve("GELU", known.gelu, KEY_COLOUR), Curve("SiLU", smooth, THREAD_COLOUR),
    ]  # fmt: skip
    d, gated = MODERN.hidden_size, decoder_groups(MODERN)["feed_forward"] // MODERN.num_hidden_layers
    plain_width = gated // (2 * d)  # of a network of two matrices with as many parameters
    values: dict[str, Any] = {
        "three": f"{MODERN.intermediate_size:,}", "two": f"{plain_width:,}", "parameters": f"{gated:,}", "factor": significant(plain_width / d, 2),
    }  # fmt: skip
    show_finding(said("decoder.ffn_finding", **values))
    show_figure(
        line_figure(known.x, curves, x_title="x", y_title=t("decoder.activation_axis"), height=300),
        key="decoder-ffn", caption=t("decoder.ffn_caption"), alt=t("decoder.ffn_alt", least=significant(float(smooth.min()))),
        data=line_table(known.x, curves, x_title="x"),
    )  # fmt: skip
    st.latex(FFN_FORMULAS)
    st.table(_networks())
    st.markdown(t("decoder.ffn_why", **values))
    return {}


def _networks() -> pd.DataFrame:
    """Shapes and parameters of one layer's network, then, as BERT has it at the same width, and now."""
    d, old = MODERN.hidden_size, FIRST_BASE
    rows = {
        t("decoder.then"): ("ReLU", f"{old.hidden_size} → {old.intermediate_size:,} → {old.hidden_size}", _plain(old.hidden_size)),
        t("decoder.like_bert"): ("GELU", f"{d} → {4 * d:,} → {d}", _plain(d)),
        t("decoder.now"): ("SwiGLU", f"{d} → 2 × {MODERN.intermediate_size:,} → {d}", 3 * d * MODERN.intermediate_size),
    }
    columns = [t(f"decoder.network_{name}") for name in ("activation", "shapes", "parameters")]
    return pd.DataFrame([(name, shapes, f"{count:,}") for name, shapes, count in rows.values()], index=list(rows), columns=columns)


def _plain(d: int) -> int:
    """Two matrices with biases, four times as wide in the middle."""
    return 2 * d * 4 * d + 4 * d + d


def show_positions() -> dict[str, object]:
    """q · k against the distance from several starting positions: rotary positions beside sinusoidal ones that are added."""
    place = st.container()
    start = int(st.slider(t("decoder.start"), 1, 200, START, key="dec_start", bind="query-params"))
    starts = [start * step for step in range(STARTS)]
    query, key = np.random.default_rng(SEED).standard_normal((2, MODERN.head_dim))
    distances = np.arange(LONGEST + 1)
    found = dict(zip(("rotary", "added"), products_by_distance(query, key, starts, LONGEST), strict=True))
    apart = {name: float(np.abs(rows - rows[0]).max()) for name, rows in found.items()}
    panels = []
    for name, rows in found.items():
        colours = (THREAD_COLOUR, KEY_COLOUR, VALUE_COLOUR)
        curves = [Curve(t("decoder.key_at", start=at), row, colour) for at, row, colour in zip(starts, rows, colours, strict=True)]
        figure = line_figure(distances, curves, x_title=t("decoder.distance_axis"), y_title="q · k", height=300)
        title = t(f"decoder.positions_{name}")
        panels.append(
            Panel(
                f"decoder-positions-{name}", figure, t("decoder.positions_alt", name=title, apart=tiny(apart[name])),
                line_table(distances, curves, x_title=t("decoder.distance_axis")), title, f"**{title}**",
            )
        )  # fmt: skip
    with place:
        show_finding(said("decoder.positions_finding", rotary=tiny(apart["rotary"]), added=significant(apart["added"])))
        show_row(panels, key="decoder-positions", caption=t("decoder.positions_caption", d=MODERN.head_dim), width=480)
    st.markdown(t("decoder.positions_why"))
    return {"start": start}


def show_heads() -> dict[str, object]:
    """What key/value heads cost: kept bytes and parameters for each number of them, and which query uses which."""
    heads, layers, width = MODERN.num_attention_heads, MODERN.num_hidden_layers, MODERN.head_dim
    place = st.container()
    possible = [count for count in range(heads, 0, -1) if heads % count == 0]
    kv_heads = int(choice(t("decoder.kv_heads"), [str(count) for count in possible], key="dec_kv", default=str(KV_HEADS)))
    kept = {count: cache_bytes(layers, count, width) for count in possible}
    attention = {count: decoder_groups(DecoderConfig(num_key_value_heads=count))["attention"] for count in possible}
    names = [t(f"decoder.kv_{'all' if count == heads else 'one' if count == 1 else 'grouped'}", count=count) for count in possible]
    values: dict[str, Any] = {
        "heads": heads, "kv_heads": kv_heads, "kept": f"{kept[kv_heads]:,}", "all": f"{kept[heads]:,}",
        "megabytes": significant(kept[kv_heads] * CONTEXT / 1e6), "all_megabytes": significant(kept[heads] * CONTEXT / 1e6),
        "context": f"{CONTEXT:,}", "saved": f"{attention[heads] - attention[kv_heads]:,}", "parameters": f"{attention[kv_heads]:,}",
    }  # fmt: skip
    colours = [THREAD_COLOUR if count == kv_heads else NEUTRAL_COLOUR for count in possible]
    bars = bar_figure(
        names, list(kept.values()), value_title=t("decoder.bytes_axis"), colour=colours, written=[f"{one:,}" for one in kept.values()]
    )
    shared = np.equal.outer(np.arange(kv_heads), np.arange(heads) // (heads // kv_heads)).astype(float)
    queries, keys = [str(head + 1) for head in range(heads)], [str(head + 1) for head in range(kv_heads)]
    square = matrix_heatmap(
        shared, keys, queries, selectable=False, row_title=t("decoder.kv_axis"), column_title=t("decoder.query_axis"), width=0, height=220
    )
    numbers = pd.DataFrame({"bytes": kept, "attention parameters": attention})
    panels = [
        Panel("decoder-kv-bytes", bars, t("decoder.bytes_alt", **values), numbers, t("decoder.bytes"), f"**{t('decoder.bytes')}**"),
        Panel(
            "decoder-kv-shared", square, t("decoder.shared_alt", **values), pd.DataFrame(shared, index=keys, columns=queries),
            t("decoder.shared"), f"**{t('decoder.shared')}**",
        ),
    ]  # fmt: skip
    with place:
        key = "decoder.heads_finding" if kv_heads < heads else "decoder.heads_finding_all"
        show_finding(said(key, **values))
        show_row(panels, key="decoder-heads", caption=t("decoder.heads_caption", **values), width=480)
    st.markdown(t("decoder.heads_why"))
    return {"kv_heads": kv_heads}
