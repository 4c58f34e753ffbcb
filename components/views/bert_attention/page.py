"""The page on a real BERT's attention: the text and model, the grid of all heads, and which of them is looked at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.matrices import head_grid, thumbnail_size
from components.errors import UserError
from components.models.encoder import EncoderRun, LoadedEncoder
from components.text.japanese import is_japanese_tokenizer
from components.text.token_names import names
from components.text.word_grouping import Units, group_words
from components.transformer.analysis import clearest_head, is_causal, merge_words, rollout, select_heads, thumbnail
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import (
    begin_in_address,
    choice,
    keep_in_address,
    keep_list_in_address,
    listed_in_address,
    typed_text,
)
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import choose_encoder, note_foreign_language

from .notes import note_cut, note_kind

MAX_CHARACTERS = 20_000
SOURCES = ("head", "mean", "rollout")
LAYER, HEAD, HEADS, SOURCE, WHOLE, CHOSEN = "ba_layer", "ba_head", "ba_heads", "ba_source", "ba_words", "ba_chosen"
PRESETS = ("pronoun", "pair", "bank", "long")
# The head of the bundled model of each language that shows an example best, and the token whose links are followed there.
PRESET_HEADS = {
    "en": {"pronoun": ("4", "2"), "pair": ("6", "5"), "bank": ("3", "10"), "long": ("4", "2")},
    "ja": {"pronoun": ("6", "4"), "pair": ("6", "9"), "bank": ("5", "3"), "long": ("6", "4")},
}
PRESET_CHOSEN = {
    "en": {"pronoun": ["9 it"], "pair": ["10 it"], "bank": ["6 bank"], "long": ["217 she"]},
    "ja": {"pronoun": ["15 眠っ"], "pair": ["12 そこ"], "bank": ["4 はし"], "long": []},
}


class BertAttentionError(UserError):
    """A text or a choice of heads that can't be shown."""


@dataclass(frozen=True, eq=False)
class AttentionReading:
    """One run of the model over the visitor's text, and the units (tokens or whole words) it is shown in."""

    model: str
    encoder: LoadedEncoder
    output: EncoderRun
    units: Units
    whole_words: bool

    @property
    def layers(self) -> int:
        return self.encoder.num_layers

    @property
    def heads(self) -> int:
        return self.encoder.num_heads

    @property
    def text(self) -> str:
        return self.output.text.text

    @property
    def pair(self) -> str | None:
        return self.output.text.pair

    @property
    def attentions(self) -> np.ndarray:
        """(layers, heads, T, T)."""
        assert self.output.attentions is not None  # `run` asks for them
        return self.output.attentions

    @cached_property
    def causal(self) -> bool:
        """Whether no token attends to a later one, as in GPT-2."""
        return is_causal(self.attentions)

    @cached_property
    def specials(self) -> tuple[str, ...]:
        """The special tokens that the tokenizer added, each once: [CLS] and [SEP], <s> and </s>, or none."""
        text = self.output.text
        return tuple(dict.fromkeys(token for token, special in zip(text.tokens, text.special, strict=True) if special))

    @cached_property
    def key(self) -> tuple[str, str, str | None]:
        """What one run depends on."""
        return self.model, self.text, self.pair

    def in_units(self, matrix: np.ndarray) -> np.ndarray:
        """(T, T) over tokens -> (N, N) over units."""
        return merge_words(matrix, self.units.unit_of_token) if self.whole_words else matrix


@dataclass(frozen=True, eq=False)
class AttentionSource:
    """The attention matrix that is looked at: (N, N) over the units, its rows summing to 1, its name, and the heads it is made from."""

    matrix: np.ndarray
    name: str
    heads: tuple[tuple[int, int], ...]
    kind: str


def read_input() -> AttentionReading:
    """The row of controls above the figure: examples, model, text or pair. Raises BertAttentionError and ModelError."""
    choices = {name: preset(name) for name in PRESETS}
    examples("ba_example", choices, {name: t(f"bert_attention.preset_{name}") for name in PRESETS})
    first = choices[PRESETS[0]]
    if LAYER not in st.session_state and "ba_text" not in st.session_state:
        for key in (LAYER, HEAD, CHOSEN):
            if key not in st.query_params:
                st.session_state.setdefault(key, first[key])
    if language() == "ja" and WHOLE not in st.session_state and WHOLE not in st.query_params:
        st.session_state[WHOLE] = True  # Japanese is read in words, not in pieces
    typed_text("ba_text", t(f"bert_attention.{PRESETS[0]}_a"))
    typed_text("ba_pair", t("bert_attention.pair_b"))
    left, middle, right = st.columns([1.6, 2.6, 1.15], vertical_alignment="top")
    paired = right.toggle(t("bert_attention.paired"), key="ba_paired", bind="query-params", help=t("bert_attention.paired_help"))
    whole = right.toggle(t("bert_attention.whole_words"), key=WHOLE, bind="query-params", help=t("bert_attention.whole_words_help"))
    first_box, second_box = middle.columns(2) if paired else (middle, middle)
    text = first_box.text_area(t("bert_attention.text"), key="ba_text", persist_state="session", height=68)
    pair = second_box.text_area(t("bert_attention.pair"), key="ba_pair", persist_state="session", height=68) if paired else None
    with left:
        id = choose_encoder("ba_model", t("bert_attention.model"), text + (pair or ""))
        note_foreign_language(id, text + (pair or ""))
    return read(id, text, pair, whole)


def read(id: str, text: str, pair: str | None, whole_words: bool) -> AttentionReading:
    """Runs the model (or finds the run in memory) and says what was left out of a text that is too long."""
    for typed in (text, pair):
        if typed is not None and not typed.strip():
            raise BertAttentionError("bert_attention.no_text")
        if typed is not None and len(typed) > MAX_CHARACTERS:
            raise BertAttentionError("bert_attention.too_many_characters", found=len(typed), most=MAX_CHARACTERS)
    encoder = model(id, "encoder")
    with st.spinner(t("bert_attention.running"), show_time=False):
        output = run(id, text, pair)
    note_cut(output, encoder.max_length)
    tokenizer = encoder.aligner.tokenizer
    shown = group_words(output.text, whole_words, is_japanese_tokenizer(tokenizer), names(output.text, tokenizer))
    reading = AttentionReading(id, encoder, output, shown, whole_words)
    note_kind(reading.causal, joined=pair is not None and not reading.specials)
    return reading


@st.cache_resource(max_entries=4, ttl=900, show_spinner=False)
def run(id: str, text: str, pair: str | None) -> EncoderRun:
    """All attention weights of one text, kept for the next choice of a head: 75 MB for 512 tokens in 72 heads."""
    from components.models import load

    return load(id, "encoder").run(text, pair, attentions=True)


@st.cache_data(max_entries=32, ttl=900, show_spinner=False)
def thumbnails(key: tuple[str, str, str | None], _reading: AttentionReading, whole_words: bool) -> np.ndarray:
    """(layers, heads, m, m) of the run `key`."""
    weights = _reading.attentions
    size = thumbnail_size(_reading.layers, _reading.heads, len(_reading.units))
    return np.stack([thumbnail(_reading.in_units(layer), size) for layer in weights])


def choose_heads(reading: AttentionReading) -> AttentionSource:
    """The grid of all heads, and the same choice by menus."""
    _begin(reading)
    kind = choice(
        t("bert_attention.source"),
        SOURCES,
        key=SOURCE,
        label_of=lambda name: t(f"bert_attention.source_{name}"),
        label_visibility="collapsed",
    )
    grid, controls = st.container(), st.container()
    with controls:
        source = _choose_source(kind, reading)
    selected = source.heads if source.kind != "rollout" else ()
    with grid:
        figure = head_grid(
            thumbnails(reading.key, reading, reading.whole_words),
            layer_title=t("bert_attention.layer"),
            head_title=t("bert_attention.head"),
            selected=selected,
            width=400,
        )
        show_figure(
            figure,
            key="bert-attention-grid",
            caption=t("bert_attention.grid_caption"),
            alt=t("bert_attention.grid_alt", layers=reading.layers, heads=reading.heads, name=source.name),
            data=lambda: _statistics_table(reading),
            on_point=lambda trace, index: pick_head(divmod(index, reading.heads)) if trace == 1 else None,
        )
    return source


def preset(name: str) -> dict[str, object]:
    """The widgets' values of one example."""
    values: dict[str, object] = {
        "ba_text": t(f"bert_attention.{name}_a"),
        "ba_paired": name == "pair",
        SOURCE: "head",
        "ba_view": "text" if name == "long" else "arcs",
        WHOLE: language() == "ja",
    }
    if name == "pair":
        values |= {"ba_pair": t("bert_attention.pair_b"), "ba_direction": "ba"}
    layer, head = PRESET_HEADS[language()][name]
    return values | {LAYER: layer, HEAD: head, CHOSEN: PRESET_CHOSEN[language()][name]}


def _begin(reading: AttentionReading) -> None:
    """Until the visitor chooses one, the head that is looked at is the one that links words most clearly."""
    asked = {LAYER, HEAD} & (set(st.session_state) | set(st.query_params))
    if not asked:
        layer, head = clearest_head(reading.attentions, reading.output.text.special)
        st.session_state[LAYER], st.session_state[HEAD] = str(layer + 1), str(head + 1)
    if HEADS not in st.session_state:
        st.session_state[HEADS] = listed_in_address(HEADS)


def _choose_source(kind: str, reading: AttentionReading) -> AttentionSource:
    names = [f"{layer + 1}.{head + 1}" for layer in range(reading.layers) for head in range(reading.heads)]
    if kind == "mean":
        st.session_state[HEADS] = [name for name in st.session_state[HEADS] if name in names]
        chosen = st.multiselect(
            t("bert_attention.heads"), names, key=HEADS, placeholder=t("bert_attention.heads_all"), persist_state="session",
            help=t("bert_attention.heads_help"),
        )  # fmt: skip
        keep_list_in_address(HEADS, chosen)
        heads = tuple(head_of(name) for name in chosen or names)
        matrix = reading.in_units(select_heads(reading.attentions, heads))
        name = t("bert_attention.name_mean", count=len(heads)) if chosen else t("bert_attention.name_mean_all", count=len(heads))
        return AttentionSource(matrix, name, heads if chosen else (), kind)
    left, right = st.columns(2)
    with left:
        layer = _number_menu(t("bert_attention.layer"), reading.layers, LAYER)
    if kind == "rollout":
        right.caption(t("bert_attention.rollout_help"))
        matrix = reading.in_units(rollouts(reading.key, reading)[layer])
        return AttentionSource(matrix, t("bert_attention.name_rollout", layer=layer + 1), (), kind)
    with right:
        head = _number_menu(t("bert_attention.head"), reading.heads, HEAD)
    matrix = reading.in_units(reading.attentions[layer, head])
    return AttentionSource(matrix, t("bert_attention.name_head", layer=layer + 1, head=head + 1), ((layer, head),), kind)


@st.cache_data(max_entries=8, ttl=900, show_spinner=False)
def rollouts(key: tuple[str, str, str | None], _reading: AttentionReading) -> np.ndarray:
    """(layers, T, T) of the run `key`."""
    return rollout(_reading.attentions)


def pick_head(head: tuple[int, int]) -> None:
    """A click on a thumbnail: that head, or, while heads are averaged, one more or one less of them."""
    layer, number = head[0] + 1, head[1] + 1
    if st.session_state.get(SOURCE) == "mean":
        chosen, name = list(st.session_state.get(HEADS, [])), f"{layer}.{number}"
        st.session_state[HEADS] = [other for other in chosen if other != name] if name in chosen else [*chosen, name]
    else:
        st.session_state[SOURCE] = "head"
        st.session_state[LAYER], st.session_state[HEAD] = str(layer), str(number)


def _number_menu(label: str, count: int, key: str) -> int:
    """A number from 1 to `count`, always in the address, since which one is shown at first depends on the text; counted from 0."""
    options = [str(number) for number in range(1, count + 1)]
    begin_in_address(key, options, "1")
    chosen = st.selectbox(label, options, key=key, persist_state="session")
    keep_in_address(key, chosen, None)
    return int(chosen) - 1


def head_of(name: str) -> tuple[int, int]:
    layer, head = name.split(".")
    return int(layer) - 1, int(head) - 1


def _statistics_table(reading: AttentionReading) -> pd.DataFrame:
    """The grid as a table: one row a head."""
    from components.transformer.analysis import head_statistics

    statistics = head_statistics(reading.attentions, reading.output.text.special)
    rows = [
        (layer + 1, head + 1, statistics.entropy[layer, head], statistics.distance[layer, head], statistics.to_specials[layer, head])
        for layer in range(reading.layers)
        for head in range(reading.heads)
    ]
    return pd.DataFrame(rows, columns=["layer", "head", "entropy_nats", "mean_distance_tokens", "share_to_specials"])
