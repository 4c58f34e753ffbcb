"""Where the parameters of a BERT are: the two sizes of the paper, the models that are here, and a configuration of one's own, as areas."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, NEUTRAL_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, ROLES, VALUE_COLOUR
from components.charts.treemap import Area, treemap
from components.errors import ModelError
from components.models import files
from components.models.tokenizers import bundled_tokenizers
from components.transformer.encoder import EncoderConfig
from components.transformer.parameters import BERT_BASE, BERT_LARGE, ParameterCount, count_parameters
from components.ui.state.language import t
from components.ui.widgets.address import choice
from components.ui.widgets.figures import show_figure
from components.ui.widgets.verdict import said, show_finding

from .page import TokensInputError, name_of

# name -> (start value, least, most). The start is BERT-Medium of Turc et al. 2019, "Well-Read Students Learn Better", table 1.
FIELDS = {
    "num_hidden_layers": (8, 1, 200),
    "hidden_size": (512, 1, 16_384),
    "num_attention_heads": (8, 1, 1_024),
    "intermediate_size": (2_048, 1, 65_536),
    "vocab_size": (30_522, 1, 1_000_000),
}
RARE_FIELDS = {"max_position_embeddings": (512, 1, 131_072), "type_vocab_size": (2, 1, 16)}


# What a part is drawn in: as in the map of the architecture.
COLOURS = {
    "word_embeddings": OUTPUT_COLOUR, "other_embeddings": KEY_COLOUR, "attention": QUERY_COLOUR, "feed_forward": VALUE_COLOUR,
    "layer_norms": NEUTRAL_COLOUR, "pooler": ROLES["political"].light,
}  # fmt: skip


def show_parameters() -> dict[str, object]:
    """One configuration as areas, the controls of the visitor's own, and the exact numbers of all. Returns the snippet's settings."""
    place, below = st.container(), st.container()
    with below:
        own, pooler = _own_configuration()
    counts = {"own": count_parameters(own, pooler), "base": count_parameters(BERT_BASE), "large": count_parameters(BERT_LARGE)}
    names = {name: t(f"tokens.count_{name}") for name in counts}
    for id, count in _bundled().items():
        counts[id], names[id] = count, name_of(id)
    with place:
        shown = choice(
            t("tokens.counted"),
            ("base", "large", *(id for id in counts if id not in ("own", "base", "large")), "own"),
            key="par_shown",
            label_of=names.__getitem__,
            label_visibility="collapsed",
        )
        _show_areas(names[shown], counts[shown])
    with below:
        st.dataframe(_table({names[id]: count for id, count in counts.items()}))
    fields = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings")
    return {name: getattr(own, name) for name in (*fields, "type_vocab_size")} | {"pooler": pooler}


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


def _show_areas(name: str, count: ParameterCount) -> None:
    groups = {part: value for part, value in count.groups().items() if value}
    most = max(groups, key=lambda part: groups[part])
    values: dict[str, Any] = {
        "name": name,
        "total": f"{count.total:,}",
        "part": t(f"tokens.part_{most}"),
        "share": f"{groups[most] / count.total:.0%}",
        "megabytes": significant(4 * count.total / 1e6),
    }
    finding = said("tokens.parameters_found", **values)
    show_finding(finding)
    areas = [Area(t(f"tokens.part_{part}"), value, COLOURS[part]) for part, value in groups.items()]
    listed = "; ".join(f"{area.name}: {area.value:,}" for area in areas)
    show_figure(
        treemap(t("tokens.whole", **values), areas),
        key="tokens-parameters",
        caption=t("tokens.parameters_caption"),
        alt=t("tokens.parameters_alt", listed=listed, **values),
        data=pd.DataFrame(
            {t("tokens.column_part"): [area.name for area in areas], t("tokens.axis_parameters"): [area.value for area in areas]}
        ),
    )


def _table(counts: dict[str, ParameterCount]) -> pd.DataFrame:
    rows = {name: {t(f"tokens.part_{part}"): value for part, value in count.groups().items()} for name, count in counts.items()}
    for name, count in counts.items():
        rows[name][t("tokens.part_total")] = count.total
    return pd.DataFrame(rows).map(lambda value: f"{value:,}")
