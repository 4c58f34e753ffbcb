"""What a model reads and what it gives back: ids, attention mask, token types, and the shapes of its outputs."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.heatmap import matrix_heatmap
from components.charts.numbers import significant
from components.models.cards import card
from components.models.plain_loading import plain_loading
from components.models.tokenizers import at_hand
from components.text.language import main_language
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import typed_text
from components.ui.widgets.bench import Bench
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import choose_encoder, model_name, note_foreign_language
from components.ui.widgets.tokens import Chip, token_chips
from components.ui.widgets.verdict import said, show_finding

DRAWN_TOKENS, MAX_CHIPS = 40, 300
CHAPTER_MODELS = {"en": "bert-base-uncased", "ja": "cl-tohoku/bert-base-japanese-whole-word-masking"}


def show_model_input(bar: Bench, text: str) -> dict[str, object] | None:
    """Tokens with ids, the other input rows, the shapes of every output, and the hidden states. Returns the snippet's settings, None where
    plain code can't load the model."""
    with bar.model:
        id = choose_encoder("tok_model", t("tokens.model"), text)
    encoder = model(id, "encoder")
    layers = encoder.num_layers
    with bar.more:
        typed_text("tok_pair", "")
        pair = st.text_input(t("tokens.pair"), key="tok_pair", persist_state="session", max_chars=2_000) or None
        st.caption(t("tokens.pair_help"))
        layer = int(st.number_input(t("tokens.layer"), 0, layers, layers, key="tok_layer", bind="query-params"))
        st.caption(t("tokens.layer_help", last=layers))
    output = encoder.run(text, pair, hidden_states=True)
    note_foreign_language(id, text)
    if output.text.cut:
        st.warning(t("tokens.cut", most=encoder.max_length, out=sum(output.text.left_out)), icon=":material/content_cut:")
    show_finding(said("tokens.input_found", n=len(output.text), width=output.last_hidden_state.shape[1]))
    _show_chips(output.text, encoder.aligner.tokenizer.unk_token_id)
    matrix, shapes = st.columns([3, 2], gap="medium")
    with matrix:
        _show_hidden_states(output, min(layer, layers), layers)
    with shapes:
        _show_shapes(id, encoder, output, text, pair)
    with st.expander(t("tokens.rows"), icon=":material/table_rows:", expanded=False):
        st.dataframe(_rows(output.text), hide_index=True, height=min(35 * len(output.text) + 38, 420))
    loading = plain_loading(id)
    return asdict(loading) | {"text": text, "pair": pair} if loading else None


def shapes_of(encoder: Any, output: Any) -> dict[str, str]:
    """What goes in and comes out, name -> shape for a batch of one, as the libraries print them."""
    tokens, d = output.last_hidden_state.shape
    inputs = {"input_ids": (1, tokens), "attention_mask": (1, tokens), "token_type_ids": (1, tokens)}
    outputs = {"last_hidden_state": (1, tokens, d), "pooler_output": None if output.pooler_output is None else (1, d)}
    shapes = {name: str(shape) if shape else t("tokens.no_pooler") for name, shape in (inputs | outputs).items()}
    return shapes | {"hidden_states": f"{encoder.num_layers + 1} × (1, {tokens}, {d})"}


def _show_chips(text: Any, unknown_id: int | None) -> None:
    chips = []
    for position in range(min(len(text), MAX_CHIPS)):
        kind = "special" if text.special[position] else "unknown" if text.ids[position] == unknown_id else "token"
        tooltip = f"attention_mask {text.attention_mask[position]}, token_type_ids {text.token_type_ids[position]}"
        chips.append(Chip(text.tokens[position], text.words[position], kind, str(text.ids[position]), tooltip=tooltip))
    token_chips(chips)
    if len(text) > MAX_CHIPS:
        st.caption(t("tokens.more", shown=MAX_CHIPS, rest=len(text) - MAX_CHIPS))


def _show_shapes(id: str, encoder: Any, output: Any, text: str, pair: str | None) -> None:
    columns = {model_name(card(id), id): shapes_of(encoder, output)}
    chapters = CHAPTER_MODELS[main_language([text])]
    entry = card(chapters)
    here = entry is not None and at_hand(entry)
    if here and chapters != id:
        other = model(chapters, "encoder")
        columns[model_name(entry, chapters)] = shapes_of(other, other.run(text, pair))
    st.table(pd.DataFrame(columns))
    key = "tokens.width_same" if output.last_hidden_state.shape[1] == 768 else "tokens.width_here" if here else "tokens.width_smaller"
    st.caption(t(key, width=output.last_hidden_state.shape[1], tokens=len(output.text), model=chapters))


def _show_hidden_states(output: Any, layer: int, layers: int) -> None:
    states = output.hidden_states[layer]
    shown = states[:DRAWN_TOKENS]
    position, dimension = np.unravel_index(int(np.abs(states).argmax()), states.shape)
    labels = [f"{index} {token}" for index, token in enumerate(output.text.tokens[:DRAWN_TOKENS])]
    bound = float(np.percentile(np.abs(states), 99))
    more = len(states) - len(shown)
    width = states.shape[1]
    figure = matrix_heatmap(
        shown,
        labels,
        [str(index) for index in range(width)],
        signed=True,
        limits=(-bound, bound),
        selectable=False,
        column_title=t("tokens.dimension"),
        height=max(220, min(26 * len(shown) + 80, 620)),
        colour_bar=True,
    )
    ticks = list(range(0, width, 64 if width > 64 else 8))
    figure.update_xaxes(tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    show_figure(
        figure,
        key="tokens-hidden",
        caption=t("tokens.hidden_caption", layer=layer, last=layers)
        + (" " + t("tokens.more", shown=len(shown), rest=more) if more > 0 else ""),
        alt=t(
            "tokens.hidden_alt",
            tokens=len(states),
            width=width,
            layer=layer,
            value=significant(float(states[position, dimension])),
            token=output.text.tokens[position],
            dimension=int(dimension),
        ),
        data=lambda: pd.DataFrame(states, index=output.text.tokens),
    )


def _rows(text: Any) -> pd.DataFrame:
    sources = (text.text, text.pair or "")
    return pd.DataFrame(
        {
            t("tokens.column_place"): range(len(text)),
            t("tokens.column_token"): text.tokens,
            "input_ids": text.ids,
            "attention_mask": text.attention_mask,
            "token_type_ids": text.token_type_ids,
            t("tokens.column_written"): [
                "" if sequence is None else sources[sequence][start:end]
                for sequence, (start, end) in zip(text.sequence, text.spans, strict=True)
            ],
        }
    )
