"""Where the parameters are: the first Transformer, the bundled BERT and SmolLM2-135M, part by part."""

from typing import Any

import pandas as pd
import streamlit as st

from components.charts.numbers import per_cent
from components.charts.stacked import BarSegment, stacked_bars, stacked_table
from components.charts.theme import KEY_COLOUR, NEUTRAL_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, ROLES, VALUE_COLOUR
from components.models import files
from components.models.bundled import ENGLISH
from components.transformer.encoder import EncoderConfig
from components.transformer.parameters import FIRST_BASE, SMOLLM2_135M, count_parameters, decoder_groups, first_groups
from components.ui.state.language import t
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding

COLOURS = {
    "word_embeddings": OUTPUT_COLOUR, "other_embeddings": KEY_COLOUR, "attention": QUERY_COLOUR, "feed_forward": VALUE_COLOUR,
    "layer_norms": NEUTRAL_COLOUR, "pooler": ROLES["political"].light,
}  # fmt: skip
MODELS = ("first", "bert", "modern")


def show_counts() -> dict[str, object]:
    """Three bars of parameters by part, and the three configurations side by side. Raises ModelError where the bundled model's files are not there."""
    stored = files.find(ENGLISH.encoder)
    bert = EncoderConfig.from_mapping(stored.config)
    pooler = any("pooler." in name for name in files.tensors(stored))
    groups = {"first": first_groups(FIRST_BASE), "bert": count_parameters(bert, pooler).groups(), "modern": decoder_groups(SMOLLM2_135M)}
    totals = {name: sum(parts.values()) for name, parts in groups.items()}
    share = {name: per_cent(parts["feed_forward"] / totals[name]) for name, parts in groups.items()}
    names = [t(f"decoder.model_{name}") for name in MODELS]
    segments = [BarSegment(t(f"decoder.count_{part}"), [groups[name][part] for name in MODELS], colour) for part, colour in COLOURS.items()]
    values: dict[str, Any] = {f"{name}_total": f"{totals[name]:,}" for name in MODELS} | {f"{name}_share": share[name] for name in MODELS}
    show_finding(said("decoder.counts_finding", **values))
    show_figure(
        stacked_bars(names, segments, value_title=t("decoder.parameters_axis"), horizontal=True, height=300),
        key="decoder-counts", caption=t("decoder.counts_caption"), alt=t("decoder.counts_alt", **values),
        data=stacked_table(names, segments, name_title=t("decoder.model")),
    )  # fmt: skip
    st.dataframe(_configurations(bert, totals))
    st.markdown(t("decoder.counts_why"))
    return {}


def _configurations(bert: EncoderConfig, totals: dict[str, int]) -> pd.DataFrame:
    """What each model has for each part, a column a model."""
    first, modern = FIRST_BASE, SMOLLM2_135M
    sizes = {
        "layers": (f"{first.num_hidden_layers} + {first.num_hidden_layers}", bert.num_hidden_layers, modern.num_hidden_layers),
        "width": (first.hidden_size, bert.hidden_size, modern.hidden_size),
        "heads": (first.num_attention_heads, bert.num_attention_heads, modern.num_attention_heads),
        "kv_heads": (first.num_attention_heads, bert.num_attention_heads, modern.num_key_value_heads),
        "inner": (first.intermediate_size, bert.intermediate_size, modern.intermediate_size),
        "vocabulary": (first.vocab_size, bert.vocab_size, modern.vocab_size),
        "norm": ("LayerNorm", "LayerNorm", "RMSNorm"),
        "activation": ("ReLU", "GELU", "SwiGLU"),
        "positions": tuple(t(f"decoder.positions_of_{name}") for name in MODELS),
        "parameters": tuple(totals[name] for name in MODELS),
    }
    written = [[f"{one:,}" if isinstance(one, int) else one for one in row] for row in sizes.values()]
    return pd.DataFrame(
        written, index=[t(f"decoder.size_{name}") for name in sizes], columns=[t(f"decoder.model_{name}") for name in MODELS]
    )
