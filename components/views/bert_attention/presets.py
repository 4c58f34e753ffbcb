"""The examples of the page: each asks a question, and sets the head and the word whose threads answer it."""

import streamlit as st

from components.ui.state.language import language, t
from components.ui.state.sentence import carried
from components.ui.widgets.bench import example_menu

LAYER, HEAD, SOURCE, WHOLE, CHOSEN = "ba_layer", "ba_head", "ba_source", "ba_words", "ba_chosen"
EXAMPLE, READ = "ba_example", "ba_read"
PRESETS = ("pronoun", "pair", "bank", "next", "rest", "long")
_SAME_TEXT = {"next": "pronoun", "rest": "pronoun"}  # another head on the same sentence
# The head of the bundled model of each language that answers an example, and the token whose links are followed there.
PRESET_HEADS = {
    "en": {"pronoun": ("4", "2"), "pair": ("6", "5"), "bank": ("3", "10"), "next": ("2", "9"), "rest": ("3", "8"), "long": ("4", "2")},
    "ja": {"pronoun": ("6", "4"), "pair": ("6", "9"), "bank": ("5", "3"), "next": ("1", "8"), "rest": ("3", "1"), "long": ("6", "4")},
}
PRESET_CHOSEN = {
    "en": {"pronoun": ["9 it"], "pair": ["10 it"], "bank": ["6 bank"], "next": ["3 cat"], "rest": ["3 cat"], "long": ["217 she"]},
    "ja": {"pronoun": ["15 眠っ"], "pair": ["12 そこ"], "bank": ["4 はし"], "next": ["2 猫"], "rest": ["2 猫"], "long": []},
}


def choose_example() -> str | None:
    """The menu of examples, with the first one standing in it where the visitor brings nothing of their own."""
    if EXAMPLE not in st.session_state and not carried() and not any(name.startswith("ba_") for name in st.query_params):
        st.session_state[EXAMPLE] = PRESETS[0]
        st.session_state.update(preset(PRESETS[0]))
    choices = {name: preset(name) for name in PRESETS}
    return example_menu(EXAMPLE, choices, {name: t(f"bert_attention.preset_{name}") for name in PRESETS})


def follow_example(chosen: str | None, text: str) -> None:
    """Where the text has become one of the examples without the menu (the language changed), its head and word come with it, unless a link asks
    for others."""
    last = st.session_state.get(READ)
    st.session_state[READ] = text
    name = next((name for name in PRESETS if text_of(name) == text), None)
    if chosen or name is None or text == last or (last is None and {LAYER, HEAD, CHOSEN} & set(st.query_params)):
        return
    st.session_state.update({key: value for key, value in preset(name).items() if key in (LAYER, HEAD, CHOSEN, WHOLE)})


def preset(name: str) -> dict[str, object]:
    """The widgets' values of one example."""
    values: dict[str, object] = {
        "ba_text": text_of(name),
        "ba_paired": name == "pair",
        SOURCE: "head",
        "ba_view": "line",
        WHOLE: language() == "ja",
    }
    if name == "pair":
        values |= {"ba_pair": t("bert_attention.pair_b"), "ba_direction": "all"}
    layer, head = PRESET_HEADS[language()][name]
    return values | {LAYER: layer, HEAD: head, CHOSEN: PRESET_CHOSEN[language()][name]}


def text_of(name: str) -> str:
    """The text of an example in the visitor's language."""
    return t(f"bert_attention.{_SAME_TEXT.get(name, name)}_a")
