"""The page on a real BERT's attention: the sentence, the model that reads it, and which of its heads is looked at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.errors import UserError
from components.models.encoder import EncoderRun, LoadedEncoder
from components.text.japanese import is_japanese_tokenizer
from components.text.token_names import names
from components.text.word_grouping import Units, group_words
from components.transformer.analysis import is_causal, merge_words, rollout, select_heads
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
from components.ui.widgets.bench import Bench, sentence_field
from components.ui.widgets.models import choose_encoder, note_foreign_language

from .kinds import telling_head
from .notes import note_cut, note_kind
from .presets import CHOSEN, HEAD, LAYER, PRESETS, SOURCE, WHOLE, choose_example, follow_example, text_of

MAX_CHARACTERS = 20_000
SOURCES = ("head", "mean", "rollout")
HEADS = "ba_heads"


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


def read_input(bar: Bench, more: DeltaGenerator) -> AttentionReading:
    """The sentence, its example and the model; behind the gear a second text and how the text is cut. Raises BertAttentionError and ModelError."""
    with bar.examples:
        example = choose_example()
    texts = {name: text_of(name) for name in PRESETS}
    with bar.field:
        text = sentence_field("ba_text", t("bert_attention.text"), texts[PRESETS[0]], examples=texts)
    if language() == "ja" and WHOLE not in st.session_state and WHOLE not in st.query_params:
        st.session_state[WHOLE] = True  # Japanese is read in words, not in pieces
    follow_example(example, text)
    typed_text("ba_pair", t("bert_attention.pair_b"))
    with more:
        whole = st.toggle(t("bert_attention.whole_words"), key=WHOLE, bind="query-params", help=t("bert_attention.whole_words_help"))
        paired = st.toggle(t("bert_attention.paired"), key="ba_paired", bind="query-params", help=t("bert_attention.paired_help"))
        pair = st.text_area(t("bert_attention.pair"), key="ba_pair", persist_state="session", height=68) if paired else None
    with bar.model:
        id = choose_encoder("ba_model", t("bert_attention.model"), text + (pair or ""))
    return read(id, text, pair, whole)


def read(id: str, text: str, pair: str | None, whole_words: bool) -> AttentionReading:
    """Runs the model, or finds the run in memory."""
    for typed in (text, pair):
        if typed is not None and not typed.strip():
            raise BertAttentionError("bert_attention.no_text")
        if typed is not None and len(typed) > MAX_CHARACTERS:
            raise BertAttentionError("bert_attention.too_many_characters", found=len(typed), most=MAX_CHARACTERS)
    encoder = model(id, "encoder")
    output = run(id, text, pair)
    tokenizer = encoder.aligner.tokenizer
    shown = group_words(output.text, whole_words, is_japanese_tokenizer(tokenizer), names(output.text, tokenizer))
    return AttentionReading(id, encoder, output, shown, whole_words)


@st.cache_resource(max_entries=4, ttl=900, show_spinner=False)
def run(id: str, text: str, pair: str | None) -> EncoderRun:
    """All attention weights of one text, kept for the next choice of a head: 75 MB for 512 tokens in 72 heads."""
    from components.models import load

    return load(id, "encoder").run(text, pair, attentions=True)


def show_notes(reading: AttentionReading) -> None:
    """Under the figure: what of the text the model did not read, and what is different in another kind of model."""
    note_cut(reading.output, reading.encoder.max_length)
    note_kind(reading.causal, joined=reading.pair is not None and not reading.specials)
    note_foreign_language(reading.model, reading.text + (reading.pair or ""))


def choose_source(reading: AttentionReading) -> AttentionSource:
    """One head, a mean of heads or the rollout, by menus; the small pictures of the heads set the same."""
    _begin(reading)
    kind = choice(t("bert_attention.source"), SOURCES, key=SOURCE, label_of=lambda name: t(f"bert_attention.source_{name}"))
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
    return AttentionSource(matrix, head_name(layer, head), ((layer, head),), kind)


def _begin(reading: AttentionReading) -> None:
    """Until the visitor chooses one, the head that is looked at is the one that links words most clearly."""
    asked = {LAYER, HEAD} & (set(st.session_state) | set(st.query_params))
    if not asked:
        layer, head = telling_head(reading)
        st.session_state[LAYER], st.session_state[HEAD] = str(layer + 1), str(head + 1)
    if HEADS not in st.session_state:
        st.session_state[HEADS] = listed_in_address(HEADS)
    if CHOSEN not in st.session_state:  # words stand in the address by their places, so that the text does not
        options = reading.units.numbered
        st.session_state[CHOSEN] = [options[int(at)] for at in listed_in_address(CHOSEN) if at.isdecimal() and int(at) < len(options)]


@st.cache_data(max_entries=8, ttl=900, show_spinner=False)
def rollouts(key: tuple[str, str, str | None], _reading: AttentionReading) -> np.ndarray:
    """(layers, T, T) of the run `key`."""
    return rollout(_reading.attentions)


def pick_head(head: tuple[int, int]) -> None:
    """A small picture was chosen: that head, or, while heads are averaged, one more or one less of them."""
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
    """ "2.5" -> (1, 4)."""
    layer, head = name.split(".")
    return int(layer) - 1, int(head) - 1


def head_name(layer: int, head: int) -> str:
    """What a head is called on the screen; counted from 0."""
    return t("bert_attention.name_head", layer=layer + 1, head=head + 1)
