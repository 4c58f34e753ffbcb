"""What the heads are computed from: a sentence through a trained BERT, of which some heads are shown, or through a layer of random weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.errors import UserError
from components.text.words import split_words
from components.ui.state.language import t
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.bench import Bench, example_menu, sentence_field

MODES = ("trained", "random")
HEADS = ("1", "2", "4", "8", "16")
MAX_D_MODEL, MAX_LENGTH = 512, 512
_SIZES = {"four": (64, "4"), "chapter": (512, "8"), "one": (64, "1"), "narrow": (64, "16")}
# What older links hold of a page that began with random heads.
_OF_RANDOM = ("mh_d_model", "mh_heads", "mh_seed", "mh_causal", "mh_cross", "mh_other")


class MultiHeadInputError(UserError):
    """Input of the multi-head page that can't be used."""


@dataclass(frozen=True, eq=False)
class RandomInput:
    """A layer of random weights over the words of one text, or of two."""

    query_words: Sequence[str]
    key_words: Sequence[str]
    d_model: int
    num_heads: int
    causal: bool
    seed: int


def choose_mode(bar: Bench) -> str:
    """The examples, and whose heads are shown."""
    choices: dict[str, dict[str, object]] = {"trained": {"mh_mode": "trained", "mh_text": t("multi_head.example_text")}}
    choices |= {name: {"mh_mode": "random", "mh_d_model": d_model, "mh_heads": heads} for name, (d_model, heads) in _SIZES.items()}
    begun = "mh_mode" in st.session_state or "mh_mode" in st.query_params
    if not begun and any(name in st.query_params for name in _OF_RANDOM):
        st.session_state["mh_mode"] = "random"
    with bar.examples:
        example_menu("mh_example", choices, {name: t(f"multi_head.example_{name}") for name in choices})
    with bar.model:
        return choice(
            t("multi_head.mode"),
            MODES,
            key="mh_mode",
            label_of=lambda name: t(f"multi_head.mode_{name}"),
            widget=st.selectbox,
            label_visibility="collapsed",
        )


def read_text(bar: Bench) -> str:
    """The sentence. Raises MultiHeadInputError where there is none."""
    with bar.field:
        text = sentence_field("mh_text", t("multi_head.text"), t("multi_head.example_text"))
    if not text.strip():
        raise MultiHeadInputError("multi_head.no_words")
    return text


def read_random(text: str, gear: DeltaGenerator) -> RandomInput:
    """The settings of the random layer, behind the gear. Raises MultiHeadInputError."""
    typed_text("mh_other", t("multi_head.example_other"))
    with gear:
        num_heads = int(choice(t("multi_head.heads"), HEADS, key="mh_heads", default="4"))
        d_model = int(st.number_input(t("multi_head.d_model"), value=64, step=16, key="mh_d_model", bind="query-params"))
        seed = int(st.number_input(t("common.seed"), value=0, step=1, key="mh_seed", bind="query-params", help=t("multi_head.seed_help")))
        causal = st.toggle(t("multi_head.causal"), key="mh_causal", bind="query-params")
        cross = st.toggle(t("multi_head.cross"), key="mh_cross", bind="query-params")
        other = st.text_input(t("multi_head.other"), key="mh_other", persist_state="session") if cross else text
    if not 1 <= d_model <= MAX_D_MODEL:
        raise MultiHeadInputError("multi_head.width_out_of_range", found=d_model, most=MAX_D_MODEL)
    if not 0 <= seed <= 9999:
        raise MultiHeadInputError("multi_head.seed_out_of_range", found=seed)
    if d_model % num_heads:
        nearest = max(num_heads, round(d_model / num_heads) * num_heads)
        raise MultiHeadInputError("multi_head.not_divisible", d_model=d_model, heads=num_heads, nearest=nearest)
    return RandomInput(_words(text), _words(other), d_model, num_heads, causal, seed)


def _words(sentence: str) -> list[str]:
    words = split_words(sentence)
    if not words:
        raise MultiHeadInputError("multi_head.no_words")
    if len(words) > MAX_LENGTH:
        raise MultiHeadInputError("multi_head.too_many_words", found=len(words), most=MAX_LENGTH)
    return words
