"""Where the parameters of a BERT are: the two sizes of the paper, the models that are here, and a configuration of one's own."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.numbers import significant
from components.charts.stacked import BarSegment, stacked_bars, stacked_table
from components.errors import ModelError
from components.models import files
from components.models.tokenizers import bundled_tokenizers
from components.transformer.encoder import EncoderConfig
from components.transformer.parameters import BERT_BASE, BERT_LARGE, ParameterCount, count_parameters
from components.ui.state.language import t
from components.ui.widgets.figures import show_figure

from .page import TokensInputError

# name -> (start value, least, most). The start is BERT-Medium of Turc et al. 2019, "Well-Read Students Learn Better", table 1.
FIELDS = {
    "num_hidden_layers": (8, 1, 200),
    "hidden_size": (512, 1, 16_384),
    "num_attention_heads": (8, 1, 1_024),
    "intermediate_size": (2_048, 1, 65_536),
    "vocab_size": (30_522, 1, 1_000_000),
}
RARE_FIELDS = {"max_position_embeddings": (512, 1, 131_072), "type_vocab_size": (2, 1, 16)}


def show_parameters() -> dict[str, object]:
    """The controls, one bar a configuration, and the exact numbers. Returns the snippet's settings."""
    own, pooler = _own_configuration()
    counts = {t("tokens.bert_base"): count_parameters(BERT_BASE), t("tokens.bert_large"): count_parameters(BERT_LARGE)}
    counts |= _bundled()
    counts[t("tokens.own")] = mine = count_parameters(own, pooler)
    _show_bars(counts)
    st.markdown(
        t(
            "tokens.own_sum",
            total=f"{mine.total:,}", per_layer=f"{mine.per_layer:,}", megabytes=significant(4 * mine.total / 1e6),
            embeddings=f"{mine.embeddings / mine.total:.0%}", feed_forward=f"{mine.feed_forward / mine.total:.0%}",
            attention=f"{mine.attention / mine.total:.0%}",
        )
    )  # fmt: skip
    st.dataframe(_table(counts))
    names = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings")
    return {name: getattr(own, name) for name in (*names, "type_vocab_size")} | {"pooler": pooler}


def _own_configuration() -> tuple[EncoderConfig, bool]:
    values = {name: _number(column, name, *limits) for column, (name, limits) in zip(st.columns(len(FIELDS)), FIELDS.items(), strict=True)}
    with st.expander(t("tokens.rarer"), icon=":material/tune:"):
        left, middle, right = st.columns(3, vertical_alignment="bottom")
        for column, (name, limits) in zip((left, middle), RARE_FIELDS.items(), strict=True):
            values[name] = _number(column, name, *limits)
        pooler = right.toggle(t("tokens.with_pooler"), value=True, key="par_pooler", bind="query-params")
    if values["hidden_size"] % values["num_attention_heads"]:
        raise TokensInputError("tokens.heads", hidden=values["hidden_size"], heads=values["num_attention_heads"])
    configuration: dict[str, Any] = dict(values)
    return EncoderConfig(**configuration), pooler


def _number(column: DeltaGenerator, name: str, start: int, least: int, most: int) -> int:
    value = int(
        column.number_input(t(f"tokens.field_{name}"), value=start, step=1, key=f"par_{name}", bind="query-params", help=f"`{name}`")
    )
    if not least <= value <= most:
        raise TokensInputError("tokens.out_of_range", what=t(f"tokens.field_{name}"), found=value, least=least, most=most)
    return value


def _bundled() -> dict[str, ParameterCount]:
    """The bundled backbones, counted from their configurations; a pooler only where the file has one."""
    counts = {}
    for tokenizer in bundled_tokenizers():
        try:
            model_files = files.find(tokenizer.id)
            has_pooler = any("pooler." in name for name in files.tensors(model_files))
            counts[tokenizer.id] = count_parameters(EncoderConfig.from_mapping(model_files.config), has_pooler)
        except (ModelError, ValueError):  # being copied in, or not a BERT
            continue
    return counts


def _show_bars(counts: dict[str, ParameterCount]) -> None:
    parts = [
        BarSegment(t(f"tokens.part_{name}"), [count.groups()[name] for count in counts.values()])
        for name in count_parameters(BERT_BASE).groups()
    ]
    names = [f"{name} ({count.total / 1e6:,.1f}M)" for name, count in counts.items()]
    listed = "; ".join(f"{name}: {count.total:,}" for name, count in counts.items())
    show_figure(
        stacked_bars(names, parts, value_title=t("tokens.axis_parameters"), horizontal=True, height=110 + 46 * len(names)),
        key="tokens-parameters",
        caption=t("tokens.parameters_caption"),
        alt=t("tokens.parameters_alt", listed=listed),
        data=lambda: stacked_table(list(counts), parts, name_title=t("tokens.column_model")),
    )


def _table(counts: dict[str, ParameterCount]) -> pd.DataFrame:
    rows = {name: {t(f"tokens.part_{part}"): value for part, value in count.groups().items()} for name, count in counts.items()}
    for name, count in counts.items():
        rows[name][t("tokens.part_total")] = count.total
    return pd.DataFrame(rows).map(lambda value: f"{value:,}")
